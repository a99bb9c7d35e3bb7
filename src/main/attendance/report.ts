/** Attendance by day, week and month: first in, last out, hours between, absences, lateness. */
import type { Settings } from '../../shared/domain.ts';
import {
  type AttendanceLine,
  checkTimeZone,
  collectEvents,
  type Day,
  dayIn,
  daysBetween,
  type LineProblem,
  localMoment,
  localTime,
  monthOf,
  pairStays,
  startOf,
  type Stay,
  type StayFlag,
  weekdayOf,
  weekOf,
} from './rules.ts';

type Schedule = Settings['defaultSchedule'];

export interface AttendancePerson {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  /** First and last day on which the person is expected, e.g. of enrollment and leaving; null: no bound. */
  readonly from: Day | null;
  readonly until: Day | null;
}

export interface ReportOptions {
  /** IANA name. */
  readonly timeZone: string;
  /** Days reported, both included. */
  readonly from: Day;
  readonly to: Day;
  /** Unix ms: days after it have not come, the day it lies in is not over. */
  readonly now: number;
  /** By group name; a person whose group is not in it gets `otherwise`. */
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly otherwise: Schedule;
  /** Days on which nobody is expected. */
  readonly holidays?: ReadonlySet<Day>;
}

/** `expected`: a working day that is not over (or has not come) and nothing recorded yet. `off`: not expected, not there. */
export type DayStatus = 'present' | 'late' | 'absent' | 'off' | 'expected';

export interface PersonDay {
  readonly personId: string;
  readonly day: Day;
  readonly status: DayStatus;
  /** Unix ms; null when none was recorded. `lastOut` may fall on the next date for a night's stay. */
  readonly firstIn: number | null;
  readonly lastOut: number | null;
  /** Sum of the stays that began on this day: time really inside, breaks with an "out" and "in" taken off. */
  readonly insideMs: number;
  /** From first in to last out, breaks included; 0 when one is missing. */
  readonly spanMs: number;
  /** How long after the start (not the end of the grace) the first "in" was, when late; else 0. */
  readonly lateMs: number;
  readonly flags: readonly StayFlag[];
  readonly stays: readonly Stay[];
}

export interface Totals {
  readonly personId: string;
  /** `2026-W09`, `2026-03`. */
  readonly period: string;
  readonly present: number;
  readonly late: number;
  readonly absent: number;
  readonly insideMs: number;
  readonly lateMs: number;
  /** Days with a half that was not recorded or a clock that was set back: hours are missing from the sum. */
  readonly incomplete: number;
}

export interface AttendanceReport {
  /** Every person on every day of the range, people in the order given, then by day. */
  readonly days: readonly PersonDay[];
  readonly weeks: readonly Totals[];
  readonly months: readonly Totals[];
  /** People as reported: those given, then people who are only in the log, under the last name it has for them. */
  readonly people: readonly AttendancePerson[];
  /** What the operator should look at. */
  readonly problems: readonly LineProblem[];
}

/**
 * The report of a range of days.
 *
 * A stay belongs to the working day of its "in" (`dayOf` with the group's `dayStartsAt`), also when it ends on the next
 * date; so lines from one day before `from` to two days after `to` are needed, and more do no harm.
 * Late: the first "in" is after start + grace; the start is the first such local time at or after the day's beginning.
 * People known only from the log (deleted since) are reported where they were there, never absent.
 * @param lines in journal order, see `collectEvents`.
 * @throws LintelError `time-zone-unknown`.
 */
