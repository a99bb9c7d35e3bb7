import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  evaluateEnrolled,
  evaluateFolder,
  evaluatePairs,
  evaluationJson,
  identify,
  type LabelledSample,
  leaveOneOut,
  scoreAllPairs,
} from '../../src/main/evaluation/evaluation.ts';
import { recalibrate, supportFor } from '../../src/main/evaluation/recalibration.ts';
import { parseCalibration, similarityAt, thresholdFor } from '../../src/main/gallery/calibration.ts';
import { projectRoot } from '../support/data.ts';

const degrees = (angle: number): Float32Array => {
  const t = (angle * Math.PI) / 180;
  return Float32Array.of(Math.cos(t), Math.sin(t));
};
const cos = (angle: number): number => Math.cos((angle * Math.PI) / 180);
const sample = (person: string, angle: number): LabelledSample => ({
  id: `${person}${angle}`,
  person,
  embedding: degrees(angle),
});

// On a circle, so that a similarity is the cosine of the angle between two pictures.
const circle = [sample('A', 0), sample('A', 10), sample('A', 20), sample('B', 40), sample('B', 60), sample('C', 100)];

describe('labelled samples, worked by hand', () => {
  it('every pair once: 4 genuine and 11 impostor', async () => {
    const { scores, extremes } = await scoreAllPairs(circle);
    expect([...scores.genuine].map((s) => s.toFixed(6))).toEqual([20, 20, 10, 10].map((d) => cos(d).toFixed(6)));
    expect(scores.impostor).toHaveLength(11);
    expect(scores.impostor[10]).toBeCloseTo(cos(20), 6); // A20 and B40
    // At 15 degrees: A0/A20 and B40/B60 are refused; no stranger is that close.
    expect(extremes.at(cos(15)).map((m) => m.kind)).toEqual(['false-non-match', 'false-non-match']);
  });

  it('leave-one-out: own template without the probe, the others whole', async () => {
    const out = await leaveOneOut(circle);
    // Own: A0 against mean(10,20)=15: 15; A10 against 10: 0; A20 against 5: 15; B40-B60: 20, 20; C has no other.
    const expected = [20, 20, 15, 15, 0].map(cos);
    [...out.scores.genuine].forEach((s, i) => expect(s).toBeCloseTo(expected[i]!, 6));
    expect(out.scores.impostor).toHaveLength(6 * 2);
    // Strangers' best: A0-B50 50, A10-B50 40, A20-B50 30, B40-A10 30, B60-C100 40, C100-B50 50.
    [50, 40, 30, 30, 40, 50].forEach((d, i) => expect(out.probes[i]!.first).toBeCloseTo(cos(d), 6));
    expect(out.probes[5]!.own).toBeNull();
  });

  it('identification: rank 1, greeted, and strangers greeted, at a threshold', async () => {
    const out = await leaveOneOut(circle);
    // At 18 degrees: A's three are greeted, B's two (20 degrees) not; no stranger comes that close.
    expect(identify(out, cos(18))).toEqual({
      members: 5,
      rank1: 1,
      identified: 3 / 5,
      misidentified: 0,
      strangers: 6,
      fpir: 0,
      gallery: { members: 3, strangers: 2 },
    });
    // At 35 degrees everyone is greeted, and the strangers A20 and B40 too.
    expect(identify(out, cos(35))).toMatchObject({ identified: 1, fpir: 2 / 6 });
    // With a margin nobody meets, nobody is.
    expect(identify(out, cos(35), 1)).toMatchObject({ identified: 0, fpir: 0 });
  });

  it('a member nearer to somebody else is not first, and is greeted wrongly', async () => {
    const out = await leaveOneOut([sample('A', 0), sample('A', 50), sample('B', 55), sample('B', 57)]);
    const who = identify(out, cos(8));
    // A50 is 6 degrees from the B template (56) and 50 from A0; A0 is still nearer to A50 than to B.
    expect(who.rank1).toBe(3 / 4);
    expect(who.misidentified).toBe(1 / 4);
  });

  it('stops when asked to, and says how far it is', async () => {
    const many = Array.from({ length: 400 }, (_, i) => sample(`P${i % 40}`, i));
    const progress: number[] = [];
    await scoreAllPairs(many, { onProgress: (done) => progress.push(done) });
    expect(progress.length).toBeGreaterThan(3);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    expect(progress.at(-1)).toBeCloseTo(1, 1);
    const controller = new AbortController();
    const stopped = scoreAllPairs(many, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  it('refuses more pictures than can be compared, vectors of two models, and a single person', async () => {
    const huge = new Array<LabelledSample>(10_001).fill(sample('A', 0));
    await expect(scoreAllPairs(huge)).rejects.toMatchObject({ code: 'evaluation-too-many-pairs' });
    const mixed = [...circle, { id: 'x', person: 'X', embedding: Float32Array.of(1, 0, 0) }];
    await expect(evaluateFolder(mixed)).rejects.toMatchObject({ code: 'evaluation-mixed-models' });
    await expect(evaluateEnrolled([sample('A', 0), sample('A', 5)])).rejects.toMatchObject({
      code: 'evaluation-too-few',
    });
  });
});

describe('whole evaluations', () => {
  it('a folder: what --json prints', async () => {
    const json = evaluationJson(await evaluateFolder(circle, { threshold: cos(15), margin: 0.01 }));
    expect(json).toMatchObject({
      protocol: 'folder',
      pairs: 15,
      genuine: 4,
      impostor: 11,
      skipped: 0,
      accuracyBy: 'best-threshold',
      accuracyDeviation: null,
      unsupported: ['1e-2', '1e-3', '1e-4'],
      inUse: { threshold: cos(15), fmr: 0, fnmr: 0.5 },
      identification: { members: 5, rank1: 1 },
    });
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });
  it('a list of pairs has no gallery, and tells its worst mistakes', () => {
    const embeddings = new Map(circle.map((s) => [s.id, s.embedding]));
    const evaluation = evaluatePairs(
      [
        { a: 'A0', b: 'A20', genuine: true },
        { a: 'A20', b: 'B40', genuine: false },
        { a: 'A0', b: 'C100', genuine: false },
        { a: 'A0', b: 'nobody', genuine: false },
      ],
      embeddings,
      { threshold: cos(20.5) },
    );
    expect(evaluationJson(evaluation)).toMatchObject({ pairs: 3, skipped: 1, identification: null });
    expect(evaluation.mistakes).toMatchObject([{ kind: 'false-match', a: 'A20', b: 'B40' }]);
  });
});

describe('re-calibration', () => {
  const shipped = parseCalibration(
    JSON.parse(readFileSync(resolve(projectRoot, 'models/ghostfacenet-v1-1.3-2.calibration.json'), 'utf8')),
  );
  const scores = (impostors: number, raise = 0) => ({
    genuine: Float64Array.from({ length: 100 }, (_, i) => 0.5 + i / 250),
    impostor: Float64Array.from({ length: impostors }, (_, i) => raise + i / (2 * impostors)),
  });

  it('the rule of three, for a risk and a number of people', () => {
    // 1 - 0.999^(1/100) = 1.0004953e-5, and 3 / that = 299,851.5.
    const few = supportFor(1e-3, 100, 9900);
    expect(few.fmr).toBeCloseTo(1.0004953e-5, 11);
    expect(few.pairsNeeded).toBe(299_852);
    expect(few.enough).toBe(false);
    // 3/9900 per comparison, 100 comparisons: about 3 %.
    expect(few.smallestRisk).toBeCloseTo(1 - (1 - 3 / 9900) ** 100, 9);
    expect(supportFor(few.smallestRisk, 100, 9900).enough).toBe(true);
    expect(supportFor(0.1, 10, 300).enough).toBe(true);
    expect(supportFor(0.1, 10, 0)).toMatchObject({ enough: false, smallestRisk: 1 });
  });

  it('measures what it has pairs for, and moves the rest of the shipped table up with it', () => {
    // 3,000 impostors evenly from 0.3 to 0.8: FMR 0.1, 0.01 and 0.001 are supported. 0.001 allows three: 0.7995 upwards.
    const { calibration, from, shift } = recalibrate(scores(3000, 0.3), shipped);
    expect(from.slice(-3)).toEqual(['site', 'site', 'site']);
    expect(from.slice(0, -3).every((f) => f === 'shipped')).toBe(true);
    const at = (fmr: number) => calibration.table.find((row) => row.fmr === fmr)!;
    expect(at(0.001).similarity).toBeCloseTo(0.7995, 9);
    expect(at(0.1).similarity).toBeCloseTo(0.75, 9);
    expect(at(0.1).fnmr).toBeCloseTo(0.63, 9); // of 0.5, 0.504 ... 0.896: 63 lie below 0.75
    expect(shift).toBeCloseTo(0.7995 - similarityAt(shipped, 1e-3).value, 9);
    expect(at(1e-4).similarity).toBeCloseTo(similarityAt(shipped, 1e-4).value + shift, 9);
    // It is a calibration the gallery accepts; thresholds rise with the gallery.
    const parsed = parseCalibration(calibration);
    expect(thresholdFor(parsed, 0.01, 10).similarity).toBeGreaterThan(thresholdFor(shipped, 0.01, 10).similarity);
  });

  it('never loosens what it could not measure', () => {
    const { calibration, from, shift } = recalibrate(scores(3000, -0.5), shipped);
    expect(shift).toBeLessThan(0);
    calibration.table.forEach((row, i) => {
      if (from[i] === 'shipped') expect(row.similarity).toBe(shipped.table.find((r) => r.fmr === row.fmr)!.similarity);
    });
    expect(parseCalibration(calibration).table).toHaveLength(6);
  });

  it('stays a rising table when many scores are equal or the shift runs past 1', () => {
    const flat = { genuine: Float64Array.of(0.9), impostor: new Float64Array(400).fill(0.99) };
    const { calibration } = recalibrate(flat, shipped);
    expect(parseCalibration(calibration).table.every((row) => row.similarity <= 1)).toBe(true);
  });

  it('refuses to learn from next to nothing', () => {
    expect(() => recalibrate(scores(29), shipped)).toThrow(expect.objectContaining({ code: 'calibration-too-few' }));
    expect(recalibrate(scores(30), shipped).from.filter((f) => f === 'site')).toHaveLength(1);
  });
});
