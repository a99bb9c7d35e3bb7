/** The models the reference was made with, straight from their folders, for tests of the vision room alone. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelFile, VisionModels } from '../../src/main/vision/vision.ts';
import { projectRoot, sharedModels } from './data.ts';

const model = (id: string, path: string): ModelFile => ({
  id,
  path,
  sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
});

export const referenceModels = (): VisionModels => ({
  detector: model('yolov5n-0.5-face', resolve(sharedModels, 'yolov5n-0.5-face.onnx')),
  embedder: {
    ...model('ghostfacenet-v1-1.3-2', resolve(projectRoot, 'models/ghostfacenet-v1-1.3-2.onnx')),
    input: { channels: 'rgb', mean: 127.5, scale: 128 },
  },
});
