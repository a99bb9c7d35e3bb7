/** Electron's binary: is it there, can it be had, and running it. It is not in npm's package; its installer downloads it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, say } from './prepare.mjs';

const folder = join(root, 'node_modules', 'electron');
const failedStamp = join(root, 'node_modules', '.cache', 'lintel', 'electron-download-failed');
const DOWNLOAD_TIMEOUT_MS = 20_000;
/** After a failure the download is left alone for a day, so that the next start is not slow again. */
const RETRY_AFTER_MS = 24 * 3600 * 1000;
/** A start without a window in this time has hung; the time that the kiosk takes to open its data does not count. */
const WINDOW_WITHIN_MS = Number(process.env['LINTEL_WINDOW_WITHIN_MS'] ?? 20_000);
/** A hung Electron is asked to end, and made to after this. */
const KILLED_AFTER_MS = 3000;
/** src/main/hosts/electron/main.ts: the kiosk itself refused (data folder in use, damaged ...), and said why. */
const EXIT_KIOSK_REFUSED = 70;

/** @returns {string | null} the binary's path, or null when it is not installed */
export function electronBinary() {
  try {
    const elsewhere = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
    const name = elsewhere === undefined ? readFileSync(join(folder, 'path.txt'), 'utf8').trim() : platformName();
    const binary = join(elsewhere ?? join(folder, 'dist'), name);
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

/** As Electron's own installer writes it into path.txt. */
const platformName = () =>
  ({ win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' })[process.platform] ?? 'electron';

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
 * Runs the kiosk in Electron until its window is closed. How far it is, it writes into the file that LINTEL_WINDOW_FILE
 * names (src/main/hosts/electron/main.ts): a file reaches a program without a console on every system.
 * @param {string} binary
 * @param {string[]} args
 * @returns {Promise<{ code: number } | { why: string }>} its exit code; or, in a few words, why it never showed a window
 */
export async function runElectron(binary, args) {
  // Chromium refuses its sandbox to root on Linux; nobody else loses it.
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const told = mkdtempSync(join(tmpdir(), 'lintel-window-'));
  const file = join(told, 'stage');
  const env = { ...process.env, LINTEL_WINDOW_FILE: file };
  delete env['ELECTRON_RUN_AS_NODE'];
  // What a packaged kiosk's fuses take away (scripts/package.mjs), as far as a start from source can.
  delete env['NODE_OPTIONS'];
  const child = spawn(binary, [...sandbox, root, ...args], { cwd: root, stdio: ['inherit', 'inherit', 'pipe'], env });

  let stopped = false;
  const listeners = /** @type {const} */ (['SIGINT', 'SIGTERM']).map((signal) => {
    const pass = () => {
      stopped = true;
      child.kill(signal);
    };
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  let said = '';
  child.stderr.on('data', (/** @type {Buffer} */ bytes) => {
    process.stderr.write(bytes);
    said = (said + bytes).slice(-20_000);
  });

  const stage = () => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
  let waited = 0;
  let hung = false;
  let before = '';
  const step = Math.min(100, WINDOW_WITHIN_MS / 4);
  const watch = setInterval(() => {
    const now = stage();
    waited = now === before ? waited + step : 0;
    before = now;
    if (now === 'shown') return clearInterval(watch);
    if (now === 'opening' || waited < WINDOW_WITHIN_MS) return;
    clearInterval(watch);
    hung = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS).unref();
  }, step);

  try {
    // `exit`, not `close`: what it started may keep its stderr open.
    const { code, signal, error } = await new Promise((done) => {
      child.once('error', (error) => done({ code: null, signal: null, error }));
      child.once('exit', (code, signal) => done({ code, signal }));
    });
    // What it said last may still be on its way.
    await new Promise((done) => setTimeout(done, 50));
    if (code === EXIT_KIOSK_REFUSED) return { code: 1 };
    if (!hung && (stopped || stage() === 'shown')) return { code: code ?? 1 };
    return { why: whyNoWindow({ code, signal, error, hung, said }) };
  } finally {
    clearInterval(watch);
    for (const off of listeners) off();
    rmSync(told, { recursive: true, force: true });
  }
}

/**
 * @param {{ code: number | null, signal: string | null, error?: Error, hung: boolean, said: string }} end
 * @returns {string} one line
 */
export function whyNoWindow({ code, signal, error, hung, said }) {
  if (error !== undefined) return `it could not be run: ${error.message}`;
  if (hung) return `it showed no window within ${WINDOW_WITHIN_MS / 1000} s and was ended`;
  const library = /error while loading shared libraries: ([^:\s]+)/.exec(said)?.[1];
  if (library !== undefined) return `a library of the system is missing: ${library}`;
  const lines = said
    .split('\n')
    // Chromium's own prefix: [pid:date/time:LEVEL:file(line)]
    .map((line) =>
      line
        .replace(/^\[[^\]]*\]\s*/, '')
        .replace(/\p{Cc}+/gu, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
  const telling = lines.findLast((line) => /error|fatal|missing|fail|cannot|denied/i.test(line)) ?? lines.at(-1);
  const end = signal === null ? `it ended with code ${code} before it showed a window` : `it crashed (${signal})`;
  return telling === undefined ? end : `${end}: ${telling.slice(0, 200)}`;
}
