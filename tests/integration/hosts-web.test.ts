/** The browser shell over real sockets: who is let in, what is served, what a bad message does. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type BrowserHost, serveKiosk } from '../../src/main/hosts/web/server.ts';
import { decodeMessage, encodeMessage, type ServerMessage } from '../../src/shared/wire.ts';
import { RecordingHost } from '../support/recording-host.ts';

let folder: string;
let host: RecordingHost;
let shell: BrowserHost;
let landmarker: string | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-browser-'));
  for (const name of ['renderer/assets', 'resources/sounds', 'wasm'])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'renderer/assets/index-abc.js'), 'export {};');
  writeFileSync(join(folder, 'secret.json'), '{"secret":true}');
  writeFileSync(join(folder, 'resources/sounds/check-in.wav'), 'RIFF');
  writeFileSync(join(folder, 'wasm/vision_wasm_internal.wasm'), 'wasm');
  writeFileSync(join(folder, 'face_landmarker.task'), 'task');
  landmarker = null;
  host = new RecordingHost();
  shell = await serveKiosk(host, {
    assets: {
      rendererDir: join(folder, 'renderer'),
      resourcesDir: join(folder, 'resources'),
      mediapipeDir: join(folder, 'wasm'),
      landmarker: () => landmarker,
    },
  });
});

afterEach(async () => {
  await shell.close();
  rmSync(folder, { recursive: true, force: true });
});

const token = (): string => new URL(shell.url).hash.slice('#token='.length);

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((done, failed) => {
    const asked = request({ host: '127.0.0.1', port: shell.port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', failed).end();
  });
}

/** Opens a socket; the HTTP status when it is refused. */
function open(options: { protocols?: string[]; origin?: string | null; hostHeader?: string; path?: string } = {}) {
  const origin = options.origin === undefined ? `http://127.0.0.1:${shell.port}` : options.origin;
  return new Promise<WebSocket | number>((done) => {
    const socket = new WebSocket(
      `ws://127.0.0.1:${shell.port}${options.path ?? '/ws'}`,
      options.protocols ?? ['lintel', token()],
      {
        ...(origin === null ? {} : { origin }),
        ...(options.hostHeader === undefined ? {} : { headers: { host: options.hostHeader } }),
      },
    );
    socket.on('open', () => done(socket));
    socket.on('unexpected-response', (_request, response) => {
      done(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

async function opened(): Promise<WebSocket> {
  const socket = await open();
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

const next = (socket: WebSocket): Promise<ServerMessage> =>
  new Promise((done) => socket.once('message', (data: Buffer) => done(decodeMessage(data) as ServerMessage)));

describe('a page that is gone without a word', () => {
  test('is let go, and with it its session; one that is only quiet stays', async () => {
    const { port } = shell;
    const page = (autoPong: boolean): WebSocket =>
      new WebSocket(`ws://127.0.0.1:${port}/ws`, ['lintel', token()], {
        origin: `http://127.0.0.1:${port}`,
        autoPong,
      });
    const quiet = page(true);
    await new Promise((done) => quiet.once('open', done));
    const gone = page(false);
    await new Promise((done) => gone.once('open', done));
    await new Promise((done) => gone.once('close', done));
    expect(quiet.readyState).toBe(WebSocket.OPEN);
    await expect.poll(() => host.connections.map(({ closed }) => closed)).toEqual([false, true]);
  }, 60_000);
});

describe('who is let in', () => {
  test('our page, by either name of the loopback address', async () => {
    const byName = await open({ origin: `http://localhost:${shell.port}`, hostHeader: `localhost:${shell.port}` });
    expect(typeof byName).not.toBe('number');
    const socket = await opened();
    expect(socket.protocol).toBe('lintel'); // the token is not echoed
    expect(host.connections).toHaveLength(2);
  });

  test.each<[string, () => Parameters<typeof open>[0], number]>([
    ['another token', () => ({ protocols: ['lintel', 'x'.repeat(43)] }), 401],
    ['no token', () => ({ protocols: ['lintel'] }), 401],
    ['the token without the subprotocol', () => ({ protocols: [token()] }), 401],
    ['no Origin', () => ({ origin: null }), 403],
    ['the Origin of another site', () => ({ origin: 'https://example.com' }), 403],
    ['the Origin of another port', () => ({ origin: `http://127.0.0.1:${shell.port + 1}` }), 403],
    ['the opaque Origin', () => ({ origin: 'null' }), 403],
    ['a rebound DNS name', () => ({ hostHeader: `evil.example:${shell.port}` }), 403],
    [
      'a rebound DNS name as Host and Origin',
      () => ({ hostHeader: `evil.example:${shell.port}`, origin: `http://evil.example:${shell.port}` }),
      403,
    ],
    [
      'Host and Origin that are both ours but differ',
      () => ({ hostHeader: `localhost:${shell.port}`, origin: `http://127.0.0.1:${shell.port}` }),
      403,
    ],
    ['another path', () => ({ path: '/other' }), 404],
  ])('not %s', async (_what, options, status) => {
    expect(await open(options())).toBe(status);
    expect(host.connections).toHaveLength(0);
  });

  test('a page under another Host gets nothing', async () => {
    for (const name of [
      'evil.example',
      `evil.example:${shell.port}`,
      '127.0.0.1',
      `127.0.0.1.evil.example:${shell.port}`,
    ]) {
      expect((await get('/', { host: name })).status).toBe(403);
    }
    expect((await get('/')).status).toBe(200);
  });

  test('tokens are 256 random bits, new at each start', async () => {
    expect(Buffer.from(token(), 'base64url')).toHaveLength(32);
    const other = await serveKiosk(host, {
      assets: { rendererDir: folder, resourcesDir: folder, mediapipeDir: folder, landmarker: () => null },
    });
    expect(new URL(other.url).hash).not.toBe(new URL(shell.url).hash);
    await other.close();
  });
});

test('an opening address leads to the page once; its code is not the token', async () => {
  const url = new URL(shell.openingUrl());
  expect(url.href).not.toContain(token());
  expect((await get(url.pathname, { host: 'evil.example' })).status).toBe(403);
  const first = await get(url.pathname);
  expect(first).toMatchObject({
    status: 303,
    headers: { location: `/#token=${token()}`, 'cache-control': 'no-store' },
  });
  expect((await get(url.pathname)).status).toBe(404);
  expect((await get('/open/')).status).toBe(404);
});

describe('what is served', () => {
  test('the page, its bundle, sounds, MediaPipe and the landmarker when there is one', async () => {
    const page = await get('/?x=1');
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>page</title>' });
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${shell.port} ws://localhost:${shell.port}`);
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toContain("'unsafe-eval'");
    expect(String(page.headers['permissions-policy'])).toContain('camera=(self), microphone=()');
    expect((await get('/assets/index-abc.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await get('/sounds/check-in.wav')).headers['content-type']).toBe('audio/wav');
    expect((await get('/mediapipe/wasm/vision_wasm_internal.wasm')).headers['content-type']).toBe('application/wasm');
    expect((await get('/models/face_landmarker.task')).status).toBe(404);
    landmarker = join(folder, 'face_landmarker.task');
    expect(await get('/models/face_landmarker.task')).toMatchObject({ status: 200, body: 'task' });
    expect(await get('/', {}, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/../../secret.json',
    '/..%5csecret.json',
    '/sounds/../../secret.json',
    '/mediapipe/wasm/../../secret.json',
    '//etc/passwd',
    '/index.html%00.js',
    '/%E0%A4%A',
    '/.git/config',
    '/assets',
    '/nothing.html',
  ])('not %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  test('only reading', async () => {
    expect((await get('/', {}, 'POST')).status).toBe(405);
    expect((await get('/', {}, 'OPTIONS')).status).toBe(405);
  });
});

describe('one socket', () => {
  test('carries calls with bytes, their answers, errors by name, and events', async () => {
    const socket = await opened();
    const data = new Uint8Array([1, 2, 3]);
    socket.send(encodeMessage({ type: 'call', id: 7, name: 'submitFrame', input: { data } }));
    expect(await next(socket)).toEqual({
      type: 'reply',
      id: 7,
      reply: { ok: true, value: { name: 'submitFrame', input: { data: Buffer.from([1, 2, 3]) } } },
    });
    expect(host.connections[0]?.calls[0]?.input).toEqual({ data });
    socket.send(encodeMessage({ type: 'call', id: 8, name: 'lock', input: null }));
    expect(await next(socket)).toMatchObject({ id: 8, reply: { ok: false, error: { code: 'pin-required' } } });
    const event = next(socket);
    host.connections[0]?.send('view', { phase: 'idle' });
    expect(await event).toEqual({ type: 'event', name: 'view', payload: { phase: 'idle' } });
  });

  test('is one connection, closed with it', async () => {
    const [one] = [await opened(), await opened()];
    expect(host.connections).toHaveLength(2);
    one.close();
    await expect.poll(() => host.connections[0]?.closed).toBe(true);
    expect(host.connections[1]?.closed).toBe(false);
  });

  test('answers garbage with a typed error, and closes when it goes on', async () => {
    const socket = await opened();
    const closed = new Promise<number>((done) => socket.on('close', done));
    const garbage: (string | Uint8Array)[] = [
      'text',
      new Uint8Array(0),
      new Uint8Array([255, 255, 255, 255, 0]),
      encodeMessage({ type: 'reply', id: 1, reply: { ok: true, value: 1 } }),
    ];
    for (const message of garbage) {
      const answer = next(socket);
      socket.send(message);
      expect(await answer).toMatchObject({ type: 'reply', reply: { ok: false, error: { code: 'bad-input' } } });
    }
    expect(host.connections[0]?.calls).toHaveLength(0);
    socket.send('once more');
    // Before this side can know: nobody would learn what became of it.
    socket.send(encodeMessage({ type: 'call', id: 1, name: 'lock', input: null }));
    expect(await closed).toBe(1008);
    expect(host.connections[0]?.calls).toHaveLength(0);
  });

  test('is closed by a message over 32 MB, and the shell goes on', async () => {
    const socket = await opened();
    const closed = new Promise<number>((done) => socket.on('close', done));
    socket.send(new Uint8Array((32 << 20) + 1));
    expect(await closed).toBe(1009);
    expect((await get('/')).status).toBe(200);
  });

  test('that does not read loses old views, never the newest one and never a check-in', async () => {
    const socket = await opened();
    const received: ServerMessage[] = [];
    socket.on('message', (data: Buffer) => received.push(decodeMessage(data) as ServerMessage));
    socket.pause();
    const picture = `data:image/jpeg;base64,${'A'.repeat(1 << 20)}`;
    const views = 40;
    const send = host.connections[0]?.send;
    for (let i = 0; i < views; i++) {
      send?.('view', { phase: 'match', number: i, picture });
      send?.('checkedIn', { id: String(i) });
      await new Promise((done) => setImmediate(done)); // the system takes what its buffers hold
    }
    socket.resume();
    const numbers = () =>
      received.flatMap((m) =>
        m.type === 'event' && m.name === 'view' ? [(m.payload as { number: number }).number] : [],
      );
    await expect.poll(() => numbers().at(-1), { timeout: 10_000 }).toBe(views - 1);
    expect(numbers().length).toBeLessThan(views);
    expect(received.filter((m) => m.type === 'event' && m.name === 'checkedIn')).toHaveLength(views);
  });
});

test('listens on the loopback address only, says when the port is taken, and lets go of it', async () => {
  const assets = { rendererDir: folder, resourcesDir: folder, mediapipeDir: folder, landmarker: () => null };
  await expect(serveKiosk(host, { port: shell.port, assets })).rejects.toMatchObject({
    code: 'port-taken',
    message: `Port ${shell.port} is already in use on this machine.`,
  });
  // 127.0.0.2 is this machine too on Linux; a server on all addresses would answer there.
  if (process.platform === 'linux') {
    const refused = await new Promise<string | undefined>((done) => {
      const socket = connect(shell.port, '127.0.0.2');
      socket.on('connect', () => done(undefined));
      socket.on('error', (error: NodeJS.ErrnoException) => done(error.code));
    });
    expect(refused).toBe('ECONNREFUSED');
  }
  const socket = await opened();
  const closed = new Promise<number>((done) => socket.on('close', done));
  await shell.close();
  expect(await closed).toBe(1001);
  shell = await serveKiosk(host, { port: shell.port, assets });
});
