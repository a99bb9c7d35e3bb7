/**
 * Scores: similarities of pairs of pictures, split into genuine (same person) and impostor (different people).
 * Everything else in this folder is computed from a `ScoreSet`. A pair is accepted when `similarity >= threshold`.
 */
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import type { LabelledPair } from './pairs-file.ts';

/** Two samples and how alike they are. `a` and `b` are ids the caller understands (file names, sample ids). */
export interface ScoredPair {
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
  /** Cosine similarity, -1 to 1. */
  readonly score: number;
  /** Fold of the protocol, from 0; absent where the list has none. */
  readonly fold?: number;
}

/** Scores, each in ascending order. */
export interface ScoreSet {
  readonly genuine: Float64Array;
  readonly impostor: Float64Array;
}

/** A pair which could not be scored because a picture of it gave no embedding. */
export interface SkippedPair {
  readonly a: string;
  readonly b: string;
  readonly genuine: boolean;
  /** The ids without an embedding: one or both. */
  readonly missing: readonly string[];
}

/**
 * Cosine similarity of two vectors of equal length, -1 to 1, summed in double precision. The lengths are divided out, so
 * a vector that lost its unit length to rounding gives the same figure. A zero vector gives 0.
 */
export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return aa === 0 || bb === 0 ? 0 : dot / Math.sqrt(aa * bb);
}

/**
 * The similarity of every pair of a list.
 *
 * A pair with a picture that gave no embedding (no face found, unreadable) has no score: it is left out of every figure
 * and counted in `skipped`, so that the report can say so. It is not counted as a refusal.
 * @param embeddings embeddings by the names the pairs use, unit length.
 */
export function scorePairs(
  pairs: readonly LabelledPair[],
  embeddings: ReadonlyMap<string, Float32Array>,
): { readonly scored: ScoredPair[]; readonly skipped: SkippedPair[] } {
  const scored: ScoredPair[] = [];
  const skipped: SkippedPair[] = [];
  for (const { a, b, genuine, fold } of pairs) {
    const va = embeddings.get(a);
    const vb = embeddings.get(b);
    if (va === undefined || vb === undefined) {
      skipped.push({ a, b, genuine, missing: [...new Set([a, b])].filter((name) => !embeddings.has(name)) });
    } else {
      scored.push({ a, b, genuine, score: cosine(va, vb), ...given({ fold }) });
    }
  }
  return { scored, skipped };
}

/** Scored pairs as two ascending lists. */
export function scoreSetOf(pairs: readonly ScoredPair[]): ScoreSet {
  const of = (genuine: boolean): Float64Array =>
    Float64Array.from(
      pairs.filter((p) => p.genuine === genuine),
      (p) => p.score,
    ).sort();
  return { genuine: of(true), impostor: of(false) };
}

