import { describe, expect, it } from 'vitest';
import { Gallery, packVector, unpackVector } from '../../src/main/gallery/gallery.ts';
import { onceEach, type Recognised, Recognition } from '../../src/main/gallery/recognition.ts';

const seen = (...candidates: [string, number][]): Recognised => ({
  kind: 'unknown', // decided anew by what is tested
  candidates: candidates.map(([id, similarity]) => ({ id, name: id, similarity })),
  threshold: 0.5,
  thresholdAt: () => 0.5,
});
const names = (faces: readonly Recognised[]): (string | null)[] =>
  onceEach(faces).map(({ match }) => match?.id ?? null);

describe('several faces in one picture', () => {
  it('of two faces like the same person the more similar one keeps the name', () => {
    const faces = [seen(['ada', 0.6], ['bo', 0.2]), seen(['ada', 0.8], ['bo', 0.1])];
    expect(names(faces)).toEqual([null, 'ada']);
  });
  it('a second-best name is given only when it is good enough by itself', () => {
    const good = [seen(['ada', 0.6], ['bo', 0.55]), seen(['ada', 0.8], ['bo', 0.1])];
    expect(names(good)).toEqual(['bo', 'ada']);
    const poor = [seen(['ada', 0.6], ['bo', 0.49]), seen(['ada', 0.8], ['bo', 0.1])];
    expect(names(poor)).toEqual([null, 'ada']);
    const close = [seen(['ada', 0.6], ['bo', 0.56], ['cy', 0.55]), seen(['ada', 0.8])];
    expect(names(close)).toEqual([null, 'ada']);
  });
  it('two names too close for one face are told apart when one of them stands beside it', () => {
    expect(names([seen(['ada', 0.6], ['bo', 0.58])])).toEqual([null]);
    expect(names([seen(['ada', 0.6], ['bo', 0.58]), seen(['ada', 0.9])])).toEqual(['bo', 'ada']);
  });
  it('a chain is followed to its end', () => {
    const faces = [seen(['ada', 0.9]), seen(['ada', 0.8], ['bo', 0.7]), seen(['bo', 0.65], ['cy', 0.6])];
    expect(names(faces)).toEqual(['ada', 'bo', 'cy']);
  });
  it('nobody in the gallery, nobody in the picture', () => {
    expect(names([seen()])).toEqual([null]);
    expect(names([])).toEqual([]);
  });
});

it('another name is measured by its own threshold', () => {
  const face = { ...seen(['ada', 0.6], ['bo', 0.55]), thresholdAt: (place: number) => [0.5, 0.56][place]! };
  expect(names([face, seen(['ada', 0.8], ['bo', 0.1])])).toEqual([null, 'ada']);
});

it('whoever a face is matched to is one fewer to take the others for', () => {
  const lower = (face: Recognised): Recognised => ({ ...face, thresholdAt: (_, others = 0) => 0.5 - 0.02 * others });
  const left = lower(seen(['cy', 0.47], ['ada', 0.1]));
  const [ada, bo] = [lower(seen(['ada', 0.8])), lower(seen(['bo', 0.49]))];
  expect(names([left])).toEqual([null]);
  expect(names([left, ada])).toEqual([null, 'ada']);
  // Only without ada is bo found, and only without both cy.
  expect(names([left, bo, ada])).toEqual(['cy', 'bo', 'ada']);
  // Who resembles ada more than the face that is matched to her may be her all the same.
  const like = lower(seen(['ada', 0.52], ['cy', 0.49]));
  expect(names([like, lower(seen(['ada', 0.51]))])).toEqual([null, 'ada']);
});

it('with others known the threshold is that of a gallery without them', () => {
  const gallery = new Gallery(2);
  for (let i = 0; i < 8; i++) gallery.set(`p${i}`, Float32Array.of(1, 0));
  const table = [
    { fmr: 1e-4, similarity: 0.6, fnmr: 0.3 },
    { fmr: 1e-2, similarity: 0.4, fnmr: 0.1 },
  ];
  const recognition = new Recognition({ gallery, nameOf: (id) => id, risk: () => 1e-3, calibration: { table } });
  const { threshold, thresholdAt } = recognition.recognise(Float32Array.of(1, 0));
  for (const id of ['p7', 'p6', 'p5']) gallery.delete(id);
  expect(recognition.threshold).toBeLessThan(threshold);
  expect(thresholdAt(0, 3)).toBeCloseTo(recognition.threshold, 12);
  expect(thresholdAt(0)).toBe(threshold);
});

