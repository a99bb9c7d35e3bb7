/** A model file is checked each time it is loaded, not only when it was chosen. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession, refuseDamaged } from '../../src/main/vision/session.ts';
import type { ModelFile } from '../../src/main/vision/vision.ts';

let folder: string;
let model: ModelFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-model-'));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, 'weights');
  model = { id: 'some-model', path, sha256: createHash('sha256').update('weights').digest('hex') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the file that was chosen passes, one with a byte changed does not', async () => {
  await expect(refuseDamaged(model)).resolves.toBeUndefined();
  writeFileSync(model.path, 'weightz');
  await expect(refuseDamaged(model)).rejects.toMatchObject({ code: 'model-damaged', params: { model: 'some-model' } });
  // Before onnxruntime sees it.
  await expect(openSession(model, 1)).rejects.toMatchObject({ code: 'model-damaged' });
});

test('one that is gone is said to be gone', async () => {
  unlinkSync(model.path);
  await expect(refuseDamaged(model)).rejects.toMatchObject({ code: 'model-missing' });
});

test('without a known hash nothing is compared: onnxruntime has the say', async () => {
  await expect(refuseDamaged({ ...model, sha256: '' })).resolves.toBeUndefined();
  await expect(openSession({ ...model, sha256: '' }, 1)).rejects.toMatchObject({ code: 'model-unsupported' });
});
