/** The machine's own Chromium, Chrome or Edge. */
import { accessSync, constants } from 'node:fs';
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
