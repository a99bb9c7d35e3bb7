/** From candidates to a decision. */

/**
 * How much more similar than the second candidate the first must be, in cosine.
 * The threshold already answers "is this somebody?"; the margin answers "is it this one and not that one?". Two look-alikes
 * of whom each would pass differ by less than what one more picture changes; see tests/unit/gallery-decide.test.ts.
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
