/** Lengths of time and remarks in words. */
import type { TFunction } from 'i18next';

/** "7 h 35 min", "35 min"; nothing for nothing. */
export function lengthWords(ms: number, t: TFunction): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes <= 0) return '';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0
    ? t('attendance.minutes', { minutes: rest })
    : t('attendance.hours', { hours, minutes: String(rest).padStart(2, '0') });
}

const FLAGS = ['missing-in', 'missing-out', 'open', 'repeated-in', 'clock-set-back', 'corrected'];

/** Remarks on a day, those this screen has words for. */
export const flagWords = (flags: readonly string[], t: TFunction): string =>
  flags
    .filter((flag) => FLAGS.includes(flag))
    .map((flag) => t(`attendance.flag.${flag}`))
    .join(', ');
