/**
 * Local days of the kiosk's time zone, safe across daylight-saving changes. Days are ISO dates (`2026-03-29`), zones IANA
 * names. The arithmetic is Temporal's (the standard's polyfill, until every Node we run on has it).
 */
import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { type Direction, directionSchema } from '../../shared/domain.ts';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import { machineZone } from '../storage/context.ts';

/** `YYYY-MM-DD` by the kiosk's clock. */
export type Day = string;

/** @throws LintelError `time-zone-unknown` when there is no such zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw new LintelError('time-zone-unknown');
  }
}

/**
 * The working day a moment belongs to: the local date, or the day before while the local time is still before `startsAt`.
 * @param startsAt local `HH:MM` at which the day begins; `00:00` for most, e.g. `12:00` for people who work at night.
 */
export function dayIn(at: number, timeZone: string, startsAt = '00:00'): Day {
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
 * @throws LintelError `day-invalid` when one of them is no day of the calendar.
 */
export function daysBetween(from: Day, to: Day): Day[] {
  const [first, last] = [calendarDay(from), calendarDay(to)];
  const days: Day[] = [];
  for (let d = first; Temporal.PlainDate.compare(d, last) <= 0; d = d.add({ days: 1 })) days.push(d.toString());
  return days;
}

/** @throws LintelError `day-invalid`, `time-before-1970` */
export function calendarDay(day: Day): Temporal.PlainDate {
  let date: Temporal.PlainDate;
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError(day);
    date = Temporal.PlainDate.from(day, { overflow: 'reject' });
  } catch {
    throw new LintelError('day-invalid');
  }
  if (date.year < 1970) throw new LintelError('time-before-1970', { day });
  return date;
}

// Times as people write them: on the command line, on a screen, in a call.

