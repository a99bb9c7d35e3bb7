/** The promise held against what happens: the arithmetic over galleries, the tail, and what is learnt of people not asked. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interval, Learner, type Matches, resample, seeded, Tail } from '../../src/main/evaluation/calibrating.ts';
import {
  evaluateFolder,
  type LabelledSample,
  leaveOneOut,
  scoreAllPairs,
} from '../../src/main/evaluation/evaluation.ts';
import { chanceOfNaming, galleryFigures } from '../../src/main/evaluation/open-set.ts';
import { type Calibration, meanLength, picturesIn, similarityAt } from '../../src/main/gallery/calibration.ts';

/** All subsets of `size` of the numbers below `of`. */
function* subsets(of: number, size: number, from = 0): Generator<number[]> {
  if (size === 0) return yield [];
  for (let first = from; first <= of - size; first++)
    for (const rest of subsets(of, size - 1, first + 1)) yield [first, ...rest];
}

const card: Calibration = {
  table: [
    { fmr: 1e-4, similarity: 0.8, fnmr: 0.5 },
    { fmr: 1e-1, similarity: 0.2, fnmr: 0 },
  ],
};

describe('over all galleries of a size', () => {
  it('the chance that one is in it and its rivals are not', () => {
    const named = chanceOfNaming(7, 3);
    for (let rivals = 0; rivals < 7; rivals++) {
      const galleries = [...subsets(7, 3)];
      const good = galleries.filter((g) => g.includes(0) && !g.some((i) => i > 0 && i <= rivals));
      expect(named(rivals)).toBeCloseTo(good.length / galleries.length, 12);
    }
  });

  it('FPIR and FNIR are what every single gallery gives, averaged', () => {
    const similarity = fc.double({ min: -0.2, max: 1, noNaN: true });
    const people = 12;
    fc.assert(
      fc.property(fc.array(similarity, { minLength: people ** 2, maxLength: people ** 2 }), (values) => {
        const scores = Float32Array.from(values, (x, i) => (i % (people + 1) === 0 ? Number.NaN : x));
        const probes = Array.from({ length: people }, (_, person) => ({
          person,
          own: values[person * (people + 1)]!,
          ownLength: 1,
        }));
        const matches: Matches = { probes, lengths: new Array<number>(people).fill(1), scores };
        const [ten] = galleryFigures(matches, card, [0.1], 0.05);
        const threshold = ten!.threshold;
        let [greeted, missed, of, members] = [0, 0, 0, 0];
        for (const { person, own } of probes) {
          const others = Array.from({ length: people }, (_, i) => i).filter((i) => i !== person);
          const row = others.map((i) => scores[person * people + i]!);
          const greets = (gallery: number[]): boolean => {
            const [first, second = -Infinity] = gallery.sort((a, b) => b - a);
            return first! >= threshold && first! - second >= 0.05;
          };
          for (const gallery of subsets(others.length, 10)) {
            greeted += greets(gallery.map((i) => row[i]!)) ? 1 : 0;
            of++;
          }
          for (const gallery of subsets(others.length, 9)) {
            const best = Math.max(...gallery.map((i) => row[i]!));
            missed += own >= threshold && own - best >= 0.05 ? 0 : 1;
            members++;
          }
        }
        expect(ten!.falsePositives / ten!.strangers).toBeCloseTo(greeted / of, 9);
        expect(ten!.fnir).toBeCloseTo(missed / members, 9);
        // Too few comparisons to know a tail by: counted, however few are greeted.
        expect(ten!.by).toBe('count');
        expect(ten!.fpir).toBeCloseTo(greeted / of, 9);
      }),
      { numRuns: 30 },
    );
  });

  it('draws of people in which nobody has two pictures say nothing of how far the FNIR may be off', () => {
    expect(interval([Number.NaN, 2, Number.NaN, 1, Number.NaN])).toEqual([1, 2]);
  });
});

it('where nobody was greeted and nobody missed, what so many people could still hide is said', () => {
  const people = 12;
  const scores = new Float32Array(people ** 2).map((_, i) => (i % (people + 1) === 0 ? Number.NaN : 0.1));
  const probes = Array.from({ length: people }, (_, person) => ({
    person,
    own: person < 4 ? 0.9 : Number.NaN,
    ownLength: person < 4 ? 1 : 0,
  }));
  const [ten] = galleryFigures({ probes, lengths: new Array<number>(people).fill(1), scores }, card, [0.1], 0.05);
  expect(ten).toMatchObject({ fpir: 0, fpirInterval: [0, 3 / 12], fnir: 0, fnirInterval: [0, 3 / 4], ratio: 0 });
});

describe('the tail', () => {
  it('of an exponential distribution is found, far beyond what can be counted', () => {
    const random = seeded(7);
    const total = 100_000;
    const scores = Array.from({ length: total }, () => -0.03 * Math.log(1 - random())).sort((a, b) => b - a);
    const tail = new Tail();
    for (const score of scores) tail.add(score, 1);
    for (const fmr of [1e-5, 1e-6, 1e-7]) {
      const truth = -0.03 * Math.log(fmr);
      expect(tail.similarityAt(fmr, total)! / truth).toBeCloseTo(1, 1);
      expect(tail.fmrAt(tail.similarityAt(fmr, total)!, total) / fmr).toBeCloseTo(1, 9);
    }
    // What 50 reach can be counted.
    expect(tail.similarityAt(1e-3, total)).toBeNull();
  });
  it('is not made up of a handful', () => {
    const tail = new Tail();
    for (let i = 0; i < 100; i++) tail.add(1 - i / 100, 1);
    expect(tail.similarityAt(1e-6, 1000)).toBeNull();
    expect(tail.fmrAt(0.99, 1000)).toBe(0);
  });
});

