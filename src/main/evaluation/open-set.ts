/**
 * Does the kiosk keep its promise? Strangers and members before galleries of several sizes, at the kiosk's own thresholds: open-set
 * identification, ISO/IEC 19795-1's FPIR and FNIR, over all galleries of a size that the people at hand can make.
 */
import { type Calibration, picturesIn, thresholdFor } from '../gallery/calibration.ts';
import { interval, type Learner, type Matches, resample, seeded, Tail } from './calibrating.ts';

export interface GalleryFigures {
  /** People in the gallery; for strangers all but themselves, when it is everybody. */
  readonly people: number;
  /** What was promised: the chance of a stranger to be taken for anybody. */
  readonly risk: number;
  /** The threshold of a template of one picture; those of more ask for more. */
  readonly threshold: number;
  /** False positive identification rate: strangers greeted by a name. */
  readonly fpir: number;
  /** Where it would lie (95 %) with other people. */
  readonly fpirInterval: readonly [number, number];
  /** FPIR / promised. */
  readonly ratio: number;
  readonly ratioInterval: readonly [number, number];
  /** `count`: as it was. `tail`: fewer than 30 pairs reached the threshold, which is luck, so read off the fitted tail, where there is one. */
  readonly by: 'count' | 'tail';
  /** Strangers greeted, on average over the galleries. */
  readonly falsePositives: number;
  readonly strangers: number;
  /** Members not greeted by their name; null: nobody has two pictures. */
  readonly fnir: number | null;
  readonly fnirInterval: readonly [number, number] | null;
  readonly members: number;
  /**
   * FPIR at thresholds learnt here: for each tenth of the people as strangers and each tenth as the gallery from the others, so
   * that nobody is judged by what was learnt from them. Null: too few people.
   */
  readonly crossValidated: { readonly fpir: number; readonly ratio: number } | null;
}

const SIZES = [10, 100] as const;
/** A picture against a template of one. */
const SINGLE = { samples: 1, frames: 1 };
/** Fewer pairs than these above the threshold are not counted but read off the tail. */
const ENOUGH = 30;
const FOLDS = 10;
/** Below so many people nothing can be left out. */
const LEAST_PEOPLE = 100;
const ROUNDS = 400;

/** A stranger's picture that comes near a template. */
interface Near {
  readonly probe: number;
  readonly template: number;
  readonly score: number;
  /** Templates that keep this one from being named: more alike, or less by no more than the margin. */
  readonly rivals: number;
}

