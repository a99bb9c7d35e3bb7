/** Days, weeks and months as the attendance screen walks through them. Days are `YYYY-MM-DD`; all arithmetic is on dates, never on moments. */

export const UNITS = ['day', 'week', 'month'] as const;
type Unit = (typeof UNITS)[number];

export interface Period {
  readonly unit: Unit;
  /** Any day within it. */
  readonly day: string;
}

const DAY_MS = 86_400_000;
/** A day as UTC midnight: dates have no time zone, and UTC has no daylight saving. */
const utc = (day: string): Date => new Date(`${day}T00:00:00Z`);
const text = (date: Date): string => date.toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => text(new Date(utc(day).getTime() + days * DAY_MS));

/** The same day so many months on, or that month's last when it has no such day. */
export function addMonths(day: string, months: number): string {
  const at = utc(day);
  const first = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1));
  return `${text(first).slice(0, 8)}${String(Math.min(at.getUTCDate(), daysIn(text(first)))).padStart(2, '0')}`;
}

/** How many days the day's month has. */
export function daysIn(day: string): number {
  const at = utc(day);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
}

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => utc(day).getUTCDay() || 7;

export function rangeOf({ unit, day }: Period): { readonly from: string; readonly to: string } {
  switch (unit) {
    case 'day':
      return { from: day, to: day };
    case 'week': {
      const from = addDays(day, 1 - weekdayOf(day));
      return { from, to: addDays(from, 6) };
    }
    case 'month':
      return { from: `${day.slice(0, 8)}01`, to: `${day.slice(0, 8)}${daysIn(day)}` };
  }
}

/** The period `steps` further on. */
export function shifted({ unit, day }: Period, steps: number): Period {
  if (unit === 'month') return { unit, day: addMonths(day, steps) };
  return { unit, day: addDays(day, unit === 'week' ? 7 * steps : steps) };
}

/** The day it is at `now` in a zone (null: this machine's). */
export function dayAt(now: number, timeZone: string | null): string {
  const parts = new Intl.DateTimeFormat('en', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone === null ? {} : { timeZone }),
  }).formatToParts(now);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** A period in the language's own way: "Monday, 2 March 2026", "2 – 8 March 2026", "March 2026". */
export function periodName(period: Period, language: string): string {
  const { from, to } = rangeOf(period);
  const style: Intl.DateTimeFormatOptions =
    period.unit === 'day'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
      : period.unit === 'week'
        ? { day: 'numeric', month: 'long', year: 'numeric' }
        : { month: 'long', year: 'numeric' };
  const format = new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' });
  const name = period.unit === 'week' ? format.formatRange(utc(from), utc(to)) : format.format(utc(from));
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** A date written with the given parts, e.g. `{ weekday: 'short' }`. */
export const dateWords = (day: string, language: string, style: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(language, { ...style, timeZone: 'UTC' }).format(utc(day));
