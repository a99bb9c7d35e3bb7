import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fmrAt,
  fnmrAt,
  HIGHEST_THRESHOLD,
  parseCalibration,
  perComparisonFmr,
  similarityAt,
  thresholdFor,
} from '../../src/main/gallery/calibration.ts';
import { projectRoot } from '../support/data.ts';

const card = parseCalibration({
  table: [
    { fmr: 0.1, similarity: 0.2, fnmr: 0 },
    { fmr: 0.001, similarity: 0.6, fnmr: 0.5 },
    { fmr: 0.01, similarity: 0.4, fnmr: 0.1 },
  ],
});

describe('the table', () => {
  it('is sorted from the strictest row', () => {
    expect(card.table.map((row) => row.fmr)).toEqual([0.001, 0.01, 0.1]);
  });
  it.each([
    ['no table', {}],
    ['one row', { table: [{ fmr: 0.1, similarity: 0.2, fnmr: 0 }] }],
    [
      'an fmr of nought',
      {
        table: [
          { fmr: 0, similarity: 0.2, fnmr: 0 },
          { fmr: 0.1, similarity: 0.1, fnmr: 0 },
        ],
      },
    ],
    [
      'more strangers at a higher similarity',
      {
        table: [
          { fmr: 0.1, similarity: 0.5, fnmr: 0 },
          { fmr: 0.01, similarity: 0.4, fnmr: 0 },
        ],
      },
    ],
    [
      'the same fmr twice',
      {
        table: [
          { fmr: 0.1, similarity: 0.5, fnmr: 0 },
          { fmr: 0.1, similarity: 0.4, fnmr: 0 },
        ],
      },
    ],
    ['text', 'calibration'],
  ])('is refused with %s', (_name, value) => {
    expect(() => parseCalibration(value)).toThrow();
  });
});

describe('similarityAt', () => {
  it('gives the rows themselves', () => {
    for (const row of card.table)
      expect(similarityAt(card, row.fmr)).toEqual({ value: row.similarity, extrapolated: false });
  });
  it('is linear in log10: half way between 0.01 and 0.001 is 0.0031623', () => {
    expect(similarityAt(card, Math.sqrt(1e-5)).value).toBeCloseTo(0.5, 12);
  });
  it('goes on beyond the ends and says so', () => {
    expect(similarityAt(card, 1e-4)).toEqual({ value: expect.closeTo(0.8, 12), extrapolated: true });
    expect(similarityAt(card, 1)).toEqual({ value: expect.closeTo(0, 12), extrapolated: true });
  });
  it('refuses what is not a rate', () => {
    for (const bad of [0, -1, 1.1, NaN]) expect(() => similarityAt(card, bad)).toThrow(RangeError);
  });
});

describe('fmrAt and fnmrAt', () => {
  it('read the table the other way', () => {
    expect(fmrAt(card, 0.5).value).toBeCloseTo(Math.sqrt(1e-5), 12);
    expect(fnmrAt(card, 0.5)).toEqual({ value: expect.closeTo(0.3, 12), extrapolated: false });
    expect(fnmrAt(card, 0.25).value).toBeCloseTo(0.025, 12);
  });
  it('stay fractions beyond the ends', () => {
    expect(fnmrAt(card, 0.99)).toEqual({ value: 1, extrapolated: true });
    expect(fnmrAt(card, -0.5)).toEqual({ value: 0, extrapolated: true });
    expect(fmrAt(card, -1)).toEqual({ value: 1, extrapolated: true });
    expect(fmrAt(card, 0.8)).toEqual({ value: expect.closeTo(1e-4, 12), extrapolated: true });
  });
  it('undo similarityAt, and similarity falls as FMR rises', () => {
    const rate = fc.double({ min: -8, max: -0.2, noNaN: true }).map((x) => 10 ** x);
    fc.assert(
      fc.property(rate, rate, (a, b) => {
        expect(Math.log10(fmrAt(card, similarityAt(card, a).value).value)).toBeCloseTo(Math.log10(a), 9);
        if (a * 1.000001 < b) expect(similarityAt(card, a).value).toBeGreaterThan(similarityAt(card, b).value);
      }),
    );
  });
});

describe('perComparisonFmr', () => {
  it('of one person is the risk', () => {
    expect(perComparisonFmr(0.001, 1)).toBeCloseTo(0.001, 15);
    expect(perComparisonFmr(0.001, 0)).toBeCloseTo(0.001, 15);
  });
  it('1 - (1 - 0.19)^(1/2) is 0.1', () => {
    expect(perComparisonFmr(0.19, 2)).toBeCloseTo(0.1, 15);
  });
  it('keeps its digits where 1 - risk would lose them', () => {
    // To first order risk / n; the next term is smaller by risk / 2.
    expect(perComparisonFmr(1e-12, 1e5) / 1e-17).toBeCloseTo(1, 9);
  });
  it('keeps the promise: the chance over n comparisons is the risk again', () => {
    const risk = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(risk, fc.integer({ min: 1, max: 1e6 }), (r, n) => {
        expect(-Math.expm1(n * Math.log1p(-perComparisonFmr(r, n))) / r).toBeCloseTo(1, 9);
      }),
    );
  });
  it('refuses what is not a risk', () => {
    for (const bad of [0, 1, -0.1, NaN]) expect(() => perComparisonFmr(bad, 1)).toThrow(RangeError);
  });
});

describe('thresholdFor', () => {
  it('takes the risk apart over the gallery: 0.001 over 1, 0.19 over 2', () => {
    expect(thresholdFor(card, 0.001, 1)).toMatchObject({ similarity: expect.closeTo(0.6, 9) as number, held: null });
    expect(thresholdFor(card, 0.19, 2)).toMatchObject({ similarity: expect.closeTo(0.2, 9) as number, held: null });
  });
  it('rises with the gallery and never beyond what can be reached', () => {
    let last = 0;
    for (const size of [1, 2, 5, 10, 100, 1e4, 1e6, 1e9]) {
      const { similarity } = thresholdFor(card, 0.001, size);
      expect(similarity).toBeGreaterThanOrEqual(last);
      expect(similarity).toBeLessThanOrEqual(HIGHEST_THRESHOLD);
      last = similarity;
    }
    expect(thresholdFor(card, 0.001, 1e9)).toMatchObject({
      similarity: HIGHEST_THRESHOLD,
      extrapolated: true,
      held: 'ceiling',
    });
  });
  it('never falls below the most lenient row', () => {
    expect(thresholdFor(card, 0.9, 1)).toMatchObject({ similarity: 0.2, extrapolated: true, held: 'floor' });
  });

  it.each([
    ['ghostfacenet-v1-1.3-2', 0.37],
    ['mobilefacenet-512', 0.3355],
  ])('on the card of %s gives the measured similarity for one person at one in a thousand', (id, expected) => {
    const path = resolve(projectRoot, `models/${id}.calibration.json`);
    const real = parseCalibration(JSON.parse(readFileSync(path, 'utf8')));
    expect(thresholdFor(real, 0.001, 1).similarity).toBeCloseTo(expected, 3);
    // 100 people: one in 100,000 a comparison, to within 0.05 % of it.
    expect(fmrAt(real, thresholdFor(real, 0.001, 100).similarity).value / 1e-5).toBeCloseTo(1, 2);
  });
});
