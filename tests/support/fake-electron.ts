/**
 * A stand-in for the `electron` module that records what the host asks of it, so that its guards can be called as
 * Electron would call them. The real thing is tested in tests/electron, where its binary is installed.
 */
import { EventEmitter } from 'node:events';

export type Handler = (...args: never[]) => unknown;

export class FakeContents extends EventEmitter {
  readonly mainFrame = { url: 'lintel://kiosk/' };
  readonly sent: { readonly channel: string; readonly payload: unknown }[] = [];
  windowOpenHandler: (() => { action: string }) | null = null;
  getURL = (): string => this.mainFrame.url;
  isDestroyed = (): boolean => false;
  send = (channel: string, payload: unknown): void => void this.sent.push({ channel, payload });
  setWindowOpenHandler = (handler: () => { action: string }): void => void (this.windowOpenHandler = handler);
}

export class FakeWindow extends EventEmitter {
  static readonly all: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly loaded: string[] = [];
  readonly did: string[] = [];
  constructor(readonly options: { webPreferences: Record<string, unknown>; kiosk: boolean; fullscreen: boolean }) {
    super();
    FakeWindow.all.push(this);
  }
  loadURL = async (url: string): Promise<void> => void this.loaded.push(url);
  removeMenu = (): void => void this.did.push('removeMenu');
  show = (): void => void this.did.push('show');
  focus = (): void => void this.did.push('focus');
  restore = (): void => void this.did.push('restore');
  isMinimized = (): boolean => true;
  isDestroyed = (): boolean => false;
  setKiosk = (on: boolean): void => void this.did.push(`kiosk ${on}`);
  setFullScreen = (on: boolean): void => void this.did.push(`fullscreen ${on}`);
}

export function fakeElectron() {
  const electronMenu = { menu: 'default' as unknown };
  const dialogShown: string[] = [];
  const session = {
    permissionRequest: null as Handler | null,
    permissionCheck: null as Handler | null,
    device: null as Handler | null,
    beforeRequest: null as { filter: { urls: string[] }; listener: Handler } | null,
    setPermissionRequestHandler: (h: Handler) => void (session.permissionRequest = h),
    setPermissionCheckHandler: (h: Handler) => void (session.permissionCheck = h),
    setDevicePermissionHandler: (h: Handler) => void (session.device = h),
    setDisplayMediaRequestHandler: () => undefined,
    webRequest: {
      onBeforeRequest: (filter: { urls: string[] }, listener: Handler) =>
        void (session.beforeRequest = { filter, listener }),
    },
  };
  const handlers = new Map<string, Handler>();
  const schemes = new Map<string, (request: Request) => Promise<Response>>();
  const privileged: { scheme: string; privileges: Record<string, boolean> }[] = [];
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    did: [] as string[],
    paths: {} as Record<string, string>,
    first: true,
    sandboxed: false,
    setName: () => undefined,
    setPath: (name: string, path: string) => void (app.paths[name] = path),
    commandLine: { appendSwitch: () => undefined },
    requestSingleInstanceLock: () => app.first,
    enableSandbox: () => void (app.sandboxed = true),
    quit: () => void app.did.push('quit'),
    exit: (code: number) => void app.did.push(`exit ${code}`),
    whenReady: () => Promise.resolve(),
  });
  /** Forgets everything recorded, as if Electron had just started. */
  const reset = (): void => {
    FakeWindow.all.length = 0;
    app.removeAllListeners();
    Object.assign(app, { did: [], paths: {}, first: true, sandboxed: false });
    privileged.length = 0;
    dialogShown.length = 0;
    handlers.clear();
    schemes.clear();
  };
  /** A key store that keeps what it is given, readable: what is tested is who asks it for what. */
  const safeStorage = {
    backend: 'gnome_libsecret',
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => safeStorage.backend,
    encryptString: (text: string) => Buffer.from(`kept:${text}`),
    decryptString: (sealed: Buffer) => {
      const text = sealed.toString();
      if (!text.startsWith('kept:')) throw new Error('not from this key store');
      return text.slice(5);
    },
  };
  return {
    app,
    safeStorage,
    reset,
    handlers,
    schemes,
    privileged,
    session: { defaultSession: session },
    BrowserWindow: FakeWindow,
    Menu: { menu: 'default' as unknown, setApplicationMenu: (menu: unknown) => void (electronMenu.menu = menu) },
    dialog: { showErrorBox: (_title: string, text: string) => void dialogShown.push(text) },
    dialogShown,
    electronMenu,
    ipcMain: {
      handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
      removeHandler: (channel: string) => void handlers.delete(channel),
    },
    protocol: {
      registerSchemesAsPrivileged: (list: typeof privileged) => void privileged.push(...list),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => void schemes.set(scheme, handler),
    },
  };
}