it('the threshold rises with the gallery', () => {
  const gallery = new Gallery(2);
  const calibration = {
    table: [
      { fmr: 1e-4, similarity: 0.6, fnmr: 0.3 },
      { fmr: 1e-2, similarity: 0.4, fnmr: 0.1 },
    ],
  };
  const recognition = new Recognition({ gallery, nameOf: (id) => id, risk: () => 1e-2, calibration });
  expect(recognition.threshold).toBeCloseTo(0.4, 6);
  for (let i = 0; i < 100; i++) gallery.set(`p${i}`, Float32Array.of(1, 0));
  // A hundred people: each comparison may let through about 1e-4.
  expect(recognition.threshold).toBeCloseTo(0.6, 2);
  expect(recognition.pairThreshold).toBeCloseTo(0.4, 6);
  expect(recognition.recognise(Float32Array.of(0, 1)).kind).toBe('unknown');
});

it('a vector survives its way into JSON to the bit', () => {
  const vector = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i) / 16);
  expect(unpackVector(packVector(vector))).toEqual(vector);
});

/** A tenth more is asked where so many pictures are compared. */
function strictFor(compared: { readonly samples: number; readonly frames: number }) {
  const table = (scale: number) => [
    { fmr: 0.01, similarity: 0.4 * scale, fnmr: 0.1 },
    { fmr: 0.1, similarity: 0.2 * scale, fnmr: 0 },
  ];
  const templates = [
    { samples: 1, frames: 1, table: table(1) },
    { ...compared, table: table(1.1) },
  ];
  return { table: table(1), genuineMean: 0.5, templates };
}

it('a template of several pictures asks for more, a near copy of one hardly', () => {
  const calibration = strictFor({ samples: 2, frames: 1 });
  const gallery = new Gallery(2);
  gallery.set('one', Float32Array.of(1, 0));
  const lengths = new Map([['one', 1]]);
  const lengthOf = (id: string): number => lengths.get(id)!;
  const recognition = new Recognition({ gallery, nameOf: (id) => id, lengthOf, risk: () => 0.01, calibration });
  const probe = Float32Array.of(0.42, Math.sqrt(1 - 0.42 ** 2));
  expect(recognition.recognise(probe)).toMatchObject({ kind: 'match', threshold: expect.closeTo(0.4, 9) as number });
  // Two pictures with a cosine of 0.5 make a mean of this length, and those of 0.98 one of that.
  lengths.set('one', Math.sqrt(0.75));
  expect(recognition.recognise(probe)).toMatchObject({ kind: 'unknown', threshold: expect.closeTo(0.44, 9) as number });
  lengths.set('one', Math.sqrt(0.99));
  expect(recognition.recognise(probe)).toMatchObject({ kind: 'match' });
  expect(recognition.pairThreshold).toBeCloseTo(0.4, 9);
});

describe('several frames of one face', () => {
  const calibration = strictFor({ samples: 1, frames: 2 });
  const gallery = new Gallery(3);
  gallery.set('ada', Float32Array.of(1, 0, 0));
  gallery.set('bo', Float32Array.of(0, 1, 0));
  const recognition = new Recognition({ gallery, nameOf: (id) => id, risk: () => 0.02, calibration });
  it('their mean decides, by the threshold of so many as different as they are', () => {
    // Each is 0.39 like ada, and they are 0.6 like each other: what differs from frame to frame is halved, what is ada's is not.
    const [one, other] = [
      Float32Array.of(0.39, 0, Math.sqrt(1 - 0.39 ** 2)),
      Float32Array.of(0.39, -0.782, Math.sqrt(1 - 0.39 ** 2 - 0.782 ** 2)),
    ];
    expect(recognition.recognise(one).kind).toBe('unknown');
    const { kind, candidates, threshold } = recognition.recognise(one, [other]);
    expect(candidates[0]!.similarity).toBeCloseTo(0.39 / Math.sqrt(0.8), 3);
    // Worth 1 / 0.6 pictures, on the line from 0.4 for one to 0.44 for two.
    expect(threshold).toBeCloseTo(0.432, 3);
    expect(kind).toBe('match');
    // The same frame once more is no news.
    const again = recognition.recognise(one, [one]);
    expect(again.candidates[0]!.similarity).toBeCloseTo(0.39, 5);
    expect(again.threshold).toBeCloseTo(recognition.threshold, 5);
  });

  it('a frame that is most like somebody else stands for itself', () => {
    const ada = Float32Array.of(0.9, 0, Math.sqrt(1 - 0.9 ** 2));
    const bo = Float32Array.of(0.3, 0.35, Math.sqrt(1 - 0.3 ** 2 - 0.35 ** 2));
    const { candidates, threshold } = recognition.recognise(bo, [ada, ada, ada]);
    expect(candidates[0]).toMatchObject({ id: 'bo', similarity: expect.closeTo(0.35, 5) as number });
    expect(threshold).toBeCloseTo(recognition.threshold, 9);
  });
});
