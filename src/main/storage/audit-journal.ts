/**
 * A line of the audit journal.
 *
 * [Note: audit chain] `hash` is SHA-256 over everything else in the line, `prev` among it, which is the hash of the line
 * before; the first line's `prev` is 64 zeros. A line that is changed no longer fits its own hash; one that is removed,
 * put in or moved no longer fits its neighbours. The last line has no neighbour after it, so `audit-head.json` says which
 * it is. The chain goes on over the end of a month, and is over the plain content, whether or not lines are encrypted.
 */
import { createHash } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from 'async-mutex';
import { Low } from 'lowdb';
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { DurableFile, untilSeen } from './durable-file.ts';
import type { Codec } from './envelope.ts';
import { type FileOps, stamp } from './file-ops.ts';
import { Journal } from './journal.ts';

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
  /** At the door somebody could have been `subject` or `with`, for the `times`th time. */
  event('ambiguous', opaque, z.strictObject({ with: opaque, times: count })),
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
const linkSchema = z.strictObject({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });
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

// Where the audit journal lies: `audit-YYYY-MM.ndjson`, and `audit-head.json` with the last link of the chain.

export interface AuditFolder {
  readonly folder: string;
  readonly readOnly?: boolean;
  readonly codec?: Codec | undefined;
  readonly ops?: FileOps;
  readonly wall?: () => number;
}

const HEAD_FILE = 'audit-head.json';
export const JOURNAL_NAME = /^audit-(\d{4})-(\d{2})\.ndjson$/;

export const headSchema = z.strictObject({ head: linkSchema });
type Head = { head: Link };

function journalOf({ folder, readOnly = false, codec, ops, wall = Date.now }: AuditFolder): Journal<AuditLine> {
  return new Journal<AuditLine>({
    folder,
    prefix: 'audit',
    schema: auditLineSchema,
    timeOf: (line) => line.at,
    readOnly,
    now: wall,
    ...given({ codec, ops }),
  });
}

export function headOf({ folder, readOnly = false, codec, ops, wall = Date.now }: AuditFolder): DurableFile<Head> {
  return new DurableFile<Head>({
    path: join(folder, HEAD_FILE),
    schema: headSchema,
    schemaVersion: 1,
    readOnly,
    now: wall,
    ...given({ codec, ops }),
  });
}

// Who did what, in a journal whose lines are chained; see [Note: audit chain].

/** A head one line behind is what a power cut between line and head leaves; restored from its backup, two. */
const HEAD_LAG = 2;

export class Audit {
  readonly #journal: Journal<AuditLine>;
  readonly #head: Low<Head>;
  readonly #wall: () => number;
  #last: Link = FIRST_LINK;
  readonly #mutex = new Mutex();
  /** What was not as it was left, for the operator. It is also in the journal now, as a line of kind `audit`. */
  readonly notices: LintelError[] = [];

  private constructor(journal: Journal<AuditLine>, head: DurableFile<Head>, wall: () => number) {
    this.#journal = journal;
    this.#head = new Low<Head>(head, { head: FIRST_LINK });
    this.#wall = wall;
  }

