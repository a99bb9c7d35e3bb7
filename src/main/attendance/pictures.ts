/** Data behind the two pictures of attendance: arrivals by quarter hour, and a person's calendar. */
import { localTime, weekdayOf, type Day } from './days.ts';
import type { DayStatus, PersonDay } from './report.ts';

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

export interface HeatCell {
  readonly day: Day;
  /** Column: weeks (Monday to Sunday) since the first day's week. Row: 0 Monday to 6 Sunday. */
  readonly column: number;
  readonly row: number;
  readonly status: DayStatus;
  readonly insideMs: number;
  /** 0 not there, else 1 to 4: up to 2, 5, 8 hours, above. Somebody who was there without hours known is 1. */
  readonly level: 0 | 1 | 2 | 3 | 4;
}

/** One person's days (as `attendanceReport` gives them, in order) as the cells of a calendar heat map. */
export function calendarCells(days: readonly PersonDay[]): HeatCell[] {
  const first = days[0];
  if (first === undefined) return [];
  const offset = weekdayOf(first.day) - 1;
  const midnight = (day: Day): number => Date.parse(`${day}T00:00:00Z`);
  return days.map(({ day, status, insideMs }) => {
    const since = Math.round((midnight(day) - midnight(first.day)) / 86_400_000) + offset;
    const there = status === 'present' || status === 'late';
    const hours = insideMs / 3_600_000;
    const level = !there ? 0 : hours <= 2 ? 1 : hours <= 5 ? 2 : hours <= 8 ? 3 : 4;
    return { day, column: Math.floor(since / 7), row: since % 7, status, insideMs, level };
  });
}
