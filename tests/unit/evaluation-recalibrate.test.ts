/** A site's own calibration: the card's, moved by how much more alike people are there; and where that can not be learnt. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Learner, seeded } from '../../src/main/evaluation/calibrating.ts';
import { type LabelledSample, leaveOneOut, scoreAllPairs } from '../../src/main/evaluation/evaluation.ts';
import { galleryFigures } from '../../src/main/evaluation/open-set.ts';
import { recalibrate } from '../../src/main/evaluation/recalibration.ts';
import { type Calibration, parseCalibration, similarityAt } from '../../src/main/gallery/calibration.ts';
import { FALLBACK_CALIBRATION } from '../../src/main/models/manifest.ts';

/**
 * People of one town: what is their own, what the whole town shares, and chance of the picture. One to `most` pictures each.
 * @param shared of the squared length of what all pictures of a person have in common
 */
function town(people: number, shared: number, seed: number, most = 5): LabelledSample[] {
  const random = seeded(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const unit = (v: number[]): Float32Array => Float32Array.from(v, (x) => x / Math.hypot(...v));
  return Array.from({ length: people }, (_, person) => {
    const self = Array.from({ length: 80 }, () => normal() * Math.sqrt((1 - shared) / 80));
    return Array.from({ length: 1 + (person % most) }, (_, i) => ({
      id: `${person}/${i}`,
      person: `p${person}`,
      embedding: unit([Math.sqrt(shared), ...self, ...Array.from({ length: 60 }, () => normal() * 0.1)]),
    }));
  }).flat();
}
const matchesOf = async (samples: readonly LabelledSample[]) => (await leaveOneOut(samples)).matches;

describe('people of one town', () => {
  let card: Calibration;
  beforeAll(async () => {
    const all = town(220, 0, 1);
    card = (await Learner.of(all, await matchesOf(all), (add) => scoreAllPairs(all, {}, add))).learn()!;
  });

  it('are more alike than those of the card: measured on some, the promise is kept with the others', async () => {
    const others = await matchesOf(town(160, 0.06, 3));
    const ratio = (calibration: Calibration): number =>
      galleryFigures(others, calibration, [1e-1], 0).find(({ people }) => people === 100)!.ratio;
    expect(ratio(card)).toBeGreaterThan(1.8);
    for (const people of [30, 120]) {
      const learnt = recalibrate(await matchesOf(town(people, 0.06, 2)), card);
      expect(learnt.moved).toBe(learnt.alike);
      const [low, high] = learnt.alikeInterval;
      expect(learnt.alike).toBeGreaterThan(low);
      expect(learnt.alike).toBeLessThan(high);
      expect(ratio(learnt.calibration), `${people} people`).toSatisfy((r: number) => r > 0.5 && r < 1.6);
    }
  });

  it('are asked for more whatever their number of pictures, and for the more the more there are', async () => {
    const { calibration, moved } = recalibrate(await matchesOf(town(120, 0.06, 2)), card);
    expect(parseCalibration(calibration)).toEqual(calibration);
    expect(calibration.templates).toHaveLength(card.templates!.length);
    const more = (samples: number, frames: number): number =>
      similarityAt(calibration, 1e-4, { samples, frames }).value - similarityAt(card, 1e-4, { samples, frames }).value;
    expect(more(1, 1)).toBeCloseTo(moved, 9);
    expect(more(3, 1)).toBeGreaterThan(more(2, 1));
    expect(more(8, 1)).toBeGreaterThan(more(3, 1));
    expect(more(3, 3)).toBeGreaterThan(more(3, 1));
    // What they lose by it is what the card says of that similarity.
    for (const [i, row] of calibration.table.entries()) expect(row.fnmr).toBeGreaterThanOrEqual(card.table[i]!.fnmr);
  });

  it('are found as alike by templates of many pictures as by single ones', async () => {
    const alike = async (most: number): Promise<number> =>
      recalibrate(await matchesOf(town(200, 0.1, 5, most)), card).alike;
    expect((await alike(5)) / (await alike(1))).toBeCloseTo(1, 0);
  });

  it('that are less alike make nothing easier than the measurement vouches for', async () => {
    const strict = recalibrate(await matchesOf(town(200, 0.1, 6)), card).calibration;
    const { alike, alikeInterval, moved } = recalibrate(await matchesOf(town(60, 0, 7)), strict);
    expect(alike).toBeLessThan(0);
    expect(moved).toBe(alikeInterval[1]);
    expect(moved).toBeGreaterThan(alike);
    // As few as these may be less alike by luck.
    const few = recalibrate(await matchesOf(town(25, 0, 8)), card);
    expect(few.alikeInterval[1]).toBeGreaterThan(0);
    expect(few.moved).toBeGreaterThanOrEqual(0);
    // Strict because nobody measured it: no site makes it lenient.
    const unmeasured = { table: FALLBACK_CALIBRATION.map((row) => ({ ...row, similarity: row.similarity + 0.1 })) };
    const kept = recalibrate(await matchesOf(town(200, 0, 7)), unmeasured);
    expect(kept.alike).toBeLessThan(-0.05);
    expect(kept.moved).toBe(0);
    expect(kept.calibration.table.map((row) => row.similarity)).toEqual(unmeasured.table.map((row) => row.similarity));
  });

  it('nothing from fewer than 25 people', async () => {
    const few = await matchesOf(town(24, 0, 8));
    expect(() => recalibrate(few, card)).toThrow(
      expect.objectContaining({ code: 'calibration-too-few', message: expect.stringContaining('24 of 25') as unknown }),
    );
  });

  it('people who are all enrolled twice: refused in words, found by fuzzing as a crash', async () => {
    const same = Float32Array.of(1, 0);
    const clones = Array.from({ length: 60 }, (_, i) => ({ id: `${i}`, person: `p${i >> 1}`, embedding: same }));
    const matches = await matchesOf(clones);
    expect(() => recalibrate(matches, card)).toThrow(
      expect.objectContaining({ code: 'calibration-alike', message: expect.stringContaining('as alike') as unknown }),
    );
  });
});
