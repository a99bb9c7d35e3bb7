/**
 * Scores: similarities of pairs of pictures, split into genuine (same person) and impostor (different people).
 * Everything else in this room is computed from a `ScoreSet`. A pair is accepted when `similarity >= threshold`.
 */
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
      scored.push({ a, b, genuine, score: cosine(va, vb), ...(fold === undefined ? {} : { fold }) });
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
