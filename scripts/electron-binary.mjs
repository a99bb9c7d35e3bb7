/** Electron's binary: is it there, can it be had, and running it. It is not in npm's package; its installer downloads it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, say } from './prepare.mjs';

const folder = join(root, 'node_modules', 'electron');
const failedStamp = join(root, 'node_modules', '.cache', 'lintel', 'electron-download-failed');
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** After a failure the download is left alone for a day, so that the next start is not slow again. */
const RETRY_AFTER_MS = 24 * 3600 * 1000;
/** An Electron that ends with an error this soon never opened a window. */
const STARTED_AFTER_MS = 10_000;
/** src/main/shells/electron/run.ts: the kiosk itself refused (data folder in use, damaged ...), and said why. */
const EXIT_KIOSK_REFUSED = 70;

/** @returns {string | null} the binary's path, or null when it is not installed */
export function electronBinary() {
  try {
    const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
    const binary = join(dist, readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function failedRecently() {
  try {
    const { at, version } = JSON.parse(readFileSync(failedStamp, 'utf8'));
    return version === electronVersion() && Date.now() - at < RETRY_AFTER_MS && Date.now() >= at;
  } catch {
    return false;
  }
}

const electronVersion = () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

/** @returns {Promise<string | null>} the binary's path, or null (said why) when it cannot be downloaded now */
export async function downloadElectron() {
  if (failedRecently()) {
    say('Electron could not be downloaded in the last day; using the browser. (To try again: npx install-electron)');
    return null;
  }
  say(`downloading Electron (up to ${DOWNLOAD_TIMEOUT_MS / 1000} s) ...`);
  const code = await new Promise((done) => {
    const child = spawn(process.execPath, [join(folder, 'install.js')], { cwd: root, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), DOWNLOAD_TIMEOUT_MS);
    child.on('error', () => done(1));
    child.on('exit', (status) => {
      clearTimeout(timer);
      done(status ?? 1);
    });
  });
  const binary = code === 0 ? electronBinary() : null;
  if (binary === null) {
    say(
      'Electron could not be downloaded (no network, or it is too slow). Nothing is lost: using the browser instead.',
    );
    mkdirSync(dirname(failedStamp), { recursive: true });
    writeFileSync(failedStamp, JSON.stringify({ at: Date.now(), version: electronVersion() }));
  }
  return binary;
}

/**
 * Runs the kiosk in Electron until its window is closed.
 * @param {string} binary
 * @param {string[]} args
 * @returns {Promise<number | null>} its exit code, or null when it failed before it could have opened a window
 */
export function runElectron(binary, args) {
  const started = Date.now();
  // Chromium refuses its sandbox to root on Linux; nobody else loses it.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = { ...process.env };
  delete env['ELECTRON_RUN_AS_NODE'];
  // What a packaged kiosk's fuses take away (scripts/package.mjs), as far as a start from source can.
  delete env['NODE_OPTIONS'];
  return new Promise((done) => {
    const child = spawn(binary, [...sandbox, root, ...args], { cwd: root, stdio: 'inherit', env });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));
    child.on('error', () => done(null));
    child.on('exit', (code, signal) => {
      if (code === EXIT_KIOSK_REFUSED) return done(1);
      const failed = (code !== 0 && code !== null) || (signal !== null && signal !== 'SIGTERM' && signal !== 'SIGINT');
      done(failed && Date.now() - started < STARTED_AFTER_MS ? null : (code ?? 1));
    });
  });
}
