/**
 * A line of the audit journal.
 *
 * [Note: audit chain] `hash` is SHA-256 over everything else in the line, `prev` among it, which is the hash of the line
 * before; the first line's `prev` is 64 zeros. A line that is changed no longer fits its own hash; one that is removed,
 * put in or moved no longer fits its neighbours. The last line has no neighbour after it, so `audit-head.json` says which
 * it is. The chain goes on over the end of a month, and is over the plain content, whether or not lines are encrypted.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** An opaque id as the kiosk makes them (`p_4f2a...`): it says nothing about whom it stands for. */
const opaque = z.string().regex(/^[a-z]{1,3}_[0-9a-z]{6,40}$/);
const count = z.int().min(0);
const word = z.string().regex(/^[a-z][a-zA-Z0-9-]{0,39}$/);
const fields = z.array(word).max(40);

const event = <K extends string, D extends z.ZodType, S extends z.ZodType>(kind: K, subject: S, details: D) =>
  z.strictObject({ kind: z.literal(kind), subject, by: z.enum(['operator', 'terminal', 'kiosk']), details });

const nobody = z.null();
const nothing = z.strictObject({});

/**
 * What can be said. Each kind has its own few details, numbers and words from fixed lists, and there is no place in any of
 * them where a name would fit by accident.
 */
export const auditEventSchema = z.discriminatedUnion('kind', [
  event('enroll', opaque, z.strictObject({ samples: count })),
  /** Which fields, never what they were. */
  event('edit', opaque, z.strictObject({ fields })),
  event('delete', opaque, z.strictObject({ samples: count })),
  /** `subject` stays; `into` it went `from`. */
  event('merge', opaque, z.strictObject({ from: opaque })),
  event('consent-given', opaque, nothing),
  event('consent-revoked', opaque, z.strictObject({ attendance: z.enum(['kept', 'anonymised']) })),
  event('export', nobody, z.strictObject({ what: word, format: word, count })),
  event('settings', nobody, z.strictObject({ fields })),
  event('pin-set', nobody, nothing),
  event('pin-failed', nobody, z.strictObject({ inARow: count })),
  event('pin-locked', nobody, z.strictObject({ seconds: count })),
  /** `subject` is the person; `of` the check-in that was corrected or added. */
  event('correction', opaque, z.strictObject({ of: opaque, what: word })),
  event('encryption', nobody, z.strictObject({ what: z.enum(['on', 'off', 'rotated', 'secret-changed']) })),
  event('backup', nobody, z.strictObject({ people: count, checkIns: count, bytes: count })),
  event(
    'restore',
    nobody,
    z.strictObject({ how: z.enum(['merge', 'replace']), people: count, checkIns: count, madeAt: z.number() }),
  ),
  event('retention', nobody, z.strictObject({ pictures: count, checkIns: count, people: count })),
  /** The journal about itself: something was not as it was left when it was opened. */
  event('audit', nobody, z.strictObject({ found: z.enum(['head-missing', 'head-behind', 'cut-short']), at: count })),
]);
export type AuditEvent = z.infer<typeof auditEventSchema>;
export type AuditKind = AuditEvent['kind'];

/** A line as it is read: kinds and details of later versions are taken, too, or their lines could not be verified. */
export const auditLineSchema = z.strictObject({
  /** From 1. */
  seq: z.int().min(1),
  /** Unix ms by the kiosk's clock, which may have been set back since the line before. */
  at: z.number(),
  kind: z.string(),
  subject: z.string().nullable(),
  by: z.string(),
  details: z.record(z.string(), z.unknown()),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AuditLine = z.infer<typeof auditLineSchema>;

/** A place in the chain: how many lines, and the hash of the last of them. */
export const linkSchema = z.strictObject({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });
export type Link = z.infer<typeof linkSchema>;

export const FIRST_LINK: Link = { seq: 0, hash: '0'.repeat(64) };

/** @returns 64 hex digits */
export function hashOf(line: Omit<AuditLine, 'hash'>): string {
  const { seq, at, kind, subject, by, details, prev } = line;
  return createHash('sha256')
    .update(JSON.stringify(['lintel audit 1', seq, at, kind, subject, by, sorted(details), prev]))
    .digest('hex');
}

/** The line that follows `last`. */
export function nextLine(last: Link, at: number, said: AuditEvent): AuditLine {
  const { kind, subject, by, details } = said;
  const open = {
    seq: last.seq + 1,
    at,
    kind,
    subject,
    by,
    details: details as Record<string, unknown>,
    prev: last.hash,
  };
  return { ...open, hash: hashOf(open) };
}

/** The same value with the keys of every object in order, so that the order in which they were written says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
