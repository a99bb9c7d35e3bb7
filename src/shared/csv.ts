/**
 * Text that a spreadsheet will not run. Excel, LibreOffice and Google Sheets take a CSV cell that begins with one of
 * `= + - @`, a tab or a carriage return for a formula (OWASP, "CSV Injection"); full-width forms of the signs too. Such text
 * gets an apostrophe in front, which they show as text.
 */

/** Whether text could be run, also behind spaces and control characters, or looks like text that was guarded already. */
const runnable = (text: string): boolean => /^[\s\p{Cc}']*[=+\-@＝＋－＠]/u.test(text) || /^'*[\t\r\n]/.test(text);

/** Text as it may stand in a cell. `unguardText` gives the same text back, whatever it was. */
export const guardText = (text: string): string => (runnable(text) ? `'${text}` : text);

/** What `guardText` was given. Of a table made elsewhere only what would have been guarded changes: 't Hooft stays. */
export const unguardText = (cell: string): string =>
  cell.startsWith("'") && runnable(cell.slice(1)) ? cell.slice(1) : cell;
