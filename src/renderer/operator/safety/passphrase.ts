/** A passphrase that is chosen: whether it will do, and how well. Main has the last word. */

/** As main counts them: characters of NFKC. */
export const PASSPHRASE_MIN = 10;
const STRONG = 20;
/** With fewer different characters than these it is no passphrase but a pattern. */
const FEW = 6;
const MANY = 9;

/** `short`: refused. The others are accepted. */
export type Strength = 'short' | 'weak' | 'fair' | 'strong';

export function strengthOf(passphrase: string): Strength {
  const letters = [...passphrase.normalize('NFKC')];
  if (letters.length < PASSPHRASE_MIN) return 'short';
  const different = new Set(letters.map((letter) => letter.toLowerCase())).size;
  if (different < FEW || /^[\d\s.-]*$/.test(passphrase)) return 'weak';
  return letters.length >= STRONG && different >= MANY ? 'strong' : 'fair';
}

export interface Typed {
  readonly first: string;
  readonly again: string;
}

export const NOTHING_TYPED: Typed = { first: '', again: '' };

/** Only what was typed to its end twice can be told to differ. */
export const differs = ({ first, again }: Typed): boolean => again !== '' && !first.startsWith(again);

/** The passphrase, once it is long enough and was typed the same way twice; null until then. */
export const readyPassphrase = ({ first, again }: Typed): string | null =>
  strengthOf(first) !== 'short' && first === again ? first : null;
