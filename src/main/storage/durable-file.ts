/**
 * A JSON file that is whole at every instant, as an adapter of lowdb.
 *
 * [Note: generations] A write makes `NAME.tmp` and fsyncs it, gives the generation in place a second name `NAME.bak`
 * (a hard link, so that `NAME` is never absent), renames `NAME.tmp` onto `NAME` and fsyncs the folder. Cut anywhere,
 * `NAME` is the old or the new generation, whole. `.bak` is one write older than `NAME`: when `NAME` is damaged later
 * (a bad block, an editor) the last write is lost, and the outcome says how old the restored generation is.
 *
 * [Note: unseen] What was lost that way is said by everybody who opens the file until an operator has seen it (`forgetUnseen`):
 * `NAME.restored`, written before the file is mended, keeps the words.
 */
import { basename, dirname, join } from 'node:path';
import type { Adapter } from 'lowdb';
import type { ZodType } from 'zod';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import { type Codec, type Damage, type Envelope, type Opened, plain, seal, unseal } from './envelope.ts';
import { readFailure, storeFailure } from './failure.ts';
import { codeOf, type FileOps, keepAs, makeFolders, realOps, removeIfThere, stamp, writeDurably } from './file-ops.ts';

export interface DurableFileOptions<T> {
  readonly path: string;
  /** What `data` must look like; a file that does not is damaged. */
  readonly schema: ZodType<T>;
  /** The version this program writes, from 1. */
  readonly schemaVersion: number;
  /** `migrations[n]` takes the data of version n to version n + 1. */
  readonly migrations?: Readonly<Record<number, (data: unknown) => unknown>>;
  /** Touch nothing on disk: for reading beside a running kiosk. `write` is refused. */
  readonly readOnly?: boolean;
  /** Take sound JSON with a wrong checksum as it is: for a file that people edit by hand. */
  readonly acceptEdits?: boolean;
  readonly codec?: Codec;
  readonly ops?: FileOps;
  readonly now?: () => number;
}

/** What `read` found. */
type ReadOutcome =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'ok'; readonly head: Envelope }
  /** Somebody edited the file by hand; it was taken as it is. */
  | { readonly kind: 'edited'; readonly head: Envelope }
  | {
      readonly kind: 'restored';
      readonly why: Damage | 'missing';
      /** The plain name the damaged file now has; null when there was none or nothing may be touched. */
      readonly keptAs: string | null;
      /** The generation that was restored. */
      readonly head: Envelope;
      readonly migratedFrom: number | null;
    }
  | { readonly kind: 'migrated'; readonly from: number; readonly keptAs: string | null; readonly head: Envelope };

type Waiter = { readonly resolve: () => void; readonly reject: (error: unknown) => void };

