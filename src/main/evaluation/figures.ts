/** The figures of an evaluation, each by its standard definition, so that another implementation gets the same number. */
import { LintelError } from '../../shared/errors.ts';
import { operatingPoints } from './curve.ts';
import { tenFold, type FoldedAccuracy } from './folds.ts';
import { countAtOrAbove, scoreSetOf, type ScoredPair, type ScoreSet } from './scores.ts';

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

export interface TrueAcceptRate {
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
 * @throws LintelError `bad-input` when there is no genuine or no impostor score: then no figure is defined.
 */
export function figuresOf(scores: ScoreSet, pairs: readonly ScoredPair[] = []): Figures {
  const { genuine, impostor } = scores;
  if (genuine.length === 0 || impostor.length === 0) {
    throw new LintelError(
      'bad-input',
      `An evaluation needs pairs of the same person and pairs of different people; here are ${genuine.length} and ${impostor.length}.`,
      {
        todo: 'Give at least two pictures of one person and one picture of another, with one clear face each.',
        params: { genuine: genuine.length, impostor: impostor.length },
      },
    );
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

/** Figures of a list of scored pairs. Same errors as `figuresOf`. */
export const figuresOfPairs = (pairs: readonly ScoredPair[]): Figures => figuresOf(scoreSetOf(pairs), pairs);
