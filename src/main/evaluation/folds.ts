/** Accuracy by cross-validation, as the LFW protocol asks: the threshold is never chosen on the pairs it is measured on. */
import type { ScoredPair } from './scores.ts';

export interface FoldedAccuracy {
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
