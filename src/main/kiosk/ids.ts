/** Opaque identifiers: they say nothing about whom they stand for. */
import { randomBytes } from 'node:crypto';

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: nothing that looks like something else

/** `prefix_` and 12 random letters (60 bits). */
export function newId(prefix: string): string {
  return `${prefix}_${Array.from(randomBytes(12), (byte) => LETTERS[byte & 31]).join('')}`;
}
