/** A sheet as CSV, as the operator's own spreadsheet program opens it by a double click. */
import Papa from 'papaparse';
import { guardText } from './guarded-text.ts';
import { HOUR_MS, MINUTE_MS, type CellValue, type ColumnKind, type Sheet, type SheetLocale } from './sheet.ts';

/**
 * CSV text with a byte order mark (Excel reads UTF-8 only with it) and CRLF. Decimals, dates and times are the locale's; where
 * the decimal sign is a comma the separator is a semicolon, as Excel has it there. Times are the kiosk's wall clock, 24 hours,
 * date first. Hours have two decimals, minutes none. Text that a spreadsheet would run is guarded (`guardText`).
 */
export function sheetToCsv(sheet: Sheet, where: SheetLocale): string {
  const format = csvFormat(where);
  const rows = sheet.rows.map((row) => row.map((value, i) => format.cell(value, sheet.columns[i]!.kind)));
  return `\uFEFF${Papa.unparse([sheet.columns.map((c) => guardText(c.title)), ...rows], {
    delimiter: format.delimiter,
    newline: '\r\n',
  })}\r\n`;
}

function csvFormat({ locale, timeZone }: SheetLocale): {
  readonly delimiter: string;
  readonly cell: (value: CellValue, kind: ColumnKind) => string;
} {
  // Western digits everywhere: a spreadsheet does not take others for numbers.
  const numberingSystem = 'latn';
  const number = (digits: number) =>
    new Intl.NumberFormat(locale, {
      numberingSystem,
      useGrouping: false,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  const [hours, whole] = [number(2), number(0)];
  const ymd = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const calendar = 'gregory';
  const date = new Intl.DateTimeFormat(locale, { ...ymd, calendar, numberingSystem, timeZone: 'UTC' });
  const localDate = new Intl.DateTimeFormat(locale, { ...ymd, calendar, numberingSystem, timeZone });
  const localTime = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const cell = (value: CellValue, kind: ColumnKind): string => {
    if (value === null) return '';
    if (typeof value === 'string')
      return kind === 'date' ? date.format(Date.parse(`${value}T00:00:00Z`)) : guardText(value);
    if (kind === 'moment') return `${localDate.format(value)} ${localTime.format(value)}`;
    if (kind === 'hours') return hours.format(value / HOUR_MS);
    return whole.format(kind === 'minutes' ? value / MINUTE_MS : value);
  };
  const decimal = hours.formatToParts(0.5).find((part) => part.type === 'decimal')?.value;
  return { delimiter: decimal === ',' ? ';' : ',', cell };
}
