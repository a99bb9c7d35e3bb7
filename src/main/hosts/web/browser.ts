/** The machine's own Chromium, Chrome or Edge. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where each system keeps its browsers, best first; a bare name is looked for in PATH. */
function places(env: Env, platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') {
    const apps = [
      'Chromium.app/Contents/MacOS/Chromium',
      'Google Chrome.app/Contents/MacOS/Google Chrome',
      'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
    return ['/Applications', join(env['HOME'] ?? '', 'Applications')].flatMap((at) => apps.map((app) => join(at, app)));
  }
  if (platform === 'win32') {
    const programs = [
      'Chromium\\Application\\chrome.exe',
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return [env['LOCALAPPDATA'], env['PROGRAMFILES'], env['PROGRAMFILES(X86)']]
      .filter((at) => at !== undefined)
      .flatMap((at) => programs.map((program) => join(at, program)));
  }
  return [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
    'microsoft-edge-stable',
  ];
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a browser that can show the kiosk, or null. LINTEL_CHROMIUM names one outright. */
export function findBrowser(env: Env = process.env, platform: NodeJS.Platform = process.platform): string | null {
  const named = env['LINTEL_CHROMIUM'];
  const candidates = [...(named === undefined || named === '' ? [] : [named]), ...places(env, platform)];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const candidate of candidates) {
    const paths = /[\\/]/.test(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate));
    const found = paths.find(runnable);
    if (found !== undefined) return found;
  }
  return null;
}

// The kiosk's page in a window of its own: the machine's browser without tabs or address bar, with its own profile.

interface AppWindowOptions {
  readonly browser: string;
  readonly url: string;
  /** The browser's profile goes into `window/` in here: nothing of the person's own browser is read or changed. */
  readonly dataDir: string;
  /** Full-screen, without a way to close it but the system's. */
  readonly kiosk: boolean;
}

export function browserArguments(options: AppWindowOptions, isRoot: boolean): string[] {
  return [
    `--app=${options.url}`,
    `--user-data-dir=${join(options.dataDir, 'window')}`,
    '--no-first-run',
    '--no-default-browser-check',
    // Nothing leaves the laptop: not the browser's own errands either.
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--disable-translate',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    '--disable-session-crashed-bubble',
    '--autoplay-policy=no-user-gesture-required', // the check-in sound
    '--password-store=basic',
    '--window-size=1280,800',
    '--window-position=0,0',
    ...(options.kiosk ? ['--kiosk'] : []),
    // Chromium refuses its sandbox to root on Linux; nobody else loses it.
    ...(isRoot ? ['--no-sandbox'] : []),
  ];
}

/** Opens the window. The process ends when the window is closed. */
export function openAppWindow(options: AppWindowOptions): ChildProcess {
  const profile = join(options.dataDir, 'window');
  mkdirSync(profile, { recursive: true });
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return spawn(options.browser, browserArguments(options, isRoot), { stdio: 'ignore' });
}
