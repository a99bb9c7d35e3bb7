/** What `npm run package` makes, used as on the laptop it is copied to: no Node, no network, none of this project's folders. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { assetPlaces, installationAt } from '../../src/main/hosts/installation.ts';
import { bundle as bundleScript } from '../support/bundle.ts';
import { projectRoot } from '../support/data.ts';

const { platform, arch } = process;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-package-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makePackage(args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { status, stderr } = spawnSync(process.execPath, [resolve(projectRoot, 'scripts/package.mjs'), ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

/** Models that are committed, which are those that we may pass on. */
const ourModels = [
  'ghostfacenet-v1-1.3-2.calibration.json',
  'ghostfacenet-v1-1.3-2.md',
  'ghostfacenet-v1-1.3-2.onnx',
  'manifest.json',
  'mobilefacenet-512.calibration.json',
  'yolov5n-0.5-face-lintel.md',
  'yolov5n-0.5-face-lintel.onnx',
];

/** A network of its own with nothing but loopback: root may make one, and where the system lets them, everybody. */
const offline = ([['-n'], ['-r', '-n']] as const)
  .map((options) => [
    'unshare',
    ...options,
    '/bin/sh',
    '-c',
    'PATH=/usr/sbin:/sbin:/usr/bin:/bin ip link set lo up && exec "$@"',
    'sh',
  ])
  .find(([program = '', ...args]) => platform === 'linux' && spawnSync(program, [...args, '/bin/true']).status === 0);
const without =
  offline === undefined
    ? 'without Node (a network it could use is only behind a dead proxy: none can be taken away here)'
    : 'without Node and without a network';

