/** The commands as a script sees them: JSON on stdout, everything else on stderr, exit codes; real models and pictures. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { decodeMessage, encodeMessage } from '../../src/shared/wire.ts';
import { peopleDir } from '../support/people.ts';
import { runWatched } from '../support/terminal.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string[], options: Parameters<typeof runWatched>[2] = {}): ReturnType<typeof runWatched> =>
  runWatched(folder, args, options);

describe('usage', () => {
  test.each([
    [['frob', '--json']],
    [['verify', 'only-one.jpg', '--json']],
    [['identify', '--json']],
    [['people', '--nonsense', '--json']],
    [['log', '--day', '2026-13-01', '--json']],
    [['log', '--day', 'today', '--json']],
    [['serve', '--port', '99999', '--json']],
    [['enroll', 'a', 'b', '--json']],
  ])('%j is wrong: exit code 2, says why', async (args) => {
    const { code, json, stderr } = await run(args);
    expect(code).toBe(2);
    expect(json.error.code).toBe('usage');
    expect(stderr).not.toBe('');
  });

  test('help and version are not errors, and go to stdout', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['enroll', 'identify', 'verify', 'embed', 'people', 'log', 'serve', 'doctor', 'bench']) {
      expect(help.stdout).toContain(name);
    }
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: '1.2.3\n' });
    expect((await run([])).code).toBe(2);
  });
});

describe('without anybody enrolled', () => {
  test('people and log are empty, a stranger cannot be removed, and reading makes no folder', async () => {
    const env = { LINTEL_DATA: join(folder, 'never-made') };
    expect(await run(['people', '--json'], { env })).toMatchObject({ code: 0, json: { people: [] } });
    expect(await run(['log', '--json', '--day', '2026-01-31'], { env })).toMatchObject({
      code: 0,
      json: { day: '2026-01-31', checkIns: [] },
    });
    expect(existsSync(join(folder, 'never-made'))).toBe(false);
    const removed = await run(['people', 'remove', 'p_nobody', '--data', 'empty', '--json']);
    expect(removed).toMatchObject({ code: 1, json: { error: { code: 'not-found' } } });
    expect(removed.stderr).toContain('lintel: ');
  });

  test('a folder that is not there, or has no sub-folders, is said so', async () => {
    expect(await run(['enroll', 'nowhere', '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'not-found' } },
    });
    mkdirSync(join(folder, 'flat'));
    writeFileSync(join(folder, 'flat/a.jpg'), 'x');
    expect(await run(['enroll', 'flat', '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'no-sub-folder' } },
    });
  });

  test('doctor says of each thing whether it is here and what to do; our own models are in the repository', async () => {
    const { json, code } = await run(['doctor', '--json'], { env: { LINTEL_MODELS_DIR: '', LINTEL_CHROMIUM: '' } });
    const checks = new Map<string, { ok: boolean; detail: string; todo: string | null }>(
      json.checks.map((check: { name: string }) => [check.name, check]),
    );
    for (const name of ['models', 'data folder', 'disk', 'browser', 'Electron', 'camera']) {
      expect([...checks.keys()]).toContain(name);
    }
    for (const ours of ['model yolov5n-0.5-face-lintel', 'model ghostfacenet-v1-1.3-2']) {
      expect(checks.get(ours)).toMatchObject({ ok: true });
      expect(checks.get(ours)?.detail).toMatch(/SHA-256 [0-9a-f]{64} as expected/);
    }
    expect(checks.get('models')?.ok).toBe(true);
    expect(code).toBe(0);
    for (const { ok, todo } of checks.values()) if (!ok) expect(todo).not.toBeNull();
  });

  test('doctor of a file in the place of the data folder says that, and nothing of an error inside', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const { stdout, code } = await run(['doctor', '--data', 'a-file']);
    expect(code).toBe(1);
    expect(stdout).toContain('ENOTDIR');
    expect(stdout).not.toContain('inside Lintel');
  });
});

describe('on real pictures', () => {
  const scenes = (person: string): string[] =>
    readdirSync(join(peopleDir, 'scenes', person))
      .sort()
      .map((name) => join(peopleDir, 'scenes', person, name));

  test('enroll, people, identify, verify, embed, remove', async () => {
    const [one, two, three] = ['person-01', 'person-02', 'person-03'].map(scenes) as [string[], string[], string[]];
    for (const [name, files] of [
      ['Ada Lovelace', one.slice(0, 4)],
      ['Nguyễn Văn An', two.slice(0, 4)],
    ] as const) {
      mkdirSync(join(folder, 'people', name), { recursive: true });
      for (const [i, file] of files.entries()) copyFileSync(file, join(folder, 'people', name, `${i}.jpg`));
    }
    writeFileSync(join(folder, 'people/Ada Lovelace/broken.jpg'), 'not a picture');
    writeFileSync(join(folder, 'people/Ada Lovelace/.DS_Store'), '');
    mkdirSync(join(folder, 'people/Nobody'));

    const enrolled = await run(['enroll', 'people', '--json']);
    expect(enrolled).toMatchObject({
      code: 0,
      json: {
        people: [
          {
            id: expect.stringMatching(/^p_/),
            name: 'Ada Lovelace',
            samples: 4,
            rejected: [{ file: join('people', 'Ada Lovelace', 'broken.jpg'), reason: expect.any(String) }],
          },
          { id: expect.stringMatching(/^p_/), name: 'Nguyễn Văn An', samples: 4, rejected: [] },
          { id: null, name: 'Nobody', samples: 0, rejected: [] },
        ].sort((a, b) => a.name.localeCompare(b.name, 'en')),
      },
    });
    // Again: the same pictures are not added twice.
    const again = await run(['enroll', 'people', '--json']);
    expect(again.json.people.map((p: { samples: number }) => p.samples)).toEqual(
      enrolled.json.people.map((p: { samples: number }) => p.samples),
    );
    const ada = enrolled.json.people.find((p: { name: string }) => p.name === 'Ada Lovelace').id;
    const people = await run(['people', '--json']);
    expect(people.json.people).toMatchObject([
      { id: ada, name: 'Ada Lovelace', samples: 4, ready: true },
      { name: 'Nguyễn Văn An', samples: 4, ready: true },
    ]);

    const probe = join(folder, 'probe.jpg');
    copyFileSync(one[5] as string, probe);
    const found = await run(['identify', 'probe.jpg', three[0] as string, 'people/Ada Lovelace/broken.jpg', '--json']);
    expect(found.code).toBe(0);
    const [known, stranger, broken] = found.json.images;
    expect(known).toMatchObject({ file: 'probe.jpg', width: 640, height: 480 });
    expect(known.faces).toHaveLength(1);
    expect(known.faces[0]).toMatchObject({
      box: { x: expect.any(Number), y: expect.any(Number), width: expect.any(Number), height: expect.any(Number) },
      score: expect.any(Number),
      match: { id: ada, name: 'Ada Lovelace', similarity: expect.any(Number) },
    });
    expect(known.faces[0].landmarks).toHaveLength(5);
    expect(known.faces[0].candidates.map((c: { name: string }) => c.name)).toEqual(['Ada Lovelace', 'Nguyễn Văn An']);
    expect(stranger.faces[0].match).toBeNull();
    expect(broken).toMatchObject({ error: { code: 'not-a-picture' } });
    expect(await run(['identify', 'probe.jpg', 'missing.jpg', '--json'])).toMatchObject({
      code: 1,
      json: { images: [{ faces: [{}] }, { file: 'missing.jpg', error: { code: 'not-found' } }] },
    });

    const same = await run(['verify', 'probe.jpg', one[0] as string, '--json']);
    expect(same).toMatchObject({ code: 0, json: { same: true } });
    expect(same.json.similarity).toBeGreaterThanOrEqual(same.json.threshold);
    expect((await run(['verify', 'probe.jpg', three[0] as string, '--json'])).json.same).toBe(false);

    const embedded = await run(['embed', 'probe.jpg', '--json']);
    const vector: number[] = embedded.json.images[0].faces[0].embedding;
    expect(vector).toHaveLength(512);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const crop = readdirSync(join(peopleDir, 'aligned')).sort()[0] as string;
    const aligned = await run(['embed', '--aligned', join(peopleDir, 'aligned', crop), '--json']);
    expect(aligned.json.images).toHaveLength(8);
    expect(aligned.json.images[0].faces[0]).toMatchObject({ box: { x: 0, y: 0, width: 112, height: 112 } });
    expect(aligned.json.images[0].faces[0].embedding).toHaveLength(512);

    expect(await run(['people', 'remove', ada, '--json'])).toMatchObject({ code: 0, json: { removed: ada } });
    expect((await run(['identify', 'probe.jpg', '--json'])).json.images[0].faces[0].match).toBeNull();
    const plain = await run(['people']);
    expect(plain.stdout).toMatch(/Nguyễn Văn An {2}4 samples\n1 person\n$/);
  }, 120_000);

  test('an embedder that does not exist is named, with those that do', async () => {
    const { code, json } = await run(['identify', 'probe.jpg', '--json'], { env: { LINTEL_EMBEDDER: 'nonsense' } });
    expect(code).toBe(1);
    expect(json.error).toMatchObject({ code: 'model-missing' });
    expect(json.error.todo).toContain('ghostfacenet-v1-1.3-2');
  });
});

test('models are listed with their state, and an unknown one cannot be downloaded', async () => {
  const { json, code } = await run(['models', '--json']);
  expect(code).toBe(0);
  expect(json.models).toContainEqual(
    expect.objectContaining({ id: 'ghostfacenet-v1-1.3-2', kind: 'embedder', state: 'ready', licence: 'Apache-2.0' }),
  );
  expect(await run(['models', 'download', 'nonsense', '--json'])).toMatchObject({
    code: 1,
    json: { error: { code: 'not-found' } },
  });
});

test('serve prints its address at once, answers there, and lets go of the folder when it is ended', async () => {
  const interrupt = new AbortController();
  let tell: (text: string) => void;
  const line = new Promise<string>((done) => (tell = done));
  const serving = run(['serve', '--data', 'served', '--offline', '--json'], {
    interrupted: interrupt.signal,
    onStdout: (text) => tell(text),
  });
  const { url } = JSON.parse(await line) as { url: string };
  const { origin, host, hash } = new URL(url);
  const socket = new WebSocket(`ws://${host}/ws`, ['lintel', hash.slice('#token='.length)], { origin });
  const status = await new Promise<unknown>((done, failed) => {
    socket.on('error', failed);
    socket.on('open', () => socket.send(encodeMessage({ type: 'call', id: 1, name: 'getStatus', input: null })));
    socket.on('message', (data: Buffer) => {
      const message = decodeMessage(data) as { type: string };
      if (message.type === 'reply') done(message);
    });
  });
  expect(status).toMatchObject({ id: 1, reply: { ok: true, value: { version: '1.2.3', people: 0, pinSet: false } } });
  // One kiosk on one folder; reading goes on beside it.
  expect(await run(['people', 'remove', 'x', '--data', 'served', '--json'])).toMatchObject({
    code: 1,
    json: { error: { code: 'store-locked' } },
  });
  expect((await run(['people', '--data', 'served', '--json'])).code).toBe(0);
  interrupt.abort();
  expect((await serving).code).toBe(0);
  expect((await run(['people', 'remove', 'x', '--data', 'served', '--json'])).json.error.code).toBe('not-found');
});
