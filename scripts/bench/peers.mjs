/**
 * Lintel beside others: the same frame through `@vladmandic/human` and `@vladmandic/face-api`, the same vectors through FAISS and
 * numpy, and how long a fresh process of each takes to say who is in a picture.
 *
 * Each peer is a process of its own that does one piece of work when it is asked. They are asked in turn, round after round, so
 * that whatever else the machine does meets all alike. A peer that cannot be had is named with the reason; the rest goes on.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, homedir, loadavg } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';

const root = resolve(import.meta.dirname, '../..');

const WIDTH = 640;
const HEIGHT = 480;
/** Of a photograph that a devDependency ships: where one of its three people is alone. */
const ONE_FACE = {
  file: join(root, 'node_modules/@vladmandic/face-api/demo/sample3.jpg'),
  region: { left: 335, top: 258, width: 660, height: 495 },
};

const ROWS = 100_000;
const DIMENSIONS = 512;
const K = 5;

/** Timings of one turn; the untimed run before them brings the peer's code and data back into the caches. */
const TURN = { untimed: 1, timed: 3 };
/** Threads of the peer before that still spin go to sleep meanwhile. */
const PAUSE_MS = 20;
/** What is slower is asked in fewer rounds, at least in one. */
const BUDGET_MS = 45_000;

/** Installed on demand, not by `npm ci`: they are 350 MB that no kiosk needs. face-api is a devDependency: its photographs are. */
const INSTALLED = {
  '@vladmandic/human': '3.3.6',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
};

/**
 * A camera frame, as PNG and as bytes.
 * @param {string} to path of the PNG
 * @param {string | null} picture null: a photograph at hand, cut to one face
 * @returns {Promise<{ width: number, height: number, picture: string, rgba: string }>} `rgba`: path of the raw bytes
 */