describe(`the portable bundle, unpacked elsewhere, ${without}`, () => {
  let bundle: string;
  let data: string;
  let pictures: string;
  let program: string[];

  /** Runs a program as on a laptop that has nothing: no PATH, no variable of this machine. */
  function run(command: readonly string[]) {
    const [file = '', ...args] = [...(offline ?? []), ...command];
    const { PATH } = process.env;
    const result = spawnSync(file === 'unshare' ? lookUp('unshare', PATH) : file, args, {
      cwd: folder,
      env: {
        PATH: join(folder, 'nothing'),
        HOME: join(folder, 'home'),
        ...(offline === undefined ? { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9' } : {}),
      },
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    return { code: result.status, stdout: result.stdout, stderr: result.stderr };
  }
  const lookUp = (name: string, path = ''): string =>
    path
      .split(':')
      .map((at) => join(at, name))
      .find((at) => existsSync(at)) ?? name;

  function lintel<T>(...args: string[]): T {
    const { code, stdout, stderr } = run([...program, ...args, '--data', data, '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  }

  beforeAll(async () => {
    const made = join(folder, 'made');
    makePackage(['--browser', '--output', made]);
    const name = `lintel-${version}-${platform}-${arch}`;
    expect(readdirSync(made).sort()).toEqual([name, `${name}.tar.gz`]);
    const elsewhere = join(folder, 'a laptop'); // with a space
    mkdirSync(elsewhere);
    expect(spawnSync('tar', ['-xzf', join(made, `${name}.tar.gz`)], { cwd: elsewhere }).status).toBe(0);
    rmSync(made, { recursive: true });
    bundle = join(elsewhere, name);
    program =
      platform === 'win32' ? [join(bundle, 'node.exe'), join(bundle, 'app/lintel.mjs')] : [join(bundle, 'lintel')];
    data = join(folder, 'data');
    pictures = join(folder, 'pictures');
  }, 600_000);

  test('holds what main loads, for this system only, and the models that are ours', () => {
    expect(readdirSync(join(bundle, 'app/models')).sort()).toEqual(ourModels);
    const modules = join(bundle, 'app/node_modules');
    const bin = join(modules, 'onnxruntime-node/bin/napi-v6');
    expect(readdirSync(bin)).toEqual([platform]);
    expect(readdirSync(join(bin, platform))).toEqual([arch]);
    const native = readdirSync(join(modules, '@img')).filter((name) => name.startsWith('sharp-'));
    for (const name of native) expect(name).toContain(`-${arch}`);
    expect(native).not.toHaveLength(0);
    // Of 9 MB the one decoder that is loaded; WebAssembly, and so for every system.
    expect(readdirSync(join(modules, 'libheif-js/libheif-wasm')).sort()).toEqual(['LICENSE', 'libheif-bundle.js']);
    expect(readdirSync(modules).filter((name) => /^react|vite|electron|typescript/.test(name))).toEqual([]);
  });

  test('there is no Node and no way out', () => {
    if (platform !== 'win32') expect(run(['/bin/sh', '-c', 'command -v node']).code).not.toBe(0);
    const node = join(bundle, platform === 'win32' ? 'node.exe' : 'node');
    const out = run([node, '-e', 'fetch("https://192.0.2.1/").catch((e) => console.log(e.cause?.code))']);
    if (offline !== undefined) expect(out.stdout).toBe('ENETUNREACH\n');
    else expect(out.stdout).not.toBe('');
  });

  test('reads a HEIC and a JPEG XL', () => {
    const files = ['6.heic', '6.jxl'].map((file) => resolve(projectRoot, 'tests/support/pictures', file));
    const { images } = lintel<{ images: object[] }>('identify', ...files);
    expect(images).toEqual(files.map((file) => ({ file, turned: 0, width: 48, height: 64, faces: [] })));
  });

  test('enrolls three people and knows them again mirrored, tilted, smaller and darker; strangers stay strangers', async () => {
    const demo = resolve(projectRoot, 'node_modules/@vladmandic/face-api/demo');
    type Found = {
      images: {
        file: string;
        width: number;
        height: number;
        faces: { box: { x: number; y: number; width: number; height: number }; match: { name: string } | null }[];
      }[];
    };
    const groups = lintel<Found>('identify', join(demo, 'sample3.jpg'), join(demo, 'sample6.jpg')).images;
    expect(groups.map(({ faces }) => faces.length)).toEqual([3, 4]);
    const cropped = ({ file, width, height }: Found['images'][number], n: number) => {
      const box = groups.find((group) => group.file === file)?.faces[n]?.box ?? { x: 0, y: 0, width: 0, height: 0 };
      const side = Math.round(1.8 * box.height);
      const left = Math.max(0, Math.min(width - side, Math.round(box.x + box.width / 2 - side / 2)));
      const top = Math.max(0, Math.min(height - side, Math.round(box.y + box.height / 2 - side / 2)));
      const wide = { left, top, width: Math.min(side, width), height: Math.min(side, height) };
      return sharp(file).extract(wide).png().toBuffer();
    };
    const [members, strangers] = groups as [Found['images'][number], Found['images'][number]];
    const later: string[] = [];
    mkdirSync(join(pictures, 'later'), { recursive: true });
    for (const n of members.faces.keys()) {
      const crop = await cropped(members, n);
      const own = join(pictures, 'people', `Person ${n}`);
      mkdirSync(own, { recursive: true });
      await sharp(crop).jpeg().toFile(join(own, 'a.jpg'));
      await sharp(crop).modulate({ brightness: 1.2 }).jpeg().toFile(join(own, 'b.jpg'));
      // The other way round, tilted, smaller, darker, badly compressed: no byte of what was enrolled.
      const file = join(pictures, 'later', `${n}.jpg`);
      const changed = sharp(crop).flop().rotate(8).modulate({ brightness: 0.8 });
      await sharp(await changed.png().toBuffer())
        .resize(300)
        .jpeg({ quality: 60 })
        .toFile(file);
      later.push(file);
    }
    const { people } = lintel<{ people: { name: string; samples: number }[] }>('enroll', join(pictures, 'people'));
    expect(people.map(({ name, samples }) => ({ name, samples }))).toEqual(
      [0, 1, 2].map((n) => ({ name: `Person ${n}`, samples: 2 })),
    );
    const names = lintel<Found>('identify', ...later).images.map(({ faces }) => faces.map(({ match }) => match?.name));
    expect(names).toEqual([['Person 0'], ['Person 1'], ['Person 2']]);
    const others = lintel<Found>('identify', strangers.file).images.flatMap(({ faces }) => faces);
    expect(others.map(({ match }) => match)).toEqual([null, null, null, null]);
  }, 120_000);

  test('doctor finds both models in the bundle', () => {
    const { checks } = lintel<{ checks: { name: string; ok: boolean; detail: string }[] }>('doctor');
    const check = (name: string) => checks.find((one) => one.name === name);
    expect(check('models')).toMatchObject({ ok: true });
    for (const model of ['yolov5n-0.5-face-lintel', 'ghostfacenet-v1-1.3-2'])
      expect(check(`model ${model}`)).toMatchObject({ ok: true, detail: expect.stringContaining(bundle) as string });
    expect(check('data folder')?.detail).toContain('3 people');
    expect(check('Electron')).toMatchObject({ ok: true });
  });

  test('the kiosk opens, serves its page over loopback, and checks an enrolled person in', async () => {
    lintel('settings', 'set', 'liveness', 'off'); // a picture cannot do what is asked
    const frame = await sharp(join(pictures, 'later', '1.jpg'))
      .resize(640, 480, { fit: 'contain' })
      .ensureAlpha()
      .raw()
      .toBuffer();
    writeFileSync(join(folder, 'frame'), frame);
    const visit = await bundleScript('tests/support/visit-kiosk.ts');
    const visited = run([process.execPath, visit, join(folder, 'frame'), ...program, '--no-window', '--data', data]);
    expect(visited.code, visited.stderr).toBe(0);
    const { networks, policy, ...rest } = JSON.parse(visited.stdout) as Record<string, unknown>;
    if (offline !== undefined) expect(networks).toEqual(['lo']);
    expect(policy).toContain("default-src 'none'");
    expect(rest).toMatchObject({
      page: 200,
      answers: [200, 200, 200, 200],
      vision: 'ready',
      view: { phase: 'match', name: 'Person 1' },
      exit: 0,
    });
    const { checkIns } = lintel<{ checkIns: { name: string }[] }>('log');
    expect(checkIns.map(({ name }) => name)).toEqual(['Person 1']);
  }, 120_000);

  test.skipIf(platform === 'win32')('a link to the start script works, and its commands are the terminal’s', () => {
    const link = join(folder, 'link');
    spawnSync('ln', ['-s', join(bundle, 'lintel'), link]);
    // `readlink` is the system's.
    const env = { PATH: '/usr/bin:/bin', HOME: join(folder, 'home') };
    const said = spawnSync(link, ['--version'], { env, encoding: 'utf8' });
    expect({ code: said.status, out: said.stdout }).toEqual({ code: 0, out: `${version}\n` });
    expect(run([...program, 'nonsense']).code).toBe(2);
  });
});

/**
 * electron-builder's work on a made-up Electron (the real one is 100 MB that not every machine can get): what lies where is
 * real, and so are the fuses, on a binary that has only those.
 */
const onLinux = platform === 'linux' ? '' : ' (SKIPPED: looks into a package for Linux)';
describe.runIf(platform === 'linux')(`the application for Electron, packed on a made-up Electron${onLinux}`, () => {
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
  let resources: string;
  let app: string;
  /** Of the asar: each file, and whether it lies outside. */
  let files: Map<string, boolean>;

  beforeAll(() => {
    const electron = join(folder, 'electron');
    mkdirSync(join(electron, 'resources'), { recursive: true });
    mkdirSync(join(electron, 'locales'));
    // As Electron ships (docs/tutorial/fuses.md): version 1, eight fuses; run as Node, NODE_OPTIONS, inspector are on.
    const fuses = Buffer.from('\x01\x0810110001');
    const binary = Buffer.concat([Buffer.alloc(1000), Buffer.from(sentinel), fuses, Buffer.alloc(1000)]);
    writeFileSync(join(electron, 'electron'), binary, { mode: 0o755 });
    makePackage(['--dir', '--output', join(folder, 'packed')], { ELECTRON_OVERRIDE_DIST_PATH: electron });
    app = join(folder, 'packed/linux-unpacked');
    if (arch !== 'x64') app = join(folder, `packed/linux-${arch}-unpacked`);
    resources = join(app, 'resources');
    files = readAsar(join(resources, 'app.asar'));
  }, 600_000);

  test('program, page and what it loads are in the asar, the natives outside, the models beside it', () => {
    const at = installationAt('/asar', version, resources);
    const inAsar = (path: string): string => relative('/asar', path);
    expect(files.get(inAsar(at.preload))).toBe(false);
    expect(files.get(inAsar(at.visionProgram))).toBe(false);
    expect(files.get('out/main/electron.js')).toBe(false);
    expect(files.get(inAsar(join(at.root, 'resources/icon.png')))).toBe(false);
    const { rendererDir, resourcesDir, mediapipeDir } = assetPlaces(at, () => null);
    for (const path of [
      join(rendererDir, 'index.html'),
      join(resourcesDir, 'sounds/check-in.wav'),
      join(mediapipeDir, 'vision_wasm_internal.wasm'),
    ])
      expect(files.get(inAsar(path)), path).toBe(false);
    expect(readdirSync(at.models).sort()).toEqual(ourModels);

    const outside = [...files].filter(([, unpacked]) => unpacked).map(([file]) => file);
    const shared = [...files.keys()].filter((file) => /\.(node|dylib|dll)$|\.so(\.|$)/.test(file));
    expect(shared).toHaveLength(4);
    for (const file of shared) {
      expect(outside).toContain(file);
      expect(file).toMatch(new RegExp(`linux[-/]${arch}`));
      expect(existsSync(join(resources, 'app.asar.unpacked', file)), file).toBe(true);
    }
    // They find their shared libraries there.
    for (const file of shared.filter((name) => name.endsWith('.node'))) {
      const path = join(resources, 'app.asar.unpacked', file);
      const { status, stderr } = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(path)})`]);
      expect(status, String(stderr)).toBe(0);
    }
    for (const file of ['libheif-js/libheif-wasm/libheif-bundle.js', 'jxl-oxide-wasm/jxl_oxide_wasm_bg.wasm'])
      expect(files.get(`node_modules/${file}`), file).toBe(true);
    const packages = new Set([...files.keys()].map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
    for (const main of ['onnxruntime-node', 'sharp', '@mediapipe/tasks-vision', 'detect-libc', 'write-excel-file'])
      expect(packages).toContain(main);
    for (const other of ['react', 'electron', 'vite', 'i18next', 'ws', 'zod']) expect(packages).not.toContain(other);
    // What is inside the build comes with its terms.
    expect(files.get('out/main/licences.md')).toBe(false);
  });

  test('every fuse is set, and nothing asks an update server', () => {
    const binary = readFileSync(join(app, 'lintel'));
    const wire = binary.indexOf(sentinel) + sentinel.length;
    expect(binary.subarray(wire, wire + 10).toString()).toBe('\x01\x0801001101');
    expect(existsSync(join(resources, 'app-update.yml'))).toBe(false);
    expect([...files.keys()].filter((file) => file.includes('electron-updater'))).toEqual([]);
  });
});

test('the build imports nothing that is no dependency of the program itself', () => {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const out = join(projectRoot, 'out/main');
  const code = readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(out, file), 'utf8'));
  // Modules that are imported, at once or when they are needed, and CommonJS.
  const ways = /(?:\b(?:import|from)\s*|\bimport\(|createRequire\(import\.meta\.url\)\()(["'`])([a-z@][\w@./:-]*)\1/g;
  const imported = code.flatMap((text) => [...text.matchAll(ways)].map((found) => found[2] ?? ''));
  const packages = new Set(
    imported
      .filter((name) => !name.startsWith('node:') && name !== 'electron')
      .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')),
  );
  // The page's WebAssembly is a file that is served, the decoders' are loaded by a thread, and the detector's of encodings is read:
  // imported by nobody.
  const byPath = ['@mediapipe/tasks-vision', 'chardetng-wasm', 'jxl-oxide-wasm', 'libheif-js'];
  expect([...packages, ...byPath].sort()).toEqual(Object.keys(dependencies).sort());
});

describe('a program of the build loads at its start what it uses', () => {
  /** The code of a program and of everything that it imports before its first line. */
  function atStart(program: string): string {
    const seen = new Map<string, string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      const code = readFileSync(file, 'utf8');
      seen.set(file, code);
      for (const [, path = ''] of code.matchAll(/(?:\bfrom|\bimport)\s*["'`](\.{1,2}\/[^"'`]+)["'`]/g))
        visit(resolve(file, '..', path));
    };
    visit(join(projectRoot, 'out/main', program));
    return [...seen.values()].join('\n');
  }
  // As the libraries name themselves: those are in the build's own files.
  const parts = {
    validation: /ZodError/,
    sockets: /Sec-WebSocket/i,
    models: /createRequire\(import\.meta\.url\)\(["'`]onnxruntime-node["'`]\)/,
    pictures: /\bfrom\s*["'`]sharp["'`]/,
    spreadsheets: /\bfrom\s*["'`]write-excel-file/,
  };

  test.each([
    // No kiosk, no web server, no models before a command asks for them.
    ['the terminal', 'cli.js', ['validation']],
    // Nothing that checks what a person or a page sends.
    ['the process that runs the models', 'vision.js', ['models']],
    // Its models run elsewhere.
    ['Electron', 'electron.js', ['validation']],
  ])('%s', (_, program, needed) => {
    const code = atStart(program);
    const has = Object.entries(parts).flatMap(([part, mark]) => (mark.test(code) ? [part] : []));
    expect(has).toEqual(needed);
  });
});

/** The files of an asar, and whether each lies outside: 16 bytes of sizes, then its table of contents as JSON. */
function readAsar(file: string): Map<string, boolean> {
  type Entry = { readonly files?: Record<string, Entry>; readonly unpacked?: boolean };
  const bytes = readFileSync(file);
  const table = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString()) as Entry;
  const found = new Map<string, boolean>();
  const visit = (entry: Entry, path: string): void => {
    for (const [name, inner] of Object.entries(entry.files ?? {})) {
      if (inner.files === undefined) found.set(path + name, inner.unpacked === true);
      else visit(inner, `${path}${name}/`);
    }
  };
  visit(table, '');
  return found;
}