/** @param margin how far ahead of the second candidate the first must be */
export function galleryFigures(
  matches: Matches,
  calibration: Calibration,
  risks: readonly number[],
  margin: number,
  learner: Learner | null = null,
): GalleryFigures[] {
  const { lengths, probes } = matches;
  const people = lengths.length;
  const others = people - 1;
  if (others < 1) return [];
  const sizes = [...SIZES.filter((size) => size < others), others];
  const wanted = sizes.flatMap((size) => risks.map((risk) => ({ size, risk })));
  const within = (one: Calibration, { size, risk }: { size: number; risk: number }): Float64Array =>
    Float64Array.from(
      lengths,
      (length) => thresholdFor(one, risk, size, { samples: picturesIn(one, length), frames: 1 }).similarity,
    );
  const folded = learner === null || people < LEAST_PEOPLE ? null : crossed(learner);
  const cards = [calibration, ...(folded?.calibrations ?? [])];
  const lowest = Math.min(
    ...wanted.flatMap((one) => cards.map((card) => thresholdFor(card, one.risk, one.size, SINGLE).similarity)),
  );
  const near = nearest(matches, lowest * LOOKED_BELOW, margin);
  const rivalsOfOwn = probes.map(({ own }, i) => rivals(matches, i, own - margin));
  const random = seeded(1);
  const rounds = Array.from({ length: ROUNDS }, () => resample(people, random));

  return wanted.map(({ size, risk }) => {
    const thresholds = within(calibration, { size, risk });
    const named = chanceOfNaming(others, size);
    const found = near.filter(({ score, template }) => score >= thresholds[template]!);
    const strangers = probes.length;
    const falsePositives = found.reduce((sum, one) => sum + named(one.rivals), 0);
    const single = thresholdFor(calibration, risk, size, SINGLE).similarity;
    const tail = tailOf(near, thresholds, single, matches);
    const by = found.length >= ENOUGH || tail(null) === 0 ? 'count' : 'tail';
    const fpirWith = (weights: Float64Array | null): number => {
      if (by === 'tail') return -Math.expm1(size * Math.log1p(-tail(weights)));
      if (weights === null) return falsePositives / strangers;
      const sum = found.reduce((total, { probe, template, rivals: r }) => {
        return total + named(r) * weights[probes[probe]!.person]! * weights[template]!;
      }, 0);
      // A person drawn twice is as a template there twice.
      return Math.min(1, sum / probes.reduce((total, { person }) => total + weights[person]!, 0));
    };
    const fpir = fpirWith(null);
    const fpirInterval = atLeastLuck(interval(rounds.map(fpirWith)), people);
    const missed = membersMissed(matches, rivalsOfOwn, calibration, size, risk);
    const members = missed.length;
    const fnirWith = (weights: Float64Array | null): number => {
      let [sum, of] = [0, 0];
      for (const { person, chance } of missed) {
        const weight = weights === null ? 1 : weights[person]!;
        sum += weight * chance;
        of += weight;
      }
      return sum / of;
    };
    let crossValidated: GalleryFigures['crossValidated'] = null;
    if (folded !== null) {
      const own = folded.calibrations.map((card) => within(card, { size, risk }));
      const singles = folded.calibrations.map((card) => thresholdFor(card, risk, size, SINGLE).similarity);
      const learntFor = ({ probe, template }: Near): number => folded.of(probes[probe]!.person, template);
      const counted = near
        .filter((one) => one.score >= own[learntFor(one)]![one.template]!)
        .reduce((sum, one) => sum + named(one.rivals), 0);
      // Each pair of folds has the tail of everybody, at its own threshold.
      const rate =
        by === 'count'
          ? counted / strangers
          : singles.reduce((sum, at, i) => {
              const rest = tailOf(near, own[i]!, at, matches)(null);
              return sum - Math.expm1(size * Math.log1p(-rest)) * folded.shares[i]!;
            }, 0);
      crossValidated = { fpir: rate, ratio: rate / risk };
    }
    return {
      people: size,
      risk,
      threshold: single,
      fpir,
      fpirInterval,
      ratio: fpir / risk,
      ratioInterval: [fpirInterval[0] / risk, fpirInterval[1] / risk],
      by,
      falsePositives,
      strangers,
      fnir: members === 0 ? null : fnirWith(null),
      fnirInterval:
        members === 0
          ? null
          : atLeastLuck(interval(rounds.map(fnirWith)), new Set(missed.map(({ person }) => person)).size),
      members,
      crossValidated,
    };
  });
}

/** None was seen: what so many people could still hide (rule of three), as resampling can not draw what is not there. */
const atLeastLuck = (found: readonly [number, number], people: number): readonly [number, number] =>
  found[1] > 0 ? found : [0, Math.min(1, 3 / people)];

/** The tail is fitted from a little below the threshold. */
const LOOKED_BELOW = 0.8;

/** Every template at least `lowest` similar to a stranger's picture. */
function nearest({ probes, lengths, scores }: Matches, lowest: number, margin: number): Near[] {
  const people = lengths.length;
  return probes.flatMap((_, probe) => {
    const row = [...scores.subarray(probe * people, (probe + 1) * people).entries()]
      .filter(([, score]) => score >= lowest - margin)
      .sort((a, b) => b[1] - a[1]);
    let end = 0;
    return row.flatMap(([template, score]) => {
      if (score < lowest) return [];
      while (end < row.length && row[end]![1] > score - margin) end++;
      // Itself is among them, unless no lead at all is asked for.
      return [{ probe, template, score, rivals: margin > 0 ? end - 1 : end }];
    });
  });
}