export async function writeFrame(to, picture) {
  const source = picture === null ? sharp(ONE_FACE.file).extract(ONE_FACE.region) : sharp(picture).rotate();
  const { data } = await source
    .resize({ width: WIDTH, height: HEIGHT, fit: 'cover' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  await sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
    .removeAlpha()
    .png()
    .toFile(to);
  const rgba = `${to}.rgba`;
  writeFileSync(rgba, data);
  return { width: WIDTH, height: HEIGHT, picture: basename(picture ?? ONE_FACE.file), rgba };
}

/**
 * @param {object} options
 * @param {{ width: number, height: number, picture: string, rgba: string }} options.frame of `writeFrame`
 * @param {string} options.picture path of its PNG
 * @param {string} options.scratch an empty folder, 250 MB
 * @param {readonly ('frame' | 'search' | 'start')[]} [options.parts] default: all
 * @param {number} [options.rounds]
 * @param {{ untimed: number, timed: number }} [options.turn]
 * @param {number} [options.rows]
 * @param {(text: string) => void} [options.onStep]
 */
export async function comparePeers(options) {
  const { frame, picture, scratch, rounds = 15, turn = TURN, rows = ROWS, onStep = () => {} } = options;
  const parts = options.parts ?? ['frame', 'search', 'start'];
  /** @type {{ name: string, part: string, reason: string }[]} */
  const missing = [];
  const { modules, reason: notInstalled } = installPeers(onStep);
  const env = { ...process.env, NODE_PATH: modules };
  delete env.npm_lifecycle_event;
  const tfjs = join(import.meta.dirname, 'peer-tfjs.mjs');
  const python = process.env.LINTEL_PYTHON || 'python3';
  const ours = await bundleOurs();
  const result = {
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      threads: availableParallelism(),
      loadBefore: loadavg()[0],
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    },
    rounds,
    /** @type {Row[] | null} */ frame: null,
    /** @type {Row[] | null} */ search: null,
    /** @type {Row[] | null} */ start: null,
    picture: frame.picture,
    rows,
    missing,
  };
  const how = { rounds, turn, env, missing };

  if (parts.includes('frame')) {
    onStep(`a frame of ${WIDTH}x${HEIGHT}: ${rounds} rounds ...`);
    result.frame = await raceOf('frame', how, [
      { name: 'Lintel', command: [process.execPath, ours, 'frame', frame.rgba] },
      { name: 'Human', command: [process.execPath, tfjs, 'frame', 'human', frame.rgba], absent: notInstalled },
      { name: 'face-api', command: [process.execPath, tfjs, 'frame', 'face-api', frame.rgba] },
    ]);
  }
  if (parts.includes('search')) {
    onStep(`top ${K} of ${rows} x ${DIMENSIONS}: ${rounds} rounds ...`);
    const probes = 64;
    const file = join(scratch, 'vectors.f32');
    writeVectors(file, rows + probes);
    const what = [file, String(rows), String(probes), String(DIMENSIONS), String(K)];
    const script = join(import.meta.dirname, 'peer_search.py');
    result.search = await raceOf('search', how, [
      { name: 'Lintel', command: [process.execPath, ours, 'search', ...what] },
      { name: 'FAISS', command: [python, script, 'faiss', ...what] },
      { name: 'numpy', command: [python, script, 'numpy', ...what] },
    ]);
  }
  if (parts.includes('start')) {
    onStep(`process start to answer: ${rounds} rounds ...`);
    const cli = join(root, 'out/main/cli.js');
    const data = join(scratch, 'data');
    const people = join(scratch, 'people');
    mkdirSync(join(people, 'Somebody'), { recursive: true });
    writeFileSync(join(people, 'Somebody', 'frame.png'), readFileSync(picture));
    const identify = (/** @type {string} */ peer) => [
      process.execPath,
      tfjs,
      'identify',
      peer,
      picture,
      join(scratch, `${peer}.json`),
    ];
    result.start = await raceStarts(how, [
      {
        name: 'Lintel',
        what: 'lintel identify',
        enroll: [process.execPath, cli, 'enroll', people, '--data', data],
        identify: [process.execPath, cli, 'identify', picture, '--data', data, '--json'],
      },
      { name: 'Human', what: 'blazeface, mesh, faceres', identify: identify('human'), absent: notInstalled },
      { name: 'face-api', what: 'tinyFaceDetector', identify: identify('face-api') },
      { name: 'face-api', what: 'ssdMobilenetv1', identify: identify('face-api-ssd') },
    ]);
  }
  return result;
}

/**
 * @typedef {{ name: string, command: string[], absent?: string | null }} PeerSpec
 * @typedef {{ peer: string, what: string, version: string, how: string, timings: number, p50: number, p95: number, agrees?: boolean }} Row
 *   milliseconds; `agrees`: the same answer as Lintel's in every round
 */

/** @returns {{ modules: string, reason: string | null }} the node_modules with the peers; `reason`: why they are not all there */
function installPeers(/** @type {(text: string) => void} */ onStep) {
  const folder = resolve(process.env.LINTEL_PEERS_DIR || join(homedir(), '.cache/lintel-peers'));
  const modules = join(folder, 'node_modules');
  const isThere = () =>
    Object.entries(INSTALLED).every(([name, version]) => {
      const file = join(modules, name, 'package.json');
      return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version;
    });
  if (isThere()) return { modules, reason: null };
  const packages = Object.entries(INSTALLED).map(([name, version]) => `${name}@${version}`);
  onStep(`installing ${packages.join(', ')} into ${folder} ...`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  const windows = process.platform === 'win32';
  const { status, stderr, error } = spawnSync(
    viaNode ? process.execPath : windows ? 'npm.cmd' : 'npm',
    [
      ...(viaNode ? [npm] : []),
      ...[
        'install',
        '--no-save',
        '--ignore-scripts',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      ...['--prefix', folder, ...packages],
    ],
    { cwd: folder, stdio: ['ignore', 2, 'pipe'], encoding: 'utf8', shell: windows && !viaNode },
  );
  if (status === 0 && isThere()) return { modules, reason: null };
  const said =
    error?.message ?? (stderr ?? '').split('\n').find((line) => /^npm error /.test(line) && !/code /.test(line));
  return {
    modules,
    reason: `npm could not install ${packages[0]}: ${said?.replace(/^npm error /, '') ?? `it ended with ${status}`}`,
  };
}

/** Lintel's own code as the product has it: TypeScript in one file, packages from node_modules. @returns its path */
async function bundleOurs() {
  const { bundleInto } = await import('../bundle.mjs');
  const outDir = join(root, 'node_modules/.cache/lintel-bench');
  await bundleInto(root, join(import.meta.dirname, 'peer-ours.mjs'), outDir, 'peer-ours.mjs');
  return join(outDir, 'peer-ours.mjs');
}

/** Unit vectors in random directions, always the same, as float32 one after the other. */
function writeVectors(/** @type {string} */ file, /** @type {number} */ count) {
  let state = 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
  const out = openSync(file, 'w');
  const block = new Float32Array(1000 * DIMENSIONS);
  for (let from = 0; from < count; from += 1000) {
    const some = Math.min(1000, count - from);
    for (let row = 0; row < some; row++) {
      const vector = block.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
      let sum = 0;
      for (let i = 0; i < DIMENSIONS; i++) {
        // Sums of three uniforms are near enough to normal for directions spread evenly.
        const x = next() + next() + next();
        vector[i] = x;
        sum += x * x;
      }
      const length = Math.sqrt(sum);
      for (let i = 0; i < DIMENSIONS; i++) vector[i] /= length;
    }
    writeSync(out, block, 0, some * DIMENSIONS * 4);
  }
  closeSync(out);
}

/** A process that answers each line on its stdin by a line of JSON; its first line says what it can do. */
class Peer {
  /** @param {readonly string[]} command @param {NodeJS.ProcessEnv} env */
  constructor([program, ...args], env) {
    this.said = '';
    this.child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.said = (this.said + text).slice(-4000)));
    this.child.stdin.on('error', () => {}); // it has ended: `next` says so
    /** @type {((line: string) => void) | null} */
    this.waiting = null;
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) this.waiting?.(line);
    });
    /** @type {Promise<string>} why it ended */
    this.ended = new Promise((done) => {
      this.child.once('error', (error) => done(whyNot(program, error)));
      this.child.once('close', (code) => done(lastLine(this.said) || `it ended with ${code}`));
    });
  }

  /** @returns {Promise<any>} */
  next(/** @type {object | null} */ request) {
    return new Promise((done, fail) => {
      this.waiting = (line) => done(JSON.parse(line));
      this.ended.then((why) => fail(new Error(why)));
      if (request !== null) this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  async stop() {
    this.child.stdin.end();
    await this.ended;
  }
}

const whyNot = (/** @type {string} */ program, /** @type {NodeJS.ErrnoException} */ error) =>
  error.code === 'ENOENT' ? `there is no ${program}` : error.message;

/** What an error is about, of all that a program says as it dies. */
const lastLine = (/** @type {string} */ text) => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? '').trim();
};

