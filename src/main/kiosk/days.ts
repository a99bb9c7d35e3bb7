/** Days by the kiosk's own clock, `YYYY-MM-DD`, in the time zone of the settings or the machine's. */
import { LintelError } from '../../shared/errors.ts';
import { dayOf as dayIn, localMoment } from '../attendance/days.ts';

/** IANA name of the machine's zone. */
export const machineZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The day a moment (Unix ms) falls on. */
export const dayOf = (at: number, timeZone = machineZone()): string => dayIn(at, timeZone);

/**
 * The first ms of a day and the first of the next one: 23 to 25 hours apart, as daylight saving has it.
 * @throws LintelError `bad-input` when there is no such day
 */
export function dayBounds(day: string, timeZone = machineZone()): { from: number; to: number } {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day))
    throw new LintelError('bad-input', 'There is no such day.', { todo: 'Write a day as 2026-01-31.' });
  const next = new Date(midnight + 86_400_000).toISOString().slice(0, 10);
  return { from: localMoment(day, '00:00', timeZone), to: localMoment(next, '00:00', timeZone) };
}
