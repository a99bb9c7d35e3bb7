/** Learning a threshold where it can not be learnt. */
import { expect, test } from 'vitest';
import { recalibrate } from '../../src/main/evaluation/recalibration.ts';
import { parseCalibration } from '../../src/main/gallery/calibration.ts';
import { FALLBACK_CALIBRATION } from '../../src/main/models/manifest.ts';

const shipped = parseCalibration({ table: FALLBACK_CALIBRATION });
const scores = (impostor: number) => ({
  genuine: new Float64Array(50).fill(0.9),
  impostor: new Float64Array(60).fill(impostor),
});

test('people who are enrolled twice: refused in words, found by fuzzing as a crash', () => {
  expect(() => recalibrate(scores(1), shipped)).toThrow(
    expect.objectContaining({ code: 'calibration-alike', message: expect.stringContaining('as alike') as unknown }),
  );
});

test('strangers who are not alike: a table of at least two rows', () => {
  expect(recalibrate(scores(0.1), shipped).calibration.table.length).toBeGreaterThan(1);
});
