/** The attendance report as CSV and XLSX. */
import Papa from 'papaparse';
import type { Cell } from 'write-excel-file/node';
import { guardText } from '../../shared/csv.ts';
import type { AttendanceReport, DayStatus, PersonDay, Totals } from './report.ts';
import { localDateTime, type StayFlag } from './rules.ts';

// Words of the exported sheets, by language.

interface AttendanceWords {
  readonly sheetDays: string;
  readonly sheetWeeks: string;
  readonly sheetMonths: string;
  readonly name: string;
  readonly group: string;
  readonly day: string;
  readonly week: string;
  readonly month: string;
  readonly status: string;
  readonly firstIn: string;
  readonly lastOut: string;
  readonly hoursInside: string;
  readonly hoursBetween: string;
  readonly minutesLate: string;
  readonly remarks: string;
  readonly daysPresent: string;
  readonly daysLate: string;
  readonly daysAbsent: string;
  readonly daysIncomplete: string;
  readonly statuses: Readonly<Record<DayStatus, string>>;
  readonly flags: Readonly<Record<StayFlag, string>>;
}

export const attendanceWords: Readonly<Record<'en' | 'vi', AttendanceWords>> = {
  en: {
    sheetDays: 'Days',
    sheetWeeks: 'Weeks',
    sheetMonths: 'Months',
    name: 'Name',
    group: 'Group',
    day: 'Day',
    week: 'Week',
    month: 'Month',
    status: 'Status',
    firstIn: 'First in',
    lastOut: 'Last out',
    hoursInside: 'Hours inside',
    hoursBetween: 'Hours from first in to last out',
    minutesLate: 'Minutes late',
    remarks: 'Remarks',
    daysPresent: 'Days present',
    daysLate: 'Days late',
    daysAbsent: 'Days absent',
    daysIncomplete: 'Days incomplete',
    statuses: { present: 'present', late: 'late', absent: 'absent', off: 'not expected', expected: 'not here yet' },
    flags: {
      'missing-in': 'no check-in recorded',
      'missing-out': 'no check-out recorded',
      open: 'still here',
      'repeated-in': 'checked in more than once',
      'clock-set-back': 'the clock was set back',
      corrected: 'corrected',
    },
  },
  vi: {
    sheetDays: 'Ngày',
    sheetWeeks: 'Tuần',
    sheetMonths: 'Tháng',
    name: 'Họ tên',
    group: 'Nhóm',
    day: 'Ngày',
    week: 'Tuần',
    month: 'Tháng',
    status: 'Trạng thái',
    firstIn: 'Vào lần đầu',
    lastOut: 'Ra lần cuối',
    hoursInside: 'Số giờ có mặt',
    hoursBetween: 'Số giờ từ lần vào đầu đến lần ra cuối',
    minutesLate: 'Số phút đi muộn',
    remarks: 'Ghi chú',
    daysPresent: 'Số ngày có mặt',
    daysLate: 'Số ngày đi muộn',
    daysAbsent: 'Số ngày vắng',
    daysIncomplete: 'Số ngày thiếu dữ liệu',
    statuses: { present: 'có mặt', late: 'đi muộn', absent: 'vắng', off: 'không có lịch', expected: 'chưa đến' },
    flags: {
      'missing-in': 'không ghi nhận giờ vào',
      'missing-out': 'không ghi nhận giờ ra',
      open: 'vẫn còn ở đây',
      'repeated-in': 'vào nhiều lần',
      'clock-set-back': 'đồng hồ bị chỉnh lùi',
      corrected: 'đã hiệu chỉnh',
    },
  },
};

// A report as sheets: columns with a kind, rows with values. Written below as CSV and as XLSX.

/** What a column holds. `date`: `YYYY-MM-DD`; `moment`: Unix ms; `hours` and `minutes`: milliseconds; `count`: a number. */
type ColumnKind = 'text' | 'date' | 'moment' | 'hours' | 'minutes' | 'count';

interface Column {
  readonly title: string;
  readonly kind: ColumnKind;
}

/** null is an empty cell. */
type CellValue = string | number | null;

interface Sheet {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly CellValue[])[];
}

const column = (title: string, kind: ColumnKind): Column => ({ title, kind });

/** One row per person and day. Hours are empty where a half was not recorded, and not 0. */
export function daysSheet(report: AttendanceReport, words: AttendanceWords): Sheet {
  const people = new Map(report.people.map((p) => [p.id, p]));
  const row = (d: PersonDay): CellValue[] => [
    people.get(d.personId)?.name ?? d.personId,
    people.get(d.personId)?.group ?? null,
    d.day,
    words.statuses[d.status],
    d.firstIn,
    d.lastOut,
    d.stays.some((s) => s.in !== null && s.out !== null) ? d.insideMs : null,
    d.firstIn === null || d.lastOut === null ? null : d.spanMs,
    d.lateMs === 0 ? null : d.lateMs,
    d.flags.length === 0 ? null : d.flags.map((flag) => words.flags[flag]).join('; '),
  ];
  return {
    title: words.sheetDays,
    columns: [
      column(words.name, 'text'),
      column(words.group, 'text'),
      column(words.day, 'date'),
      column(words.status, 'text'),
      column(words.firstIn, 'moment'),
      column(words.lastOut, 'moment'),
      column(words.hoursInside, 'hours'),
      column(words.hoursBetween, 'hours'),
      column(words.minutesLate, 'minutes'),
      column(words.remarks, 'text'),
    ],
    rows: report.days.map(row),
  };
}

/** One row per person and week or month. */
export function totalsSheet(report: AttendanceReport, per: 'week' | 'month', words: AttendanceWords): Sheet {
  const people = new Map(report.people.map((p) => [p.id, p]));
  const row = (t: Totals): CellValue[] => [
    people.get(t.personId)?.name ?? t.personId,
    people.get(t.personId)?.group ?? null,
    t.period,
    t.present,
    t.late,
    t.absent,
    t.insideMs,
    t.lateMs,
    t.incomplete,
  ];
  return {
    title: per === 'week' ? words.sheetWeeks : words.sheetMonths,
    columns: [
      column(words.name, 'text'),
      column(words.group, 'text'),
      column(words[per], 'text'),
      column(words.daysPresent, 'count'),
      column(words.daysLate, 'count'),
      column(words.daysAbsent, 'count'),
      column(words.hoursInside, 'hours'),
      column(words.minutesLate, 'minutes'),
      column(words.daysIncomplete, 'count'),
    ],
    rows: (per === 'week' ? report.weeks : report.months).map(row),
  };
}

/** Where and how the numbers are shown. */
interface SheetLocale {
  /** BCP 47, e.g. `en-GB`, `vi`, `de-DE`. */
  readonly locale: string;
  /** The kiosk's, IANA. */
  readonly timeZone: string;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

// A sheet as CSV, as the operator's own spreadsheet program opens it by a double click.

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

// Sheets as one Excel workbook (.xlsx).

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
  const { default: writeXlsxFile } = await import('write-excel-file/node');
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
