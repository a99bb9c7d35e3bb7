/** From candidates to a decision. */

/**
 * How much more similar than the second candidate the first must be, in cosine.
 * The threshold answers "is this somebody?"; the margin answers "is it this one and not that one?". Two look-alikes whom the
 * threshold would both let pass lie closer together than one more picture moves them. On 24 people with templates of five
 * pictures (galleries of 3, 8 and 23, both embedders) no genuine probe that passed the threshold was refused by 0.05, and
 * 1 in 250 was by 0.08; of strangers' probes half have a gap below 0.05 to 0.07, so it also stops some that pass by luck.
 */
export const MARGIN = 0.05;

export type Decision = 'match' | 'unknown' | 'ambiguous';

/**
 * `unknown` when no candidate reaches the threshold; `ambiguous` when the first does but the second is closer to it than
 * the margin; `match` otherwise, so also when there is no second.
 * @param candidates most similar first, of different people
 */
export function decide(
  candidates: readonly { readonly similarity: number }[],
  threshold: number,
  margin: number = MARGIN,
): Decision {
  const [first, second] = candidates;
  // Written so that NaN is unknown.
  if (first === undefined || !(first.similarity >= threshold)) return 'unknown';
  if (second !== undefined && first.similarity - second.similarity < margin) return 'ambiguous';
  return 'match';
}
