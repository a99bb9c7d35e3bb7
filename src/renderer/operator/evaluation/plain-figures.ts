/** Rates of an evaluation as numbers of people: nobody at a desk thinks in FMR. */
import type { EvaluationReply } from '../../../shared/desk.ts';

export interface OutOfThousand {
  /** How many of 1,000, rounded to what can be said. */
  readonly about: number;
  /** None was seen in the test: then this many of 1,000 could still be missed by luck (rule of three). */
  readonly atMost: number | null;
}

const THOUSAND = 1000;

/** Two leading digits below ten, whole numbers above: "0.4", "3.2", "48". */
const rounded = (n: number): number => (n >= 10 ? Math.round(n) : Number(n.toPrecision(n >= 1 ? 2 : 1)));

/**
 * Of 1,000 strangers, how many would be let in: as measured on people who were taken out of the gallery for it, or, for a
 * list of pairs, each against one person. None seen: what three times luck could still hide (rule of three).
 */
export function strangersLetIn(result: EvaluationReply): OutOfThousand | null {
  if (result.inUse === null || result.impostor === 0) return null;
  const { fpir } = result.identification ?? { fpir: null };
  // Every sample was a stranger once, and was a member once: there are as many looks as genuine comparisons.
  const [rate, looks] = fpir === null ? [result.inUse.fmr, result.impostor] : [fpir, result.genuine];
  return outOfThousand(rate, looks);
}

/** Of 1,000 visits by members, how many would have to try again. */
export function membersRefused(result: EvaluationReply): OutOfThousand | null {
  if (result.inUse === null || result.genuine === 0) return null;
  return outOfThousand(result.inUse.fnmr, result.genuine);
}

function outOfThousand(rate: number, looks: number): OutOfThousand {
  if (rate > 0) return { about: rounded(rate * THOUSAND), atMost: null };
  return { about: 0, atMost: Math.min(THOUSAND, rounded((3 / looks) * THOUSAND)) };
}

/** `1e-3` as 1000. */
export const oneIn = (fmr: string): number => Math.round(1 / Number(fmr));