  /**
   * Mends a torn end and finds where the chain goes on. Whatever is the matter, the kiosk can go on working: what was found
   * is told, written down, and `verifyAudit` keeps finding it.
   * @throws LintelError `store-newer`, `store-failed`, `vault-*`
   */
  static async open(options: AuditFolder): Promise<Audit> {
    const { folder, readOnly = false, wall = Date.now } = options;
    const journal = journalOf(options);
    const file = headOf(options);
    const audit = new Audit(journal, file, wall);
    const torn = (await journal.open()).flatMap(({ file, keptAs }) =>
      typeof keptAs === 'string' ? [new LintelError('store-damaged.audit-torn', { file, keptAs })] : [],
    );
    audit.notices.push(...(await untilSeen(options, 'audit', torn)));
    try {
      await audit.#head.read();
    } catch (error) {
      if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
      if (!readOnly) {
        for (const name of [HEAD_FILE, `${HEAD_FILE}.bak`])
          await rename(join(folder, name), join(folder, `${name}.damaged-${stamp(wall())}`)).catch(() => undefined);
        await audit.#head.read();
      }
    }
    audit.notices.push(...file.notices);
    let last = FIRST_LINK;
    for await (const line of journal.readAll()) if (line.seq >= last.seq) last = { seq: line.seq, hash: line.hash };
    const head = audit.#head.data.head;
    const fresh = file.outcome === null || file.outcome.kind === 'fresh';
    // Going on from whichever is further: lines that are gone then leave a gap for good.
    audit.#last = last.seq >= head.seq ? last : head;
    const found =
      fresh && last.seq > 1
        ? 'head-missing'
        : last.seq < head.seq
          ? 'cut-short'
          : last.seq > head.seq + HEAD_LAG
            ? 'head-behind'
            : null;
    if (found !== null) {
      const notice = new LintelError('store-damaged.audit', { found });
      audit.notices.push(notice);
      if (!readOnly) {
        await file.remember(notice);
        await audit.append({ kind: 'audit', subject: null, by: 'kiosk', details: { found, at: audit.#last.seq } });
      }
    }
    return audit;
  }

  /**
   * What of it can be said without reading all lines: whether its head is whole, and what was found before and nobody has seen.
   * @throws LintelError as `open`
   */
  static async look(options: AuditFolder): Promise<readonly LintelError[]> {
    const file = headOf({ ...options, readOnly: true });
    const torn = await untilSeen({ ...options, readOnly: true }, 'audit', []);
    try {
      await file.read();
      return [...torn, ...file.notices];
    } catch (error) {
      if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
      return [...torn, error];
    }
  }

  /** The last link. Noted elsewhere (on paper), it lets `verifyAudit` catch even a journal that was forged as a whole. */
  get head(): Link {
    return this.#last;
  }

  /**
   * Resolves when the line and the head that covers it are on disk.
   * @throws LintelError `disk-full`, `store-read-only`, `store-failed`: the line may be there, the chain is sound
   */
  append(said: AuditEvent): Promise<AuditLine> {
    const event = auditEventSchema.parse(said);
    return this.#mutex.runExclusive(() => this.#append(event));
  }

  /** Every line between two times (Unix ms), file by file. */
  read(from: number, to: number): AsyncGenerator<AuditLine> {
    return this.#journal.read(from, to);
  }

  /** Every line, in the order written: files are by month, and a clock may have been set back over the end of one. */
  async readAll(): Promise<AuditLine[]> {
    const lines: AuditLine[] = [];
    for await (const line of this.#journal.readAll()) lines.push(line);
    return lines.sort((a, b) => a.seq - b.seq);
  }

  /**
   * The ids of people whose face a backup must not bring back: who was deleted or took their consent back, with everybody
   * who had been merged into them, and did not agree again since.
   * @param how `merge` (default): also who was merged into somebody who is still there. `replace`: those come back as the
   * two people they were.
   */
  async deleted(how: 'merge' | 'replace' = 'merge'): Promise<Set<string>> {
    const { gone, merged } = await this.#leavers();
    return how === 'replace' ? gone : new Set([...gone, ...merged]);
  }

  /** The ids of people whose lines in the log were made anonymous: a backup must not bring their names back. */
  async anonymised(): Promise<Set<string>> {
    return (await this.#leavers()).anonymous;
  }

  async #leavers(): Promise<Record<'gone' | 'anonymous' | 'merged', Set<string>>> {
    const gone = new Set<string>();
    const anonymous = new Set<string>();
    const into = new Map<string, string>();
    for (const { kind, subject, details } of await this.readAll()) {
      if (subject === null) continue;
      if (kind === 'delete' || kind === 'consent-revoked') gone.add(subject);
      if (kind === 'consent-revoked' && details['attendance'] === 'anonymised') anonymous.add(subject);
      if (kind === 'enroll' || kind === 'consent-given') gone.delete(subject);
      if (kind === 'merge' && typeof details['from'] === 'string') into.set(details['from'], subject);
    }
    for (const from of into.keys()) {
      let last: string | undefined = from;
      // No longer than there are merges: a journal that somebody made may go round in circles.
      for (let i = 0; last !== undefined && i <= into.size; i++) {
        if (gone.has(last)) gone.add(from);
        if (anonymous.has(last)) anonymous.add(from);
        last = into.get(last);
      }
    }
    return { gone, anonymous, merged: new Set(into.keys()) };
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#mutex.runExclusive(() => this.#journal.close());
  }

  async #append(event: AuditEvent): Promise<AuditLine> {
    // A head that could not be written last time comes first: it is never more than one line behind.
    await this.#writeHead();
    const line = nextLine(this.#last, this.#wall(), event);
    await this.#journal.append(line);
    this.#last = { seq: line.seq, hash: line.hash };
    await this.#writeHead();
    return line;
  }

  async #writeHead(): Promise<void> {
    if (this.#head.data.head.seq === this.#last.seq) return;
    const before = this.#head.data;
    this.#head.data = { head: this.#last };
    try {
      await this.#head.write();
    } catch (error) {
      this.#head.data = before;
      throw error;
    }
  }
}
