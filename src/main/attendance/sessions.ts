/** From check-ins to stays: each from an "in" to an "out", across midnight and across daylight-saving changes. */
import type { AttendanceEvent, Events } from './lines.ts';

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