/** @returns {Promise<Row[]>} */
async function raceOf(part, { rounds, turn, env, missing }, specs) {
  const running = [];
  for (const { name, command, absent } of specs) {
    if (absent) {
      missing.push({ name, part, reason: absent });
      continue;
    }
    const peer = new Peer(command, env);
    try {
      const { version, variants, note } = await peer.next(null);
      if (note !== undefined) missing.push({ name, part, reason: note });
      for (const variant of variants)
        running.push({ ...variant, name, version, peer, times: [], spent: 0, agrees: true, failed: false });
    } catch (error) {
      missing.push({ name, part, reason: error.message });
    }
  }
  try {
    for (let round = 0; round < rounds; round++) {
      let expected;
      for (const one of running) {
        if (one.failed || one.spent > BUDGET_MS) continue;
        await sleep(PAUSE_MS);
        const from = performance.now();
        try {
          const reply = await one.peer.next({ what: one.what, round, ...turn });
          one.times.push(...reply.ms);
          // Nothing to compare for frames: each has vectors of its own kind.
          if (reply.answer !== undefined) one.agrees &&= String(reply.answer) === String((expected ??= reply.answer));
        } catch (error) {
          one.failed = true;
          missing.push({ name: one.name, part, reason: `${one.what}: ${error.message}` });
        }
        one.spent += performance.now() - from;
      }
    }
  } finally {
    await Promise.all([...new Set(running.map(({ peer }) => peer))].map((peer) => peer.stop()));
  }
  return running
    .filter(({ failed }) => !failed)
    .map(({ name, what, version, how, times, agrees }) => ({
      ...rowOf(name, what, version, how, times),
      ...(part === 'search' ? { agrees } : {}),
    }));
}

