/** Lintel as one of the peers of peers.mjs, which bundles this file: it imports the product's own TypeScript. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { version } from '../../package.json';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { chooseModels, findModels, modelSearchDirs } from '../../src/main/models/find.ts';
import { openVision } from '../../src/main/vision/in-process.ts';
import { answerRequests } from './requests.mjs';

/** Of the bundle: node_modules/.cache/lintel-bench/. */
const root = resolve(import.meta.dirname, '../../..');
const [part, ...args] = process.argv.slice(2);

if (part === 'frame') {
  const searchDirs = modelSearchDirs({ appModels: resolve(root, 'models'), env: process.env.LINTEL_MODELS_DIR });
  const models = chooseModels(await findModels({ searchDirs }), { env: process.env.LINTEL_EMBEDDER });
  const vision = await openVision(models);
  const frame = { width: 640, height: 480, channels: 4, data: new Uint8Array(readFileSync(args[0])) };
  const [face, ...others] = await vision.analyze(frame, { embed: 'largest' });
  if (face?.embedding === undefined || others.length > 0)
    throw new Error(`the frame has not one face but ${face ? others.length + 1 : 0}`);
  const how = `onnxruntime ${createRequire(resolve(root, 'package.json'))('onnxruntime-node/package.json').version}, native, the kiosk's threads`;
  const work = {
    'whole frame': () => vision.analyze(frame, { embed: 'largest' }),
    'face followed': () => vision.analyze(frame, { embed: 'largest', around: face.box }),
  };
  await answerRequests(
    version,
    Object.keys(work).map((what) => ({ what, how })),
    async ({ what }) => {
      const [seen] = await work[what]();
      if (seen?.embedding === undefined) throw new Error('the face was not found');
    },
  );
  await vision.close();
} else {
  const [file, ...numbers] = args;
  const [rows, probes, dimensions, k] = numbers.map(Number);
  const gallery = new Gallery(dimensions);
  const from = openSync(file, 'r');
  const vector = new Float32Array(dimensions);
  const read = (row) => readSync(from, vector, 0, vector.byteLength, row * vector.byteLength);
  for (let row = 0; row < rows; row++) {
    read(row);
    gallery.set(String(row), vector);
  }
  const asked = Array.from({ length: probes }, (_, i) => {
    read(rows + i);
    return vector.slice();
  });
  closeSync(from);
  gallery.search(asked[0], k);
  const threads = gallery.threads ?? 1;
  await answerRequests(
    version,
    [{ what: 'gallery', how: `WebAssembly, ${threads} thread${threads === 1 ? '' : 's'}` }],
    ({ probe }) => gallery.search(asked[probe % probes], k).map(({ id }) => Number(id)),
  );
  gallery.close?.();
}
