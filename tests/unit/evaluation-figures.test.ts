import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtremePairs } from '../../src/main/evaluation/evaluation.ts';
import {
  auc,
  bestAccuracy,
  cosine,
  countAtOrAbove,
  drawableCurve,
  eer,
  figuresOf,
  fmrAt,
  fnmrAt,
  histogram,
  operatingPoints,
  type ScoredPair,
  scorePairs,
  type ScoreSet,
  scoreSetOf,
  tarAt,
  tenFold,
} from '../../src/main/evaluation/figures.ts';

const set = (genuine: number[], impostor: number[]): ScoreSet => ({
  genuine: Float64Array.from(genuine).sort(),
  impostor: Float64Array.from(impostor).sort(),
});
const pair = (genuine: boolean, score: number, fold?: number): ScoredPair => ({
  a: `a${score}`,
  b: `b${score}`,
  genuine,
  score,
  ...(fold === undefined ? {} : { fold }),
});

// Small enough to check with a pencil: four genuine, five impostor scores, one tie (0.5) across the classes.
//   genuine  0.9 0.8 0.5 0.3      impostor 0.6 0.5 0.2 0.1 0.0
const hand = set([0.9, 0.8, 0.5, 0.3], [0.6, 0.5, 0.2, 0.1, 0.0]);

describe('figures worked by hand', () => {
  it('AUC counts ties half', () => {
    // 0.9 and 0.8 beat all 5; 0.5 beats 0.2 0.1 0.0 and ties with one: 3.5; 0.3 beats 3. (5+5+3.5+3)/20
    expect(auc(hand)).toBeCloseTo(16.5 / 20, 12);
  });
  it('operating points, strictest first', () => {
    expect(operatingPoints(hand).map((p) => [p.threshold, p.fmr, p.fnmr])).toEqual([
      [Infinity, 0, 1],
      [0.9, 0, 0.75],
      [0.8, 0, 0.5],
      [0.6, 0.2, 0.5],
      [0.5, 0.4, 0.25],
      [0.3, 0.4, 0],
      [0.2, 0.6, 0],
      [0.1, 0.8, 0],
      [0.0, 1, 0],
    ]);
  });
  it('EER is interpolated between the points around the crossing', () => {
    // Between (fmr 0.2, fnmr 0.5, t 0.6) and (0.4, 0.25, 0.5): gaps 0.3 and 0.15, so two thirds of the way.
    expect(eer(hand).rate).toBeCloseTo(0.2 + (2 / 3) * 0.2, 12);
    expect(eer(hand).threshold).toBeCloseTo(0.6 - (2 / 3) * 0.1, 12);
  });
  it('TAR at an FMR: no more impostors than it affords, and ties with a refused impostor are refused', () => {
    expect(tarAt(hand, 0.2)).toMatchObject({ tar: 0.5, threshold: 0.6 }); // one impostor; 0.5 ties with the second
    expect(tarAt(hand, 0.4)).toMatchObject({ tar: 1, threshold: 0.3 }); // two impostors
    expect(tarAt(hand, 0.1)).toMatchObject({ tar: 0.5, threshold: 0.8 }); // none affordable: above 0.6
    expect(tarAt(hand, 1)).toMatchObject({ tar: 1, threshold: 0 });
    expect(tarAt(set([0.1], [0.5]), 0.01)).toMatchObject({ tar: 0, threshold: Infinity });
  });
  it('floating point does not cost an impostor: 0.01 * 2900 is 28.999999999999996', () => {
    const impostor = Array.from({ length: 2900 }, (_, i) => i / 10_000);
    // 29 are affordable: 0.2871 to 0.2899. A genuine score between the 29th and the 30th is accepted.
    expect(tarAt(set([0.28705], impostor), 0.01).tar).toBe(1);
    expect(tarAt(set([0.287], impostor), 0.01).tar).toBe(0);
  });
  it('the rule of three says which FMR the pairs support', () => {
    const impostors = (n: number) => set([1], new Array<number>(n).fill(0));
    expect(tarAt(impostors(299), 0.01).supported).toBe(false);
    expect(tarAt(impostors(300), 0.01).supported).toBe(true);
    expect(tarAt(impostors(2999), 0.001).supported).toBe(false);
    expect(tarAt(impostors(3000), 0.001).supported).toBe(true);
    expect(tarAt(impostors(30_000), 0.0001).supported).toBe(true);
  });
  it('best accuracy: of equally good thresholds the highest', () => {
    // t=0.8: 2 genuine + 5 impostor right = 7 of 9; t=0.3: 4 + 3 = 7 of 9 as well; the stricter one is told.
    expect(bestAccuracy(hand)).toEqual({ accuracy: 7 / 9, threshold: 0.8 });
  });
  it('rates at a threshold: a score equal to it is accepted', () => {
    expect(fmrAt(hand, 0.5)).toBe(0.4);
    expect(fnmrAt(hand, 0.5)).toBe(0.25);
    expect(fmrAt(hand, 0.51)).toBe(0.2);
    expect(fnmrAt(hand, 0.51)).toBe(0.5);
  });
  it('needs both kinds of pairs, and says so', () => {
    expect(() => figuresOf(set([0.5], []))).toThrow(/1 and 0/);
    expect(() => figuresOf(set([], [0.5]))).toThrow(expect.objectContaining({ code: 'evaluation-too-few' }));
  });
});

