/** A kiosk that fetches its models by itself, from a server on this machine that cuts, lies and falls silent. */
import { createHash, randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { runCli } from '../../src/main/hosts/cli/program.ts';
import { assetPlaces, installationAt } from '../../src/main/hosts/installation.ts';
import { serveKiosk } from '../../src/main/hosts/web/server.ts';
import { downloadModel } from '../../src/main/models/download.ts';
import { openRestartable, type RestartableKiosk } from '../../src/main/server/lifecycle.ts';
import type { KioskStatus, ModelState } from '../../src/shared/domain.ts';
import { Page } from '../faults/page.ts';
import { projectRoot } from '../support/data.ts';

const realFetch = globalThis.fetch;
const DAY = 86_400_000;
const OTHER = 'another-embedder';
const landmarker = randomBytes(300_000);
/** Our own with a note at its end (ONNX's `doc_string`): another file, and one that runs. */
const embedder = Buffer.concat([
  readFileSync(join(projectRoot, 'models/ghostfacenet-v1-1.3-2.onnx')),
  Buffer.from([0x32, 1, 0x78]),
]);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let root: string;
let data: string;
let server: Server;
/** `file` or `file from BYTE`, in the order asked for. */
let asked: string[];
let answer: (response: ServerResponse, file: Buffer, from: number) => void;
let now: number;
let kiosk: RestartableKiosk | null;
let lines: string[];
let seen: KioskStatus[];

const properly = (response: ServerResponse, file: Buffer, from: number): void => {
  if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
  response.end(file.subarray(from));
};
const upTo =
  (end: number, then: (response: ServerResponse) => void) =>
  (response: ServerResponse, file: Buffer, from: number): void => {
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': file.length - from,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` } : {}),
    });
    response.write(file.subarray(from, end), () => then(response));
  };
const silent = upTo(100_000, () => undefined);

/** Our own models, a landmarker of this test's, and an embedder nobody has chosen. */
function writeInstallation(): void {
  mkdirSync(join(root, 'models'), { recursive: true });
  const own = join(projectRoot, 'models');
  for (const name of readdirSync(own)) {
    if (name.endsWith('.onnx')) symlinkSync(join(own, name), join(root, 'models', name));
    else if (name.endsWith('.json')) cpSync(join(own, name), join(root, 'models', name));
  }
  symlinkSync(join(projectRoot, 'out'), join(root, 'out'));
  const path = join(root, 'models/manifest.json');
  const { models } = JSON.parse(readFileSync(path, 'utf8')) as { models: { id: string; kind: string }[] };
  const mark = models.find(({ kind }) => kind === 'landmarker');
  const first = models.find(({ kind }) => kind === 'embedder');
  const entries = [
    ...models.filter((model) => model !== mark),
    { ...mark, bytes: landmarker.length, sha256: sha256(landmarker), download: { url: 'https://files.invalid/mark' } },
    {
      ...first,
      id: OTHER,
      file: `${OTHER}.onnx`,
      bytes: embedder.length,
      sha256: sha256(embedder),
      download: { url: 'https://files.invalid/embedder' },
    },
  ];
  writeFileSync(path, JSON.stringify({ version: 1, models: entries }));
}