/** A file that holds one value of type T. Every write is durable when its promise resolves; see [Note: generations]. */
export class DurableFile<T> implements Adapter<T> {
  readonly #options: DurableFileOptions<T>;
  readonly #ops: FileOps;
  readonly #codec: Codec;
  readonly #name: string;
  #outcome: ReadOutcome | null = null;
  #notices: LintelError[] = [];
  #generation = 0;
  #next: { data: T; waiters: Waiter[] } | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: DurableFileOptions<T>) {
    this.#options = options;
    this.#ops = options.ops ?? realOps;
    this.#codec = options.codec ?? plain;
    this.#name = basename(options.path);
  }

  /** What the last `read` found; null before it. */
  get outcome(): ReadOutcome | null {
    return this.#outcome;
  }

  /** What an operator should be told of: what the last `read` mended, and what is unseen; see [Note: unseen]. */
  get notices(): readonly LintelError[] {
    return this.#notices;
  }

  /** Has this said whenever the file is opened, until it is seen. @throws LintelError `disk-full` and the like */
  async remember(notice: LintelError): Promise<void> {
    await remember(this.#ops, this.#options.path, notice);
  }

  /**
   * The value on disk, or null when there is none yet. Mends what can be mended (see `outcome`), touches nothing else.
   * @throws LintelError `store-damaged` (and no sound backup), `store-newer`, or what a mending write meets
   */
  async read(): Promise<T | null> {
    this.#outcome = null;
    const data = await this.#read();
    const { path, readOnly = false } = this.#options;
    const now = this.#outcome === null || !readOnly ? null : noticeOf(this.#outcome, path);
    this.#notices = [...(await readUnseen(this.#ops, `${path}${UNSEEN}`)), ...(now === null ? [] : [now])];
    return data;
  }

  async #read(): Promise<T | null> {
    const { path, readOnly = false } = this.#options;
    const main = await this.#look(path);
    if (main !== null && main.kind === 'newer') throw this.#newer();
    const taken = main === null ? null : this.#take(main);
    if (taken !== null && 'data' in taken) {
      const { head } = taken;
      const from = taken.migratedFrom;
      this.#generation = head.generation;
      if (!readOnly) await this.#sweep();
      if (from === null) this.#outcome = { kind: taken.edited ? 'edited' : 'ok', head };
      else this.#outcome = { kind: 'migrated', from, keptAs: await this.#saveMigrated(taken.data, from), head };
      return taken.data;
    }
    return this.#restore(taken === null ? 'missing' : taken.damage);
  }

  /**
   * Resolves when a generation that holds `data` is durable. Writes that come while one is under way share the next:
   * `data` is turned into JSON when that one begins, so it must not hold anything half done.
   * @throws LintelError `disk-full`, `store-read-only`, `store-failed`; the generation before is then still in place
   */
  write(data: T): Promise<void> {
    if (this.#options.readOnly)
      return Promise.reject(
        storeFailure(Object.assign(new Error('opened for reading'), { code: 'EROFS' }), this.#name),
      );
    // Without having read there is no knowing what would be overwritten; also after a read that refused the file.
    if (this.#outcome === null) return Promise.reject(new Error(`${this.#name} must be read before it is written`));
    return new Promise((resolve, reject) => {
      this.#next ??= { data, waiters: [] };
      this.#next.data = data;
      this.#next.waiters.push({ resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** Waits for the writes under way. */
  async close(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#next !== null) {
      const { data, waiters } = this.#next;
      this.#next = null;
      try {
        await this.#put(data);
        for (const waiter of waiters) waiter.resolve();
      } catch (error) {
        const failure = storeFailure(error, this.#name);
        for (const waiter of waiters) waiter.reject(failure);
        // Let those who were refused take back their change before the next generation is made of the same object.
        await new Promise((done) => setImmediate(done));
      }
    }
    this.#writing = null;
  }

  async #put(data: T): Promise<void> {
    const { path, schemaVersion, now = Date.now } = this.#options;
    const ops = this.#ops;
    const head = { schemaVersion, generation: this.#generation + 1, savedAt: now() };
    const bytes = seal(head, data, this.#codec, this.#name);
    await makeFolders(ops, dirname(path));
    const first = !(await ops.exists(path));
    let placed = false;
    try {
      await writeDurably(ops, `${path}.tmp`, bytes);
      // There is no generation before the first: a copy of it, not a link, so that damage to one spares the other.
      if (first) await writeDurably(ops, `${path}.bak.tmp`, bytes);
      else await keepAs(ops, path, `${path}.bak`);
      await ops.rename(`${path}.tmp`, path);
      placed = true;
      if (first) await ops.rename(`${path}.bak.tmp`, `${path}.bak`);
      await ops.syncFolder(dirname(path));
    } catch (error) {
      await this.#takeBack(first, placed).catch(() => undefined);
      throw error;
    }
    this.#generation = head.generation;
  }

  /** Undoes a write that failed: what was not acknowledged must not be there after a restart. */
  async #takeBack(first: boolean, placed: boolean): Promise<void> {
    const { path } = this.#options;
    // On a full disk the unfinished file would take the very space that is missing.
    await removeIfThere(this.#ops, `${path}.tmp`);
    await removeIfThere(this.#ops, `${path}.bak.tmp`);
    if (!placed) return;
    if (first) {
      await removeIfThere(this.#ops, path);
      await removeIfThere(this.#ops, `${path}.bak`);
    } else await keepAs(this.#ops, `${path}.bak`, path);
    await this.#ops.syncFolder(dirname(path));
  }

  async #look(path: string): Promise<Opened | null> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#ops.readFile(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw readFailure(error, this.#name);
    }
    return unseal(bytes, this.#options.schemaVersion, this.#codec, this.#name);
  }

  /** Checks and migrates what a file holds. */
  #take(
    found: Exclude<Opened, { kind: 'newer' }>,
  ): { data: T; head: Envelope; edited: boolean; migratedFrom: number | null } | { damage: Damage } {
    if (found.kind === 'damaged') return { damage: found.damage };
    if (found.kind === 'altered' && !this.#options.acceptEdits) return { damage: 'checksum' };
    const { schema, schemaVersion, migrations = {} } = this.#options;
    let data = found.data;
    for (let version = found.head.schemaVersion; version < schemaVersion; version++) {
      const migrate = migrations[version];
      if (migrate === undefined) return { damage: 'shape' };
      try {
        data = migrate(data);
      } catch {
        return { damage: 'shape' };
      }
    }
    const checked = schema.safeParse(data);
    if (!checked.success) return { damage: 'shape' };
    const older = found.head.schemaVersion < schemaVersion;
    return {
      data: checked.data,
      head: found.head,
      edited: found.kind === 'altered',
      migratedFrom: older ? found.head.schemaVersion : null,
    };
  }

  async #restore(why: Damage | 'missing'): Promise<T | null> {
    const { path, readOnly = false, now = Date.now } = this.#options;
    const backup = await this.#look(`${path}.bak`);
    if (backup?.kind === 'newer') throw this.#newer();
    const taken = backup === null ? null : this.#take(backup);
    if (taken === null && why === 'missing') {
      if (!readOnly) await this.#sweep();
      this.#outcome = { kind: 'fresh' };
      return null;
    }
    if (taken === null || 'damage' in taken) throw this.#damaged(why);
    let keptAs: string | null = null;
    if (!readOnly) {
      try {
        if (why !== 'missing') {
          keptAs = `${this.#name}.damaged-${stamp(now())}`;
          await keepAs(this.#ops, path, `${dirname(path)}/${keptAs}`);
        }
        await this.remember(restoredNotice(this.#name, { why, keptAs, head: taken.head }));
        await this.#sweep();
        if (taken.migratedFrom !== null) await keepAs(this.#ops, `${path}.bak`, `${path}.v${taken.migratedFrom}`);
        await writeDurably(this.#ops, `${path}.tmp`, await this.#ops.readFile(`${path}.bak`));
        await this.#ops.rename(`${path}.tmp`, path);
        await this.#ops.syncFolder(dirname(path));
      } catch (error) {
        throw storeFailure(error, this.#name);
      }
    }
    this.#generation = taken.head.generation;
    if (taken.migratedFrom !== null && !readOnly) await this.#put(taken.data);
    this.#outcome = { kind: 'restored', why, keptAs, head: taken.head, migratedFrom: taken.migratedFrom };
    return taken.data;
  }

  async #saveMigrated(data: T, from: number): Promise<string | null> {
    const { path, readOnly = false } = this.#options;
    if (readOnly) return null;
    try {
      await keepAs(this.#ops, path, `${path}.v${from}`);
      await this.#put(data);
    } catch (error) {
      throw storeFailure(error, this.#name);
    }
    return `${this.#name}.v${from}`;
  }

  /** What a write that was cut short left lying about. */
  async #sweep(): Promise<void> {
    const { path } = this.#options;
    for (const leftover of [`${path}.tmp`, `${path}.bak.tmp`]) {
      await removeIfThere(this.#ops, leftover).catch((error: unknown) => {
        throw storeFailure(error, this.#name);
      });
    }
  }

  #newer(): LintelError {
    return new LintelError('store-newer', { file: this.#name });
  }

  #damaged(why: Damage | 'missing'): LintelError {
    return new LintelError('store-damaged.file', { file: this.#name, why });
  }
}

function restoredNotice(
  file: string,
  { why, head, keptAs }: Pick<Extract<ReadOutcome, { kind: 'restored' }>, 'why' | 'head' | 'keptAs'>,
): LintelError {
  const { savedAt } = head;
  const params = { file, why, savedAt, saved: new Date(savedAt).toISOString() };
  if (keptAs === null) return new LintelError('store-damaged.restored', params);
  return new LintelError('store-damaged.restored-kept', { ...params, keptAs });
}

/** What an operator should be told once about a read, or null when all was well. */
export function noticeOf(outcome: ReadOutcome, path: string): LintelError | null {
  const file = basename(path);
  switch (outcome.kind) {
    case 'fresh':
    case 'ok':
    case 'edited':
    case 'migrated':
      return null;
    case 'restored':
      return restoredNotice(file, outcome);
  }
}

// See [Note: unseen].

const UNSEEN = '.restored';
const MOST_UNSEEN = 5;

async function remember(ops: FileOps, path: string, notice: LintelError): Promise<void> {
  const marker = path + UNSEEN;
  const unseen = [...(await readUnseen(ops, marker)), notice].slice(-MOST_UNSEEN);
  try {
    await writeDurably(ops, `${marker}.tmp`, Buffer.from(JSON.stringify(unseen.map((one) => one.toReport()))));
    await ops.rename(`${marker}.tmp`, marker);
    await ops.syncFolder(dirname(marker));
  } catch (error) {
    throw storeFailure(error, basename(path));
  }
}

/**
 * The same for a journal, of which opening mends the end.
 * @param found by this opening
 * @returns all that is to be said of it
 * @throws LintelError `disk-full` and the like
 */
export async function untilSeen(
  { folder, readOnly = false, ops = realOps }: { folder: string; readOnly?: boolean; ops?: FileOps },
  journal: string,
  found: readonly LintelError[],
): Promise<LintelError[]> {
  const path = join(folder, `${journal}.json`);
  if (!readOnly) for (const notice of found) await remember(ops, path, notice);
  return [...(await readUnseen(ops, path + UNSEEN)), ...(readOnly ? found : [])];
}

async function readUnseen(ops: FileOps, marker: string): Promise<LintelError[]> {
  try {
    if (!(await ops.exists(marker))) return [];
    const reports: unknown = JSON.parse(Buffer.from(await ops.readFile(marker)).toString('utf8'));
    return (reports as ErrorReport[]).map((report) => LintelError.fromReport(report));
  } catch {
    return [new LintelError('store-damaged.restored-before', { file: basename(marker, UNSEEN) })];
  }
}

/** Everything in a data folder that no operator has seen yet. */
export async function unseenIn(ops: FileOps, folder: string): Promise<LintelError[]> {
  const markers = (await ops.list(folder)).filter((name) => name.endsWith(`.json${UNSEEN}`)).sort();
  return (await Promise.all(markers.map((name) => readUnseen(ops, `${folder}/${name}`)))).flat();
}

/** An operator has seen it: nobody says it again. @throws LintelError `store-read-only`, `store-failed` */
export async function forgetUnseen(ops: FileOps, folder: string): Promise<void> {
  const markers = (await ops.list(folder)).filter((name) => name.endsWith(`.json${UNSEEN}`));
  try {
    for (const name of markers) await removeIfThere(ops, `${folder}/${name}`);
    if (markers.length > 0) await ops.syncFolder(folder);
  } catch (error) {
    throw storeFailure(error, 'The data folder');
  }
}