/** How many templates of others are more similar to a picture than `limit`. */
function rivals({ lengths, scores }: Matches, probe: number, limit: number): number {
  let count = 0;
  for (let i = probe * lengths.length; i < (probe + 1) * lengths.length; i++) if (scores[i]! > limit) count++;
  return count;
}

/**
 * The chance, over all galleries of `size` of `others` people, that a certain template is in it and none of its rivals is:
 * size / others * C(others - 1 - rivals, size - 1) / C(others - 1, size - 1).
 */
export function chanceOfNaming(others: number, size: number): (rivals: number) => number {
  const without = chanceWithout(others - 1, size - 1);
  return (rivals) => (size / others) * without(rivals);
}

/** The chance that none of so many rivals is among `size` of `others`. */
function chanceWithout(others: number, size: number): (rivals: number) => number {
  const known = [1];
  return (rivals) => {
    for (let r = known.length; r <= rivals; r++) {
      const left = others - (r - 1);
      known.push(known[r - 1]! * (left <= 0 ? 0 : Math.max(0, 1 - size / left)));
    }
    return known[rivals]!;
  };
}

/**
 * The FMR at the thresholds, off an exponential tail (see `Tail`), people weighing as given. Templates of several pictures are put
 * on the scale of one by their thresholds.
 */
function tailOf(
  near: readonly Near[],
  thresholds: Float64Array,
  single: number,
  { probes, lengths }: Matches,
): (weights: Float64Array | null) => number {
  const scaled = near
    .map(({ score, template, probe }) => ({ at: (score * single) / thresholds[template]!, template, probe }))
    .sort((a, b) => b.at - a.at);
  return (weights) => {
    const weightOf = (person: number): number => (weights === null ? 1 : weights[person]!);
    const total = probes.reduce((sum, { person }) => sum + weightOf(person), 0) * (lengths.length - 1);
    const tail = new Tail();
    for (const { at, template, probe } of scaled) {
      tail.add(at, weightOf(probes[probe]!.person) * weightOf(template));
      if (tail.known) break;
    }
    return tail.fmrAt(single, total);
  };
}

/** Each picture with its own person enrolled: the chance not to be greeted by their name. */
function membersMissed(
  { probes, lengths }: Matches,
  rivalsOfOwn: readonly number[],
  calibration: Calibration,
  size: number,
  risk: number,
): { readonly person: number; readonly chance: number }[] {
  const alone = chanceWithout(lengths.length - 1, size - 1);
  return probes.flatMap(({ person, own, ownLength }, i) => {
    if (ownLength === 0) return [];
    const compared = { samples: picturesIn(calibration, ownLength), frames: 1 };
    const passes = own >= thresholdFor(calibration, risk, size, compared).similarity;
    return [{ person, chance: passes ? 1 - alone(rivalsOfOwn[i]!) : 1 }];
  });
}

/** What is learnt for strangers of one fold and a gallery of another: from everybody in neither. */
function crossed(learner: Learner): {
  readonly calibrations: readonly Calibration[];
  /** Which of them judges these two people. */
  readonly of: (a: number, b: number) => number;
  /** What fraction of all pairs each judges. */
  readonly shares: readonly number[];
} | null {
  const calibrations: Calibration[] = [];
  const shares: number[] = [];
  const index = new Map<number, number>();
  for (let a = 0; a < FOLDS; a++)
    for (let b = a; b < FOLDS; b++) {
      const weights = Float64Array.from({ length: learner.people }, (_, i) =>
        i % FOLDS === a || i % FOLDS === b ? 0 : 1,
      );
      const card = learner.learn(weights, true);
      if (card === null) return null;
      index.set(a * FOLDS + b, calibrations.length);
      calibrations.push(card);
      shares.push((a === b ? 1 : 2) / FOLDS ** 2);
    }
  const of = (a: number, b: number): number => {
    const [x, y] = [a % FOLDS, b % FOLDS].sort((p, q) => p - q) as [number, number];
    return index.get(x * FOLDS + y)!;
  };
  return { calibrations, of, shares };
}