/** The address in the manifest, on this machine. */
const here = (url: string): string => {
  const { pathname } = new URL(url);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`;
};
const download: typeof downloadModel = (entry, dir, options) =>
  downloadModel(
    { ...entry, ...(entry.download === undefined ? {} : { download: { url: here(entry.download.url) } }) },
    dir,
    { ...options, silenceMs: 2000 },
  );

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lintel-fetch-'));
  data = join(root, 'data');
  writeInstallation();
  [asked, lines, seen, answer, kiosk] = [[], [], [], properly, null];
  now = Date.UTC(2026, 10, 26, 12);
  server = createServer((request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked.push(`${request.url?.slice(1) ?? ''}${from === 0 ? '' : ` from ${from}`}`);
    answer(response, request.url === '/mark' ? landmarker : embedder, from);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await kiosk?.close();
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
});

async function open(): Promise<RestartableKiosk> {
  kiosk = await openRestartable({
    dataDir: data,
    version: '1.2.3',
    modelDirs: [join(data, 'models'), join(root, 'models')],
    clock: { wall: () => now, ticks: () => performance.now() },
  });
  kiosk.connect((name, payload) => {
    if (name === 'status') seen.push(payload as KioskStatus);
  });
  return kiosk;
}
const fetchInto = (into: RestartableKiosk): void => into.fetchModels({ say: (line) => lines.push(line), download });
const status = (): KioskStatus => (kiosk as RestartableKiosk).kiosk?.status() as KioskStatus;
const model = (id: string): ModelState => status().models.find((one) => one.id === id) as ModelState;
const mark = (): ModelState => model('face-landmarker');
const part = (): string => join(data, 'models/face_landmarker.task.part');
async function restart(): Promise<void> {
  await kiosk?.close();
  fetchInto(await open());
}

test('the landmarker is fetched and used without a restart, and the screen is told of every step', async () => {
  const host = await serveKiosk(await open(), {
    assets: assetPlaces(installationAt(root, '1.2.3'), () => (kiosk as RestartableKiosk).landmarkerPath),
  });
  try {
    const url = new URL('/models/face_landmarker.task', host.url);
    expect((await fetch(url)).status).toBe(404);
    expect(status()).toMatchObject({ landmarkerUrl: null });
    expect(mark().download).toEqual({ state: 'off', by: 'offline' });
    fetchInto(kiosk as RestartableKiosk);
    await vi.waitFor(() => expect(seen.at(-1)?.landmarkerUrl).toBe('/models/face_landmarker.task'));
    const got = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(got.equals(landmarker)).toBe(true);
  } finally {
    await host.close();
  }
  expect(mark()).toMatchObject({ state: 'ready', inUse: true });
  expect(mark().download).toBeUndefined();
  const loading = seen.flatMap(({ models }) => {
    const one = models.find(({ id }) => id === 'face-landmarker')?.download;
    return one?.state === 'loading' ? [one.have] : [];
  });
  expect(loading.length).toBeGreaterThan(0);
  expect(loading).toEqual([...loading].sort((a, b) => a - b));
  expect(lines[0]).toContain('downloading face_landmarker.task, 0.3 MB');
  expect(lines.at(-1)).toContain('face_landmarker.task is here');
  // Once, and nothing else: the other embedder was not chosen.
  expect(asked).toEqual(['mark']);
  expect(readdirSync(join(data, 'models'))).toEqual(['face_landmarker.task']);
  await restart();
  expect(status().landmarkerUrl).not.toBeNull();
  expect(asked).toEqual(['mark']);
});

test('a download that is cut goes on from there by itself', async () => {
  answer = upTo(100_000, (response) => {
    answer = properly;
    void vi.waitFor(() => expect(readFileSync(part())).toHaveLength(100_000)).finally(() => response.destroy());
  });
  fetchInto(await open());
  await vi.waitFor(() => expect(mark().state).toBe('ready'), 10_000);
  expect(asked).toEqual(['mark', 'mark from 100000']);
  expect(existsSync(part())).toBe(false);
});

test('a kiosk that is closed calls it off, and the next one goes on from there at once', async () => {
  answer = silent;
  fetchInto(await open());
  await vi.waitFor(() => expect(mark().download).toMatchObject({ state: 'loading', have: 100_000, total: 300_000 }));
  await kiosk?.close();
  expect(readFileSync(part())).toHaveLength(100_000);
  answer = properly;
  await restart();
  await vi.waitFor(() => expect(mark().state).toBe('ready'));
  expect(asked).toEqual(['mark', 'mark from 100000']);
});

describe('a try that failed', () => {
  test.each([
    ['another file than it should be', (r: ServerResponse) => r.end(randomBytes(landmarker.length)), 'is not the file'],
    ['an error of the server', (r: ServerResponse) => r.writeHead(500).end('no'), null],
    ['nobody there', (r: ServerResponse) => r.destroy(), null],
  ])('by %s: said once, nothing kept, and not tried again for a day, also after a restart', async (_what, how, why) => {
    answer = how;
    fetchInto(await open());
    await vi.waitFor(() => expect(mark().download?.state).toBe('failed'));
    const failed = mark().download;
    expect(failed).toMatchObject({ at: now, nextTryAt: now + DAY, path: join(data, 'models/face_landmarker.task') });
    if (failed?.state === 'failed')
      expect(failed.why).toEqual(why === null ? null : (expect.stringContaining(why) as string));
    expect(status()).toMatchObject({ landmarkerUrl: null, trouble: null });
    // It is no reason to alarm anybody.
    expect(status().notices.map(({ code }) => code)).toEqual(['not-encrypted']);
    expect(lines.filter((line) => line.includes('The next try is tomorrow'))).toEqual([lines.at(-1)]);
    expect(existsSync(join(data, 'models/face_landmarker.task'))).toBe(false);
    await vi.waitFor(() => expect(existsSync(join(data, 'models/downloads.json'))).toBe(true));

    answer = properly;
    for (const later of [0, DAY - 1, -3_600_000]) {
      now = Date.UTC(2026, 10, 26, 12) + later;
      await restart();
      await vi.waitFor(() => expect(mark().download?.state).toBe('failed'));
      expect(asked).toEqual(['mark']);
    }
    now = Date.UTC(2026, 10, 27, 12);
    await restart();
    await vi.waitFor(() => expect(mark().state).toBe('ready'));
    expect(asked).toEqual(['mark', 'mark']);
  });

  test('a file that somebody put there is used when the kiosk next looks', async () => {
    answer = (response) => response.writeHead(500).end();
    fetchInto(await open());
    await vi.waitFor(() => expect(mark().download?.state).toBe('failed'));
    writeFileSync(join(data, 'models/face_landmarker.task'), landmarker);
    await kiosk?.kiosk?.updateSettings({ sounds: false });
    await vi.waitFor(() => expect(status().landmarkerUrl).not.toBeNull());
    expect(asked).toEqual(['mark']);
  });
});

describe('what the operator wants', () => {
  test('another embedder is fetched when it is chosen, the door stays open, and then it is used', async () => {
    fetchInto(await open());
    await vi.waitFor(() => expect(mark().state).toBe('ready'));
    expect(model(OTHER).download).toEqual({ state: 'offered' });
    answer = silent;
    await kiosk?.kiosk?.updateSettings({ embedderNext: OTHER });
    await vi.waitFor(() => expect(model(OTHER).download?.state).toBe('loading'));
    await kiosk?.kiosk?.models.ready();
    expect(status().vision).toBe('ready');
    expect(model('ghostfacenet-v1-1.3-2').inUse).toBe(true);
    answer = properly;
    await restart();
    await vi.waitFor(() => expect(model(OTHER)).toMatchObject({ state: 'ready', inUse: true }), 20_000);
    expect(status().settings).toMatchObject({ embedder: OTHER, embedderNext: null });
    expect(asked).toEqual(['mark', 'embedder', 'embedder from 100000']);
    await kiosk?.kiosk?.models.ready();
    expect(status().vision).toBe('ready');
  });

  test('with the setting off nothing is asked for; turned off midway it stops, turned on again it goes on', async () => {
    await open();
    await kiosk?.kiosk?.updateSettings({ fetchModels: false });
    await restart();
    expect(mark().download).toEqual({ state: 'off', by: 'setting' });
    answer = silent;
    await kiosk?.kiosk?.updateSettings({ fetchModels: true });
    // The first ever: nothing was asked for before.
    await vi.waitFor(() => expect(mark().download).toMatchObject({ state: 'loading', have: 100_000 }));
    expect(asked).toEqual(['mark']);
    await kiosk?.kiosk?.updateSettings({ fetchModels: false });
    expect(mark().download).toEqual({ state: 'off', by: 'setting' });
    answer = properly;
    await kiosk?.kiosk?.updateSettings({ fetchModels: true });
    await vi.waitFor(() => expect(mark().state).toBe('ready'));
    expect(asked).toEqual(['mark', 'mark from 100000']);
  });
});

/** Runs a command of the terminal. Every request that it makes goes to the test's server, which counts them. */
async function lintel(
  args: string[],
  options: { until?: (url: string) => Promise<void>; env?: Record<string, string> } = {},
): Promise<{ stdout: string; stderr: string }> {
  vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => realFetch(here(String(url)), init));
  const interrupt = new AbortController();
  let [stdout, stderr] = ['', ''];
  const terminal = {
    stdout: { write: (text: string) => (stdout += text) !== '' } as unknown as NodeJS.WritableStream,
    stderr: { write: (text: string) => (stderr += text) !== '' } as unknown as NodeJS.WritableStream,
    env: options.env ?? {},
    cwd: root,
    interrupted: interrupt.signal,
  };
  const running = runCli([...args, '--data', data], terminal, cliDeps(installationAt(root, '1.2.3'), terminal));
  if (options.until !== undefined) {
    await vi.waitFor(() => expect(stdout).toContain('http://127.0.0.1'), 20_000);
    await options.until((JSON.parse(stdout) as { url: string }).url);
    interrupt.abort();
  }
  expect(await running, stderr).toBe(0);
  return { stdout, stderr };
}

describe('lintel serve', () => {
  const files = (): string[] => (existsSync(join(data, 'models')) ? readdirSync(join(data, 'models')) : []);
  const isFetched = (): Promise<void> => vi.waitFor(() => expect(files()).toEqual(['face_landmarker.task']), 20_000);
  /** It is at work and has decided, for this reason, to fetch nothing. */
  const isOff = (by: 'offline' | 'setting') => async (url: string) => {
    const page = await Page.open(url);
    await expect.poll(async () => (await page.call('getStatus')).vision, { timeout: 20_000 }).toBe('ready');
    const { models } = await page.call('getStatus');
    expect(models.find(({ id }) => id === 'face-landmarker')?.download).toEqual({ state: 'off', by });
    page.leave();
  };

  test('fetches, with a line in the terminal', async () => {
    const { stderr } = await lintel(['serve'], { until: isFetched });
    expect(asked).toEqual(['mark']);
    expect(stderr).toContain('lintel: downloading face_landmarker.task, 0.3 MB (Apache-2.0) ...');
  });

  test('--offline asks for nothing', async () => {
    const { stderr } = await lintel(['serve', '--offline'], { until: isOff('offline') });
    expect(stderr).not.toContain('download');
    expect(asked).toEqual([]);
    expect(files()).toEqual([]);
  });

  test('nor does it with the setting off, nor any other command', async () => {
    for (const args of [['settings', 'set', 'fetchModels', 'false'], ['people'], ['doctor'], ['models']])
      await lintel(args);
    await lintel(['serve'], { until: isOff('setting') });
    expect(asked).toEqual([]);
    expect(files()).toEqual([]);
  });
});

test('doctor: a landmarker that is not here is no failure, and it says how it comes', async () => {
  const { checks } = JSON.parse((await lintel(['doctor', '--json'])).stdout) as {
    checks: { name: string; ok: boolean; detail: string; todo: string | null }[];
  };
  const of = (name: string) => checks.find((check) => check.name === name);
  expect(of('model face-landmarker')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('the kiosk works without it') as string,
    todo: expect.stringContaining('a kiosk with a network downloads it by itself') as string,
  });
  expect(of('models')).toMatchObject({ ok: true, detail: 'using yolov5n-0.5-face-lintel and ghostfacenet-v1-1.3-2' });
});

test('people made with another embedder are made again from their crops; only without those they must be enrolled again', async () => {
  // The largest face of a picture that a development dependency ships.
  const group = join(projectRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
  const { images } = JSON.parse((await lintel(['identify', group, '--json'])).stdout) as {
    images: { faces: { box: { x: number; y: number; width: number; height: number } }[] }[];
  };
  const box = images[0]?.faces[0]?.box ?? { x: 0, y: 0, width: 1, height: 1 };
  mkdirSync(join(root, 'people/Ada'), { recursive: true });
  const { width = 0, height = 0 } = await sharp(group).metadata();
  const left = Math.max(0, Math.round(box.x - box.width / 2));
  const top = Math.max(0, Math.round(box.y - box.height / 2));
  await sharp(group)
    .extract({
      left,
      top,
      width: Math.min(width - left, Math.round(box.width * 2)),
      height: Math.min(height - top, Math.round(box.height * 2)),
    })
    .toFile(join(root, 'people/Ada/1.png'));
  await lintel(['enroll', join(root, 'people')]);
  expect((await lintel(['people'])).stdout).toMatch(/Ada {2}1 samples\n/);

  mkdirSync(join(data, 'models'), { recursive: true });
  writeFileSync(join(data, `models/${OTHER}.onnx`), embedder);
  const env = { LINTEL_EMBEDDER: OTHER };
  expect((await lintel(['people'], { env })).stdout).toContain('made again from the kept pictures');
  expect((await lintel(['doctor'], { env })).stdout).toContain('1 people, of whom 1 will be made ready');
  rmSync(join(data, 'thumbnails'), { recursive: true });
  expect((await lintel(['people'], { env })).stdout).toContain('enroll again');
  expect((await lintel(['doctor'], { env })).stdout).toContain('1 people, of whom 1 must be enrolled again');
});

test('docs/security.md names every address of the manifest, and no other file host', () => {
  const { models } = JSON.parse(readFileSync(join(projectRoot, 'models/manifest.json'), 'utf8')) as {
    models: { download?: { url: string } }[];
  };
  const text = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8');
  const named = [...text.matchAll(/`(https:[^`]+)`/g)].map(([, url]) => url);
  expect(named.sort()).toEqual(models.flatMap(({ download }) => (download === undefined ? [] : [download.url])).sort());
});
