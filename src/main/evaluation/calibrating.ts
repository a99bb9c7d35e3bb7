/**
 * A calibration from labelled pictures: which similarity which fraction of strangers reaches, for one picture against another
 * and for means of several against means of several. People, not pictures, are what is left out and resampled.
 */
import type { Calibration, Compared } from '../gallery/calibration.ts';

/** One picture of a person. */
export interface LabelledSample {
  readonly id: string;
  readonly person: string;
  /** Unit length, all of one model. */
  readonly embedding: Float32Array;
}

export interface Watching {
  /** Told between rows with the fraction done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A turn for everything else in the process, and the moment to stop when asked to. */
export async function breathe({ onProgress, signal }: Watching, done: number): Promise<void> {
  onProgress?.(done);
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Rows of `length` comparisons between two breaths: about 20,000 comparisons of 512 numbers, some ten milliseconds. */
export const rowsPerBreath = (length: number): number => Math.max(1, Math.floor(20_000 / Math.max(1, length)));

/** Dot product of unit vectors; callers have made them unit length in double precision. */
export function dot(a: Float64Array, b: Float64Array): number {
  // Four sums, so that one addition need not wait for the last.
  let [p, q, r, s] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    p += a[i]! * b[i]!;
    q += a[i + 1]! * b[i + 1]!;
    r += a[i + 2]! * b[i + 2]!;
    s += a[i + 3]! * b[i + 3]!;
  }
  for (; i < a.length; i++) p += a[i]! * b[i]!;
  return p + q + (r + s);
}

export function unit(v: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(v);
  const length = Math.sqrt(dot(out, out));
  return length === 0 ? out : out.map((x) => x / length);
}

/** Pictures against everybody's templates, each person's own apart. */
export interface Matches {
  /** Whose each picture is, by number, and the length of the mean of their other pictures; 0: there are none. */
  readonly probes: readonly { readonly person: number; readonly own: number; readonly ownLength: number }[];
  /** Length of the mean of each person's pictures. */
  readonly lengths: readonly number[];
  /** Similarity of every picture with every template, row by row; NaN with that of the picture's own person. */
  readonly scores: Float32Array;
}

/** The rows of a table, from the strictest. */
const ROWS = [1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1] as const;
const SAMPLES = [1, 2, 3, 5, 8] as const;
const FRAMES = [1, 3, 5] as const;

/** The fraction of comparisons kept: for the lenient rows of pictures, and for the rows that means are measured at. */
const KEPT = 0.12;
const KEPT_OF_MEANS = 0.004;
/** Means held against pictures of the same people: of how many samples, at which FMRs, and how many people that needs. */
const MEANS_OF = [2, 3, 5] as const;
const MEANS_AT = [1e-4, 1e-3] as const;
const LEAST = 20;
/** Means of so many samples of a person at most. */
const MEANS_EACH = 4;

/** From so many comparisons on a count is more than luck; in a gallery each pair of people is compared both ways. */
const ANCHOR = 50;
const TAIL = 500;

/**
 * What a count of the highest similarities can not say. Beyond what the `ANCHOR` highest reach the tail is taken for exponential,
 * with the mean excess of the `TAIL` highest as its scale: peaks over threshold (J. Pickands 1975) with a shape of 0.
 */
export class Tail {
  #weight = 0;
  #sum = 0;
  #anchor: { readonly weight: number; readonly similarity: number } | null = null;
  #scale: number | null = null;

