/** The kiosk's window, and what it may not do: permissions but the camera, navigation, new windows, webviews, any request. */
import { BrowserWindow, type Session, type WebContents } from 'electron';
import { PAGE_URL, isOurs } from './scheme.ts';

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => {
    const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    callback(
      permission === 'media' &&
        types.length > 0 &&
        types.every((type) => type === 'video') &&
        details.isMainFrame &&
        isOurs(details.requestingUrl) &&
        isOurs(contents.getURL()),
    );
  });
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin, details) =>
      permission === 'media' &&
      details.mediaType === 'video' &&
      details.isMainFrame &&
      isOurs(details.securityOrigin ?? requestingOrigin),
  );
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
  // The policy already forbids it; this holds even where a policy would not (a worker, a prefetch, Chromium itself).
  session.webRequest.onBeforeRequest(
    { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file://*/*'] },
    (_details, callback) => callback({ cancel: true }),
  );
}

function guardContents(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }): void => event.preventDefault();
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', refuse);
  contents.on('will-frame-navigate', refuse);
  contents.on('will-redirect', refuse);
  contents.on('will-attach-webview', refuse);
}

// The kiosk's window.

export interface KioskWindow {
  readonly window: BrowserWindow;
  /** Out of full-screen, and the window may be closed again. */
  leaveKiosk(): void;
  /** The program is ending: the window no longer refuses to close. */
  letClose(): void;
}

/** A page that crashes again this soon would only crash in a loop: the next load waits. */
const RELOAD_PAUSE_MS = 1000;

export function openWindow(options: {
  readonly preload: string;
  readonly icon: string;
  readonly kiosk: boolean;
  readonly devTools: boolean;
  readonly onShown: () => void;
}): KioskWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 480,
    minHeight: 480,
    show: false,
    title: 'Lintel',
    icon: options.icon,
    backgroundColor: '#101418',
    autoHideMenuBar: true,
    kiosk: options.kiosk,
    fullscreen: options.kiosk,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // It would download dictionaries.
      spellcheck: false,
      // The camera keeps running when another window lies on top.
      backgroundThrottling: false,
      devTools: options.devTools,
    },
  });
  guardContents(window.webContents);
  window.removeMenu();

  let held = options.kiosk;
  window.on('close', (event) => {
    if (held) event.preventDefault();
  });
  window.once('ready-to-show', () => {
    window.show();
    options.onShown();
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    setTimeout(() => {
      if (!window.isDestroyed()) void window.loadURL(PAGE_URL);
    }, RELOAD_PAUSE_MS);
  });
  void window.loadURL(PAGE_URL);

  return {
    window,
    leaveKiosk() {
      held = false;
      if (window.isDestroyed()) return;
      window.setKiosk(false);
      window.setFullScreen(false);
    },
    letClose() {
      held = false;
    },
  };
}
