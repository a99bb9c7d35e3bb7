/** The worst mistakes: pairs on the wrong side of the threshold, furthest from it first. */
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import {
  drawableCurve,
  type Figures,
  figuresOf,
  fmrAt,
  fnmrAt,
  histogram,
  type Histogram,
  type OperatingPoint,
  operatingPoints,
  REPORTED_FMR,
  type ReportedFmr,
  scorePairs,
  type ScoreSet,
  scoreSetOf,
  type SkippedPair,
} from './figures.ts';
import type { Calibration } from '../gallery/calibration.ts';
import {
  breathe,
  dot,
  type LabelledSample,
  Learner,
  type Matches,
  rowsPerBreath,
  unit,
  type Watching,
} from './calibrating.ts';
import { type GalleryFigures, galleryFigures } from './open-set.ts';
import type { LabelledPair } from './pairs-file.ts';

export type { LabelledSample, Watching } from './calibrating.ts';

export interface Mistake {
  readonly kind: 'false-match' | 'false-non-match';
  /** Ids of the two samples; for a leave-one-out evaluation `b` is the person whose template it was. */
  readonly a: string;
  readonly b: string;
  readonly score: number;
}

/**
 * Collects the extreme scores while millions of pairs go by, without keeping the pairs: the `limit` highest impostor and
 * lowest genuine scores, each kept in order.
 */
export class ExtremePairs {
  readonly #limit: number;
  readonly #highImpostors: Mistake[] = [];
  readonly #lowGenuine: Mistake[] = [];

  constructor(limit = 10) {
    this.#limit = limit;
  }

