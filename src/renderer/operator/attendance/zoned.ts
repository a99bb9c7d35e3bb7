/** Wall-clock times of the report's time zone, which need not be this machine's. */

/** What a zone's wall clock shows at a moment, as if it were UTC, ms. */
function wallAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/**
 * Unix ms of a local time, as Temporal's "compatible" has it: a time the clocks skip is as much later as they skip, one that
 * comes twice is the first of the two. (The same rule as src/main/attendance/days.ts.)
 * @param day `YYYY-MM-DD`
 * @param time `HH:MM`
 * @returns null when either is not complete
 */
export function momentOf(day: string, time: string, timeZone: string): number | null {
  const wall = Date.parse(`${day}T${time}:00Z`);
  if (Number.isNaN(wall)) return null;
  const dayMs = 86_400_000;
  // The offsets before and after any change near by.
  const [before, after] = [wall - dayMs, wall + dayMs].map((at) => wallAt(at, timeZone) - at) as [number, number];
  const candidates = [wall - before, wall - after].filter((at) => wallAt(at, timeZone) === wall);
  return candidates.length > 0 ? Math.min(...candidates) : wall - before;
}

/** `HH:MM` on the zone's wall clock. */
export const timeAt = (at: number, timeZone: string): string =>
  new Date(wallAt(at, timeZone)).toISOString().slice(11, 16);
/** `YYYY-MM-DD` on the zone's wall clock. */
export const dateAt = (at: number, timeZone: string): string =>
  new Date(wallAt(at, timeZone)).toISOString().slice(0, 10);