/**
 * People of whom each picture is the person, in few dimensions so that strangers are alike now and then, and chance, in many:
 * a mean has less of it and so is more like everybody than a picture is.
 */
function drawn(people: number, seed: number): LabelledSample[] {
  const random = seeded(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const unit = (v: number[]): Float32Array => Float32Array.from(v, (x) => x / Math.hypot(...v));
  return Array.from({ length: people }, (_, person) => {
    const self = Array.from({ length: 16 }, normal);
    return Array.from({ length: 1 + (person % 6) }, (_, i) => ({
      id: `${person}/${i}`,
      person: `p${person}`,
      embedding: unit([...self.map((x) => x + 0.3 * normal()), ...Array.from({ length: 48 }, () => 0.5 * normal())]),
    }));
  }).flat();
}
const learnerOf = async (samples: LabelledSample[]): Promise<Learner> =>
  Learner.of(samples, (await leaveOneOut(samples)).matches, (add) => scoreAllPairs(samples, {}, add));

describe('what is learnt', () => {
  it('keeps the promise with people who were not there, of one picture and of several', async () => {
    const learnt = (await learnerOf(drawn(240, 1))).learn()!;
    const others = (await leaveOneOut(drawn(240, 2))).matches;
    const kept = galleryFigures(others, learnt, [1e-1, 1e-2], 0);
    for (const { people, risk, ratio } of kept) {
      // A hundred are too few to say much of one in ten thousand comparisons.
      const [low, high] = people === 10 ? [0.65, 1.5] : [0.5, 2];
      expect(ratio, `${people} people, ${risk}`).toSatisfy((r: number) => r > low && r < high);
    }
    // As if every template were one picture: the more pictures, the more strangers are let in.
    const pictures = galleryFigures(others, { table: learnt.table }, [1e-1, 1e-2], 0);
    expect(pictures[1]!.ratio).toBeGreaterThan(1.05 * kept[1]!.ratio);
  });

  it('means ask for more than pictures, of more pictures for more, and frames like samples', async () => {
    const learnt = (await learnerOf(drawn(240, 3))).learn()!;
    const at = (samples: number, frames: number): number => similarityAt(learnt, 1e-3, { samples, frames }).value;
    expect(at(3, 1)).toBeGreaterThan(at(2, 1));
    expect(at(2, 1)).toBeGreaterThan(at(1, 1));
    expect(at(8, 5)).toBeGreaterThan(at(8, 1));
    expect(at(1, 3)).toBeCloseTo(at(3, 1), 3);
    // Between two tables, and beyond the last.
    expect(at(2.5, 1)).toBeGreaterThan(at(2, 1));
    expect(at(2.5, 1)).toBeLessThan(at(3, 1));
    expect(at(20, 1)).toBeGreaterThan(at(8, 1));
    expect(learnt.templates).toHaveLength(15);
  });

  it('people left out have no say', async () => {
    const samples = drawn(120, 4);
    const half = samples.filter(({ person }) => Number(person.slice(1)) < 80);
    const weights = Float64Array.from({ length: 120 }, (_, i) => (i < 80 ? 1 : 0));
    const [whole, alone] = [await learnerOf(samples), await learnerOf(half)];
    expect(whole.learn(weights)!.table.map((row) => row.similarity)).toEqual(
      alone.learn()!.table.map((row) => row.similarity),
    );
  });

  it('says where each row would lie with other people', async () => {
    const learnt = (await (await learnerOf(drawn(100, 5))).learnWithIntervals({}, 40))!;
    for (const row of [learnt, ...learnt.templates!].flatMap(({ table }) => table)) {
      const [low, high] = row.interval!;
      if (row.fmr < 1e-3) continue;
      expect(low).toBeLessThan(row.similarity);
      expect(high).toBeGreaterThan(row.similarity);
    }
  });

  it('nothing from a handful of people', async () => {
    expect((await learnerOf(drawn(4, 6))).learn()).toBeNull();
  });

  it('a folder is judged by what was learnt from others', async () => {
    const samples = drawn(120, 8);
    const { galleries } = await evaluateFolder(samples, { calibration: card, risks: [1e-1, 1e-2], margin: 0 });
    expect(galleries.map(({ people, risk }) => [people, risk])).toEqual([
      [10, 1e-1],
      [10, 1e-2],
      [100, 1e-1],
      [100, 1e-2],
      [119, 1e-1],
      [119, 1e-2],
    ]);
    for (const { crossValidated, people, risk } of galleries)
      expect(crossValidated!.ratio, `${people} people, ${risk}`).toSatisfy((r: number) => r > 0.5 && r < 2);
  });
});

describe('pictures in a mean', () => {
  it('as different as those of the calibration: as many as there are; copies: one', () => {
    const calibration = { ...card, genuineMean: 0.6 };
    for (const n of [1, 2, 3, 5, 8]) expect(picturesIn(calibration, Math.sqrt(0.6 + 0.4 / n))).toBeCloseTo(n, 9);
    const one = Float32Array.of(0.6, 0.8);
    expect(picturesIn(calibration, meanLength([one, one, one]))).toBeCloseTo(1, 6);
    expect(meanLength([])).toBe(1);
    expect(meanLength([Float32Array.of(1, 0), Float32Array.of(0, 1)])).toBeCloseTo(Math.SQRT1_2, 9);
    // More different than any two pictures of a person: still a number.
    expect(picturesIn(calibration, 0.1)).toBe(64);
  });
});

it('resampling draws as many people as there are, and the middle 95 % are an interval', () => {
  const drawnPeople = resample(50, seeded(1));
  expect(drawnPeople.reduce((sum, n) => sum + n, 0)).toBe(50);
  expect(interval(Array.from({ length: 1001 }, (_, i) => i))).toEqual([25, 975]);
});
