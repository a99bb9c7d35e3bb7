/** The Electron host against a recording stand-in for Electron: flags, permissions, navigation, IPC, kiosk mode. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ElectronEntry, runElectron } from '../../src/main/hosts/electron/main.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { Vault, vaultStatus } from '../../src/main/storage/vault.ts';
import { calls } from '../../src/shared/calls.ts';
import { LintelError } from '../../src/shared/errors.ts';
import type { fakeElectron as FakeElectron, FakeWindow } from '../support/fake-electron.ts';
import { RecordingHost } from '../support/recording-host.ts';

vi.mock('electron', async () => (await import('../support/fake-electron.ts')).fakeElectron());

const electron = (await import('electron')) as unknown as ReturnType<typeof FakeElectron>;
let folder: string;
let host: RecordingHost;

beforeEach(() => {
  electron.reset();
  folder = mkdtempSync(join(tmpdir(), 'lintel-electron-'));
  mkdirSync(join(folder, 'out/renderer'), { recursive: true });
  writeFileSync(join(folder, 'out/renderer/index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'package.json'), '{}');
  host = new RecordingHost();
});
afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: string[], open: ElectronEntry['open']): void =>
  runElectron({ installation: installationAt(folder, '0'), args: ['--data', join(folder, 'data'), ...args], open });

/** Until there is a window, or the program has said that there will be none. */
async function start(
  args: string[] = [],
  open: ElectronEntry['open'] = async () => ({ host, landmarker: () => null, fetchModels: () => undefined }),
): Promise<FakeWindow> {
  const come = (): number => electron.BrowserWindow.all.length + electron.app.did.length;
  const before = come();
  run(args, open);
  await vi.waitFor(() => expect(come()).toBeGreaterThan(before), 10_000);
  return electron.BrowserWindow.all[0] as FakeWindow;
}

/** Calls a handler with whatever Electron would give it. */
const call = (handler: unknown, ...args: unknown[]): unknown => (handler as (...a: unknown[]) => unknown)(...args);

test('the window is isolated, sandboxed, without Node, webviews, a spell checker or (packaged) developer tools', async () => {
  const window = await start();
  expect(window.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    spellcheck: false,
    devTools: false,
    preload: join(folder, 'out/preload/preload.cjs'),
  });
  expect(electron.app.sandboxed).toBe(true);
  expect(window.loaded).toEqual(['lintel://kiosk/']);
  expect(electron.app.paths['userData']).toBe(join(folder, 'data'));
});

test('the page comes from its own scheme, with the policy as a header, and nothing from outside the table', async () => {
  await start();
  expect(electron.privileged).toMatchObject([{ scheme: 'lintel', privileges: { standard: true, secure: true } }]);
  const get = (url: string, method = 'GET') => electron.schemes.get('lintel')?.(new Request(url, { method }));
  const page = await get('lintel://kiosk/');
  expect(page?.status).toBe(200);
  expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const url of ['lintel://kiosk/%2e%2e/package.json', 'lintel://kiosk/..%2fpackage.json', 'lintel://other/']) {
    expect((await get(url))?.status).toBe(404);
  }
  expect((await get('lintel://kiosk/', 'POST'))?.status).toBe(404);
});

describe('permissions', () => {
  const ours = { isMainFrame: true, requestingUrl: 'lintel://kiosk/', mediaTypes: ['video'] };
  const asked = async (permission: string, details: object, page = 'lintel://kiosk/'): Promise<unknown> => {
    await start();
    return new Promise((done) =>
      call(electron.session.defaultSession.permissionRequest, { getURL: () => page }, permission, done, details),
    );
  };
  test('the camera, for our page', async () => expect(await asked('media', ours)).toBe(true));
  test.each<[string, string, object, string?]>([
    ['the microphone', 'media', { ...ours, mediaTypes: ['audio'] }],
    ['camera and microphone together', 'media', { ...ours, mediaTypes: ['video', 'audio'] }],
    ['media of no kind', 'media', { ...ours, mediaTypes: [] }],
    ['a frame inside the page', 'media', { ...ours, isMainFrame: false }],
    ['another site', 'media', { ...ours, requestingUrl: 'https://example.com/' }],
    ['a look-alike host', 'media', { ...ours, requestingUrl: 'lintel://kiosk.example/' }],
    ['a file', 'media', { ...ours, requestingUrl: 'file:///x.html' }],
    ['a window showing another site', 'media', ours, 'https://example.com/'],
    ['geolocation', 'geolocation', ours],
    ['the screen', 'display-capture', ours],
    ['notifications', 'notifications', ours],
    ['opening programs', 'openExternal', ours],
  ])('not %s', async (_what, permission, details, page) => {
    expect(await asked(permission, details, page)).toBe(false);
  });

  test('checks answer alike', async () => {
    await start();
    const check = (permission: string, origin: string, details: object): unknown =>
      call(electron.session.defaultSession.permissionCheck, null, permission, origin, details);
    const video = { isMainFrame: true, mediaType: 'video' };
    expect(check('media', 'lintel://kiosk/', video)).toBe(true);
    expect(check('media', 'lintel://kiosk/', { ...video, mediaType: 'audio' })).toBe(false);
    expect(check('media', 'lintel://kiosk/', { ...video, securityOrigin: 'https://example.com' })).toBe(false);
    expect(check('media', 'https://example.com', video)).toBe(false);
    expect(check('midi', 'lintel://kiosk/', video)).toBe(false);
    expect(call(electron.session.defaultSession.device, {})).toBe(false);
  });

  test('every request to a network is cancelled', async () => {
    await start();
    const { filter, listener } = electron.session.defaultSession.beforeRequest ?? {};
    expect(filter?.urls).toEqual(expect.arrayContaining(['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*']));
    expect(await new Promise((done) => call(listener, {}, done))).toEqual({ cancel: true });
  });
});

