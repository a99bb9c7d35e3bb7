/**
 * Cells of a table that a spreadsheet must not take for a formula: what begins like one (full-width signs too) gets an apostrophe before it, which
 * `unescapeCell` takes away. So any text comes back as it was; a text that begins with an apostrophe gets one more.
 */
const RISKY = /^['=+\-@＝＋－＠\t\r\n]/;

export const escapeCell = (text: string): string => (RISKY.test(text) ? `'${text}` : text);

/** Of a table made elsewhere only what `escapeCell` would have escaped changes: a name like 't Hooft stays. */
export const unescapeCell = (text: string): string =>
  text.startsWith("'") && RISKY.test(text.slice(1)) ? text.slice(1) : text;
