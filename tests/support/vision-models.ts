/** Models straight from their folders, for tests of vision alone, and a kiosk's models with a second embedder. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ModelFile } from '../../src/main/models/file.ts';
import type { BothModels } from '../../src/main/vision/vision.ts';
import { modelDirs, projectRoot, sharedModels } from './data.ts';

const own = resolve(projectRoot, 'models');

const model = (id: string, path: string): ModelFile => ({
  id,
  path,
  sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
});
const embedder = (): BothModels['embedder'] => ({
  ...model('ghostfacenet-v1-1.3-2', resolve(own, 'ghostfacenet-v1-1.3-2.onnx')),
  input: { channels: 'rgb', mean: 127.5, scale: 128 },
});

/** Ours, as a clone has them. */
export const ownModels = (): BothModels => ({
  detector: model('yolov5n-0.5-face-lintel', resolve(own, 'yolov5n-0.5-face-lintel.onnx')),
  embedder: embedder(),
});

/** The models that `reference.json` was made with; only beside the project. */
export const referenceModels = (): BothModels => ({
  detector: model('yolov5n-0.5-face', resolve(sharedModels, 'yolov5n-0.5-face.onnx')),
  embedder: embedder(),
});

export const OTHER_EMBEDDER = 'ghostfacenet-bgr';

/**
 * Folders of models in which there is a second embedder, `OTHER_EMBEDDER`: ours in a file of its own, given its colours the other way
 * round, with no calibration. Its vectors are near each other for one person, and not near those of ours.
 * @param folder where it and its manifest are written
 */
export function withOtherEmbedder(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(own).filter((name) => name.endsWith('.calibration.json')))
    copyFileSync(join(own, file), join(folder, file));
  // ONNX is a protobuf message: one more field after the others (6, doc_string) makes another file of the same network.
  const bytes = Buffer.concat([readFileSync(embedder().path), Buffer.from([0x32, 3]), Buffer.from('bgr')]);
  const file = `${OTHER_EMBEDDER}.onnx`;
  writeFileSync(join(folder, file), bytes);
  const manifest = JSON.parse(readFileSync(join(own, 'manifest.json'), 'utf8')) as { models: object[] };
  const other = {
    id: OTHER_EMBEDDER,
    kind: 'embedder',
    file,
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    licence: 'Apache-2.0',
    licenceNote: 'For tests.',
    input: { channels: 'bgr', mean: 127.5, scale: 128 },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, models: [...manifest.models, other] }));
  // The last manifest counts.
  return [...modelDirs, folder];
}
