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
  const wall = wallClock(at, timeZone);
  const [hours, minutes] = startsAt.split(':').map(Number) as [number, number];
  const early = mod(wall, DAY_MS) < hours * HOUR_MS + minutes * MINUTE_MS;
  return new Date(early ? wall - DAY_MS : wall).toISOString().slice(0, 10);
}

/**
 * Unix ms of a local time on a day. A time that the clocks skip in spring is taken as much later as they skip (02:30 becomes
 * 03:30); one that comes twice in autumn is the first of the two (Temporal's "compatible").
 */
export const localMoment = (day: Day, time: string, timeZone: string): number =>
  moments.get(
    `${day}T${time} ${timeZone}`,
    () => Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: time }).epochMilliseconds,
  );

/** Hours and minutes on the wall clock. */
export function localTime(at: number, timeZone: string): { readonly hour: number; readonly minute: number } {
  const today = mod(wallClock(at, timeZone), DAY_MS);
  return { hour: Math.floor(today / HOUR_MS), minute: Math.floor((today % HOUR_MS) / MINUTE_MS) };
}

/** Date and time on the wall clock, to the second: `2026-03-29T08:05:00`. */
export const localDateTime = (at: number, timeZone: string): string =>
  new Date(wallClock(at, timeZone)).toISOString().slice(0, 19);

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const mod = (a: number, b: number): number => ((a % b) + b) % b;

/**
 * What a UTC clock would have to show to show the wall clock's figures: Unix ms plus the zone's offset. Asking Temporal for
 * every line of a year's journal would take minutes; offsets only change on full quarter hours, so they are remembered by
 * those.
 */
function wallClock(at: number, timeZone: string): number {
  const quarter = Math.floor(at / (15 * MINUTE_MS));
  const offset = offsets.get(`${quarter} ${timeZone}`, () => {
    const instant = Temporal.Instant.fromEpochMilliseconds(quarter * 15 * MINUTE_MS);
    return instant.toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
  });
  return Math.floor(at) + offset;
}

/** Remembers what was worked out for a key; forgets everything when it has grown too big. */
class Remembered<T> {
  readonly #known = new Map<string, T>();

  get(key: string, workOut: () => T): T {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = workOut();
    if (this.#known.size >= 50_000) this.#known.clear();
    this.#known.set(key, value);
    return value;
  }
}

const offsets = new Remembered<number>();
const moments = new Remembered<number>();
const weekdays = new Remembered<number>();
const weeks = new Remembered<string>();

/** 1 (Monday) to 7 (Sunday). */
export const weekdayOf = (day: Day): number => weekdays.get(day, () => Temporal.PlainDate.from(day).dayOfWeek);

/** The ISO week, e.g. `2026-W01`; its year is that of its Thursday. */
export const weekOf = (day: Day): string =>
  weeks.get(day, () => {
    const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(day);
    return `${yearOfWeek}-W${String(weekOfYear).padStart(2, '0')}`;
  });

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