/** How many of the ascending `scores` are at or above `threshold`. */
export function countAtOrAbove(scores: Float64Array, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (scores[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return scores.length - low;
}

/** False match rate: the fraction of impostor pairs accepted at `threshold`. NaN without impostor pairs. */
export const fmrAt = ({ impostor }: ScoreSet, threshold: number): number =>
  countAtOrAbove(impostor, threshold) / impostor.length;

/** False non-match rate: the fraction of genuine pairs refused at `threshold`. NaN without genuine pairs. */
export const fnmrAt = ({ genuine }: ScoreSet, threshold: number): number =>
  1 - countAtOrAbove(genuine, threshold) / genuine.length;

// The figures of an evaluation, each by its standard definition, so that another implementation gets the same number.

/** The false match rates at which the true accept rate is reported. */
export const REPORTED_FMR = ['1e-2', '1e-3', '1e-4'] as const;
export type ReportedFmr = (typeof REPORTED_FMR)[number];

/**
 * Area under the ROC curve: the chance that a genuine pair scores above an impostor pair, ties counting half
 * (Mann-Whitney U / (nG * nI); equals scikit-learn's `roc_auc_score`). Exact, not a sum of trapezia.
 */
export function auc({ genuine, impostor }: ScoreSet): number {
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of genuine) {
    while (below < impostor.length && impostor[below]! < score) below++;
    while (notAbove < impostor.length && impostor[notAbove]! <= score) notAbove++;
    wins += (below + notAbove) / 2;
  }
  return wins / (genuine.length * impostor.length);
}

/**
 * Equal error rate: where the ROC polyline through all operating points meets the line FMR = FNMR. Between the last point
 * with FMR < FNMR and the next one both rates (and the threshold) are interpolated linearly. The same as solving
 * `1 - x = interp(x, fpr, tpr)` on scikit-learn's `roc_curve`.
 */
export function eer(scores: ScoreSet): { readonly rate: number; readonly threshold: number } {
  const points = operatingPoints(scores);
  const after = points.findIndex((p) => p.fmr >= p.fnmr);
  const b = points[after]!;
  const a = points[after - 1]!;
  const gapA = a.fnmr - a.fmr;
  const gapB = b.fmr - b.fnmr;
  const along = gapA / (gapA + gapB);
  return {
    rate: a.fmr + along * (b.fmr - a.fmr),
    threshold: Number.isFinite(a.threshold) ? a.threshold + along * (b.threshold - a.threshold) : b.threshold,
  };
}

interface TrueAcceptRate {
  /** The false match rate asked for. */
  readonly fmr: number;
  /** Fraction of genuine pairs accepted. */
  readonly tar: number;
  /** The lowest score of the data that is accepted, +Infinity when none is. */
  readonly threshold: number;
  /**
   * Whether there are at least 3/fmr impostor pairs. Below that (the rule of three: no error in n trials only shows, with
   * 95 % confidence, a rate under 3/n) the data cannot tell this FMR from a worse one, and the figure is luck.
   */
  readonly supported: boolean;
}

/** How many impostor pairs an FMR needs by the rule of three: 3/fmr, rounded up. */
export const impostorPairsNeeded = (fmr: number): number => Math.ceil(3 / fmr - 1e-9);

/**
 * True accept rate at a false match rate: 1 - FNMR at the loosest threshold t whose fraction of impostor scores >= t is
 * at most `fmr`. No interpolation: the largest `tpr` with `fpr <= fmr` of scikit-learn's `roc_curve`. With fewer than
 * 1/fmr impostor pairs that means no impostor is accepted at all.
 */
export function tarAt({ genuine, impostor }: ScoreSet, fmr: number): TrueAcceptRate {
  // As many impostors as the rate affords; 1e-9 keeps 0.01 * 2900 = 28.999999999999996 from losing one.
  const affordable = Math.min(impostor.length, Math.floor(fmr * impostor.length + 1e-9));
  const firstRefused = affordable < impostor.length ? impostor[impostor.length - 1 - affordable]! : -Infinity;
  // Everything strictly above the first impostor that must be refused is accepted; ties with it are refused with it.
  const acceptedGenuine = genuine.length - countUpTo(genuine, firstRefused);
  const acceptedImpostor = impostor.length - countUpTo(impostor, firstRefused);
  const lowest = (scores: Float64Array, accepted: number): number =>
    accepted === 0 ? Infinity : scores[scores.length - accepted]!;
  return {
    fmr,
    tar: acceptedGenuine / genuine.length,
    threshold: Math.min(lowest(genuine, acceptedGenuine), lowest(impostor, acceptedImpostor)),
    supported: impostor.length >= impostorPairsNeeded(fmr),
  };
}

/** How many of the ascending `scores` are at or below `limit`. */
function countUpTo(scores: Float64Array, limit: number): number {
  let count = scores.length - countAtOrAbove(scores, limit);
  while (count < scores.length && scores[count]! <= limit) count++;
  return count;
}

/**
 * The best accuracy any threshold gives: max over t of (true accepts + true refusals) / pairs. The threshold is the lowest
 * score accepted there; of several equally good ones the highest, which accepts the fewest strangers. Chosen on the very
 * pairs it is measured on, so a little optimistic: with folds, `tenFold` is the honest one.
 */
export function bestAccuracy(scores: ScoreSet): { readonly accuracy: number; readonly threshold: number } {
  const { genuine, impostor } = scores;
  let best = { right: -1, threshold: Infinity };
  for (const { threshold, fmr, fnmr } of operatingPoints(scores)) {
    // Rounded: the rates are counts divided by counts.
    const right = Math.round((1 - fnmr) * genuine.length) + Math.round((1 - fmr) * impostor.length);
    if (right > best.right) best = { right, threshold };
  }
  return { accuracy: best.right / (genuine.length + impostor.length), threshold: best.threshold };
}

export interface Figures {
  /** Pairs with a score, genuine and impostor. */
  readonly pairs: number;
  readonly genuine: number;
  readonly impostor: number;
  /** Mean of ten folds where the list has folds, else the best over all thresholds. */
  readonly accuracy: number;
  readonly accuracyBy: 'best-threshold' | 'ten-fold';
  /** The folds' own accuracies, where there are folds. */
  readonly folds: FoldedAccuracy | null;
  /** The threshold of the best accuracy over all pairs. */
  readonly threshold: number;
  readonly auc: number;
  readonly eer: number;
  readonly eerThreshold: number;
  readonly tar: Readonly<Record<ReportedFmr, TrueAcceptRate>>;
}

/**
 * All figures of a score set. `pairs` is needed only for the ten-fold accuracy of a list with folds.
 * @throws LintelError `evaluation-too-few` when there is no genuine or no impostor score: then no figure is defined.
 */
export function figuresOf(scores: ScoreSet, pairs: readonly ScoredPair[] = []): Figures {
  const { genuine, impostor } = scores;
  if (genuine.length === 0 || impostor.length === 0) {
    throw new LintelError('evaluation-too-few', { genuine: genuine.length, impostor: impostor.length });
  }
  const best = bestAccuracy(scores);
  const folds = tenFold(pairs);
  const equal = eer(scores);
  const tar = Object.fromEntries(REPORTED_FMR.map((fmr) => [fmr, tarAt(scores, Number(fmr))]));
  return {
    pairs: genuine.length + impostor.length,
    genuine: genuine.length,
    impostor: impostor.length,
    accuracy: folds?.mean ?? best.accuracy,
    accuracyBy: folds === null ? 'best-threshold' : 'ten-fold',
    folds,
    threshold: best.threshold,
    auc: auc(scores),
    eer: equal.rate,
    eerThreshold: equal.threshold,
    tar: tar as Record<ReportedFmr, TrueAcceptRate>,
  };
}

// Accuracy by cross-validation, as the LFW protocol asks: the threshold is never chosen on the pairs it is measured on.

interface FoldedAccuracy {
  /** Mean of the folds' accuracies. */
  readonly mean: number;
  /** Standard deviation of the folds' accuracies (population, as LFW papers give it; standard error = this / sqrt(folds)). */
  readonly deviation: number;
  /** Each fold's accuracy and the threshold chosen on the other folds. */
  readonly folds: readonly { readonly accuracy: number; readonly threshold: number }[];
}

/**
 * Leave-one-fold-out accuracy (LFW: ten folds of 300 + 300 pairs). For each fold, the threshold is the one of best accuracy
 * on the other folds; of several equally good ones the highest, as in `bestAccuracy`.
 * @returns null when fewer than two folds are named, or some pair has none.
 */
export function tenFold(pairs: readonly ScoredPair[]): FoldedAccuracy | null {
  const byFold = new Map<number, ScoredPair[]>();
  for (const pair of pairs) {
    if (pair.fold === undefined) return null;
    const fold = byFold.get(pair.fold);
    if (fold === undefined) byFold.set(pair.fold, [pair]);
    else fold.push(pair);
  }
  if (byFold.size < 2) return null;
  const folds = [...byFold.keys()]
    .sort((a, b) => a - b)
    .map((fold) => {
      const threshold = bestThreshold(pairs.filter((p) => p.fold !== fold));
      const own = byFold.get(fold)!;
      const right = own.filter((p) => p.score >= threshold === p.genuine).length;
      return { accuracy: right / own.length, threshold };
    });
  const mean = folds.reduce((sum, f) => sum + f.accuracy, 0) / folds.length;
  const variance = folds.reduce((sum, f) => sum + (f.accuracy - mean) ** 2, 0) / folds.length;
  return { mean, deviation: Math.sqrt(variance), folds };
}

/** The highest threshold of best accuracy on `pairs`; unlike `bestAccuracy` it does not mind a missing class. */
function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = [...pairs].sort((a, b) => b.score - a.score);
  let right = sorted.filter((p) => !p.genuine).length;
  let best = { right, threshold: Infinity };
  sorted.forEach((pair, index) => {
    right += pair.genuine ? 1 : -1;
    // Only between different scores can a threshold lie.
    if (sorted[index + 1]?.score === pair.score) return;
    if (right > best.right) best = { right, threshold: pair.score };
  });
  return best.threshold;
}