describe('ten-fold accuracy', () => {
  it('chooses each threshold on the other folds', () => {
    // Fold 0 alone would want 0.4; the other fold wants 0.7, at which fold 0 loses its genuine pair, and so on.
    const pairs = [pair(true, 0.4, 0), pair(false, 0.3, 0), pair(true, 0.7, 1), pair(false, 0.6, 1)];
    const folded = tenFold(pairs)!;
    expect(folded.folds).toEqual([
      { accuracy: 0.5, threshold: 0.7 },
      { accuracy: 0.5, threshold: 0.4 },
    ]);
    expect(folded.mean).toBe(0.5);
    expect(folded.deviation).toBe(0);
    expect(figuresOf(scoreSetOf(pairs), pairs)).toMatchObject({ accuracyBy: 'ten-fold', accuracy: 0.5 });
    expect(bestAccuracy(set([0.4, 0.7], [0.3, 0.6])).accuracy).toBe(0.75);
  });
  it('is absent where the list has no folds', () => {
    expect(tenFold([pair(true, 1), pair(false, 0)])).toBeNull();
    expect(tenFold([pair(true, 1, 0), pair(false, 0, 0)])).toBeNull();
    expect(figuresOf(set([1], [0]), [pair(true, 1), pair(false, 0)])).toMatchObject({
      accuracyBy: 'best-threshold',
      folds: null,
    });
  });
});

