/** The worst mistakes: pairs on the wrong side of the threshold, furthest from it first. */
import type { ScoredPair } from './scores.ts';

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

/** The worst mistakes of a list of scored pairs. */
export function worstMistakes(pairs: readonly ScoredPair[], threshold: number, limit = 10): Mistake[] {
  const extremes = new ExtremePairs(limit);
  for (const { a, b, genuine, score } of pairs) extremes.add(a, b, genuine, score);
  return extremes.at(threshold);
}
