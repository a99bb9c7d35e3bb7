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

/** The rate of at least one hit in `people` comparisons at `rate` each. */
const inGallery = (rate: number, people: number): number =>
  -Math.expm1(Math.max(1, people) * Math.log1p(-Math.min(rate, 1)));

/**
 * Of 1,000 strangers at the door, how many would be let in.
 * What was measured on strangers counts first (`fpir`); otherwise it follows from pairs and the number of people enrolled.
 */
export function strangersLetIn(result: EvaluationReply, people: number): OutOfThousand | null {
  if (result.inUse === null || result.impostor === 0) return null;
  const { fmr } = result.inUse;
  const rate = result.identification?.fpir ?? (fmr >= 1 ? 1 : inGallery(fmr, people));
  if (rate > 0) return { about: rounded(rate * THOUSAND), atMost: null };
  return {
    about: 0,
    atMost: Math.min(THOUSAND, rounded(inGallery(Math.min(1, 3 / result.impostor), people) * THOUSAND)),
  };
}

/** Of 1,000 visits by members, how many would have to try again. */
export function membersRefused(result: EvaluationReply): OutOfThousand | null {
  if (result.inUse === null || result.genuine === 0) return null;
  const { fnmr } = result.inUse;
  if (fnmr > 0) return { about: rounded(fnmr * THOUSAND), atMost: null };
  return { about: 0, atMost: Math.min(THOUSAND, rounded((3 / result.genuine) * THOUSAND)) };
}

/** `1e-3` as 1000. */
export const oneIn = (fmr: string): number => Math.round(1 / Number(fmr));