test('navigation, redirects, webviews and new windows are refused', async () => {
  const { webContents } = await start();
  expect(webContents.windowOpenHandler?.()).toEqual({ action: 'deny' });
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
    const event = { preventDefault: vi.fn() };
    webContents.emit(name, event);
    expect(event.preventDefault, name).toHaveBeenCalledOnce();
  }
});

describe('calls', () => {
  test('each has its own channel, and there is no other', async () => {
    await start();
    expect([...electron.handlers.keys()].sort()).toEqual(
      Object.keys(calls)
        .map((name) => `lintel:${name}`)
        .sort(),
    );
  });

  test('from our page are answered with a Reply, errors by name', async () => {
    const { webContents } = await start();
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    expect(await call(electron.handlers.get('lintel:getPerson'), event, { id: 'p' })).toEqual({
      ok: true,
      value: { name: 'getPerson', input: { id: 'p' } },
    });
    expect(await call(electron.handlers.get('lintel:lock'), event)).toMatchObject({
      ok: false,
      error: { code: 'pin-required' },
    });
  });

  test.each<[string, (contents: FakeWindow['webContents']) => object]>([
    ['another window', () => ({ sender: {}, senderFrame: { url: 'lintel://kiosk/' } })],
    ['a frame inside the page', (c) => ({ sender: c, senderFrame: { url: 'lintel://kiosk/' } })],
    ['a frame that is gone', (c) => ({ sender: c, senderFrame: null })],
    [
      'our window showing another site',
      (c) => ({ sender: c, senderFrame: Object.assign(c.mainFrame, { url: 'https://x/' }) }),
    ],
    [
      'our window showing a file',
      (c) => ({ sender: c, senderFrame: Object.assign(c.mainFrame, { url: 'file:///x' }) }),
    ],
  ])('from %s are refused before they reach the kiosk', async (_who, event) => {
    const { webContents } = await start();
    for (const handler of electron.handlers.values()) {
      expect(await call(handler, event(webContents), {})).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    }
    expect(host.connections).toHaveLength(0);
  });

  test('events go to the page; a reload or a crash ends the connection and with it the session', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true });
    const window = await start();
    const { webContents } = window;
    const event = { sender: webContents, senderFrame: webContents.mainFrame };
    await call(electron.handlers.get('lintel:getStatus'), event);
    host.connections[0]?.send('view', { phase: 'idle' });
    expect(webContents.sent).toEqual([{ channel: 'lintel:event:view', payload: { phase: 'idle' } }]);
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    expect(host.connections[0]?.closed).toBe(false);
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    expect(host.connections[0]?.closed).toBe(true);
    await call(electron.handlers.get('lintel:getStatus'), event);
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(host.connections[1]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(1500);
    expect(window.loaded).toHaveLength(2);
    vi.useRealTimers();
  });
});

describe('kiosk mode', () => {
  test('fills the screen, does not close, and is left only by the operator call', async () => {
    const window = await start(['--kiosk']);
    expect(window.options).toMatchObject({ kiosk: true, fullscreen: true });
    const close = (): boolean => {
      const event = { preventDefault: vi.fn() };
      window.emit('close', event);
      return event.preventDefault.mock.calls.length === 0;
    };
    expect(close()).toBe(false);
    const event = { sender: window.webContents, senderFrame: window.webContents.mainFrame };
    await call(electron.handlers.get('lintel:leaveKiosk'), event);
    expect(window.did).toEqual(expect.arrayContaining(['kiosk false', 'fullscreen false']));
    expect(close()).toBe(true);
  });

  test('is off unless asked for, and the menu with its shortcuts is gone', async () => {
    const window = await start();
    expect(window.options).toMatchObject({ kiosk: false, fullscreen: false });
    expect(window.did).toContain('removeMenu');
    expect(electron.electronMenu.menu).toBeNull();
  });
});

