/**
 * Makes the tree ready to run, doing only what is needed: installs when node_modules does not match the lockfile, builds
 * when the sources are not those the build was made from. Says each step on stderr; says nothing when there is none.
 * Plain Node without dependencies: it runs before there are any.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const root = resolve(import.meta.dirname, '..');

/** What the build is made from; a change in any of them makes a new build. */
const BUILD_INPUTS = ['src', 'electron.vite.config.ts', 'tsconfig.json', 'package.json', 'package-lock.json'];

/** @param {string} text */
export const say = (text) => process.stderr.write(`lintel: ${text}\n`);

/**
 * The options this script was started with. Ends it, said why, at one it does not know, and after `--help`.
 * @template {import('node:util').ParseArgsOptionsConfig} T
 * @param {string} usage
 * @param {T} options
 */
export function readOptions(usage, options) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h', default: false } } });
    if (!values['help']) return values;
  } catch (error) {
    say(`${error instanceof Error ? error.message : error}\nUsage: ${usage}`);
    process.exit(2);
  }
  process.stdout.write(`Usage: ${usage}\n`);
  process.exit(0);
}

/**
 * @param {string} have e.g. "20.20.2"
 * @param {string} need e.g. ">=20.19.0"
 */
export function nodeIsNewEnough(have, need) {
  const numbers = (/** @type {string} */ v) =>
    v
      .replace(/^[^\d]*/, '')
      .split('.')
      .map(Number);
  const [a, b] = [numbers(have), numbers(need)];
  for (let i = 0; i < 3; i++) {
    if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) > (b[i] ?? 0);
  }
  return true;
}

/**
 * True when every package of the lockfile is installed in its version. Optional packages may be absent: npm leaves out
 * those for other systems.
 * @param {string} [folder]
 */
export function installIsCurrent(folder = root) {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  try {
    const want = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
    const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
    for (const [path, entry] of Object.entries(want)) {
      if (path === '' || entry.link) continue;
      const found = have[path];
      if (found === undefined) {
        if (entry.optional || entry.devOptional) continue;
        return false;
      }
      if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
    }
    return true;
  } catch {
    return false; // an unreadable lockfile of node_modules is one more reason to install
  }
}

/**
 * A hash of the names and contents of everything the build is made from.
 * @param {string} [folder]
 */
export function sourceHash(folder = root) {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ path) => {
    const full = join(folder, path);
    if (!existsSync(full)) return;
    try {
      const bytes = readFileSync(full);
      hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EISDIR') throw error;
      for (const name of readdirSync(full).sort()) visit(`${path}/${name}`);
    }
  };
  for (const input of BUILD_INPUTS) visit(input);
  return hash.digest('hex');
}

/**
 * What everything that `installIsCurrent` and `buildIsCurrent` read looks like from outside, size and times of each file: while that
 * is as it was, so is their answer, at a fifth of the cost.
 * @param {string} [folder]
 */
export function lookOf(folder = root) {
  let look = process.versions.node;
  const visit = (/** @type {string} */ path) => {
    const stats = statSync(join(folder, path), { throwIfNoEntry: false });
    look += `\n${path} ${stats?.ino} ${stats?.size} ${stats?.mtimeMs} ${stats?.ctimeMs}`;
    if (stats?.isDirectory()) for (const name of readdirSync(join(folder, path)).sort()) visit(`${path}/${name}`);
  };
  for (const path of [...BUILD_INPUTS, 'node_modules/.package-lock.json', 'out/.built-from']) visit(path);
  return look;
}

const lookFile = join(root, 'out', '.looked-at');

/** True when nothing was touched since all of it was found current. */
function nothingTouched() {
  try {
    return readFileSync(lookFile, 'utf8') === lookOf();
  } catch {
    return false;
  }
}

const stampFile = (/** @type {string} */ folder) => join(folder, 'out', '.built-from');

/** @param {string} [folder] */
export function buildIsCurrent(folder = root) {
  try {
    return readFileSync(stampFile(folder), 'utf8') === sourceHash(folder);
  } catch {
    return false;
  }
}

/** Runs a program with everything it prints on our stderr: stdout belongs to the command's own answer. */
function run(/** @type {string} */ what, /** @type {string} */ program, /** @type {string[]} */ args, shell = false) {
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (result.error !== undefined || result.status !== 0) {
    say(`${what} failed${result.error === undefined ? '' : `: ${result.error.message}`}. Nothing else was changed.`);
    process.exit(result.status === null || result.status === 0 ? 1 : result.status);
  }
}

function install() {
  say('installing dependencies (npm ci) ...');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm)) run('npm ci', process.execPath, [npm, ...args]);
  else run('npm ci', process.platform === 'win32' ? 'npm.cmd' : 'npm', args, process.platform === 'win32');
}

function build() {
  say('building ...');
  const started = performance.now();
  const stamp = sourceHash();
  rmSync(stampFile(root), { force: true });
  run('The build', process.execPath, [
    join(root, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
    '--logLevel',
    'warn',
  ]);
  writeFileSync(stampFile(root), stamp);
  say(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** True while the process that holds the lock lives. */
function alive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** Two commands started at once on a fresh clone must not install into the same folder: the second waits for the first. */
async function withLock(/** @type {() => void} */ work) {
  mkdirSync(join(root, 'out'), { recursive: true });
  const lock = join(root, 'out', '.preparing');
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    let holder = Number.NaN;
    try {
      holder = Number(readFileSync(lock, 'utf8'));
    } catch {
      continue; // released in between
    }
    if (holder > 0 && !alive(holder)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) say('another Lintel command is installing or building; waiting for it ...');
    told = true;
    await new Promise((done) => setTimeout(done, 200));
  }
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Ready to run when it returns; ends the process with a plain message when it cannot be. */
export async function prepare() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (!nodeIsNewEnough(process.versions.node, engines.node)) {
    say(
      `Node ${process.versions.node} is too old: Lintel needs ${engines.node}. Install a newer Node from nodejs.org.`,
    );
    process.exit(1);
  }
  if (nothingTouched()) return;
  // Before anything is read: what is touched meanwhile is looked at again the next time.
  const look = lookOf();
  if (installIsCurrent() && buildIsCurrent()) {
    try {
      writeFileSync(lookFile, look);
    } catch {
      // A tree that cannot be written to is read each time.
    }
    return;
  }
  await withLock(() => {
    if (!installIsCurrent()) {
      install();
      if (!installIsCurrent()) {
        say(
          'npm ci finished, but node_modules still does not match package-lock.json. Delete node_modules and try again.',
        );
        process.exit(1);
      }
    }
    if (!buildIsCurrent()) build();
  });
}
