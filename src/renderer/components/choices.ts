/** What the settings offer; a value that was set elsewhere and is none of these is offered as well. */
import type { Settings } from '../../shared/domain.ts';

/** How long the kiosk looks before it says a name. */
export const PATIENCE = {
  usual: { needed: 2, of: 5, withinMs: 1500 },
  patient: { needed: 5, of: 8, withinMs: 2500 },
} as const satisfies Record<string, Settings['votes']>;
export type Patience = keyof typeof PATIENCE;

export function patienceOf(votes: Settings['votes']): Patience | null {
  const same = (p: Settings['votes']): boolean =>
    p.needed === votes.needed && p.of === votes.of && p.withinMs === votes.withinMs;
  return (Object.keys(PATIENCE) as Patience[]).find((name) => same(PATIENCE[name])) ?? null;
}

export const RESOLUTIONS = ['640x480', '1280x720', '1920x1080'] as const;
export const COOLDOWNS = [0, 10, 30, 60, 300, 900, 3600, 14_400, 28_800] as const;
export const GRACES = [0, 5, 10, 15, 30, 60] as const;
/** Days of keeping; null: for good. */
export const RETENTION_DAYS = [null, 30, 90, 180, 365, 730, 1825] as const;

/** `value` among `choices`, in order; null comes first. */
export function withValue<T extends number | null>(choices: readonly T[], value: T): readonly T[] {
  if (choices.includes(value)) return choices;
  return [...choices, value].sort((a, b) => (a ?? -1) - (b ?? -1));
}

/** A length of time in the language's largest whole unit: "5 minutes", "8 hours". */
export function secondsWords(seconds: number, language: string): string {
  const [value, unit] =
    seconds % 3600 === 0
      ? [seconds / 3600, 'hour']
      : seconds % 60 === 0
        ? [seconds / 60, 'minute']
        : [seconds, 'second'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** "90 days", "1 year". */
export function daysWords(days: number, language: string): string {
  const [value, unit] = days % 365 === 0 ? [days / 365, 'year'] : [days, 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}
