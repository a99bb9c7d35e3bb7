/** Sheets as one Excel workbook (.xlsx). */
import writeXlsxFile, { type Cell } from 'write-excel-file/node';
import { localDateTime } from './days.ts';
import { guardText } from './guarded-text.ts';
import { HOUR_MS, MINUTE_MS, type CellValue, type ColumnKind, type Sheet, type SheetLocale } from './sheet.ts';

/** Excel's own limit for a cell and for a sheet's name. */
const LONGEST_TEXT = 32_767;
const LONGEST_TITLE = 31;

/**
 * A workbook's bytes. Dates, times and numbers are real ones (sortable, summable), shown the locale's way; moments are the
 * kiosk's wall clock, as Excel knows no zones. Text is always text, never a formula, and guarded besides (`guardText`), as
 * the workbook may be saved on as CSV.
 */
export async function sheetsToXlsx(sheets: readonly Sheet[], where: SheetLocale): Promise<Uint8Array> {
  const date = excelDateFormat(where.locale);
  const book = sheets.map(({ title, columns, rows }) => ({
    sheet: title.replaceAll(/[\\/?*[\]:]/g, ' ').slice(0, LONGEST_TITLE),
    data: [
      columns.map((c): Cell => ({ value: plainText(c.title), type: String, fontWeight: 'bold' })),
      ...rows.map((row) => row.map((value, i) => xlsxCell(value, columns[i]!.kind, where.timeZone, date))),
    ],
    columns: columns.map(({ kind, title: head }) => ({ width: Math.max(head.length + 2, WIDTHS[kind]) })),
    stickyRowsCount: 1,
  }));
  const buffer = await writeXlsxFile(book).toBuffer();
  return new Uint8Array(buffer);
}

/** Characters. */
const WIDTHS: Readonly<Record<ColumnKind, number>> = {
  text: 18,
  date: 12,
  moment: 18,
  hours: 10,
  minutes: 10,
  count: 10,
};

function xlsxCell(value: CellValue, kind: ColumnKind, timeZone: string, date: string): Cell {
  if (value === null || value === '') return null;
  if (typeof value === 'string') {
    if (kind !== 'date') return { value: plainText(value), type: String };
    return { value: new Date(`${value}T00:00:00Z`), type: Date, format: date };
  }
  if (kind === 'moment') {
    return { value: new Date(`${localDateTime(value, timeZone)}Z`), type: Date, format: `${date} hh:mm` };
  }
  if (kind === 'hours') return { value: value / HOUR_MS, type: Number, format: '0.00' };
  return { value: kind === 'minutes' ? Math.round(value / MINUTE_MS) : value, type: Number, format: '0' };
}

/** Without characters that XML 1.0 cannot hold, then guarded, and short enough. */
const plainText = (text: string): string =>
  guardText(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')).slice(
    0,
    LONGEST_TEXT,
  );

/** The locale's order and separators of day, month and year in Excel's letters: `dd/mm/yyyy`, `dd.mm.yyyy`, `mm/dd/yyyy`. */
function excelDateFormat(locale: string): string {
  const letters: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = { day: 'dd', month: 'mm', year: 'yyyy' };
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    calendar: 'gregory',
    timeZone: 'UTC',
  })
    .formatToParts(0)
    .map((part) => letters[part.type] ?? (part.type === 'literal' && /^[\s./-]+$/.test(part.value) ? part.value : ''))
    .join('')
    .trim();
}
