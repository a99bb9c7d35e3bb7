/**
 * Pairs of people whom the kiosk did not tell apart at the door, in `ambiguous.json`: by id, how often, and when. What the
 * operator then changes (a merge, a removal, better pictures) settles a pair, and it is counted anew.
 */
import * as z from 'zod';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import { type NoteAudit, noteNowhere, opaqueId, type StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';
import { pairKey, type PersonRecord } from './records.ts';

export const ambiguousFileSchema = z.object({
  /** `a` < `b`; `lastAt` in Unix ms. */
  pairs: z.array(z.object({ a: z.string(), b: z.string(), times: z.int().min(1), lastAt: z.number() })),
});
type AmbiguousFile = z.infer<typeof ambiguousFileSchema>;

const DOCUMENT: DocumentKind<AmbiguousFile> = {
  name: 'ambiguous.json',
  schema: ambiguousFileSchema,
  initial: { pairs: [] },
  damaged: new LintelError('store-damaged.ambiguous'),
};

/** Once may be a bad moment before the camera. */
const REPEATED = 2;
const MOST_PAIRS = 200;

export interface AmbiguousPair {
  readonly a: PersonRecord;
  readonly b: PersonRecord;
  readonly times: number;
  readonly lastAt: number;
}

export class AmbiguousPairs {
  readonly #file: Document<AmbiguousFile>;
  readonly #find: (id: string) => PersonRecord | undefined;
  readonly #wall: () => number;
  readonly #note: NoteAudit;

  private constructor(
    file: Document<AmbiguousFile>,
    on: StorageContext,
    find: (id: string) => PersonRecord | undefined,
  ) {
    this.#file = file;
    this.#find = find;
    this.#wall = on.wall ?? Date.now;
    this.#note = on.note ?? noteNowhere;
  }

  /** @param find somebody enrolled, by id. @throws LintelError as `Document.open` */
  static async open(on: StorageContext, find: (id: string) => PersonRecord | undefined): Promise<AmbiguousPairs> {
    return new AmbiguousPairs(await Document.open(on, DOCUMENT), on, find);
  }

  get notices(): readonly LintelError[] {
    return this.#file.notices;
  }

  /** Pairs that were not told apart repeatedly since either of the two was last changed; the latest first. */
  get repeated(): readonly AmbiguousPair[] {
    return this.#file.data.pairs
      .flatMap((pair) => this.#current(pair) ?? [])
      .filter(({ times }) => times >= REPEATED)
      .sort((one, other) => other.lastAt - one.lastAt);
  }

  isRepeated(a: string, b: string): boolean {
    const pair = this.#file.data.pairs.find((one) => pairKey(one.a, one.b) === pairKey(a, b));
    return pair !== undefined && (this.#current(pair)?.times ?? 0) >= REPEATED;
  }

  /** What the operator is told; names stand where only the operator sees them. */
  get report(): ErrorReport | null {
    const { length: count } = this.repeated;
    return count === 0 ? null : new LintelError('ambiguous-people', { count }).toReport();
  }

  /** Somebody at the door could have been either of these two. @throws LintelError `disk-full` and the like */
  count(one: string, other: string): Promise<void> {
    const [a, b] = [one, other].sort() as [string, string];
    return this.#file.take(async () => {
      const { pairs } = this.#file.data;
      const known = pairs.find((pair) => pair.a === a && pair.b === b);
      const times = (known === undefined ? 0 : (this.#current(known)?.times ?? 0)) + 1;
      const others = pairs.filter((pair) => pair !== known && this.#current(pair) !== null);
      await this.#file.put({ pairs: [...others, { a, b, times, lastAt: this.#wall() }].slice(-MOST_PAIRS) });
      if (times !== REPEATED) return;
      await this.#note({ kind: 'ambiguous', subject: opaqueId(a), by: 'kiosk', details: { with: opaqueId(b), times } });
    });
  }

  /** The operator has decided about a pair; without ids: has seen them all. @throws LintelError `disk-full` and the like */
  forget(a?: string, b?: string): Promise<void> {
    return this.#file.take(async () => {
      const { pairs } = this.#file.data;
      const kept =
        a === undefined || b === undefined ? [] : pairs.filter((one) => pairKey(one.a, one.b) !== pairKey(a, b));
      if (kept.length < pairs.length) await this.#file.put({ pairs: kept });
    });
  }

  /** Lets go of pairs of whom one is gone or was changed. @throws LintelError `disk-full` and the like */
  forgetSettled(): Promise<void> {
    return this.#file.take(async () => {
      const { pairs } = this.#file.data;
      const kept = pairs.filter((pair) => this.#current(pair) !== null);
      if (kept.length < pairs.length) await this.#file.put({ pairs: kept });
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Null: one of them is gone or was changed since. */
  #current({ a, b, times, lastAt }: AmbiguousFile['pairs'][number]): AmbiguousPair | null {
    const [first, second] = [this.#find(a), this.#find(b)];
    if (first === undefined || second === undefined) return null;
    return Math.max(first.updatedAt, second.updatedAt) > lastAt ? null : { a: first, b: second, times, lastAt };
  }
}
