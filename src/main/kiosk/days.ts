/** Days by the kiosk's own clock and time zone, as `YYYY-MM-DD`. */
import { LintelError } from '../../shared/errors.ts';

const two = (value: number): string => String(value).padStart(2, '0');

export function dayOf(at: number): string {
  const date = new Date(at);
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The first ms of a day and the first of the next one: 23 to 25 hours apart, as daylight saving has it.
 * @throws LintelError `bad-input` when there is no such day
 */
export function dayBounds(day: string): { from: number; to: number } {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const [year, month, date] = (parts ?? []).slice(1).map(Number);
  const start = new Date(year ?? Number.NaN, (month ?? 0) - 1, date);
  if (year === undefined || month === undefined || date === undefined || dayOf(start.getTime()) !== day)
    throw new LintelError('bad-input', 'There is no such day.', { todo: 'Write a day as 2026-01-31.' });
  return { from: start.getTime(), to: new Date(year, month - 1, date + 1).getTime() };
}