test('a second start on the same folder opens nothing; the first comes to the front', async () => {
  const window = await start();
  electron.app.emit('second-instance');
  expect(window.did).toEqual(expect.arrayContaining(['restore', 'focus']));
  electron.app.first = false;
  const opened = vi.fn();
  await start([], opened);
  expect(opened).not.toHaveBeenCalled();
  expect(electron.app.did).toContain('quit');
  expect(electron.BrowserWindow.all).toHaveLength(1);
});

test('a kiosk that cannot be opened says why and ends', async () => {
  const window = await start([], async () => {
    throw new LintelError('store-locked');
  });
  expect(window).toBeUndefined();
  expect(electron.dialogShown.at(-1)).toMatch(
    /^Another Lintel is using this data folder\.\nNothing was changed\.\n.*close it/,
  );
  expect(electron.app.did).toContain('exit 70');
});

describe('npm start is told how far the window is', () => {
  const file = (): string => join(folder, 'stage');
  const stage = (): string | null => (existsSync(file()) ? readFileSync(file(), 'utf8') : null);
  beforeEach(() => vi.stubEnv('LINTEL_WINDOW_FILE', file()));
  afterEach(() => vi.unstubAllEnvs());

  test('while the data are opened, when they are open, and when it is shown; only then are models fetched', async () => {
    const fetchModels = vi.fn();
    let opened: (value: Awaited<ReturnType<ElectronEntry['open']>>) => void = () => undefined;
    run([], () => new Promise((done) => (opened = done)));
    await vi.waitFor(() => expect(stage()).toBe('opening'));
    opened({ host, landmarker: () => null, fetchModels });
    await vi.waitFor(() => expect(electron.BrowserWindow.all).toHaveLength(1));
    expect(stage()).toBe('opened');
    expect(fetchModels).not.toHaveBeenCalled();
    electron.BrowserWindow.all[0]?.emit('ready-to-show');
    expect(electron.BrowserWindow.all[0]?.did).toContain('show');
    expect(stage()).toBe('shown');
    expect(fetchModels).toHaveBeenCalledOnce();
  });

  test('--offline fetches no models', async () => {
    const fetchModels = vi.fn();
    const window = await start(['--offline'], async () => ({ host, landmarker: () => null, fetchModels }));
    window.emit('ready-to-show');
    expect(stage()).toBe('shown');
    expect(fetchModels).not.toHaveBeenCalled();
  });

  test('a second start, and a kiosk that refuses, are no reason to open the browser', async () => {
    electron.app.first = false;
    await start();
    expect(stage()).toBe('shown');
    electron.app.first = true;
    await start([], () => Promise.reject(new LintelError('store-locked')));
    expect(electron.app.did).toContain('exit 70');
    expect(stage()).toBe('shown');
  });
});

test('the kiosk is closed before the program ends', async () => {
  await start();
  const event = { preventDefault: vi.fn() };
  electron.app.emit('will-quit', event);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  await expect.poll(() => host.closed).toBe(true);
  await expect.poll(() => electron.app.did).toContain('quit');
});

test("--encrypt on encrypts with the system's key store before the kiosk opens, and the kiosk gets what opens it", async () => {
  const dataDir = join(folder, 'data');
  const opened: string[] = [];
  const open: ElectronEntry['open'] = async (folderGiven, unlock) => {
    const vault = await Vault.open({ folder: folderGiven, unlock, readOnly: true });
    opened.push(`${vault.state} ${vault.method}`);
    return { host, landmarker: () => null, fetchModels: () => undefined };
  };
  await start(['--encrypt', 'on'], open);
  expect(opened).toEqual(['encrypted safe-storage']);
  expect(await vaultStatus(dataDir)).toEqual({ state: 'encrypted', method: 'safe-storage' });
});

test('a key store that keeps nothing secret is refused, and said', async () => {
  electron.safeStorage.backend = 'basic_text';
  await start(['--encrypt', 'on']);
  expect(electron.app.did).toContain('exit 70');
  expect(electron.dialogShown.join()).toContain('no key store');
  expect(await vaultStatus(join(folder, 'data'))).toEqual({ state: 'plain', method: null });
  electron.safeStorage.backend = 'gnome_libsecret';
});