export function attendanceReport(
  people: readonly AttendancePerson[],
  lines: readonly AttendanceLine[],
  options: ReportOptions,
): AttendanceReport {
  checkTimeZone(options.timeZone);
  const collected = collectEvents(lines);
  const known = new Map(people.map((p) => [p.id, p]));
  const gone = new Map<string, AttendancePerson>();
  for (const { personId, name } of collected.events) {
    if (!known.has(personId)) gone.set(personId, { id: personId, name, group: null, from: null, until: null });
  }
  const scheduleOf = (personId: string): Schedule =>
    options.schedules.get(known.get(personId)?.group ?? '') ?? options.otherwise;

  const stays = new Map<string, Stay[]>();
  for (const stay of pairStays(collected, options.now)) {
    const day = dayIn(startOf(stay), options.timeZone, scheduleOf(stay.personId).dayStartsAt);
    const key = `${stay.personId}\n${day}`;
    const list = stays.get(key);
    if (list === undefined) stays.set(key, [stay]);
    else list.push(stay);
  }

  const range = daysBetween(options.from, options.to);
  const days: PersonDay[] = [];
  for (const person of [...people, ...gone.values()]) {
    const schedule = scheduleOf(person.id);
    const today = dayIn(options.now, options.timeZone, schedule.dayStartsAt);
    for (const day of range) {
      const own = stays.get(`${person.id}\n${day}`) ?? [];
      if (own.length === 0 && gone.has(person.id)) continue;
      const expected =
        schedule.workdays.includes(weekdayOf(day)) &&
        !(options.holidays?.has(day) ?? false) &&
        (person.from === null || day >= person.from) &&
        (person.until === null || day <= person.until);
      days.push(personDay(person.id, day, own, schedule, { expected, over: day < today, timeZone: options.timeZone }));
    }
  }
  const shown = new Set(days.map((d) => d.personId));
  return {
    days,
    weeks: totals(days, weekOf),
    months: totals(days, monthOf),
    people: [...people, ...[...gone.values()].filter((p) => shown.has(p.id))],
    problems: collected.problems,
  };
}

function personDay(
  personId: string,
  day: Day,
  stays: readonly Stay[],
  schedule: Schedule,
  { expected, over, timeZone }: { readonly expected: boolean; readonly over: boolean; readonly timeZone: string },
): PersonDay {
  // In the order in which they happened, which a clock set back makes another than that of the times.
  const firstIn = stays.find((s) => s.in !== null)?.in?.at ?? null;
  const lastOut = stays.findLast((s) => s.out !== null)?.out?.at ?? null;
  let lateMs = 0;
  if (firstIn !== null && schedule.start !== null && expected) {
    const startDay = schedule.start < schedule.dayStartsAt ? nextDay(day) : day;
    const start = localMoment(startDay, schedule.start, timeZone);
    if (firstIn > start + schedule.graceMinutes * 60_000) lateMs = firstIn - start;
  }
  const absence: DayStatus = !expected ? 'off' : over ? 'absent' : 'expected';
  return {
    personId,
    day,
    status: stays.length === 0 ? absence : lateMs > 0 ? 'late' : 'present',
    firstIn,
    lastOut,
    insideMs: stays.reduce((sum, s) => sum + s.ms, 0),
    spanMs: firstIn === null || lastOut === null ? 0 : Math.max(0, lastOut - firstIn),
    lateMs,
    flags: [...new Set(stays.flatMap((s) => s.flags))],
    stays,
  };
}

const nextDay = (day: Day): Day => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

const INCOMPLETE: readonly StayFlag[] = ['missing-in', 'missing-out', 'clock-set-back'];

/** Sums per person and period, in the order of `days`. Days of a period outside the range are not in it. */
function totals(days: readonly PersonDay[], periodOf: (day: Day) => string): Totals[] {
  const sums = new Map<string, { -readonly [K in keyof Totals]: Totals[K] }>();
  for (const d of days) {
    const period = periodOf(d.day);
    const key = `${d.personId}\n${period}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { personId: d.personId, period, present: 0, late: 0, absent: 0, insideMs: 0, lateMs: 0, incomplete: 0 };
      sums.set(key, sum);
    }
    // Late is also present.
    if (d.status === 'present' || d.status === 'late') sum.present++;
    if (d.status === 'late') sum.late++;
    if (d.status === 'absent') sum.absent++;
    if (d.flags.some((flag) => INCOMPLETE.includes(flag))) sum.incomplete++;
    sum.insideMs += d.insideMs;
    sum.lateMs += d.lateMs;
  }
  return [...sums.values()];
}

// Data behind the two pictures of attendance: arrivals by quarter hour, and a person's calendar.

/**
 * Arrivals (first "in" of each person and day) by quarter hour of the wall clock: 96 counts, from 00:00-00:15 on. The hour
 * that comes twice in autumn falls into the same four quarters.
 */
export function arrivalsByQuarter(days: readonly PersonDay[], timeZone: string): number[] {
  const counts = new Array<number>(96).fill(0);
  for (const { firstIn } of days) {
    if (firstIn === null) continue;
    const { hour, minute } = localTime(firstIn, timeZone);
    counts[hour * 4 + Math.floor(minute / 15)]! += 1;
  }
  return counts;
}