// The ROC/DET curve: what every possible threshold costs.

export interface OperatingPoint {
  /** Pairs with a similarity at or above this are accepted; +Infinity accepts none. */
  readonly threshold: number;
  /** Fraction of impostor pairs accepted. */
  readonly fmr: number;
  /** Fraction of genuine pairs refused. */
  readonly fnmr: number;
}

/**
 * One point for each distinct score, from the strictest threshold (+Infinity: fmr 0, fnmr 1) to the loosest (the lowest
 * score: fmr 1, fnmr 0). These are all the points there are: between two neighbouring scores nothing changes. The same
 * points as scikit-learn's `roc_curve(..., drop_intermediate=False)`. Needs a score of each kind.
 */
export function operatingPoints({ genuine, impostor }: ScoreSet): OperatingPoint[] {
  const points: OperatingPoint[] = [{ threshold: Infinity, fmr: 0, fnmr: 1 }];
  let g = genuine.length;
  let i = impostor.length;
  while (g > 0 || i > 0) {
    const threshold = Math.max(g > 0 ? genuine[g - 1]! : -Infinity, i > 0 ? impostor[i - 1]! : -Infinity);
    while (g > 0 && genuine[g - 1]! >= threshold) g--;
    while (i > 0 && impostor[i - 1]! >= threshold) i--;
    points.push({
      threshold,
      fmr: (impostor.length - i) / impostor.length,
      fnmr: g / genuine.length,
    });
  }
  return points;
}