const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})[T ] *(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? *(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

interface WrittenTime {
  readonly day: Temporal.PlainDate;
  /** Null: 24:00, the midnight that ends the day. */
  readonly time: Temporal.PlainTime | null;
  /** As written, of the wall clock from UTC; null: it is by the kiosk's clock. */
  readonly offset: string | null;
}

/**
 * What a time says by itself, before anybody asks in which zone.
 * @param text `2026-01-31T08:05`, a blank for the T, seconds or not, with an offset (`+01:00`, `Z`) or without
 * @throws LintelError `time-invalid`, `day-invalid`, `time-before-1970`
 */
export function writtenTime(text: string): WrittenTime {
  const [, day, hour, minute, second = '0', fraction = '', offset = null] = WRITTEN.exec(text.trim()) ?? [];
  if (day === undefined || hour === undefined || minute === undefined) throw new LintelError('time-invalid');
  const date = calendarDay(day);
  const parts = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  const isEnd = parts.hour === 24 && parts.minute === 0 && parts.second === 0 && Number(fraction) === 0;
  if (!isEnd && (parts.hour > 23 || parts.minute > 59 || parts.second > 59)) {
    const time = [hour, minute, ...(second === '0' ? [] : [second])].join(':');
    throw new LintelError('time-invalid.clock', { time });
  }
  // The zones that people live in.
  const [hours = 0, minutes = 0] = (offset?.slice(1).match(/\d{2}/g) ?? []).map(Number);
  if (offset !== null && (hours > 18 || minutes > 59)) throw new LintelError('time-invalid.offset', { offset });
  const millisecond = Number(fraction.padEnd(3, '0').slice(0, 3));
  return { day: date, time: isEnd ? null : Temporal.PlainTime.from({ ...parts, millisecond }), offset };
}

/**
 * The moment of a time as somebody wrote it. By the kiosk's clock, unless it has an offset of its own; of a time that came twice,
 * as the clocks were put back, the first, which `notice` says.
 * @returns Unix ms
 * @throws LintelError as `writtenTime`, and `time-skipped` for one that the clocks were put past
 */
export function writtenMoment(
  text: string,
  timeZone: string,
): { readonly at: number; readonly notice: ErrorReport | null } {
  const { day, time, offset } = writtenTime(text);
  const wall = (time === null ? day.add({ days: 1 }) : day).toPlainDateTime(time ?? undefined);
  const found = (at: Temporal.Instant, notice: LintelError | null = null) => {
    if (at.epochMilliseconds < 0) throw new LintelError('time-before-1970', { day: day.toString() });
    return { at: at.epochMilliseconds, notice: notice?.toReport() ?? null };
  };
  if (offset !== null) {
    const sign = offset.startsWith('-') ? 1 : -1;
    const [hours = 0, minutes = 0] = (offset.match(/\d{2}/g) ?? []).map(Number);
    return found(
      wall
        .toZonedDateTime('UTC')
        .add({ hours: sign * hours, minutes: sign * minutes })
        .toInstant(),
    );
  }
  // Midnight as the end of a day is where the next begins, also where that day has no 00:00.
  if (time === null) return found(wall.toPlainDate().toZonedDateTime(timeZone).toInstant());
  const first = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const second = wall.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (first.epochMilliseconds === second.epochMilliseconds) return found(first.toInstant());
  const shown = time.toString().slice(0, 5);
  if (!first.toPlainDateTime().equals(wall)) {
    const [before, after] = [first.offset, second.offset];
    throw new LintelError('time-skipped', { time: shown, day: day.toString(), timeZone, before, after });
  }
  const params = { time: shown, day: day.toString(), timeZone, first: first.offset, second: second.offset };
  return found(first.toInstant(), new LintelError('time-twice', params));
}

/** The day a moment (Unix ms) falls on. */
export const dayOf = (at: number, timeZone = machineZone()): string => dayIn(at, timeZone);

/**
 * The first ms of a day and the first of the next one: 23 to 25 hours apart, as daylight saving has it.
 * @throws LintelError `day-invalid` when there is no such day
 */
export function dayBounds(day: string, timeZone = machineZone()): { from: number; to: number } {
  const next = calendarDay(day).add({ days: 1 }).toString();
  return { from: localMoment(day, '00:00', timeZone), to: localMoment(next, '00:00', timeZone) };
}

// From check-ins to stays: each from an "in" to an "out", across midnight and across daylight-saving changes.

/** A stay. `in` or `out` is null when that half was never recorded. */
export interface Stay {
  readonly personId: string;
  readonly in: AttendanceEvent | null;
  readonly out: AttendanceEvent | null;
  /**
   * Milliseconds really elapsed, by the difference of Unix times: a night in which the clocks change is as long as it was.
   * 0 when a half is missing.
   */
  readonly ms: number;
  readonly flags: readonly StayFlag[];
}

export type StayFlag =
  | 'missing-in'
  | 'missing-out'
  /** No "out" yet, and none to be missed: the person may still be here. */
  | 'open'
  /** Further "in"s while already in: the first counts. */
  | 'repeated-in'
  /** The clock was set back in between, so that the length is not to be trusted (and is 0 where it would be negative). */
  | 'clock-set-back'
  | 'corrected';

/** A stay longer than this is taken for a forgotten "out". */
export const LONGEST_STAY_MS = 16 * 3_600_000;

/**
 * Pairs every person's events, in the order of `collectEvents`:
 * - an "in" opens a stay; further "in"s while it is open are repetitions, the first counts;
 * - an "out" closes the open stay, whatever the date: a stay belongs to the day of its "in";
 * - a stay still open after `longest` (16 h) was never closed: `missing-out`, it counts no hours. An "out" after that is
 *   paired with the earliest repeated "in" that is young enough, if there is one, else it is `missing-in`;
 * - an "out" with nothing open is `missing-in` and counts no hours.
 * The last stay of somebody who may still be here (their "in" is no more than `longest` before `now`) is `open`.
 * @param now Unix ms
 * @returns stays in the order in which they began.
 */
export function pairStays({ events, clockSteps }: Events, now: number, longest = LONGEST_STAY_MS): Stay[] {
  interface Open {
    readonly ins: AttendanceEvent[];
    /** How many clock steps there had been at each "in". */
    readonly steps: number[];
  }
  const stays: Stay[] = [];
  const open = new Map<string, Open>();
  let steps = 0;

  const close = (personId: string, entry: Open | undefined, out: AttendanceEvent | null, isOpen = false): void => {
    const first = entry?.ins[0] ?? null;
    const setBack = entry !== undefined && out !== null && steps > entry.steps[0]!;
    const flags: StayFlag[] = [];
    if (first === null) flags.push('missing-in');
    if (out === null) flags.push(isOpen ? 'open' : 'missing-out');
    if (entry !== undefined && entry.ins.length > 1) flags.push('repeated-in');
    if (setBack) flags.push('clock-set-back');
    if ([first, out].some((e) => e !== null && e.correctedBy.length > 0)) flags.push('corrected');
    const ms = first === null || out === null ? 0 : Math.max(0, out.at - first.at);
    stays.push({ personId, in: first, out, ms, flags });
  };

  events.forEach((event, index) => {
    if (clockSteps.has(index)) steps++;
    const { personId } = event;
    const entry = open.get(personId);
    const stale = entry !== undefined && event.at - entry.ins[0]!.at > longest;
    if (event.direction === 'in') {
      if (entry !== undefined && !stale) {
        entry.ins.push(event);
        entry.steps.push(steps);
        return;
      }
      if (entry !== undefined) close(personId, entry, null);
      open.set(personId, { ins: [event], steps: [steps] });
      return;
    }
    open.delete(personId);
    if (entry === undefined || !stale) {
      close(personId, entry, event);
      return;
    }
    const young = entry.ins.findIndex((e) => event.at - e.at <= longest);
    const split = young < 0 ? entry.ins.length : young;
    close(personId, { ins: entry.ins.slice(0, split), steps: entry.steps.slice(0, split) }, null);
    close(personId, young < 0 ? undefined : { ins: entry.ins.slice(split), steps: entry.steps.slice(split) }, event);
  });
  for (const [personId, entry] of open) close(personId, entry, null, now - entry.ins[0]!.at <= longest);
  const order = new Map(events.map((event, index) => [event, index]));
  const began = (stay: Stay): number => order.get((stay.in ?? stay.out)!)!;
  return stays.sort((a, b) => began(a) - began(b));
}

/** The time a stay is filed under: its "in", or its "out" when there is no "in". Unix ms. */
export const startOf = (stay: Stay): number => (stay.in ?? stay.out)!.at;

/*
 * What attendance is made from: the journal's check-ins, and corrections, which are further journal lines. A line is never
 * edited: the list below is what the lines, read in journal order, say together.
 */

/** What attendance needs of a `CheckIn`; every `CheckIn` is one. */
interface CheckInLine {
  readonly id: string;
  /** Unix ms by the kiosk's clock. */
  readonly at: number;
  readonly personId: string;
  readonly name: string;
  readonly direction: Direction;
}

const correctionHead = {
  id: z.string().min(1).max(100),
  /** When the operator wrote it, Unix ms. */
  madeAt: z.number(),
  /** Why. Corrections without a reason are refused. */
  reason: z.string().trim().min(1).max(500),
};

/** An operator's correction, as a journal line. To change a direction: `void` the wrong line and `add` the right one. */
export const correctionSchema = z.discriminatedUnion('kind', [
  /** A check-in that was forgotten. Its id is the correction's; later corrections may name it as their target. */
  z.object({
    ...correctionHead,
    kind: z.literal('add'),
    personId: z.string().min(1).max(100),
    name: z.string().max(200),
    at: z.number(),
    direction: directionSchema,
  }),
  /** A check-in that never was. */
  z.object({ ...correctionHead, kind: z.literal('void'), target: z.string().min(1).max(100) }),
  /** A check-in that was at another time. */
  z.object({ ...correctionHead, kind: z.literal('retime'), target: z.string().min(1).max(100), at: z.number() }),
]);
export type Correction = z.infer<typeof correctionSchema>;

/** One line of the journal, told apart so that both kinds can stand in one list. */
export type AttendanceLine =
  | { readonly line: 'check-in'; readonly checkIn: CheckInLine }
  | { readonly line: 'correction'; readonly correction: Correction };

/** A check-in that counts, after all corrections. */
interface AttendanceEvent extends CheckInLine {
  /** Ids of the corrections that made it what it is; empty for an untouched line. */
  readonly correctedBy: readonly string[];
}

/** Something an operator should look at. */
export type LineProblem =
  /** A correction whose target is not there (or was voided before it): it had no effect. */
  | { readonly kind: 'no-target'; readonly correction: string }
  /** Two lines with one id: the first counts. */
  | { readonly kind: 'double-id'; readonly id: string }
  /** The kiosk's clock went back between two lines that follow each other, by `backMs`. */
  | { readonly kind: 'clock-set-back'; readonly id: string; readonly at: number; readonly backMs: number };

interface Events {
  /** In the order in which they happened, see `collectEvents`. */
  readonly events: readonly AttendanceEvent[];
  /** Index into `events` of the first event after each clock step back. */
  readonly clockSteps: ReadonlySet<number>;
  readonly problems: readonly LineProblem[];
}

/** A step back smaller than this is the clock being kept right (NTP), and not told. */
const CLOCK_STEP_MS = 60_000;

/**
 * The check-ins that count, in the order in which they happened.
 *
 * Order. The journal is append-only, so its order is the truth about what came first, even when the clock was set back in
 * between and a later line bears an earlier time. Lines of the kiosk therefore keep their order among themselves. What an
 * operator added or re-timed bears a time that a person vouches for; it is put behind the last line with no later time.
 * @param lines in journal order. Read whole months oldest first, and within each as written.
 */
export function collectEvents(lines: readonly AttendanceLine[]): Events {
  const problems: LineProblem[] = [];
  const kiosk: AttendanceEvent[] = [];
  const ids = new Set<string>();
  const changed = new Map<string, AttendanceEvent | null>();
  const original = new Map<string, AttendanceEvent>();
  let clock = -Infinity;
  const steps = new Set<string>();

  for (const entry of lines) {
    const id = entry.line === 'check-in' ? entry.checkIn.id : entry.correction.id;
    if (ids.has(id)) {
      problems.push({ kind: 'double-id', id });
      continue;
    }
    ids.add(id);
    if (entry.line === 'check-in') {
      const { at, personId, name, direction } = entry.checkIn;
      const event: AttendanceEvent = { id, at, personId, name, direction, correctedBy: [] };
      kiosk.push(event);
      original.set(id, event);
      if (at < clock - CLOCK_STEP_MS) {
        problems.push({ kind: 'clock-set-back', id, at, backMs: clock - at });
        steps.add(id);
      }
      clock = at;
      continue;
    }
    const { correction } = entry;
    if (correction.kind === 'add') {
      const { at, personId, name, direction } = correction;
      changed.set(id, { id, at, personId, name, direction, correctedBy: [id] });
      continue;
    }
    const before = changed.has(correction.target) ? changed.get(correction.target)! : original.get(correction.target);
    if (before === undefined || before === null) {
      problems.push({ kind: 'no-target', correction: id });
    } else if (correction.kind === 'void') {
      changed.set(correction.target, null);
    } else {
      changed.set(correction.target, { ...before, at: correction.at, correctedBy: [...before.correctedBy, id] });
    }
  }

  // A step is felt by the first event that counts after it, even if the very line that showed it was corrected away.
  const events: AttendanceEvent[] = [];
  const clockSteps = new Set<AttendanceEvent>();
  let stepped = false;
  for (const event of kiosk) {
    stepped ||= steps.has(event.id);
    if (changed.has(event.id)) continue;
    if (stepped) clockSteps.add(event);
    stepped = false;
    events.push(event);
  }
  const vouched = [...changed.values()].filter((event) => event !== null).sort((a, b) => a.at - b.at);
  for (const event of vouched) {
    events.splice(events.findLastIndex((e) => e.at <= event.at) + 1, 0, event);
  }
  return { events, clockSteps: new Set(events.flatMap((e, i) => (clockSteps.has(e) ? [i] : []))), problems };
}
