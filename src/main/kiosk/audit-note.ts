/** What the rooms tell the audit journal: each says what it did when that is durable, and none knows where it is written. */
import { createHash } from 'node:crypto';
import type { AuditEvent } from '../audit/entry.ts';

export type By = AuditEvent['by'];
type WithoutBy<E> = E extends unknown ? Omit<E, 'by'> & { readonly by?: By } : never;

/** A line of the audit journal to be; `by` is the door's, where it is not said. */
export type AuditNote = WithoutBy<AuditEvent>;

/** Resolves when the lines are on disk, or will be: it never throws, for what they tell of has happened. */
export type NoteAudit = (...notes: AuditNote[]) => Promise<void>;

/** For rooms opened without a kiosk. */
export const noteNowhere: NoteAudit = () => Promise.resolve();

/** An id as the audit journal takes it. Ids of other shapes come only with data made elsewhere: their hash stands for them. */
export function opaqueId(id: string): string {
  if (/^[a-z]{1,3}_[0-9a-z]{6,40}$/.test(id)) return id;
  return `h_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
