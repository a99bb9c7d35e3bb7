/**
 * What attendance is made from: the journal's check-ins, and corrections, which are further journal lines. A line is never
 * edited: the list below is what the lines, read in journal order, say together.
 */
import { z } from 'zod';
import { directionSchema, type Direction } from '../../shared/domain.ts';

/** What attendance needs of a `CheckIn`; every `CheckIn` is one. */
export interface CheckInLine {
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
export interface AttendanceEvent extends CheckInLine {
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

export interface Events {
  /** In the order in which they happened, see `collectEvents`. */
  readonly events: readonly AttendanceEvent[];
  /** Index into `events` of the first event after each clock step back. */
  readonly clockSteps: ReadonlySet<number>;
  readonly problems: readonly LineProblem[];
}

/** A step back smaller than this is the clock being kept right (NTP), and not told. */
export const CLOCK_STEP_MS = 60_000;

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