  add(a: string, b: string, genuine: boolean, score: number): void {
    const list = genuine ? this.#lowGenuine : this.#highImpostors;
    const worse = (x: number, y: number): boolean => (genuine ? x < y : x > y);
    if (list.length === this.#limit && !worse(score, list.at(-1)!.score)) return;
    let at = list.length;
    while (at > 0 && worse(score, list[at - 1]!.score)) at--;
    list.splice(at, 0, { kind: genuine ? 'false-non-match' : 'false-match', a, b, score });
    if (list.length > this.#limit) list.pop();
  }

  /** The worst mistakes at a threshold, at most `limit` of both kinds together, by how far they are on the wrong side. */
  at(threshold: number): Mistake[] {
    return [
      ...this.#highImpostors.filter((m) => m.score >= threshold),
      ...this.#lowGenuine.filter((m) => m.score < threshold),
    ]
      .sort((x, y) => Math.abs(y.score - threshold) - Math.abs(x.score - threshold))
      .slice(0, this.#limit);
  }
}

/*
 * Evaluation without a list of pairs, on samples of which only the person is known: a labelled folder, or the enrolled
 * people's own samples. Picture against picture, and picture against template as the kiosk works.
 */

interface Scored {
  readonly scores: ScoreSet;
  readonly extremes: ExtremePairs;
}

/** More pairs than this are refused: the scores alone would take 8 bytes each. */
const MAX_PAIRS = 50_000_000;

/**
 * Every sample against every other, once: pairs within a person are genuine, pairs across people impostor. n samples give
 * n(n-1)/2 pairs, of which `onPair` is told by their numbers. Yields to the event loop between rows.
 * @throws LintelError `evaluation-too-many-pairs` above `MAX_PAIRS`.
 */
export async function scoreAllPairs(
  samples: readonly LabelledSample[],
  watching: Watching = {},
  onPair?: (i: number, j: number, score: number) => void,
): Promise<Scored> {
  const n = samples.length;
  const total = (n * (n - 1)) / 2;
  if (total > MAX_PAIRS) {
    throw new LintelError('evaluation-too-many-pairs', { pictures: n, pairs: total });
  }
  const perPerson = new Map<string, number>();
  for (const { person } of samples) perPerson.set(person, (perPerson.get(person) ?? 0) + 1);
  const genuineTotal = [...perPerson.values()].reduce((sum, k) => sum + (k * (k - 1)) / 2, 0);
  const genuine = new Float64Array(genuineTotal);
  const impostor = new Float64Array(total - genuineTotal);
  const extremes = new ExtremePairs();
  const vectors = samples.map((s) => unit(s.embedding));
  const rows = rowsPerBreath(n);
  let g = 0;
  let m = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const score = dot(vectors[i]!, vectors[j]!);
      const same = samples[i]!.person === samples[j]!.person;
      if (same) genuine[g++] = score;
      else impostor[m++] = score;
      extremes.add(samples[i]!.id, samples[j]!.id, same, score);
      onPair?.(i, j, score);
    }
    if (i % rows === rows - 1) await breathe(watching, ((i + 1) * (2 * n - i - 2)) / (2 * total));
  }
  return { scores: { genuine: genuine.sort(), impostor: impostor.sort() }, extremes };
}

/** How one probe fared against a gallery of templates. */
interface Probe {
  /** Similarity to the template made of the same person's other samples; null when they have no other. */
  readonly own: number | null;
  /** The best and second-best similarity to other people's templates; -Infinity when there are fewer. */
  readonly first: number;
  readonly second: number;
}

interface LeaveOneOut extends Scored {
  readonly probes: readonly Probe[];
  readonly people: number;
  readonly matches: Matches;
}

/**
 * Leave-one-out, as the kiosk works: each sample is a probe against the templates (mean of unit vectors, made unit again) of
 * everyone. Its own person's template is made without it (genuine; people with one sample give none), the other people's
 * templates are whole (impostor). The same probes serve identification, see `identify`.
 */
export async function leaveOneOut(samples: readonly LabelledSample[], watching: Watching = {}): Promise<LeaveOneOut> {
  const vectors = samples.map((s) => unit(s.embedding));
  const people = new Map<string, { readonly sum: Float64Array; count: number }>();
  samples.forEach(({ person }, i) => {
    const entry = people.get(person) ?? { sum: new Float64Array(vectors[i]!.length), count: 0 };
    people.set(person, entry);
    entry.count++;
    vectors[i]!.forEach((x, k) => (entry.sum[k]! += x));
  });
  if (samples.length * people.size > MAX_PAIRS) {
    throw new LintelError('evaluation-too-large', { pictures: samples.length, people: people.size });
  }
  const templates = [...people].map(([person, { sum }]) => ({ person, vector: unit(sum) }));
  const genuine: number[] = [];
  const impostor = new Float64Array(samples.length * (people.size - 1));
  const extremes = new ExtremePairs();
  const probes: Probe[] = [];
  const owners: { person: number; own: number; ownLength: number }[] = [];
  const numbers = new Map(templates.map(({ person }, number) => [person, number]));
  const matrix = new Float32Array(samples.length * people.size);
  const rows = rowsPerBreath(people.size);
  let m = 0;
  for (const [i, { id, person }] of samples.entries()) {
    const vector = vectors[i]!;
    const mine = people.get(person)!;
    let own: number | null = null;
    const number = numbers.get(person)!;
    owners.push({ person: number, own: Number.NaN, ownLength: 0 });
    if (mine.count > 1) {
      const rest = mine.sum.map((x, k) => x - vector[k]!);
      own = dot(vector, unit(rest));
      owners[i] = { person: number, own, ownLength: Math.sqrt(dot(rest, rest)) / (mine.count - 1) };
      genuine.push(own);
      extremes.add(id, person, true, own);
    }
    let first = -Infinity;
    let second = -Infinity;
    for (const [column, template] of templates.entries()) {
      if (template.person === person) {
        matrix[i * people.size + column] = Number.NaN;
        continue;
      }
      const score = dot(vector, template.vector);
      matrix[i * people.size + column] = score;
      impostor[m++] = score;
      extremes.add(id, template.person, false, score);
      if (score > first) [first, second] = [score, first];
      else if (score > second) second = score;
    }
    probes.push({ own, first, second });
    if (i % rows === rows - 1) await breathe(watching, (i + 1) / samples.length);
  }
  const scores = { genuine: Float64Array.from(genuine).sort(), impostor: impostor.sort() };
  const lengths = [...people.values()].map(({ sum, count }) => Math.sqrt(dot(sum, sum)) / count);
  return { scores, extremes, probes, people: people.size, matches: { probes: owners, lengths, scores: matrix } };
}

interface Identification {
  /** Genuine probes: samples whose person has a template without them. */
  readonly members: number;
  /** Fraction of them with their own person first among everyone (a tie is not first). No threshold. */
  readonly rank1: number | null;
  /** Fraction of them that the kiosk would have greeted by the right name: first, at or above the threshold, ahead by the margin. */
  readonly identified: number | null;
  /** Fraction greeted by a wrong name although enrolled. */
  readonly misidentified: number | null;
  /** Stranger probes: every sample, against a gallery from which its person was taken out. */
  readonly strangers: number;
  /** False positive identification rate: the fraction of strangers greeted by anybody's name. */
  readonly fpir: number | null;
  /** People in the gallery a member, and a stranger, is compared with. FPIR grows with it. */
  readonly gallery: { readonly members: number; readonly strangers: number };
}

/**
 * Open-set identification from leave-one-out probes (ISO/IEC 19795-1's FPIR and FNIR = 1 - identified). Members: the
 * gallery is everyone, their own template made without the probe. Strangers: each probe again, its own person removed. A
 * name is given when the best candidate is at or above `threshold` and at least `margin` above the second.
 */
export function identify({ probes, people }: LeaveOneOut, threshold: number, margin = 0): Identification {
  const members = probes.filter((p) => p.own !== null);
  const share = (count: number, of: number): number | null => (of === 0 ? null : count / of);
  const named = (best: number, next: number): boolean => best >= threshold && best - next >= margin;
  const strangers = people > 1 ? probes.length : 0;
  return {
    members: members.length,
    rank1: share(members.filter((p) => p.own! > p.first).length, members.length),
    identified: share(members.filter((p) => p.own! > p.first && named(p.own!, p.first)).length, members.length),
    misidentified: share(
      members.filter((p) => p.first > p.own! && named(p.first, Math.max(p.own!, p.second))).length,
      members.length,
    ),
    strangers,
    fpir: share(probes.filter((p) => people > 1 && named(p.first, p.second)).length, strangers),
    gallery: { members: people, strangers: people - 1 },
  };
}

// Evaluations, whole: from pairs or samples to everything a report shows. Data in, results out.

/** What the kiosk works with, to see what it does here. */
interface InUse {
  /** Of one picture against another for pairs, of a picture against a template otherwise. */
  readonly threshold?: number;
  /** How far ahead of the second candidate the first must be, for identification. Default 0. */
  readonly margin?: number;
  /** Its calibration, and the risks at which its promise is held against what happens here. */
  readonly calibration?: Calibration;
  readonly risks?: readonly number[];
}

export interface Evaluation {
  /** A list of pairs, every pair of a labelled folder, or samples against templates made without them. */
  readonly protocol: 'pairs' | 'folder' | 'leave-one-out';
  readonly figures: Figures;
  readonly scores: ScoreSet;
  readonly curve: readonly OperatingPoint[];
  readonly histogram: Histogram;
  /** The threshold drawn, and at which mistakes are counted: the one in use, else that of the best accuracy. */
  readonly operating: OperatingPoint & { readonly inUse: boolean };
  /** Identification at that threshold; null for a list of pairs, which has no gallery. */
  readonly identification: Identification | null;
  /** Before galleries of several sizes, at the kiosk's thresholds for them; empty without a calibration or a gallery. */
  readonly galleries: readonly GalleryFigures[];
  /** What these people would teach a calibration; null where they are not held against one. */
  readonly learner: Learner | null;
  /** Pictures against templates, for `recalibrate`; null for a list of pairs. */
  readonly matches: Matches | null;
  /** The ten worst mistakes at that threshold. */
  readonly mistakes: readonly Mistake[];
  /** Pairs that could not be scored; in no figure. */
  readonly skipped: readonly SkippedPair[];
}

function conclude(
  protocol: Evaluation['protocol'],
  figures: Figures,
  scores: ScoreSet,
  extremes: ExtremePairs,
  inUse: InUse,
): Omit<Evaluation, 'identification' | 'galleries' | 'learner' | 'matches' | 'skipped'> {
  const threshold = inUse.threshold ?? figures.threshold;
  return {
    protocol,
    figures,
    scores,
    curve: drawableCurve(operatingPoints(scores)),
    histogram: histogram(scores),
    operating: {
      threshold,
      fmr: fmrAt(scores, threshold),
      fnmr: fnmrAt(scores, threshold),
      inUse: inUse.threshold !== undefined,
    },
    mistakes: extremes.at(threshold),
  };
}

/**
 * A list of pairs. `embeddings` by the pairs' picture names; pairs with a picture that has none are skipped and counted.
 * @throws LintelError `evaluation-too-few` when no genuine or no impostor pair has a score.
 */
export function evaluatePairs(
  pairs: readonly LabelledPair[],
  embeddings: ReadonlyMap<string, Float32Array>,
  inUse: InUse = {},
): Evaluation {
  const { scored, skipped } = scorePairs(pairs, embeddings);
  const scores = scoreSetOf(scored);
  const extremes = new ExtremePairs();
  for (const { a, b, genuine, score } of scored) extremes.add(a, b, genuine, score);
  const whole = conclude('pairs', figuresOf(scores, scored), scores, extremes, inUse);
  return { ...whole, identification: null, galleries: [], learner: null, matches: null, skipped };
}

/**
 * A labelled folder: the figures over every pair of pictures; identification by leave-one-out templates.
 * @throws LintelError `evaluation-too-few` when there are not two people, or nobody has two pictures; `evaluation-too-large`.
 */
export async function evaluateFolder(
  samples: readonly LabelledSample[],
  inUse: InUse = {},
  watching: Watching = {},
): Promise<Evaluation> {
  checkLabels(samples);
  const out = await leaveOneOut(samples, part(watching, 0, 0.3));
  const score = (onPair?: (i: number, j: number, score: number) => void): Promise<Scored> =>
    scoreAllPairs(samples, part(watching, 0.3, 0.7), onPair);
  let scored: Scored | undefined;
  const learner =
    inUse.calibration === undefined
      ? null
      : await Learner.of(samples, out.matches, async (add) => (scored = await score(add)), part(watching, 0.7, 1));
  return ofPeople('folder', out, scored ?? (await score()), learner, inUse);
}

/**
 * The enrolled people's own samples, as the kiosk compares: each sample against the templates, its own made without it.
 * `matches` of this one are what `recalibrate` wants. In a mistake, `b` is the person's id. Same errors.
 */
export async function evaluateEnrolled(
  samples: readonly LabelledSample[],
  inUse: InUse = {},
  watching: Watching = {},
): Promise<Evaluation> {
  checkLabels(samples);
  const out = await leaveOneOut(samples, watching);
  return ofPeople('leave-one-out', out, out, null, inUse);
}

/** @param scored what the figures are of: all pairs of pictures, or the pictures against the templates */
function ofPeople(
  protocol: Evaluation['protocol'],
  out: LeaveOneOut,
  { scores, extremes }: Scored,
  learner: Learner | null,
  inUse: InUse,
): Evaluation {
  const whole = conclude(protocol, figuresOf(scores), scores, extremes, inUse);
  return {
    ...whole,
    identification: identify(out, whole.operating.threshold, inUse.margin),
    galleries: galleriesOf(out, inUse, learner),
    learner,
    matches: out.matches,
    skipped: [],
  };
}

const galleriesOf = (
  { matches }: LeaveOneOut,
  { calibration, risks = [], margin = 0 }: InUse,
  learner: Learner | null,
): GalleryFigures[] => (calibration === undefined ? [] : galleryFigures(matches, calibration, risks, margin, learner));

function checkLabels(samples: readonly LabelledSample[]): void {
  const length = samples[0]?.embedding.length;
  if (samples.some((s) => s.embedding.length !== length)) {
    throw new LintelError('evaluation-mixed-models');
  }
}

const part = ({ onProgress, signal }: Watching, from: number, to: number): Watching => ({
  ...given({ onProgress: onProgress && ((done: number) => onProgress(from + done * (to - from))), signal }),
});

/** What `evaluate --json` prints. Rates are fractions, 0 to 1; definitions are in `figures.ts`. */
export interface EvaluationJson {
  readonly protocol: Evaluation['protocol'];
  readonly pairs: number;
  readonly genuine: number;
  readonly impostor: number;
  /** Pairs left out because a picture gave no embedding. */
  readonly skipped: number;
  readonly accuracy: number;
  readonly accuracyBy: Figures['accuracyBy'];
  /** Standard deviation over the folds; null without folds. */
  readonly accuracyDeviation: number | null;
  readonly auc: number;
  readonly eer: number;
  readonly tar: Readonly<Record<ReportedFmr, number>>;
  /** Those of `tar` for which there are fewer than 3/FMR impostor pairs: not to be relied on. */
  readonly unsupported: readonly ReportedFmr[];
  /** The threshold of the best accuracy; null when accepting nothing is best. */
  readonly threshold: number | null;
  /** The kiosk's own threshold and what it gives here; null when none was given. */
  readonly inUse: { readonly threshold: number; readonly fmr: number; readonly fnmr: number } | null;
  readonly identification: Identification | null;
  readonly galleries: readonly GalleryFigures[];
  /** What every threshold costs, one picture against another (or against a template for the enrolled): about a hundred points. */
  readonly curve: readonly { readonly fmr: number; readonly fnmr: number }[];
}

export function evaluationJson(evaluation: Evaluation): EvaluationJson {
  const { protocol, figures, operating, identification, galleries, curve, skipped } = evaluation;
  const { threshold, fmr, fnmr } = operating;
  return {
    protocol,
    pairs: figures.pairs,
    genuine: figures.genuine,
    impostor: figures.impostor,
    skipped: skipped.length,
    accuracy: figures.accuracy,
    accuracyBy: figures.accuracyBy,
    accuracyDeviation: figures.folds?.deviation ?? null,
    auc: figures.auc,
    eer: figures.eer,
    tar: { '1e-2': figures.tar['1e-2'].tar, '1e-3': figures.tar['1e-3'].tar, '1e-4': figures.tar['1e-4'].tar },
    unsupported: REPORTED_FMR.filter((rate) => !figures.tar[rate].supported),
    threshold: Number.isFinite(figures.threshold) ? figures.threshold : null,
    inUse: operating.inUse ? { threshold, fmr, fnmr } : null,
    identification,
    galleries,
    curve: drawableCurve(curve, 50).map(({ fmr, fnmr }) => ({ fmr, fnmr })),
  };
}