describe('against the definitions, on any scores', () => {
  // Few distinct values, so that ties are common.
  const scores = fc.array(
    fc.integer({ min: -20, max: 20 }).map((n) => n / 20),
    { minLength: 1, maxLength: 60 },
  );
  const both = fc.tuple(scores, scores).map(([g, i]) => set(g, i));
  it('AUC is the share of genuine/impostor pairs in the right order', () => {
    fc.assert(
      fc.property(both, (s) => {
        let wins = 0;
        for (const g of s.genuine) for (const i of s.impostor) wins += g > i ? 1 : g === i ? 0.5 : 0;
        expect(auc(s)).toBeCloseTo(wins / (s.genuine.length * s.impostor.length), 10);
      }),
    );
  });
  it('TAR is the largest true accept rate of any operating point within the FMR', () => {
    fc.assert(
      fc.property(both, fc.constantFrom(0.01, 0.05, 0.1, 0.25, 0.5, 1), (s, fmr) => {
        const within = operatingPoints(s).filter((p) => p.fmr <= fmr + 1e-12);
        const { tar, threshold } = tarAt(s, fmr);
        expect(tar).toBeCloseTo(Math.max(...within.map((p) => 1 - p.fnmr)), 10);
        expect(countAtOrAbove(s.impostor, threshold) / s.impostor.length).toBeLessThanOrEqual(fmr + 1e-12);
        expect(countAtOrAbove(s.genuine, threshold) / s.genuine.length).toBeCloseTo(tar, 10);
      }),
    );
  });
  it('the EER lies between the two rates wherever they bracket it; best accuracy is met at its threshold', () => {
    fc.assert(
      fc.property(both, (s) => {
        const { rate } = eer(s);
        for (const p of operatingPoints(s)) {
          expect(Math.max(p.fmr, p.fnmr)).toBeGreaterThanOrEqual(rate - 1e-12);
          expect(Math.min(p.fmr, p.fnmr)).toBeLessThanOrEqual(rate + 1e-12);
        }
        const { accuracy, threshold } = bestAccuracy(s);
        const right = countAtOrAbove(s.genuine, threshold) + s.impostor.length - countAtOrAbove(s.impostor, threshold);
        expect(accuracy).toBeCloseTo(right / (s.genuine.length + s.impostor.length), 12);
      }),
    );
  });
  it('a histogram loses no score', () => {
    fc.assert(
      fc.property(both, (s) => {
        const bins = histogram(s, 0.05);
        const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
        expect(sum(bins.genuine)).toBeCloseTo(1, 9);
        expect(sum(bins.impostor)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('pairs and their scores', () => {
  it('cosine divides the lengths out, and a zero vector is like nothing', () => {
    expect(cosine(Float32Array.of(3, 4), Float32Array.of(4, 3))).toBeCloseTo(24 / 25, 12);
    expect(cosine(Float32Array.of(0, 0), Float32Array.of(1, 0))).toBe(0);
  });
  it('leaves out and counts a pair whose picture gave no embedding', () => {
    const one = Float32Array.of(1, 0);
    const { scored, skipped } = scorePairs(
      [
        { a: 'x', b: 'y', genuine: true, fold: 3 },
        { a: 'x', b: 'gone', genuine: false },
      ],
      new Map([
        ['x', one],
        ['y', Float32Array.of(0, 1)],
      ]),
    );
    expect(scored).toEqual([{ a: 'x', b: 'y', genuine: true, score: 0, fold: 3 }]);
    expect(skipped).toEqual([{ a: 'x', b: 'gone', genuine: false, missing: ['gone'] }]);
  });
  it('the worst mistakes come furthest from the threshold first, of both kinds', () => {
    const pairs = [
      pair(true, 0.1),
      pair(true, 0.45),
      pair(true, 0.9),
      pair(false, 0.7),
      pair(false, 0.5),
      pair(false, 0.2),
    ];
    const worst = (limit: number) => {
      const extremes = new ExtremePairs(limit);
      for (const { a, b, genuine, score } of pairs) extremes.add(a, b, genuine, score);
      return extremes.at(0.5);
    };
    expect(worst(10).map((m) => [m.kind, m.score])).toEqual([
      ['false-non-match', 0.1],
      ['false-match', 0.7],
      ['false-non-match', 0.45],
      ['false-match', 0.5],
    ]);
    expect(worst(1).map((m) => m.score)).toEqual([0.1]);
  });
  it('a drawn curve keeps its ends and never more points than it was given', () => {
    const many = set(
      Array.from({ length: 5000 }, (_, i) => 0.3 + i / 10_000),
      Array.from({ length: 20_000 }, (_, i) => i / 50_000),
    );
    const points = operatingPoints(many);
    const drawn = drawableCurve(points);
    expect(drawn[0]).toEqual(points[0]);
    expect(drawn.at(-1)).toEqual(points.at(-1));
    expect(drawn.length).toBeLessThan(points.length / 5);
  });
});
