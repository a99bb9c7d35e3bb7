/** What the plan of the backups offers, in words. */
import type { TFunction } from 'i18next';

const DAY = 24;
const WEEK = 7 * DAY;
export const EVERY_HOURS = [1, 6, 12, DAY, WEEK] as const;
export const KEEP = [1, 3, 7, 14, 30, 90] as const;

/** "Every day", "Every 6 hours". */
export function everyWords(hours: number, t: TFunction): string {
  if (hours % WEEK === 0) return t('safety.plan.weeks', { count: hours / WEEK });
  if (hours % DAY === 0) return t('safety.plan.days', { count: hours / DAY });
  return t('safety.plan.hours', { count: hours });
}
