/** How the people of an import are cut into calls: each is one durable write, small enough to travel and to wait for. */
import type { ImportPlan } from '../../../shared/desk.ts';

/** A call holds at most so much: the door takes messages of up to 32 MB. */
export const MAX_BYTES = 24_000_000;
const FIRST_PEOPLE = 4;
const MOST_PEOPLE = 25;
const MOST_PICTURES = 200;
/** A call should take about so long, ms: the progress bar moves, and cancelling does not take forever. */
const GOAL_MS = 4000;

export interface Portion {
  readonly person: ImportPlan['people'][number];
  readonly files: readonly string[];
  /** The person is complete with this portion. */
  readonly last: boolean;
}

/**
 * The next call's worth of people, from `start` on. Somebody whose pictures are too much for one call is spread over
 * several: the kiosk adds to a person it already has.
 * @param portions what is still to do, see `portionsOf`
 */
export function nextBatch(
  portions: readonly Portion[],
  start: number,
  people: number,
  sizeOf: (file: string) => number,
): readonly Portion[] {
  const batch: Portion[] = [];
  let bytes = 0;
  for (const portion of portions.slice(start, start + people)) {
    const size = portion.files.reduce((sum, file) => sum + sizeOf(file), 0);
    if (batch.length > 0 && bytes + size > MAX_BYTES) break;
    // One call names a person once.
    if (batch.some((one) => one.person === portion.person)) break;
    batch.push(portion);
    bytes += size;
  }
  return batch;
}

/** Everybody's pictures, in portions that fit into a call. Files too large for any call are left out: ask first. */
export function portionsOf(people: ImportPlan['people'], sizeOf: (file: string) => number): readonly Portion[] {
  return people.flatMap((person) => {
    const groups: string[][] = [[]];
    let bytes = 0;
    for (const file of person.files) {
      const size = sizeOf(file);
      if (size > MAX_BYTES) continue;
      let group = groups.at(-1) as string[];
      if (group.length > 0 && (bytes + size > MAX_BYTES || group.length >= MOST_PICTURES)) {
        group = [];
        groups.push(group);
        bytes = 0;
      }
      group.push(file);
      bytes += size;
    }
    return groups.map((files, i) => ({ person, files, last: i === groups.length - 1 }));
  });
}

/** How many people to send next, from how long the last call took. */
export function nextSize(people: number, tookMs: number): number {
  if (people === 0) return FIRST_PEOPLE;
  const fitting = Math.round((people * GOAL_MS) / Math.max(1, tookMs));
  return Math.max(1, Math.min(MOST_PEOPLE, people * 2, fitting));
}
