/** One JSON document of the kiosk in its data folder: read once, kept in memory, changed one change after the other. */
import { Low } from 'lowdb';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import type { LintelError } from '../../shared/errors.ts';
import { DurableFile, noticeOf } from '../store/durable-file.ts';
import { readOrSetAside } from './read-or-set-aside.ts';
import type { RoomFolder } from './room-folder.ts';
import { Turns } from './turns.ts';

export interface DocumentKind<T> {
  /** Plain file name; it belongs in `LINTEL_LAYOUT`. */
  readonly name: string;
  readonly schema: ZodType<T>;
  /** What it holds before the first write. */
  readonly initial: T;
  /** See `DurableFileOptions.acceptEdits`. */
  readonly acceptEdits?: boolean;
  /**
   * Said when neither the file nor its backup can be read: both are kept aside and it begins anew. Null: then it is not
   * opened at all.
   */
  readonly damaged: LintelError | null;
}

export class Document<T> {
  readonly #db: Low<T>;
  readonly #turns = new Turns();
  /** What opening it brought to light. */
  readonly notices: readonly LintelError[];

  private constructor(db: Low<T>, notices: readonly LintelError[]) {
    this.#db = db;
    this.notices = notices;
  }

  /** @throws LintelError `store-newer`, `store-failed`, `vault-...`; `store-damaged` where `damaged` is null */
  static async open<T>(on: RoomFolder, kind: DocumentKind<T>): Promise<Document<T>> {
    const { folder, readOnly = false, ops, codec, wall = Date.now } = on;
    const { name, schema, initial, acceptEdits = false, damaged } = kind;
    const path = join(folder, name);
    const file = new DurableFile<T>({
      path,
      schema,
      schemaVersion: 1,
      acceptEdits,
      readOnly,
      now: wall,
      ...(ops === undefined ? {} : { ops }),
      ...(codec === undefined ? {} : { codec }),
    });
    const db = new Low<T>(file, initial);
    if (damaged !== null) return new Document(db, await readOrSetAside(db, file, { path, readOnly, wall, damaged }));
    await db.read();
    const notice = file.outcome === null ? null : noticeOf(file.outcome, path);
    return new Document(db, notice === null ? [] : [notice]);
  }

  get data(): T {
    return this.#db.data;
  }

  /** Does something of several steps while no other change comes between. */
  take<R>(work: () => Promise<R>): Promise<R> {
    return this.#turns.take(work);
  }

  /** Resolves when `next` is on disk. Within `take`. @throws LintelError `disk-full` and the like: it is as it was before */
  async put(next: T): Promise<void> {
    const before = this.#db.data;
    this.#db.data = next;
    try {
      await this.#db.write();
    } catch (error) {
      this.#db.data = before;
      throw error;
    }
  }

  /** Changes what is only in memory, for when the disk refuses and it must count all the same. */
  assume(next: T): void {
    this.#db.data = next;
  }

  /** Resolves when nobody is changing it any more. */
  close(): Promise<void> {
    return this.#turns.idle();
  }
}