/**
 * The same curve with few enough points to draw: corners only (where both rates change direction), then thinned so that no
 * two neighbours are closer than 1/`resolution` of either axis, fmr taken on a log scale as the DET draws it.
 */
export function drawableCurve(points: readonly OperatingPoint[], resolution = 400): OperatingPoint[] {
  const x = (p: OperatingPoint): number => Math.log10(Math.max(p.fmr, 1e-7)) / 7;
  const out: OperatingPoint[] = [];
  points.forEach((point, index) => {
    const last = out.at(-1);
    const far =
      last === undefined ||
      index === points.length - 1 ||
      Math.abs(x(point) - x(last)) >= 1 / resolution ||
      Math.abs(point.fmr - last.fmr) >= 1 / resolution ||
      Math.abs(point.fnmr - last.fnmr) >= 1 / resolution;
    if (!far) return;
    // A thinned-out stretch ends at its true last point, so that a vertical step stays vertical.
    const before = points[index - 1];
    if (before !== undefined && last !== before) out.push(before);
    out.push(point);
  });
  return out;
}

export interface Histogram {
  /** Left edge of the first bin and width of each: similarities. */
  readonly from: number;
  readonly width: number;
  /** Fraction of the scores in each bin; the last bin includes its right edge. */
  readonly genuine: readonly number[];
  readonly impostor: readonly number[];
}

/** Both score distributions over the same `bins` equal bins, covering every score, edges at multiples of the bin's width. */
export function histogram({ genuine, impostor }: ScoreSet, width = 0.02): Histogram {
  const lowest = Math.min(genuine[0] ?? Infinity, impostor[0] ?? Infinity);
  const highest = Math.max(genuine.at(-1) ?? -Infinity, impostor.at(-1) ?? -Infinity);
  const first = Math.floor(lowest / width);
  const bins = Number.isFinite(lowest) ? Math.max(1, Math.floor(highest / width) - first + 1) : 0;
  const fill = (scores: Float64Array): number[] => {
    const counts = new Array<number>(bins).fill(0);
    for (const score of scores) counts[Math.min(bins - 1, Math.floor(score / width) - first)]! += 1;
    return counts.map((count) => (scores.length === 0 ? 0 : count / scores.length));
  };
  return { from: bins === 0 ? 0 : first * width, width, genuine: fill(genuine), impostor: fill(impostor) };
}
