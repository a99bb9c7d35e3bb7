/** The vision process under Electron ([Note: the vision process] in src/main/vision/process.ts says why there is one). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { app, dialog, ipcMain, Menu, protocol, safeStorage, session, utilityProcess } from 'electron';
import { reportOf } from '../../../shared/errors.ts';
import type { KioskHost } from '../../server/connection.ts';
import { changeEncryption } from '../../server/maintenance.ts';
import type { Unlock } from '../../server/security.ts';
import type { VisionLaunch } from '../../vision/process.ts';
import { assetPlaces, dataFolder, type Installation } from '../installation.ts';
import { connectWindow } from './ipc.ts';
import { changeAsked, unlockElectron } from './key-store.ts';
import { registerScheme, serveScheme } from './scheme.ts';
import { guardSession, type KioskWindow, openWindow } from './window.ts';

/** Launches `script` (the built `entry-vision`) as a utility process. Only when the app is ready. */
export function utilityVision(script: string): VisionLaunch {
  return () => {
    const child = utilityProcess.fork(script, [], { serviceName: 'Lintel vision', stdio: 'inherit' });
    return {
      postMessage: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => child.once('exit', listener),
      kill() {
        // `child.kill()` asks with SIGTERM, which a process that hangs in native code never hears.
        if (child.pid === undefined) child.kill();
        else process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}

// The Electron host: one window on one kiosk. It carries messages and guards the window; it holds no rule of the domain.

/** The kiosk could not be opened, and why was said: `npm start` must not try again with the browser. (sysexits' EX_SOFTWARE) */
const EXIT_KIOSK_REFUSED = 70;

/**
 * Tells `npm start` how far the window is (scripts/electron-binary.mjs): `opening`, the data, which may take long; `opened`;
 * `shown`, a window or a message, and from here on nobody opens the browser instead.
 */
function tellStage(stage: 'opening' | 'opened' | 'shown'): void {
  const file = process.env['LINTEL_WINDOW_FILE'];
  if (file === undefined) return;
  try {
    writeFileSync(file, stage);
  } catch {
    // Whoever wanted to know is gone.
  }
}

export interface ElectronEntry {
  readonly installation: Installation;
  /** Arguments after the program's own, e.g. `['--data', 'DIR', '--kiosk']`. */
  readonly args: readonly string[];
  /** Opens the kiosk on a data folder, its models in a process of their own. Called when the app is ready. */
  open(
    dataDir: string,
    unlock: Unlock,
  ): Promise<{
    readonly host: KioskHost;
    readonly landmarker: () => string | null;
    /** Called once the window is shown, unless `--offline` was given. */
    fetchModels(): void;
  }>;
}

/** Must be called before the app is ready, without awaiting anything first. */
export function runElectron(entry: ElectronEntry): void {
  // Chromium adds switches of its own to our arguments: unknown ones are left alone.
  const { values } = parseArgs({
    args: [...entry.args],
    options: {
      data: { type: 'string' },
      kiosk: { type: 'boolean', default: false },
      offline: { type: 'boolean', default: false },
      'passphrase-file': { type: 'string' },
      'key-file': { type: 'string' },
      encrypt: { type: 'string' },
    },
    strict: false,
  });
  const dataDir = dataFolder(typeof values.data === 'string' ? values.data : undefined, process.env, process.cwd());
  const fileOf = (option: unknown, variable: string): string | null => {
    const given = typeof option === 'string' ? option : process.env[variable];
    return given === undefined || given === '' ? null : resolve(process.cwd(), given);
  };
  const files = {
    passphrase: fileOf(values['passphrase-file'], 'LINTEL_PASSPHRASE_FILE'),
    key: fileOf(values['key-file'], 'LINTEL_KEY_FILE'),
  };
  mkdirSync(dataDir, { recursive: true });
  app.setName('lintel');
  app.setPath('userData', dataDir); // also makes one instance for each data folder
  app.setPath('sessionData', join(dataDir, 'window')); // Chromium's own files apart from ours
  for (const quiet of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability']) {
    app.commandLine.appendSwitch(quiet);
  }
  if (!app.requestSingleInstanceLock()) {
    tellStage('shown');
    process.stderr.write('lintel: a kiosk is already open on this data folder; its window was brought to the front.\n');
    app.quit();
    return;
  }
  registerScheme(protocol);
  app.enableSandbox();

  let kioskWindow: KioskWindow | null = null;
  let host: KioskHost | null = null;
  app.on('second-instance', () => {
    const window = kioskWindow?.window;
    if (window === undefined || window.isDestroyed()) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', () => kioskWindow?.letClose());
  app.on('will-quit', (event) => {
    if (host === null) return;
    // What was acknowledged is on disk already; this lets go of the folder and ends the vision process.
    event.preventDefault();
    const closing = host;
    host = null;
    void closing.close().finally(() => app.quit());
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());

  void app.whenReady().then(async () => {
    try {
      tellStage('opening');
      Menu.setApplicationMenu(null);
      const unlock = unlockElectron(safeStorage, files);
      if (typeof values.encrypt === 'string')
        await changeEncryption({ folder: dataDir, unlock }, changeAsked(values.encrypt, safeStorage));
      const opened = await entry.open(dataDir, unlock);
      host = opened.host;
      tellStage('opened');
      serveScheme(protocol, assetPlaces(entry.installation, opened.landmarker));
      guardSession(session.defaultSession);
      kioskWindow = openWindow({
        preload: entry.installation.preload,
        icon: join(entry.installation.root, 'resources', 'icon.png'),
        kiosk: values.kiosk === true,
        devTools: !app.isPackaged,
        onShown() {
          tellStage('shown');
          if (values.offline !== true) opened.fetchModels();
        },
      });
      host.onLeaveKiosk = () => kioskWindow?.leaveKiosk();
      connectWindow(ipcMain, kioskWindow.window.webContents, host);
    } catch (error) {
      const report = reportOf(error);
      const text = [report.message, report.kept, report.todo].filter((part) => part !== undefined).join('\n');
      process.stderr.write(`lintel: ${text}\n`);
      tellStage('shown');
      dialog.showErrorBox('Lintel could not start', text);
      app.exit(EXIT_KIOSK_REFUSED);
    }
  });
}
