/** The kiosk's page in a window of its own: the machine's browser without tabs or address bar, with its own profile. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface AppWindowOptions {
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
