/**
 * A browser for `npm test`: this machine's own Chromium, Chrome or Edge, or the Chromium that Playwright downloads; where there is
 * none, it is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, say } from './prepare.mjs';

/** @typedef {'playwright' | 'apt'} Installer */

/** @type {Readonly<Record<Installer, string>>} */
const DOES = { playwright: 'downloading Chromium with Playwright', apt: 'installing Chromium with apt' };

/** Longer than a slow line needs for Playwright's 170 MB, and than Debian's mirrors take. */
const PATIENCE_MS = 15 * 60_000;

/**
 * What is worth trying here, in order. apt only where it needs nobody's password, and has a Chromium.
 * @param {{ platform: string, uid: number | undefined, osRelease: string, hasApt: boolean }} machine
 * @returns {Installer[]}
 */
export function installersFor({ platform, uid, osRelease, hasApt }) {
  const debian = platform === 'linux' && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);
  return debian && uid === 0 && hasApt ? ['playwright', 'apt'] : ['playwright'];
}

/**
 * The path of a browser that starts, or null: then nothing that is worth trying helped. An installer that says it is done is
 * believed only when there is such a browser: a downloaded Chromium may lack libraries of the system.
 * @param {{ find: () => Promise<string | null>, installers: readonly Installer[], install: (name: Installer) => void,
 *   say: (text: string) => void }} world
 */
export async function obtainBrowser({ find, installers, install, say: tell }) {
  let found = await find();
  for (const name of installers) {
    if (found !== null) return found;
    tell(`no browser that starts was found: ${DOES[name]} ...`);
    install(name);
    found = await find();
  }
  return found;
}

/** @param {string} path @returns {boolean} whether it starts; elsewhere than on Linux, asking for the version opens a window */
function starts(path) {
  if (process.platform !== 'linux') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** @returns {Promise<string | null>} */
async function find() {
  const { chromium } = await import('@playwright/test');
  const { runnerImport } = await import('vite');
  /** @type {{ module: typeof import('../src/main/hosts/web/browser.ts') }} */
  const { module } = await runnerImport(join(root, 'src/main/hosts/web/browser.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  return (
    [module.findBrowser(), chromium.executablePath()].find((path) => path && existsSync(path) && starts(path)) ?? null
  );
}

/** @param {Installer} name */
function install(name) {
  const run = (/** @type {string} */ program, /** @type {string[]} */ args, env = {}) =>
    spawnSync(program, args, {
      cwd: root,
      stdio: ['ignore', 2, 2],
      timeout: PATIENCE_MS,
      env: { ...process.env, ...env },
    }).status === 0;
  if (name === 'playwright') {
    run(process.execPath, [join(root, 'node_modules/@playwright/test/cli.js'), 'install', 'chromium']);
    return;
  }
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const packages = ['chromium', 'fonts-dejavu-core', 'fonts-noto-core'];
  if (run('apt-get', ['update', '-qq'], quiet))
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
}

/** As `obtainBrowser`, on this machine. @returns {Promise<string | null>} */
export const browserForTests = () =>
  obtainBrowser({
    find,
    installers: installersFor({
      platform: process.platform,
      uid: process.getuid?.(),
      osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
      hasApt: (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'apt-get'))),
    }),
    install,
    say,
  });
