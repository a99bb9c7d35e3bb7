/** The people commands as a script sees them, with the real models and pictures. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { runCli } from '../../src/main/hosts/cli/program.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { projectRoot } from '../support/data.ts';
import { peopleDir } from '../support/people.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-admin-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(args: string[], options: { data?: string; interrupted?: AbortSignal; onStderr?: () => void } = {}) {
  let stdout = '';
  let stderr = '';
  const sink = (take: (text: string) => void): NodeJS.WritableStream =>
    new Writable({ write: (chunk: Buffer, _encoding, done) => (take(chunk.toString()), done()) });
  const terminal = {
    stdout: sink((text) => (stdout += text)),
    stderr: sink((text) => {
      stderr += text;
      options.onStderr?.();
    }),
    env: { LINTEL_DATA: join(folder, options.data ?? 'data') },
    cwd: folder,
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const code = await runCli(args, terminal, cliDeps(installationAt(projectRoot, '1.2.3'), terminal));
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
  return { code, stdout, stderr, json: (args.includes('--json') ? JSON.parse(stdout) : undefined) as any };
}

test.each([
  [['import', '--json']],
  [['export', '--json']],
  [['people', 'revoke', 'p_1', '--json']],
  [['people', 'revoke', 'p_1', '--attendance', 'maybe', '--json']],
  [['people', 'merge', 'p_1', '--json']],
])('%j is wrong: exit code 2, says why', async (args) => {
  const { code, json } = await run(args);
  expect(code).toBe(2);
  expect(json.error.code).toBe('usage');
});

test('what is not there, or is no table, is said; nothing is made', async () => {
  expect((await run(['import', 'nowhere', '--json'])).json.error.code).toBe('not-found');
  await writeFile(join(folder, 'table.xlsx'), 'x');
  expect((await run(['import', 'table.xlsx', '--json'])).json.error.code).toBe('import-source');
  await mkdir(join(folder, 'full'));
  await writeFile(join(folder, 'full', 'x'), 'x');
  expect((await run(['export', 'full', '--json'])).json.error).toMatchObject({ code: 'folder-not-empty' });
  expect((await run(['people', 'show', 'p_nobody', '--json'])).json.error.code).toBe('not-found');
});

describe('people in, edited, merged, taken out and in again', () => {
  let source: string;
  const ids = new Map<string, string>();
  beforeAll(async () => {
    source = join(folder, 'source');
    const rows = ['id;name;group;image'];
    for (const [name, person] of [
      ['Ann', 1],
      ['Anne', 1],
      ['Bo', 2],
    ] as const) {
      await mkdir(join(source, name), { recursive: true });
      const scene = join(peopleDir, 'scenes', `person-0${person}`);
      const files = (await readdir(scene)).sort();
      for (const i of name === 'Anne' ? [4, 5] : [0, 2]) {
        await copyFile(join(scene, files[i]!), join(source, name, `${i}.jpg`));
        rows.push(`${name === 'Bo' ? 'B-2' : ''};${name};Door;${name}/${i}.jpg`);
      }
    }
    await writeFile(join(source, 'Bo', 'lie.jpg'), 'not a picture');
    rows.push('B-2;Bo;Door;Bo/lie.jpg', 'B-2;Bo;Door;Bo/gone.jpg');
    await writeFile(join(source, 'data.csv'), `\uFEFF${rows.join('\r\n')}\r\n`);
  });

  test('import --plan changes nothing, import brings them in and reports every picture refused', async () => {
    const planned = await run(['import', 'source', '--plan', '--json']);
    expect(planned.code).toBe(0);
    expect(planned.json.people.map(({ name }: { name: string }) => name)).toEqual(['Ann', 'Anne', 'Bo']);
    expect(existsSync(join(folder, 'data', 'people.json'))).toBe(false);

    const done = await run(['import', 'source/data.csv', '--json']);
    expect(done.code).toBe(0);
    expect(done.json).toMatchObject({
      people: [
        { name: 'Ann', samples: 2, added: 2, rejected: [] },
        { name: 'Anne', samples: 2, added: 2, rejected: [] },
        { name: 'Bo', samples: 2, added: 2, rejected: [{ file: 'Bo/lie.jpg', code: 'not-a-picture' }] },
      ],
      problems: [
        { file: 'data.csv, row 9', code: 'import-picture-missing', reason: 'The picture it names is not there.' },
      ],
      stopped: false,
    });
    const again = await run(['import', 'source', '--json']);
    expect(again.json.people.map(({ added }: { added: number }) => added)).toEqual([0, 0, 0]);
    for (const { id, name } of (await run(['people', '--json'])).json.people) ids.set(name, id);
    expect(ids.size).toBe(3);
  });

  test('show, edit, duplicates, different, merge, remove-sample', async () => {
    const [ann, anne, bo] = ['Ann', 'Anne', 'Bo'].map((name) => ids.get(name) ?? '') as [string, string, string];
    const shown = await run(['people', 'show', bo, '--json']);
    expect(shown.json.person).toMatchObject({ id: bo, externalId: 'B-2', group: 'Door', samples: 2 });
    expect(shown.stdout).not.toContain('data:image');
    expect((await run(['people', 'show', bo])).stdout).toContain('similarity 0.');
    const edited = await run(['people', 'edit', bo, '--name', 'Bob', '--group', '', '--json']);
    expect(edited.json.person).toMatchObject({ name: 'Bob', externalId: 'B-2', group: null });

    const pairs = await run(['people', 'duplicates', '--json']);
    expect(pairs.json.pairs).toMatchObject([{ a: { id: ann }, b: { id: anne } }]);
    expect((await run(['people', 'different', ann, anne, '--json'])).code).toBe(0);
    expect((await run(['people', 'duplicates', '--json'])).json.pairs).toEqual([]);
    const merged = await run(['people', 'merge', ann, anne, '--json']);
    expect(merged.json.person).toMatchObject({ id: ann, name: 'Ann', samples: 4 });
    expect((await run(['people', 'merge', ann, ann, '--json'])).json.error.code).toBe('same-person');
    const [sample] = merged.json.person.sampleList as { id: string }[];
    expect((await run(['people', 'remove-sample', ann, sample!.id, '--json'])).json.person.samples).toBe(3);
  });

  test('identify --annotate writes a picture for each, beside none of which it was made from', async () => {
    await mkdir(join(folder, 'photos/other'), { recursive: true });
    await copyFile(join(source, 'Bo/0.jpg'), join(folder, 'photos/bo.jpg'));
    await copyFile(join(source, 'Ann/0.jpg'), join(folder, 'photos/other/bo.jpg'));
    const before = await readFile(join(folder, 'photos/bo.jpg'));
    const args = ['identify', 'photos', 'photos/other', '--annotate', 'photos', '--json'];
    const { code, json } = await run(args);
    expect(code).toBe(0);
    expect(json.images.map(({ faces: [face] }: { faces: { match: { name: string } }[] }) => face?.match.name)).toEqual([
      'Bob',
      'Ann',
    ]);
    const names = json.images.map(({ annotated }: { annotated: string }) => annotated);
    expect(names).toEqual([join(folder, 'photos/bo.annotated.jpg'), join(folder, 'photos/bo-2.annotated.jpg')]);
    for (const name of names) expect((await sharp(name).metadata()).format).toBe('jpeg');
    expect((await readFile(join(folder, 'photos/bo.jpg'))).equals(before)).toBe(true);
    expect((await run(['identify', 'photos/bo.jpg', '--json'])).json.images[0].annotated).toBeUndefined();
  });

  test('export, and in again elsewhere: the same people with the same ids', async () => {
    const written = await run(['export', 'taken/out', '--json']);
    expect(written.json).toMatchObject({ people: 2, stopped: false });
    expect((await readdir(join(folder, 'taken/out'))).sort()).toEqual(['Ann', 'Bob', 'data.csv']);
    const inAgain = await run(['import', 'taken/out', '--json'], { data: 'elsewhere' });
    expect(inAgain.json.problems).toEqual([]);
    const plain = async (data: string) =>
      (await run(['people', '--json'], { data })).json.people.map((one: object) => ({ ...one, lastSeenAt: null }));
    expect(await plain('elsewhere')).toEqual(await plain('data'));
  });

  test('revoke takes the face data away, and by choice the name', async () => {
    const keep = await run(['people', 'revoke', ids.get('Ann')!, '--attendance', 'keep', '--json']);
    expect(keep.json).toEqual({ revoked: ids.get('Ann'), attendance: 'keep' });
    const away = await run(['people', 'revoke', ids.get('Bo')!, '--attendance', 'anonymise', '--json']);
    expect(away.code).toBe(0);
    expect((await run(['people', '--json'])).json.people).toMatchObject([{ name: 'Ann', samples: 0, ready: false }]);
    expect((await run(['people'])).stdout).toContain('(no face data)');
  });

  test('stopped by Ctrl+C it says so, keeps who is done, and goes on from there', async () => {
    const many = join(folder, 'many');
    for (let person = 1; person <= 5; person++) {
      const scene = join(peopleDir, 'scenes', `person-0${person}`);
      await mkdir(join(many, `P${person}`), { recursive: true });
      for (const file of (await readdir(scene)).sort().slice(0, 4))
        await copyFile(join(scene, file), join(many, `P${person}`, file));
    }
    const stop = new AbortController();
    const stopped = await run(['import', 'many', '--json'], {
      data: 'stop',
      interrupted: stop.signal,
      onStderr: () => stop.abort(),
    });
    expect(stopped.code).toBe(1);
    expect(stopped.json.stopped).toBe(true);
    expect(stopped.json.people.length).toBeLessThan(5);
    const rest = await run(['import', 'many', '--json'], { data: 'stop' });
    expect(rest.code).toBe(0);
    expect(rest.json.people.map(({ samples }: { samples: number }) => samples)).toEqual([4, 4, 4, 4, 4]);
    expect((await run(['people', '--json'], { data: 'stop' })).json.people).toHaveLength(5);
  });
});
