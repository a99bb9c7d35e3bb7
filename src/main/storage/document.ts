/** One JSON document of the kiosk in its data folder: read once, kept in memory, changed one change after the other. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { ZodType } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import type { StorageContext } from './context.ts';
import { DurableFile } from './durable-file.ts';
import { codeOf, stamp } from './file-ops.ts';
import { Mutex } from 'async-mutex';

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
  readonly #mutex = new Mutex();
  /** What opening it brought to light. */
  readonly notices: readonly LintelError[];

  private constructor(db: Low<T>, notices: readonly LintelError[]) {
    this.#db = db;
    this.notices = notices;
  }

  /** @throws LintelError `store-newer`, `store-failed`, `vault-...`; `store-damaged` where `damaged` is null */
  static async open<T>(on: StorageContext, kind: DocumentKind<T>): Promise<Document<T>> {
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
      ...given({ ops, codec }),
    });
    const db = new Low<T>(file, initial);
    if (damaged !== null) return new Document(db, await readOrSetAside(db, file, { path, readOnly, wall, damaged }));
    await db.read();
    return new Document(db, file.notices);
  }

  get data(): T {
    return this.#db.data;
  }

  /** Does something of several steps while no other change comes between. */
  take<R>(work: () => Promise<R>): Promise<R> {
    return this.#mutex.runExclusive(work);
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
    return this.#mutex.waitForUnlock();
  }
}

// Opening a file that is no reason to keep the kiosk closed: what cannot be read is kept aside, said, and begun anew.

/**
 * Reads the file behind `db`; when it and its backup are damaged both are kept aside (not when `readOnly`) and `db` begins
 * fresh. @returns what is to be said about it: the file's own notice, or `damaged`
 * @throws LintelError everything but `store-damaged`
 */
async function readOrSetAside<T>(
  db: { read(): Promise<void> },
  file: DurableFile<T>,
  options: {
    readonly path: string;
    readonly readOnly: boolean;
    readonly wall: () => number;
    readonly damaged: LintelError;
  },
): Promise<readonly LintelError[]> {
  const { path, readOnly, wall, damaged } = options;
  try {
    await db.read();
    return file.notices;
  } catch (error) {
    if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
    if (!readOnly) {
      await file.remember(damaged);
      const aside = `.damaged-${stamp(wall())}`;
      for (const name of [path, `${path}.bak`])
        await rename(name, name + aside).catch((failed: unknown) => {
          if (codeOf(failed) !== 'ENOENT') throw failed;
        });
      await db.read();
      return file.notices;
    }
    return [damaged];
  }
}