  /** The next similarity, from the highest down. */
  add(similarity: number, weight: number): void {
    if (this.known) return;
    this.#weight += weight;
    this.#sum += weight * similarity;
    if (this.#anchor === null && this.#weight >= ANCHOR) this.#anchor = { weight: this.#weight, similarity };
    if (this.#weight >= TAIL) this.#scale = this.#sum / this.#weight - similarity;
  }

  /** Nothing more need be told. */
  get known(): boolean {
    return this.#scale !== null;
  }

  /** The similarity that this fraction of comparisons of a weight of `total` reaches; null: it can be counted, or not be known. */
  similarityAt(fmr: number, total: number): number | null {
    if (this.#anchor === null || this.#scale === null || fmr * total >= this.#anchor.weight) return null;
    return this.#anchor.similarity + this.#scale * Math.log(this.#anchor.weight / (fmr * total));
  }

  /** The fraction that reaches this similarity, above the anchor; 0 when there are too few to know. */
  fmrAt(similarity: number, total: number): number {
    if (this.#anchor === null || this.#scale === null) return 0;
    return (this.#anchor.weight / total) * Math.exp((this.#anchor.similarity - similarity) / this.#scale);
  }
}

/** A weight for each person: 0 leaves them out, 2 has them twice. */
type Weights = Float64Array;

/** The most similar of many comparisons of different people, most similar first. */
export class Comparisons {
  /** How many probes and templates each person has. */
  readonly probes: Float64Array;
  readonly templates: Float64Array;
  readonly scores: Float32Array;
  /** Whose. */
  readonly probe: Uint32Array;
  readonly template: Uint32Array;
  /** Each pair is here once and stands for both directions. */
  readonly #both: boolean;

  private constructor(
    probes: readonly Owned[],
    templates: readonly Owned[],
    people: number,
    both: boolean,
    found: {
      readonly score: readonly number[];
      readonly probe: readonly number[];
      readonly template: readonly number[];
    },
  ) {
    this.#both = both;
    this.probes = new Float64Array(people);
    this.templates = new Float64Array(people);
    for (const { person } of probes) this.probes[person]!++;
    for (const { person } of templates) this.templates[person]!++;
    const order = Uint32Array.from(found.score.keys()).sort((a, b) => found.score[b]! - found.score[a]!);
    this.scores = Float32Array.from(order, (i) => found.score[i]!);
    this.probe = Uint32Array.from(order, (i) => found.probe[i]!);
    this.template = Uint32Array.from(order, (i) => found.template[i]!);
  }

  /**
   * Of all of `probes` with all of `templates` of other people. `add` is to be told each similarity.
   * @param templates null: each pair of probes is told once, and stands for both directions
   * @param kept the fraction of them, about, to be kept
   * @param score of a probe and a template, by their numbers
   */
  static collector(
    probes: readonly Owned[],
    templates: readonly Owned[] | null,
    people: number,
    kept: number,
    score: (probe: number, template: number) => number,
  ) {
    const floor = floorOf(probes, templates ?? probes, kept, score);
    const found = { score: [] as number[], probe: [] as number[], template: [] as number[] };
    return {
      add: (similarity: number, probe: number, template: number): void => {
        if (!(similarity >= floor)) return;
        found.score.push(similarity);
        found.probe.push(probe);
        found.template.push(template);
      },
      done: () => new Comparisons(probes, templates ?? probes, people, templates === null, found),
    };
  }

  /**
   * The similarities that these fractions (rising) of the comparisons reach.
   * @param probes weight of each person's probes
   * @param templates and of their templates
   */
  similarities(fmrs: readonly number[], probes: Weights, templates: Weights): number[] {
    const { scores } = this;
    let [p, t, same] = [0, 0, 0];
    for (let i = 0; i < probes.length; i++) {
      const [a, b] = [probes[i]! * this.probes[i]!, templates[i]! * this.templates[i]!];
      p += a;
      t += b;
      same += a * b;
    }
    const total = p * t - same;
    const out: number[] = [];
    let sum = 0;
    const tail = new Tail();
    for (let i = 0; i < scores.length && (out.length < fmrs.length || !tail.known); i++) {
      const weight = this.#weight(i, probes, templates);
      sum += weight;
      tail.add(scores[i]!, weight);
      while (out.length < fmrs.length && sum >= fmrs[out.length]! * total) out.push(scores[i]!);
    }
    // Fewer comparisons than asked for: the lowest there is.
    while (out.length < fmrs.length) out.push(scores.at(-1) ?? 1);
    return out.map((value, row) => tail.similarityAt(fmrs[row]!, total) ?? value);
  }

  #weight(i: number, probes: Weights, templates: Weights): number {
    const [a, b] = [this.probe[i]!, this.template[i]!];
    return probes[a]! * templates[b]! + (this.#both ? probes[b]! * templates[a]! : 0);
  }
}

interface Owned {
  /** By number. */
  readonly person: number;
}

/** The mean of some pictures of a person, of unit length. */
interface Mean extends Owned {
  readonly vector: Float64Array;
}

/** The similarity that about a fraction `kept` of all comparisons reaches, from some spread evenly over them. */
function floorOf(
  probes: readonly Owned[],
  templates: readonly Owned[],
  kept: number,
  score: (probe: number, template: number) => number,
): number {
  const all = probes.length * templates.length;
  const scores: number[] = [];
  for (let n = 0; n < Math.min(all, 200_000); n++) {
    const at = Math.floor(((n * GOLDEN) % 1) * all);
    const [i, j] = [Math.floor(at / templates.length), at % templates.length];
    if (probes[i]!.person !== templates[j]!.person) scores.push(score(i, j));
  }
  scores.sort((a, b) => b - a);
  return scores[Math.floor(kept * scores.length)] ?? -1;
}
/** Multiples of it, less their whole part, lie evenly between 0 and 1. */
const GOLDEN = 0.6180339887498949;

/** Means of so many samples, held against pictures of the people who have so many. */
interface Means {
  readonly samples: number;
  readonly comparisons: Comparisons;
}

interface Genuine {
  readonly person: number;
  readonly score: number;
}

/**
 * Labelled pictures from which calibrations can be learnt, with any of the people left out or there twice.
 *
 * The tables of means are those of pictures, scaled. Scores of strangers and of the same person both spread by chance of the
 * picture; a mean takes a part of it away, and being made unit length again stretches what is left. With R the length of the
 * mean and c the part of the chance that two samples of a person share in the eyes of a stranger, the scale is
 * sqrt(c + (1 - c) / R^2). c is fitted; the scale is the same at every FMR from 1e-2 to 1e-5, and that of frames and samples is
 * the product of both (docs/accuracy.md has the figures). So the tails of the few people with many pictures need not be read.
 */
export class Learner {
  /** Everybody's pictures. */
  readonly #byPerson: readonly (readonly Float64Array[])[];
  readonly #pictures: Comparisons;
  readonly #means: readonly Means[];
  /** Pictures against everybody's template, on the scale of a template of one. */
  readonly #gallery: Comparisons;
  readonly #genuine = new Map<string, readonly Genuine[]>();

  private constructor(byPerson: Float64Array[][], pictures: Comparisons, means: readonly Means[], matches: Matches) {
    this.#byPerson = byPerson;
    this.#pictures = pictures;
    this.#means = means;
    const { probes, lengths, scores } = matches;
    const scale = this.#scaleBy(new Float64Array(this.people).fill(1)) ?? (() => 1);
    const scales = lengths.map((length) => scale(length ** 2));
    const score = (i: number, j: number): number => scores[i * lengths.length + j]! / scales[j]!;
    const templates = lengths.map((_, person) => ({ person }));
    const gallery = Comparisons.collector(probes, templates, this.people, KEPT, score);
    for (const [i, { person }] of probes.entries())
      for (let j = 0; j < lengths.length; j++) gallery.add(score(i, j), person, j);
    this.#gallery = gallery.done();
    for (const frames of FRAMES)
      for (const samples of SAMPLES)
        this.#genuine.set(`${samples} ${frames}`, genuineOf(byPerson, { samples, frames }));
  }

  /**
   * @param samples of one model
   * @param matches of the same, people numbered by their first sample
   * @param pairs tells `add` of every pair of them, by their numbers
   */
  static async of(
    samples: readonly LabelledSample[],
    matches: Matches,
    pairs: (add: (a: number, b: number, score: number) => void) => Promise<unknown>,
    watching: Watching = {},
  ): Promise<Learner> {
    const byPerson: Float64Array[][] = matches.lengths.map(() => []);
    const each = samples.map(({ embedding }, i): Mean => ({
      person: matches.probes[i]!.person,
      vector: unit(embedding),
    }));
    for (const { person, vector } of each) byPerson[person]!.push(vector);
    const people = byPerson.length;
    const between = (a: readonly Mean[], b: readonly Mean[]) => (i: number, j: number) =>
      dot(a[i]!.vector, b[j]!.vector);
    const pictures = Comparisons.collector(each, null, people, KEPT, between(each, each));
    await pairs((a, b, score) => {
      const [p, q] = [each[a]!.person, each[b]!.person];
      if (p !== q) pictures.add(score, p, q);
    });
    const means: Means[] = [];
    for (const count of MEANS_OF) {
      const templates = meansOf(byPerson, count);
      const of = Comparisons.collector(each, templates, people, KEPT_OF_MEANS, between(each, templates));
      const rows = rowsPerBreath(templates.length);
      for (const [i, { person, vector }] of each.entries()) {
        for (const template of templates)
          if (template.person !== person) of.add(dot(vector, template.vector), person, template.person);
        if (i % rows === rows - 1) await breathe(watching, (means.length + i / each.length) / MEANS_OF.length);
      }
      means.push({ samples: count, comparisons: of.done() });
    }
    return new Learner(byPerson, pictures.done(), means, matches);
  }

  get people(): number {
    return this.#byPerson.length;
  }

  /**
   * What these people teach; null when they are too few to teach anything.
   * @param brief without FNMR (1 everywhere) and without fused frames, which takes a tenth of the time
   */
  learn(weights: Weights = new Float64Array(this.people).fill(1), brief = false): Calibration | null {
    if (this.#pictures.scores.length < ANCHOR) return null;
    const pictures = this.#pictures.similarities(ROWS, weights, weights);
    const gallery = this.#gallery.similarities(ROWS, weights, weights);
    const like = this.#genuineMean(weights);
    const scaleBy = this.#scaleBy(weights);
    const scaleOf = (count: number): number => scaleBy!(like + (1 - like) / count);
    const table = (base: readonly number[], samples: number, frames: number, scale: number) =>
      tableOf(base, scale, (at) => (brief ? 1 : fnmrOf(this.#genuine.get(`${samples} ${frames}`)!, weights, at)));
    return {
      impostorPairs: this.#impostorPairs(weights),
      ...(Number.isNaN(like) ? {} : { genuinePairs: this.#genuine.get('1 1')!.length, genuineMean: rounded(like) }),
      table: table(pictures, 1, 1, 1),
      templates: (brief || scaleBy === null ? [1] : FRAMES).flatMap((frames) =>
        (scaleBy === null ? [1] : SAMPLES).map((samples) => ({
          samples,
          frames,
          table: table(gallery, samples, frames, scaleBy === null ? 1 : scaleOf(samples) * scaleOf(frames)),
        })),
      ),
    };
  }

  /** The calibration of all these people, with where each row's similarity would lie (95 %) if they were others. */
  async learnWithIntervals(watching: Watching = {}, rounds = 200): Promise<Calibration | null> {
    const whole = this.learn();
    if (whole === null) return null;
    const tries: Calibration[] = [];
    const random = seeded(1);
    for (let round = 0; round < rounds; round++) {
      const again = this.learn(resample(this.people, random));
      if (again !== null) tries.push(again);
      await breathe(watching, (round + 1) / rounds);
    }
    const withIntervals = (table: Calibration['table'], of: (one: Calibration) => Calibration['table'] | undefined) =>
      table.map((row, i) => {
        const values = tries.flatMap((one) => of(one)?.[i]?.similarity ?? []);
        return { ...row, interval: interval(values).map((value) => rounded(value)) as [number, number] };
      });
    return {
      ...whole,
      table: withIntervals(whole.table, (one) => one.table),
      templates: (whole.templates ?? []).map((kind) => ({
        ...kind,
        table: withIntervals(
          kind.table,
          (one) => one.templates?.find((t) => t.samples === kind.samples && t.frames === kind.frames)?.table,
        ),
      })),
    };
  }

  /** How much more alike to strangers than pictures of the same people means of `samples` are, at each of `MEANS_AT`. */
  #scales({ samples, comparisons }: Means, weights: Weights): number[] {
    // Everybody counts the same, however many pictures they have: the same people, once by pictures and once by means.
    const singles = this.#each(weights, this.#pictures.templates, samples);
    const pictures = this.#pictures.similarities(MEANS_AT, weights, singles);
    const means = comparisons.similarities(MEANS_AT, weights, this.#each(weights, comparisons.templates, samples));
    return means.map((value, i) => value / pictures[i]!);
  }

  /** The weights of one template each of those who have `least` pictures, where they have so many. */
  #each(weights: Weights, templates: Float64Array, least: number): Weights {
    return weights.map((weight, i) => (this.#byPerson[i]!.length >= least ? weight / templates[i]! : 0));
  }

  /**
   * What a template's similarities to strangers are stretched by, from its squared length; c (see above) by least squares over the
   * kinds of means, each as often as there are people. Null: too few of them.
   */
  #scaleBy(weights: Weights): ((square: number) => number) | null {
    let [xy, xx] = [0, 0];
    for (const means of this.#means) {
      const having = this.#byPerson.flatMap((pictures, i) =>
        pictures.length >= means.samples && weights[i]! > 0 ? [pictures] : [],
      );
      if (having.length < LEAST) continue;
      const squares = having.map((pictures) => lengthOf(some(pictures, 0, means.samples)) ** 2);
      const x = having.length / squares.reduce((sum, square) => sum + square, 0) - 1;
      for (const scale of this.#scales(means, weights)) {
        xy += having.length * x * (scale * scale - 1);
        xx += having.length * x * x;
      }
    }
    if (xx === 0) return null;
    const own = Math.min(1, Math.max(0, xy / xx));
    return (square) => Math.sqrt(1 - own + own / square);
  }

  /** Mean cosine of two pictures of a person; NaN: nobody has two. */
  #genuineMean(weights: Weights): number {
    let [sum, total] = [0, 0];
    for (const { person, score } of this.#genuine.get('1 1')!) {
      sum += weights[person]! * score;
      total += weights[person]!;
    }
    return sum / total;
  }

  #impostorPairs(weights: Weights): number {
    const counts = this.#byPerson.map((pictures, i) => pictures.length * Math.sign(weights[i]!));
    const all = counts.reduce((sum, count) => sum + count, 0);
    return (all * all - counts.reduce((sum, count) => sum + count * count, 0)) / 2;
  }
}

/** `count` pictures from the `start`th on, going round. */
const some = <T>(pictures: readonly T[], start: number, count: number): T[] =>
  Array.from({ length: count }, (_, i) => pictures[(start + i) % pictures.length]!);

/** Means of `count` pictures of everybody who has so many; of one picture: all pictures. */
function meansOf(byPerson: readonly (readonly Float64Array[])[], count: number): Mean[] {
  return byPerson.flatMap((pictures, person) => {
    if (pictures.length < count) return [];
    const starts =
      count === 1 ? pictures.length : pictures.length === count ? 1 : Math.min(MEANS_EACH, pictures.length);
    return Array.from({ length: starts }, (_, start) => ({ person, vector: meanOf(some(pictures, start, count)) }));
  });
}

function genuineOf(byPerson: readonly (readonly Float64Array[])[], { samples, frames }: Compared): Genuine[] {
  return byPerson.flatMap((pictures, person) => {
    if (pictures.length < samples + frames) return [];
    if (samples === 1 && frames === 1)
      return pictures.flatMap((a, i) => pictures.slice(i + 1).map((b) => ({ person, score: dot(a, b) })));
    return pictures.map((_, start) => {
      const [template, probe] = [some(pictures, start, samples), some(pictures, start + samples, frames)];
      return { person, score: dot(meanOf(template), meanOf(probe)) };
    });
  });
}

/** Length of the mean of unit vectors. */
function lengthOf(vectors: readonly Float64Array[]): number {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) vector.forEach((x, i) => (sum[i]! += x));
  return Math.sqrt(dot(sum, sum)) / vectors.length;
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) vector.forEach((x, i) => (sum[i]! += x));
  return unit(sum);
}

const rounded = (value: number, parts = 1e4): number => Math.round(value * parts) / parts;

function tableOf(base: readonly number[], scale: number, fnmr: (similarity: number) => number): Calibration['table'] {
  let last = 1 + 1e-4;
  return base.flatMap((value, i) => {
    // A more lenient row must ask for less, however few comparisons there are.
    const similarity = Math.min(rounded(value * scale), last - 1e-4);
    last = similarity;
    return similarity < -1 ? [] : [{ fmr: ROWS[i]!, similarity, fnmr: rounded(fnmr(similarity), 1e5) }];
  });
}

/** Everybody counts the same; 1 where nobody has pictures enough to say. */
function fnmrOf(genuine: readonly Genuine[], weights: Weights, similarity: number): number {
  const each = new Map<number, { refused: number; of: number }>();
  for (const { person, score } of genuine) {
    if (weights[person] === 0) continue;
    const one = each.get(person) ?? { refused: 0, of: 0 };
    each.set(person, { refused: one.refused + (score < similarity ? 1 : 0), of: one.of + 1 });
  }
  if (each.size === 0) return 1;
  let [sum, total] = [0, 0];
  for (const [person, { refused, of }] of each) {
    sum += (weights[person]! * refused) / of;
    total += weights[person]!;
  }
  return sum / total;
}

// Other people: resampling.

/** Numbers in [0, 1), always the same ones (mulberry32): a report made again says the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As many people drawn from `people` with replacement: how often each. */
export function resample(people: number, random: () => number): Weights {
  const weights = new Float64Array(people);
  for (let i = 0; i < people; i++) weights[Math.floor(random() * people)]!++;
  return weights;
}

/** From the 2.5th to the 97.5th percentile. NaN, a draw in which nobody was who counts, says nothing. */
export function interval(values: readonly number[]): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
