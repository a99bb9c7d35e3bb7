/** A model file is checked each time it is loaded, not only when it was chosen. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flushDenormals, type ModelFile, readModel } from '../../src/main/models/file.ts';
import { openSession } from '../../src/main/vision/session.ts';

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
  expect(Buffer.from(await readModel(model)).toString()).toBe('weights');
  writeFileSync(model.path, 'weightz');
  await expect(readModel(model)).rejects.toMatchObject({ code: 'model-damaged', params: { model: 'some-model' } });
  // Before onnxruntime sees it.
  await expect(openSession(model, 1)).rejects.toMatchObject({ code: 'model-damaged' });
});

test('one that is gone is said to be gone', async () => {
  unlinkSync(model.path);
  await expect(readModel(model)).rejects.toMatchObject({ code: 'model-missing' });
});

test('without a known hash nothing is compared: onnxruntime has the say', async () => {
  await expect(readModel({ ...model, sha256: '' })).resolves.toHaveLength(7);
  await expect(openSession({ ...model, sha256: '' }, 1)).rejects.toMatchObject({ code: 'model-unsupported' });
});

/** A length-delimited field of a protobuf message. */
const field = (number: number, ...parts: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), body]);
};

test('denormal weights become zero wherever a model keeps them, and nothing else changes', () => {
  // Bits, not numbers: where a session runs denormals as zero, so does this thread.
  const tiny = [0x000ae398, 0x800116c2, 0x00000001];
  const kept = [0, 0x80000000, 0x3f800000, 0x82081cea, 0x00800000, 0x7f61b1e6, 0x7fc00000, 0x7f800000];
  const raw = Buffer.from(Uint32Array.from([...tiny, ...kept]).buffer);
  const [float, int32] = [Buffer.from([16, 1]), Buffer.from([16, 6])];
  const model = Buffer.concat([
    Buffer.from([8, 9]),
    field(2, 'some producer'),
    field(
      7,
      field(5, float, field(8, 'weights'), field(9, raw)),
      // The kind may stand behind the data; what are no floats are not touched.
      field(5, field(9, raw), int32),
      field(5, field(4, raw), float),
      field(1, field(4, 'Constant'), field(5, field(1, 'value'), field(5, float, field(9, raw)))),
    ),
  ]);
  const wanted = Buffer.from(model);
  const [first, ints, second, third] = [0, 1, 2, 3].map((n) => {
    let at = -1;
    for (let i = 0; i <= n; i++) at = model.indexOf(raw, at + 1);
    return at;
  }) as [number, number, number, number];
  for (const at of [first, second, third]) wanted.fill(0, at, at + 4 * tiny.length);
  expect(flushDenormals(model)).toBe(9);
  expect(model.equals(wanted)).toBe(true);
  expect(model.subarray(ints, ints + raw.length).equals(raw)).toBe(true);
  expect(flushDenormals(Buffer.from('no model at all, but long enough to look like one'))).toBe(0);
});
