/**
 * Human and face-api as peers of peers.mjs.
 *
 *     node peer-tfjs.mjs frame human|face-api FRAME.rgba               works when it is asked, see requests.mjs
 *     node peer-tfjs.mjs identify human|face-api|face-api-ssd PICTURE ENROLLED.json
 *                        says who it is; without ENROLLED.json: enrols "Somebody" there
 *
 * tfjs in WebAssembly (SIMD, one thread: tfjs has no more in Node) from NODE_PATH. `@tensorflow/tfjs-node`, its native backend,
 * downloads a binary when it is installed and is not used. Without the WebAssembly there is face-api's own bundle in plain
 * JavaScript, slower by far.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../..');
const modules = process.env.NODE_PATH ?? '';
const require = createRequire(import.meta.url);
const faceApi = join(root, 'node_modules/@vladmandic/face-api');
const wasmFolder = `${join(modules, '@tensorflow/tfjs-backend-wasm/dist')}/`;
const WASM = 'tfjs WebAssembly SIMD, 1 thread';

// tfjs reads models by fetch, which in Node knows no files; and nothing else is fetched.
globalThis.fetch = async (url) => new Response(readFileSync(fileURLToPath(String(url))));

/** @typedef {{ version: string, how: string, describe: (frame: object) => Promise<number[]>, similarity: (a: number[], b: number[]) => number }} Opened */

/** @returns {Promise<Opened>} */
async function openHuman() {
  const folder = join(modules, '@vladmandic/human');
  require('@tensorflow/tfjs-backend-wasm');
  const { Human } = require(join(folder, 'dist/human.node-wasm.js'));
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath: wasmFolder,
    modelBasePath: `${pathToFileURL(join(folder, 'models'))}/`,
    debug: false,
    // Every frame is looked at, as ours are: by itself it would answer from what it saw a while ago.
    cacheSensitivity: 0,
    face: {
      enabled: true,
      detector: { maxDetected: 1, skipFrames: 0, skipTime: 0 },
      mesh: { enabled: true },
      description: { enabled: true, skipFrames: 0, skipTime: 0 },
      iris: off,
      emotion: off,
      antispoof: off,
      liveness: off,
    },
    ...{ filter: off, body: off, hand: off, object: off, gesture: off, segmentation: off },
  });
  await human.load();
  return {
    version: human.version,
    how: WASM,
    similarity: (a, b) => human.match.similarity(a, b),
    describe: async (frame) => {
      const input = human.tf.browser.fromPixels(frame);
      const { face, error } = await human.detect(input);
      human.tf.dispose(input);
      if (error) throw new Error(error);
      return face[0]?.embedding;
    },
  };
}

/** @param {readonly ('tinyFaceDetector' | 'ssdMobilenetv1')[]} detectors @returns {Promise<Record<string, Opened>>} */
async function openFaceApi(detectors) {
  const api = withWasm ? require(join(faceApi, 'dist/face-api.node-wasm.js')) : await importInBrowserStyle();
  if (withWasm) api.tf.setWasmPaths(wasmFolder);
  await api.tf.setBackend(withWasm ? 'wasm' : 'cpu');
  await api.tf.ready();
  api.env.monkeyPatch({ readFile: async (/** @type {string} */ path) => readFileSync(path) });
  for (const net of [...detectors, 'faceLandmark68Net', 'faceRecognitionNet'])
    await api.nets[net].loadFromDisk(join(faceApi, 'model'));
  const { version } = JSON.parse(readFileSync(join(faceApi, 'package.json'), 'utf8'));
  const options = {
    tinyFaceDetector: () => new api.TinyFaceDetectorOptions(),
    ssdMobilenetv1: () => new api.SsdMobilenetv1Options(),
  };
  return Object.fromEntries(
    detectors.map((detector) => [
      detector,
      {
        version,
        how: withWasm ? WASM : 'tfjs plain JavaScript',
        similarity: (a, b) => 1 - api.euclideanDistance(a, b),
        describe: async (frame) => {
          const input = api.tf.browser.fromPixels(frame);
          const face = await api.detectSingleFace(input, options[detector]()).withFaceLandmarks().withFaceDescriptor();
          api.tf.dispose(input);
          return face && [...face.descriptor];
        },
      },
    ]),
  );
}

/** The bundle for browsers has all of tfjs inside, but asks Node for what this one no longer has where it sees that it is in Node. */
async function importInBrowserStyle() {
  const { process } = globalThis;
  delete globalThis.process;
  try {
    const api = await import(pathToFileURL(join(faceApi, 'dist/face-api.esm.js')).href);
    api.tf.env().setPlatform('node', {
      fetch,
      now: () => performance.now(),
      encode: (/** @type {string} */ text) => new TextEncoder().encode(text),
      decode: (/** @type {Uint8Array} */ bytes, /** @type {string} */ encoding) =>
        new TextDecoder(encoding).decode(bytes),
      isTypedArray: (/** @type {unknown} */ value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
    });
    const none = class {};
    api.env.setEnv({ Canvas: none, Image: none, ImageData: none, Video: none, fetch });
    return api;
  } finally {
    globalThis.process = process;
  }
}

const [mode, name, picture, enrolled] = process.argv.slice(2);
const withWasm = existsSync(wasmFolder);
const TOO_SLOW = 'ssdMobilenetv1: tfjs-backend-wasm is not there, and plain JavaScript takes most of a minute a frame';
if (mode === 'frame') {
  const { answerRequests } = await import('./requests.mjs');
  const detectors = withWasm ? ['tinyFaceDetector', 'ssdMobilenetv1'] : ['tinyFaceDetector'];
  const opened = name === 'human' ? { 'blazeface, mesh, faceres': await openHuman() } : await openFaceApi(detectors);
  const frame = { width: 640, height: 480, data: new Uint8Array(readFileSync(picture)) };
  await answerRequests(
    Object.values(opened)[0].version,
    Object.entries(opened).map(([what, { how }]) => ({ what, how })),
    async ({ what }) => {
      if ((await opened[what].describe(frame)) === undefined) throw new Error('it finds no face');
    },
    withWasm ? undefined : TOO_SLOW,
  );
} else {
  if (name === 'face-api-ssd' && !withWasm) throw new Error(TOO_SLOW);
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const detector = name === 'face-api-ssd' ? 'ssdMobilenetv1' : 'tinyFaceDetector';
  const opened = name === 'human' ? await openHuman() : (await openFaceApi([detector]))[detector];
  const vector = await opened.describe({ width: info.width, height: info.height, data: new Uint8Array(data) });
  if (vector === undefined) throw new Error('it finds no face');
  if (!existsSync(enrolled)) writeFileSync(enrolled, JSON.stringify(vector));
  const similarity = opened.similarity(vector, JSON.parse(readFileSync(enrolled, 'utf8')));
  const { version, how } = opened;
  process.stdout.write(`${JSON.stringify({ name: similarity > 0.5 ? 'Somebody' : null, similarity, version, how })}\n`);
}
