/**
 * The operator's PIN: hashed with scrypt, never kept as it is, with growing waits after wrong tries.
 *
 * [Note: PIN tries] A try is written down before it is checked and taken back when it was right. So pulling the plug
 * right after a wrong PIN gives no free try.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { type NoteAudit, noteNowhere, type StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';

/** Wrong tries that cost nothing: fingers slip. */
const FREE_TRIES = 3;
/** Seconds to wait after the first wrong try beyond those, the second, ...; the last one stays. */
const WAITS = [5, 15, 60, 300] as const;

const pinRecordSchema = z.object({
  salt: z.string(),
  hash: z.string(),
  N: z
    .int()
    .min(2 ** 14)
    .max(2 ** 20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
});
export const operatorFileSchema = z.object({
  pin: pinRecordSchema.nullable(),
  wrong: z.object({ count: z.int().min(0), lastAt: z.number() }),
});
type PinRecord = z.infer<typeof pinRecordSchema>;
type OperatorFile = z.infer<typeof operatorFileSchema>;

/** About 100 ms and 32 MB a try on a laptop: nothing for a person, a lot for ten million guesses at a stolen file. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const HASH_BYTES = 32;

function derive(pin: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const { N, r, p } = cost;
  return new Promise((resolve, reject) =>
    scrypt(pin, salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
}

async function newRecord(pin: string): Promise<PinRecord> {
  const salt = randomBytes(16);
  const hash = await derive(pin, salt, COST);
  return { salt: salt.toString('base64'), hash: hash.toString('base64'), ...COST };
}

async function isRight(pin: string, record: PinRecord): Promise<boolean> {
  const hash = Buffer.from(record.hash, 'base64');
  const given = await derive(pin, Buffer.from(record.salt, 'base64'), record);
  return hash.length === given.length && timingSafeEqual(hash, given);
}

/** How long to wait after so many wrong tries in a row, ms. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE_TRIES) return 0;
  return (WAITS[Math.min(wrong - FREE_TRIES, WAITS.length - 1)] ?? 0) * 1000;
}

const DOCUMENT: DocumentKind<OperatorFile> = {
  name: 'operator.json',
  schema: operatorFileSchema,
  initial: { pin: null, wrong: { count: 0, lastAt: 0 } },
  damaged: null,
};

export class Operator {
  readonly #file: Document<OperatorFile>;
  readonly #wall: () => number;
  readonly #note: NoteAudit;

  private constructor(file: Document<OperatorFile>, wall: () => number, note: NoteAudit) {
    this.#file = file;
    this.#wall = wall;
    this.#note = note;
  }

  /** @throws LintelError `store-damaged`: a PIN that can not be read must not turn into no PIN at all */
  static async open(on: StorageContext): Promise<Operator> {
    return new Operator(await Document.open(on, DOCUMENT), on.wall ?? Date.now, on.note ?? noteNowhere);
  }

  get notices(): readonly LintelError[] {
    return this.#file.notices;
  }

  get pinSet(): boolean {
    return this.#file.data.pin !== null;
  }

  /** First use. @throws LintelError `pin-already-set` */
  create(pin: string): Promise<void> {
    return this.#file.take(async () => {
      if (this.pinSet) throw new LintelError('pin-already-set');
      await this.#file.put({ pin: await newRecord(pin), wrong: { count: 0, lastAt: 0 } });
      await this.#note(pinSet);
    });
  }

  /**
   * Resolves when the PIN is right.
   * @throws LintelError `pin-not-set`, `pin-wrong`, `pin-wait` (with `seconds`)
   */
  check(pin: string): Promise<void> {
    return this.#file.take(() => this.#check(pin));
  }

  /** @throws LintelError as `check` does about `current`, and what a write meets */
  change(current: string, next: string): Promise<void> {
    return this.#file.take(async () => {
      await this.#check(current);
      await this.#file.put({ ...this.#file.data, pin: await newRecord(next) });
      await this.#note(pinSet);
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #check(pin: string): Promise<void> {
    const { pin: record, wrong } = this.#file.data;
    if (record === null) throw new LintelError('pin-not-set');
    const waitMs = this.#waitLeft();
    if (waitMs > 0) throw tooManyTries(waitMs);
    const tried = { count: wrong.count + 1, lastAt: this.#wall() };
    // See [Note: PIN tries]. On a full disk the count lives in memory: the operator is needed to make room.
    await this.#file.put({ ...this.#file.data, wrong: tried }).catch(() => {
      this.#file.assume({ ...this.#file.data, wrong: tried });
    });
    if (await isRight(pin, record)) {
      const none = { count: 0, lastAt: 0 };
      await this.#file.put({ ...this.#file.data, wrong: none }).catch(() => {
        this.#file.assume({ ...this.#file.data, wrong: none });
      });
      return;
    }
    const next = waitAfter(tried.count);
    await this.#note({ kind: 'pin-failed', subject: null, details: { inARow: tried.count } });
    if (next > 0) await this.#note({ kind: 'pin-locked', subject: null, details: { seconds: Math.ceil(next / 1000) } });
    if (next > 0) throw tooManyTries(next);
    throw new LintelError('pin-wrong');
  }

  /** Ms until the next try. A clock set back does not make it longer than it was to be. */
  #waitLeft(): number {
    const { count, lastAt } = this.#file.data.wrong;
    const wait = waitAfter(count);
    return Math.max(0, Math.min(wait, lastAt + wait - this.#wall()));
  }
}

const pinSet = { kind: 'pin-set', subject: null, details: {} } as const;

function tooManyTries(waitMs: number): LintelError {
  const seconds = Math.ceil(waitMs / 1000);
  return new LintelError('pin-wait', { seconds });
}
