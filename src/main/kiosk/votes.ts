/** Votes of single frames about one face, and when they agree. */
import type { DecisionKind } from '../../shared/domain.ts';

export interface Vote {
  /** Monotonic ms. */
  readonly at: number;
  readonly kind: DecisionKind;
  /** Who, when `kind` is `match`; null otherwise. */
  readonly personId: string | null;
  readonly similarity: number;
  readonly threshold: number;
}

export interface VoteRule {
  readonly needed: number;
  readonly of: number;
  readonly withinMs: number;
}

/** The window may stretch to this on a slow machine, ms. */
const LONGEST_WINDOW_MS = 4000;

/**
 * How old a vote may be, ms. Normally the rule's `withinMs`. On a machine so slow that `needed` frames do not fit into it
 * nobody could ever be checked in, so there it stretches to what they need: the face is still followed all the while.
 * @param frameInterval ms between analysed frames
 */
export function voteWindow(rule: VoteRule, frameInterval: number): number {
  const neededMs = (rule.needed - 1) * frameInterval * 1.25;
  return Math.max(rule.withinMs, Math.min(neededMs, LONGEST_WINDOW_MS));
}

/** The votes that still count at `at`: the last `of`, none older than `windowMs`. */
export function current(votes: readonly Vote[], rule: VoteRule, at: number, windowMs: number): readonly Vote[] {
  return votes.filter((vote) => at - vote.at <= windowMs).slice(-Math.max(rule.of, rule.needed));
}

/**
 * What the votes agree on, as the best of the agreeing votes; null while they do not.
 * A match also needs that no vote of the window names anybody else: two names in a second mean that we do not know.
 */
export function agreed(votes: readonly Vote[], rule: VoteRule): Vote | null {
  for (const kind of ['match', 'ambiguous', 'unknown'] as const) {
    const same = votes.filter((vote) => vote.kind === kind);
    if (same.length < rule.needed) continue;
    if (kind === 'match' && new Set(same.map((vote) => vote.personId)).size > 1) continue;
    return same.reduce((best, vote) => (vote.similarity > best.similarity ? vote : best));
  }
  return null;
}
