/**
 * The real embedder on real pictures, against figures that another implementation gave: Python, onnxruntime and NumPy for the
 * embeddings and similarities, scikit-learn's `roc_curve` and `roc_auc_score` for the figures (EER by SciPy's `brentq` on the
 * interpolated curve), for the weights with the hash below.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateEnrolled, evaluateFolder, evaluationJson } from '../../src/main/evaluation/evaluation.ts';
import type { LabelledSample } from '../../src/main/evaluation/labelled.ts';
import { openVision } from '../../src/main/vision/open.ts';
import type { Vision } from '../../src/main/vision/vision.ts';
import { hasDetector, hasSharedData, projectRoot, sharedData, sharedModels } from '../support/data.ts';

const WEIGHTS = 'a771bd248847f72dd07f8a1f2b5fc764bd01a0965fb9056ec5490f16aa838019';
const embedder = resolve(projectRoot, 'models/ghostfacenet-v1-1.3-2.onnx');
const sha256 = existsSync(embedder) ? createHash('sha256').update(readFileSync(embedder)).digest('hex') : '';
const present = hasSharedData && hasDetector;
const name = !present
  ? 'figures of ../shared/data/celebs (SKIPPED: ../shared is absent)'
  : sha256 === WEIGHTS
    ? 'figures of ../shared/data/celebs'
    : 'figures of ../shared/data/celebs (SKIPPED: other weights than the figures are for)';

describe.skipIf(!present || sha256 !== WEIGHTS)(name, () => {
  let vision: Vision;
  let samples: LabelledSample[];

  beforeAll(async () => {
    vision = await openVision({
      detector: { id: 'yolov5n-0.5-face', path: resolve(sharedModels, 'yolov5n-0.5-face.onnx'), sha256: '' },
      embedder: {
        id: 'ghostfacenet-v1-1.3-2',
        path: embedder,
        sha256,
        input: { channels: 'rgb', mean: 127.5, scale: 128 },
      },
    });
    const folder = resolve(sharedData, 'celebs');
    const files = readdirSync(folder).flatMap((person) =>
      readdirSync(resolve(folder, person)).map((file) => ({ person, id: `${person}/${file}` })),
    );
    const embeddings = await vision.embedAligned(files.map(({ id }) => readFileSync(resolve(folder, id))));
    samples = files.map(({ person, id }, i) => ({ id, person, embedding: embeddings[i]! }));
  });
  afterAll(() => vision?.close());

  it('every pair, to three decimals', async () => {
    const json = evaluationJson(await evaluateFolder(samples, { threshold: 0.45, margin: 0.05 }));
    expect(json).toMatchObject({ pairs: 73_536, genuine: 2880, impostor: 70_656, skipped: 0, unsupported: [] });
    expect(json.accuracy).toBeCloseTo(0.99308, 3);
    expect(json.auc).toBeCloseTo(0.99651, 3);
    expect(json.eer).toBeCloseTo(0.02986, 3);
    expect(json.threshold).toBeCloseTo(0.44719, 3);
    expect(json.tar['1e-2']).toBeCloseTo(0.9375, 3);
    expect(json.tar['1e-3']).toBeCloseTo(0.83715, 3);
    expect(json.tar['1e-4']).toBeCloseTo(0.68924, 3);
    expect(json.identification!.rank1).toBeCloseTo(0.98958, 3);
    expect(json.identification!.identified).toBeCloseTo(0.96875, 3);
    expect(json.identification!.fpir).toBeCloseTo(0.04688, 3);
  });

  it('leave-one-out against templates, to three decimals', async () => {
    const json = evaluationJson(await evaluateEnrolled(samples));
    expect(json).toMatchObject({ pairs: 9216, genuine: 384, impostor: 8832, unsupported: ['1e-4'] });
    expect(json.accuracy).toBeCloseTo(0.9975, 3);
    expect(json.auc).toBeCloseTo(0.99954, 3);
    expect(json.eer).toBeCloseTo(0.0154, 3);
  });
});
