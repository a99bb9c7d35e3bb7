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
