/** When to make a backup, and which old ones to remove. Pure; whoever runs it brings the clock and the listing. */
import { stamp } from '../store/ops.ts';

/** `lintel-20260131T235959123.lintelbackup`: sorts by time. */
export const backupName = (at: number): string => `lintel-${stamp(at)}.lintelbackup`;

/** When a backup of that name was made, Unix ms; null: it is not one of ours, and is not touched. */
export function timeOfBackup(name: string): number | null {
  const match = /^lintel-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})\.lintelbackup$/.exec(name);
  if (match === null) return null;
  const [year, month, day, hour, minute, second, ms] = match.slice(1).map(Number) as [
    number, number, number, number, number, number, number,
  ]; // prettier-ignore
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  return backupName(at) === name ? at : null;
}

export interface BackupPolicy {
  readonly everyHours: number;
  /** How many are kept, at least 1. */
  readonly keep: number;
  /** A person who is deleted is to be gone from the backups, too: a deletion makes one due, and ends those before it. */
  readonly forgetDeleted: boolean;
}

export const DEFAULT_BACKUP_POLICY: BackupPolicy = { everyHours: 24, keep: 7, forgetDeleted: true };

export interface BackupPlan {
  readonly due: boolean;
  /** Names to remove once the new backup has been made and verified; or now, when none is due. Never all there are. */
  readonly remove: readonly string[];
}

/**
 * @param names what is in the backup folder; others than ours are left alone
 * @param lastDeletion when somebody was last deleted, Unix ms; null: never
 */
export function planBackup(
  now: number,
  names: readonly string[],
  lastDeletion: number | null,
  policy: BackupPolicy = DEFAULT_BACKUP_POLICY,
): BackupPlan {
  const made = names
    .map((name) => ({ name, at: timeOfBackup(name) }))
    .filter((one): one is { name: string; at: number } => one.at !== null)
    .sort((a, b) => b.at - a.at);
  // A backup from the future was made before the clock was set back: it says nothing about how old the newest is.
  const past = made.filter(({ at }) => at <= now);
  const newest = past[0];
  const stale = (at: number): boolean => policy.forgetDeleted && lastDeletion !== null && at <= lastDeletion;
  const due = newest === undefined || now - newest.at >= policy.everyHours * 3_600_000 || stale(newest.at);
  const room = Math.max(1, policy.keep) - (due ? 1 : 0);
  // Those from the future would sort before every new one and push it out: they count as the oldest.
  const ordered = [...past, ...made.filter(({ at }) => at > now)];
  const remove = ordered.filter(({ at }, index) => index >= room || stale(at)).map(({ name }) => name);
  // When none is due, the newest is what there is: it is not removed.
  return { due, remove: due ? remove : remove.filter((name) => name !== newest?.name) };
}
