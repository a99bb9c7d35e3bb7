/** Risk in people, not cosines. */

/** Below this the calibration has nothing to say: too few pairs of strangers were ever that alike. */
const RAREST = 1e-7;

/** `few`: one stranger in so many; `many`: so many strangers of a hundred; `rare`: fewer than any measurement can tell. */
export type Odds =
  | { readonly kind: 'rare'; readonly oneIn: number }
  | { readonly kind: 'few'; readonly oneIn: number }
  | { readonly kind: 'many'; readonly ofHundred: number };

/** Two significant digits: 12,345 pretends to know more than anyone does. */
export function twoDigits(value: number): number {
  if (value < 10) return Math.round(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/** How many strangers would look as alike as that. @param fmr the fraction of them, 0 to 1 */
export function oddsOf(fmr: number): Odds {
  if (fmr <= RAREST) return { kind: 'rare', oneIn: 1 / RAREST };
  const oneIn = twoDigits(1 / fmr);
  return oneIn >= 4 ? { kind: 'few', oneIn } : { kind: 'many', ofHundred: Math.round(fmr * 100) };
}

/** The scale shows these similarities: below it everybody is a stranger, above it pictures are nearly the same. */
const [LOWEST, HIGHEST] = [-0.1, 1];
export const onScale = (similarity: number): number =>
  Math.max(0, Math.min(1, (similarity - LOWEST) / (HIGHEST - LOWEST)));
