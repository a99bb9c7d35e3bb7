/**
 * Electron's fuses for a packaged kiosk: switches inside of the binary that are set once, when it is packaged.
 *
 *     node scripts/fuses.mjs PATH [--check]     PATH: the packaged executable, or the .app on macOS
 *
 * For electron-builder: `"afterPack": "./scripts/fuses.mjs"`. Set them before signing: a signature covers them.
 *
 * Not for `node_modules/electron`, which `npm start` runs: it loads the build from a folder, which `onlyLoadAppFromAsar`
 * forbids, and our tests in Electron drive it through the inspector. SECURITY.md says what that means.
 *
 * The format is Electron's, docs/tutorial/fuses.md: a sentinel of 32 bytes, the version, how many fuses, and a byte for each:
 * '0' off, '1' on, 'r' removed from this Electron. A universal macOS binary has it twice.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const VERSION = 1;

/** What we want, in the order of the wire. The rest stays as Electron has it. */
export const WANTED = [
  // Nobody turns the kiosk's own binary into a Node interpreter. Our vision runs in a utilityProcess, which does not need it.
  { fuse: 'runAsNode', on: false },
  { fuse: 'enableCookieEncryption', on: true },
  { fuse: 'enableNodeOptionsEnvironmentVariable', on: false },
  { fuse: 'enableNodeCliInspectArguments', on: false },
  { fuse: 'enableEmbeddedAsarIntegrityValidation', on: true },
  { fuse: 'onlyLoadAppFromAsar', on: true },
];

/** Where each fuse wire begins (its first fuse) and how many fuses it has. @param {Buffer} binary */
function wires(binary) {
  const found = [];
  for (let at = binary.indexOf(SENTINEL); at >= 0; at = binary.indexOf(SENTINEL, at + 1)) {
    const [version, length] = [binary[at + SENTINEL.length], binary[at + SENTINEL.length + 1]];
    if (version !== VERSION) throw new Error(`a fuse wire of version ${version}; this script knows version ${VERSION}`);
    if (length < WANTED.length) throw new Error(`a fuse wire of ${length} fuses; ${WANTED.length} are to be set`);
    found.push({ at: at + SENTINEL.length + 2, length });
  }
  if (found.length === 0) throw new Error('there are no fuses in this file: it is not the binary of Electron');
  return found;
}

/** The fuses as they are: `on`, `off` or `removed`, by name, of each wire. @param {Buffer} binary */
export const readFuses = (binary) =>
  wires(binary).map(({ at }) =>
    Object.fromEntries(
      WANTED.map(({ fuse }, i) => [fuse, { 0x30: 'off', 0x31: 'on', 0x72: 'removed' }[binary[at + i]] ?? 'unknown']),
    ),
  );

/**
 * A copy with the fuses set. @param {Buffer} binary
 * @throws Error when there is no wire we know, or a fuse that is wanted is gone from this Electron
 */
export function setFuses(binary) {
  const changed = Buffer.from(binary);
  for (const { at } of wires(binary))
    WANTED.forEach(({ fuse, on }, i) => {
      if (![0x30, 0x31].includes(changed[at + i])) throw new Error(`this Electron has no fuse ${fuse} any more`);
      changed[at + i] = on ? 0x31 : 0x30;
    });
  return changed;
}

/** The file that holds the wire. @param {string} path the executable, or the .app */
export function fuseFile(path) {
  const app = /^(.*\.app)(\/|$)/.exec(path)?.[1];
  const framework = app && join(app, 'Contents/Frameworks/Electron Framework.framework/Electron Framework');
  return framework && existsSync(framework) ? framework : path;
}

/** Sets the fuses of a packaged application. @param {string} path */
export function packageFuses(path) {
  const file = fuseFile(path);
  writeFileSync(file, setFuses(readFileSync(file)), { mode: statSync(file).mode });
  // Changed bytes end the ad-hoc signature without which an Apple processor runs nothing. The real one comes after.
  if (process.platform === 'darwin' && path.endsWith('.app'))
    execFileSync('codesign', ['--sign', '-', '--force', '--deep', path], { stdio: 'inherit' });
}

/** electron-builder's hook. @param {{ appOutDir: string, packager: { appInfo: { productFilename: string }, executableName?: string }, electronPlatformName: string }} context */
export default function afterPack({ appOutDir, packager, electronPlatformName }) {
  const { productFilename } = packager.appInfo;
  const mac = electronPlatformName === 'darwin' || electronPlatformName === 'mas';
  const windows = electronPlatformName === 'win32';
  const name = mac
    ? `${productFilename}.app`
    : windows
      ? `${productFilename}.exe`
      : (packager.executableName ?? productFilename);
  packageFuses(join(appOutDir, name));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, flag] = process.argv.slice(2);
  if (path === undefined || (flag !== undefined && flag !== '--check')) {
    console.error('Usage: node scripts/fuses.mjs PATH [--check]');
    process.exit(2);
  }
  try {
    if (flag === undefined) packageFuses(path);
    const wrong = readFuses(readFileSync(fuseFile(path))).flatMap((fuses) =>
      WANTED.filter(({ fuse, on }) => fuses[fuse] !== (on ? 'on' : 'off')).map(({ fuse }) => fuse),
    );
    console.log(wrong.length === 0 ? 'All fuses are set.' : `Not set: ${[...new Set(wrong)].join(', ')}`);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`fuses: ${error.message}`);
    process.exitCode = 1;
  }
}
