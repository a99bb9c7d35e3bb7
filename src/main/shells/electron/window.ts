/** The kiosk's window. */
import { BrowserWindow } from 'electron';
import { guardContents } from './guards.ts';
import { PAGE_URL } from './scheme.ts';

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
