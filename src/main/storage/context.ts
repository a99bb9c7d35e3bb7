/** The data folder as every service that keeps something in it is given it. */
import { createHash, randomBytes } from 'node:crypto';
import type { ZodType } from 'zod';
import type { AuditEvent } from './audit-journal.ts';
import type { Codec } from './envelope.ts';
import type { FileOps } from './file-ops.ts';
import { Journal } from './journal.ts';
import { given } from '../../shared/given.ts';

export interface StorageContext {
  readonly folder: string;
  /** Touch nothing on disk. */
  readonly readOnly?: boolean;
  readonly ops?: FileOps;
  /** Undefined: plain. */
  readonly codec?: Codec;
  /** Unix ms. */
  readonly wall?: () => number;
  /** The audit journal. */
  readonly note?: NoteAudit;
}

/** A journal `prefix-YYYY-MM.ndjson` in it; `prefix` belongs in `LINTEL_LAYOUT`. Not opened yet. */
export function journalIn<T>(
  on: StorageContext,
  kind: { readonly prefix: string; readonly schema: ZodType<T>; readonly timeOf: (entry: T) => number },
): Journal<T> {
  const { folder, readOnly = false, ops, codec, wall = Date.now } = on;
  return new Journal<T>({
    folder,
    ...kind,
    readOnly,
    now: wall,
    ...given({ ops, codec }),
  });
}

/** Time, as the kiosk reads it. Tests bring their own. */
export interface Clock {
  /** Unix ms: what goes into the journal. May jump. */
  readonly wall: () => number;
  /** Ms since some moment; never goes back. Every waiting and timing out uses this one. */
  readonly ticks: () => number;
}

export const realClock: Clock = { wall: () => Date.now(), ticks: () => performance.now() };

/**
 * What comes of `work`, or of `instead`, which may throw, when it was silent for so long or `graceMs` have passed since the signal:
 * something that never answers holds nobody up.
 * @param work calls `alive` as often as it gets on
 */
export function unless<T, U>(
  work: (alive: () => void) => Promise<T>,
  instead: () => U,
  limits: { signal?: AbortSignal | undefined; graceMs?: () => number; silentMs?: number },
): Promise<T | U> {
  const { signal, graceMs = () => 0, silentMs = Infinity } = limits;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => resolve((async () => instead())());
    const wait = (ms: number): void => {
      clearTimeout(timer);
      if (ms <= 0) end();
      else if (ms < Infinity) timer = setTimeout(end, ms);
    };
    const stop = (): void => wait(Math.min(silentMs, graceMs()));
    signal?.addEventListener('abort', stop);
    if (signal?.aborted === true) stop();
    else wait(silentMs);
    work(() => wait(silentMs))
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      });
  });
}

// Opaque identifiers: they say nothing about whom they stand for.

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford's base 32: nothing that looks like something else

/** `prefix_` and 12 random letters (60 bits). */
export function newId(prefix: string): string {
  return `${prefix}_${Array.from(randomBytes(12), (byte) => LETTERS[byte & 31]).join('')}`;
}

// What the services tell the audit journal: each says what it did when that is durable, and none knows where it is written.

export type By = AuditEvent['by'];
type WithoutBy<E> = E extends unknown ? Omit<E, 'by'> & { readonly by?: By } : never;

/** A line of the audit journal to be; `by` is the host's, where it is not said. */
export type AuditNote = WithoutBy<AuditEvent>;

/** Resolves when the lines are on disk, or will be: it never throws, for what they tell of has happened. */
export type NoteAudit = (...notes: AuditNote[]) => Promise<void>;

/** For services opened without a kiosk. */
export const noteNowhere: NoteAudit = () => Promise.resolve();

/** An id as the audit journal takes it. Ids of other shapes come only with data made elsewhere: their hash stands for them. */
export function opaqueId(id: string): string {
  if (/^[a-z]{1,3}_[0-9a-z]{6,40}$/.test(id)) return id;
  return `h_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** IANA name of the machine's zone. */
export const machineZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
