/**
 * Local days of the kiosk's time zone, safe across daylight-saving changes. Days are ISO dates (`2026-03-29`), zones IANA
 * names. The arithmetic is Temporal's (the standard's polyfill, until every Node we run on has it).
 */
import { Temporal } from 'temporal-polyfill';
import { LintelError } from '../../shared/errors.ts';

/** `YYYY-MM-DD` by the kiosk's clock. */
export type Day = string;

/** @throws LintelError `bad-input` when there is no such zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw new LintelError('bad-input', 'The time zone is not one this computer knows.', {
      todo: 'Use a name like "Europe/Berlin" or "Asia/Ho_Chi_Minh".',
    });
  }
}

/**
 * The working day a moment belongs to: the local date, or the day before while the local time is still before `startsAt`.
 * @param startsAt local `HH:MM` at which the day begins; `00:00` for most, e.g. `12:00` for people who work at night.
 */
export function dayOf(at: number, timeZone: string, startsAt = '00:00'): Day {
  const local = zoned(at, timeZone);
  const date = local.toPlainDate();
  const early = Temporal.PlainTime.compare(local.toPlainTime(), startsAt) < 0;
  return (early ? date.subtract({ days: 1 }) : date).toString();
}

/**
 * Unix ms of a local time on a day. A time that the clocks skip in spring is taken as much later as they skip (02:30 becomes
 * 03:30); one that comes twice in autumn is the first of the two (Temporal's "compatible").
 */
export const localMoment = (day: Day, time: string, timeZone: string): number =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds;

/** Hours and minutes on the wall clock. */
export function localTime(at: number, timeZone: string): { readonly hour: number; readonly minute: number } {
  const { hour, minute } = zoned(at, timeZone);
  return { hour, minute };
}

/** Date and time on the wall clock, to the second: `2026-03-29T08:05:00`. */
export const localDateTime = (at: number, timeZone: string): string =>
  zoned(at, timeZone).toPlainDateTime().toString({ smallestUnit: 'second' });

const zoned = (at: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);

/** 1 (Monday) to 7 (Sunday). */
export const weekdayOf = (day: Day): number => Temporal.PlainDate.from(day).dayOfWeek;

/** The ISO week, e.g. `2026-W01`; its year is that of its Thursday. */
export function weekOf(day: Day): string {
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(day);
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, '0')}`;
}

export const monthOf = (day: Day): string => day.slice(0, 7);

/**
 * Every day from `from` to `to`, both included. Empty when `to` is before `from`.
 * @throws LintelError `bad-input` when one of them is no day of the calendar.
 */
export function daysBetween(from: Day, to: Day): Day[] {
  const [first, last] = [calendarDay(from), calendarDay(to)];
  const days: Day[] = [];
  for (let d = first; Temporal.PlainDate.compare(d, last) <= 0; d = d.add({ days: 1 })) days.push(d.toString());
  return days;
}

function calendarDay(day: Day): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(day, { overflow: 'reject' });
  } catch {
    throw new LintelError('bad-input', 'That is not a day of the calendar.', { todo: 'Write days as YYYY-MM-DD.' });
  }
}
