/** The refused files of an import as a table that opens in any spreadsheet. */
import type { Refused } from './import-run.ts';

/** A cell that is text, whatever it begins with: spreadsheets run what begins with `=`, `+`, `-` or `@`. */
const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** With a byte-order mark: without it Excel reads the accents wrong. */
export const reportFile = (refused: readonly Refused[], say: (one: Refused) => string): string =>
  `\ufefffile,reason\r\n${refused.map((one) => `${cell(one.file)},${cell(say(one))}\r\n`).join('')}`;
