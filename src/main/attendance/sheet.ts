/** A report as sheets: columns with a kind, rows with values. `csv.ts` and `xlsx.ts` write them. */
import type { AttendanceReport, PersonDay, Totals } from './report.ts';
import type { AttendanceWords } from './words.ts';

/** What a column holds. `date`: `YYYY-MM-DD`; `moment`: Unix ms; `hours` and `minutes`: milliseconds; `count`: a number. */
export type ColumnKind = 'text' | 'date' | 'moment' | 'hours' | 'minutes' | 'count';

export interface Column {
  readonly title: string;
  readonly kind: ColumnKind;
}

/** null is an empty cell. */
export type CellValue = string | number | null;

export interface Sheet {
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
export interface SheetLocale {
  /** BCP 47, e.g. `en-GB`, `vi`, `de-DE`. */
  readonly locale: string;
  /** The kiosk's, IANA. */
  readonly timeZone: string;
}

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