/** @returns {Promise<Row[]>} */
async function raceStarts({ rounds, env, missing }, specs) {
  const running = [];
  for (const spec of specs) {
    try {
      if (spec.absent) throw new Error(spec.absent);
      if (spec.enroll !== undefined) await answerOf(spec.enroll, env);
      // Of the others the first run enrols; of all it fills the system's cache of files.
      await answerOf(spec.identify, env);
      running.push({ ...spec, times: [], about: {}, spent: 0, failed: false });
    } catch (error) {
      missing.push({ name: spec.name, part: 'start', reason: error.message });
    }
  }
  for (let round = 0; round < rounds; round++)
    for (const one of running) {
      if (one.failed || one.spent > BUDGET_MS) continue;
      try {
        const { ms, answer } = await answerOf(one.identify, env);
        if (!answer.includes('Somebody')) throw new Error(`it did not recognise who it had enrolled: ${answer}`);
        one.times.push(ms);
        one.spent += ms;
        one.about = JSON.parse(answer);
      } catch (error) {
        one.failed = true;
        missing.push({ name: one.name, part: 'start', reason: error.message });
      }
    }
  return running
    .filter(({ failed }) => !failed)
    .map(({ name, what, times, about }) =>
      rowOf(name, what, about.version ?? ourVersion(), about.how ?? 'onnxruntime', times),
    );
}

/** Milliseconds from the start of a process to its first output, and all of it. @returns {Promise<{ ms: number, answer: string }>} */
function answerOf(/** @type {readonly string[]} */ [program, ...args], /** @type {NodeJS.ProcessEnv} */ env) {
  return new Promise((done, fail) => {
    const from = performance.now();
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [ms, answer, said] = [Number.NaN, '', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (answer === '') ms = performance.now() - from;
      answer += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('error', (error) => fail(new Error(whyNot(program, error))));
    child.once('close', (code) =>
      code === 0 ? done({ ms, answer }) : fail(new Error(lastLine(said) || `it ended with ${code}`)),
    );
  });
}

const ourVersion = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** @returns {Row} */
function rowOf(peer, what, version, how, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { peer, what, version, how, timings: times.length, p50: at(0.5), p95: at(0.95) };
}

/** The table, in lines. @param {Awaited<ReturnType<typeof comparePeers>>} compared */
export function textOf({ machine, frame, search, start, missing, picture, rows, rounds }) {
  const ms = (/** @type {number} */ value) => value.toFixed(value < 100 ? 1 : 0);
  const table = (/** @type {string} */ title, /** @type {Row[] | null} */ list) =>
    list === null
      ? []
      : [
          title,
          ...list.map(
            ({ peer, what, version, how, p50, p95, timings, agrees }) =>
              `  ${`${peer} ${version}`.padEnd(18)} ${what.padEnd(26)} ${`${ms(p50)} / ${ms(p95)}`.padStart(15)}   ` +
              `${how}; ${timings} timings${agrees === false ? '; NOT THE SAME ANSWER as the first' : ''}`,
          ),
        ];
  return [
    `Beside others, milliseconds p50 / p95, ${rounds} rounds in turn. ${machine.processor}, ${machine.threads} threads, ` +
      `load ${machine.loadBefore.toFixed(1)} before; Node ${machine.node}.`,
    ...table(`Frame ${WIDTH}x${HEIGHT} with one face (${picture}): detection, landmarks, embedding`, frame),
    ...table(`Exact top ${K} of ${rows} x ${DIMENSIONS}`, search),
    ...table('Process start to the answer who is in a picture', start),
    ...missing.map(({ name, part, reason }) => `Left out: ${name} (${part}): ${reason}`),
  ];
}
