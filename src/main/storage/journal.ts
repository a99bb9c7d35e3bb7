/**
 * An append-only journal, one file a month: `PREFIX-YYYY-MM.ndjson`.
 *
 * [Note: journal lines] A line is `{"crc":"<8 hex>","entry":{...}}`, or with a codec `{"crc":"<8 hex>","sealed":"<base64>"}`;
 * the CRC-32 is over the bytes of the entry (or of the base64) as they stand in the line. A line is acknowledged when
 * fdatasync has returned. Power lost before that may leave a torn last line, or a tail of zeros: it is cut off when the
 * journal is next opened, kept aside and reported. A damaged line elsewhere stays, is reported and stepped over.
 */
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ZodType } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import type { Codec } from './envelope.ts';
import { readFailure, storeFailure } from './failure.ts';
import {
  codeOf,
  type FileOps,
  makeFolders,
  type OpenFile,
  piecesOf,
  realOps,
  removeIfThere,
  stamp,
  writeAll,
  writeDurably,
} from './file-ops.ts';

export interface JournalOptions<T> {
  readonly folder: string;
  readonly prefix: string;
  readonly schema: ZodType<T>;
  /** When an entry happened, Unix ms: says which month's file it goes to. */
  readonly timeOf: (entry: T) => number;
  /** Touch nothing on disk. `append` is refused. */
  readonly readOnly?: boolean;
  /** Told of a torn tail that was found later than at `open`. */
  readonly onTorn?: (damage: JournalDamage) => void;
  readonly codec?: Codec;
  readonly ops?: FileOps;
  readonly now?: () => number;
}

/** Something in a journal file that could not be used. */
export interface JournalDamage {
  /** Plain name of the file. */
  readonly file: string;
  /** From 1; null for a torn tail. */
  readonly line: number | null;
  /** For a torn tail: its bytes, and the plain name they are kept under (null when nothing may be touched). */
  readonly bytes?: number;
  readonly keptAs?: string | null;
}

/** Which files `rewrite` looks at, and what becomes of what can not be read in them. By plain name of the file. */
export interface RewriteOptions {
  readonly dropDamaged?: (file: string) => boolean;
  readonly only?: (file: string) => boolean;
}

const NEWLINE = 0x0a;
/** How much of a file's end is looked at for its last line break; a line is far shorter. */
const TAIL = 64 * 1024;
const DAY = 86_400_000;

type Waiting = { readonly line: Uint8Array; readonly resolve: () => void; readonly reject: (error: unknown) => void };

export class Journal<T> {
  readonly #options: JournalOptions<T>;
  readonly #ops: FileOps;
  readonly #queue = new Map<string, Waiting[]>();
  /** Length of each file after the last append that was acknowledged; a file that is not so long is looked at again. */
  readonly #lengths = new Map<string, number>();
  /** Where a file must be cut because an append to it failed. */
  readonly #cutTo = new Map<string, number>();
  #writing: Promise<void> | null = null;

  constructor(options: JournalOptions<T>) {
    this.#options = options;
    this.#ops = options.ops ?? realOps;
  }

  /**
   * Mends the ends of the files. Call it once before the first append.
   * @returns what was cut off
   */
  async open(): Promise<readonly JournalDamage[]> {
    const torn: JournalDamage[] = [];
    try {
      if (this.#options.readOnly !== true) await this.#sweep();
      for (const file of await this.#files()) {
        const found = await this.#mend(file);
        if (found !== null) torn.push(found);
      }
    } catch (error) {
      throw storeFailure(error, `${this.#options.prefix}-*.ndjson`);
    }
    return torn;
  }

  /**
   * Resolves when the entry is on disk. Appends that come while one is under way share the next write and fsync.
   * @throws LintelError `disk-full`, `store-read-only`, `store-failed`: then the entry is not in the journal
   */
  append(entry: T): Promise<void> {
    const file = this.#fileOf(this.#options.timeOf(entry));
    if (this.#options.readOnly)
      return Promise.reject(storeFailure(Object.assign(new Error('opened for reading'), { code: 'EROFS' }), file));
    const line = encodeLine(entry, this.#options.codec, file);
    return new Promise((resolve, reject) => {
      const waiting = this.#queue.get(file) ?? [];
      waiting.push({ line, resolve, reject });
      this.#queue.set(file, waiting);
      this.#writing ??= this.#drain();
    });
  }

  /**
   * Entries with from <= time < to (Unix ms), file by file, in the order they were written; streamed, so a month of any
   * size takes little memory.
   * @param onDamage told of each line that can not be read; it is stepped over
   */
  async *read(from: number, to: number, onDamage?: (damage: JournalDamage) => void): AsyncGenerator<T> {
    // An entry was filed under the month of the clock of its day: if the time zone has changed since, up to a day off.
    const first = this.#fileOf(from - DAY);
    const last = this.#fileOf(to + DAY);
    for (const file of await this.#files()) {
      if (file < first || file > last) continue;
      let line = 0;
      for await (const bytes of lines(join(this.#options.folder, file))) {
        line++;
        if (bytes.byteLength === 0) continue;
        const entry = this.#decode(file, bytes);
        if (entry === undefined) onDamage?.({ file, line });
        else {
          const at = this.#options.timeOf(entry);
          if (at >= from && at < to) yield entry;
        }
      }
    }
  }

  /** Everything, oldest file first. */
  readAll(onDamage?: (damage: JournalDamage) => void): AsyncGenerator<T> {
    return this.read(-Infinity, Infinity, onDamage);
  }

  /**
   * Erases or changes lines for good, where the law asks for it: the one exception to append-only. Each month's file that
   * changes is written anew beside the old one, fsynced and renamed over it, so that cut anywhere it is the old or the new
   * one, whole; a file without lines left is removed. Appends that come meanwhile wait.
   * @param change the entry to keep in its place (the same object: the line's bytes stay as they are), or null to erase it
   * @param options.dropDamaged whether the lines of a file that can not be read, and torn ends kept aside, go too. Default:
   *   they stay
   * @param options.only the files to look at, by plain name. Default: all
   * @returns how many lines were erased or changed
   * @throws LintelError `disk-full` and the like; months before the one that failed are done then, and it may be done again
   */
  async rewrite(change: (entry: T) => T | null, options: RewriteOptions = {}): Promise<number> {
    if (this.#options.readOnly)
      throw storeFailure(Object.assign(new Error('opened for reading'), { code: 'EROFS' }), this.#options.prefix);
    while (this.#writing !== null) await this.#writing;
    const work = this.#rewriteAll(change, options);
    const ended = (): void => {
      this.#writing = this.#queue.size > 0 ? this.#drain() : null;
    };
    this.#writing = work.then(ended, ended);
    return work;
  }

  async #rewriteAll(change: (entry: T) => T | null, { dropDamaged, only }: RewriteOptions): Promise<number> {
    let count = 0;
    for (const file of await this.#files()) {
      if (only?.(file) === false) continue;
      try {
        count += await this.#rewriteFile(file, change, dropDamaged?.(file) === true);
      } catch (error) {
        throw storeFailure(error, file);
      }
    }
    return count;
  }

  async #rewriteFile(file: string, change: (entry: T) => T | null, dropDamaged: boolean): Promise<number> {
    const { folder, codec } = this.#options;
    const path = join(folder, file);
    if (dropDamaged)
      for (const name of await this.#ops.list(folder))
        if (name.startsWith(`${file}.torn-`)) await removeIfThere(this.#ops, join(folder, name));
    const kept: Uint8Array[] = [];
    let count = 0;
    let dropped = 0;
    for await (const bytes of lines(path)) {
      if (bytes.byteLength === 0) continue;
      const entry = this.#decode(file, bytes);
      const next = entry === undefined ? undefined : change(entry);
      if (next === null) count++;
      else if (next === undefined && dropDamaged) dropped++;
      else if (next === undefined || next === entry) kept.push(bytes, Uint8Array.of(NEWLINE));
      else {
        kept.push(encodeLine(next, codec, file));
        count++;
      }
    }
    if (count + dropped === 0) return 0;
    if (kept.length === 0) await removeIfThere(this.#ops, path);
    else {
      await writeDurably(this.#ops, `${path}.tmp`, Buffer.concat(kept));
      await this.#ops.rename(`${path}.tmp`, path);
    }
    await this.#ops.syncFolder(folder);
    // The next append looks at the file anew.
    this.#lengths.delete(file);
    this.#cutTo.delete(file);
    return count;
  }

  /** What a rewrite that was cut short left. */
  async #sweep(): Promise<void> {
    const { prefix, folder } = this.#options;
    for (const name of await this.#ops.list(folder))
      if (name.startsWith(`${prefix}-`) && /^\d{4}-\d{2}\.ndjson\.tmp$/.test(name.slice(prefix.length + 1)))
        await removeIfThere(this.#ops, join(folder, name));
  }

  /** Waits for the appends under way. */
  async close(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #fileOf(at: number): string {
    if (at === -Infinity) return `${this.#options.prefix}-0000-00.ndjson`;
    if (at === Infinity) return `${this.#options.prefix}-9999-99.ndjson`;
    const date = new Date(at);
    const [year, month] = [date.getFullYear(), date.getMonth() + 1];
    if (year < 0) return this.#fileOf(-Infinity);
    if (year > 9999) return this.#fileOf(Infinity);
    if (Number.isNaN(year)) throw new RangeError('the time of a journal entry is no time');
    return `${this.#options.prefix}-${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}.ndjson`;
  }

  async #files(): Promise<string[]> {
    const { prefix, folder } = this.#options;
    const all = await this.#ops.list(folder);
    const ours = (name: string): boolean =>
      name.startsWith(`${prefix}-`) && /^\d{4}-\d{2}\.ndjson$/.test(name.slice(prefix.length + 1));
    return all.filter(ours).sort();
  }

  #decode(file: string, bytes: Buffer): T | undefined {
    const entry = decodeLine(bytes, this.#options.codec, file);
    if (entry === undefined) return undefined;
    const checked = this.#options.schema.safeParse(entry);
    return checked.success ? checked.data : undefined;
  }

  async #drain(): Promise<void> {
    while (this.#queue.size > 0) {
      const [file, waiting] = this.#queue.entries().next().value as [string, Waiting[]];
      this.#queue.delete(file);
      try {
        await this.#put(file, Buffer.concat(waiting.map((one) => one.line)));
        for (const one of waiting) one.resolve();
      } catch (error) {
        const failure = storeFailure(error, file);
        for (const one of waiting) one.reject(failure);
      }
    }
    this.#writing = null;
  }

  async #put(file: string, bytes: Uint8Array): Promise<void> {
    const { folder } = this.#options;
    const path = join(folder, file);
    await makeFolders(this.#ops, folder);
    const handle = await this.#ops.open(path, 'update');
    try {
      await this.#takeBack(file, handle);
      let length = await handle.size();
      if (length !== this.#lengths.get(file)) {
        // New, or changed by another hand.
        const torn = await this.#mendOpen(file, handle);
        if (torn !== null) this.#options.onTorn?.(torn);
        length = await handle.size();
        await this.#ops.syncFolder(folder);
      }
      try {
        await writeAll(handle, bytes, length);
        await handle.datasync();
      } catch (error) {
        // Not acknowledged, so it must not be there later either. If even that fails, the next append tries it first.
        this.#cutTo.set(file, length);
        await this.#takeBack(file, handle).catch(() => undefined);
        throw error;
      }
      this.#lengths.set(file, length + bytes.byteLength);
    } finally {
      await handle.close();
    }
  }

  /** Cuts off what an append that failed has left. */
  async #takeBack(file: string, handle: OpenFile): Promise<void> {
    const length = this.#cutTo.get(file);
    if (length === undefined) return;
    this.#lengths.delete(file);
    if ((await handle.size()) > length) {
      await handle.truncate(length);
      await handle.datasync();
    }
    this.#cutTo.delete(file);
  }

  async #mend(file: string): Promise<JournalDamage | null> {
    const how = this.#options.readOnly ? 'read' : 'update';
    const handle = await this.#ops.open(join(this.#options.folder, file), how);
    try {
      return await this.#mendOpen(file, handle);
    } finally {
      await handle.close();
    }
  }

  /** Cuts off what stands behind the last line break, having kept it aside; see [Note: journal lines]. */
  async #mendOpen(file: string, handle: OpenFile): Promise<JournalDamage | null> {
    const length = await handle.size();
    const end = await endOfLastLine(handle, length);
    if (end === length) {
      this.#lengths.set(file, length);
      return null;
    }
    const { folder, readOnly = false, now = Date.now } = this.#options;
    const tail = Buffer.alloc(length - end);
    await handle.read(tail, end);
    // Only the line break is missing: the entry is whole, so it stays.
    const whole = this.#decode(file, tail) !== undefined;
    if (readOnly) return whole ? null : { file, line: null, bytes: tail.byteLength, keptAs: null };
    if (whole) {
      await writeAll(handle, Uint8Array.of(NEWLINE), length);
      await handle.datasync();
      this.#lengths.set(file, length + 1);
      return null;
    }
    const keptAs = `${file}.torn-${stamp(now())}`;
    await writeDurably(this.#ops, join(folder, keptAs), tail);
    await this.#ops.syncFolder(folder);
    await handle.truncate(end);
    await handle.datasync();
    this.#lengths.set(file, end);
    return { file, line: null, bytes: tail.byteLength, keptAs };
  }
}

/** Where the last complete line of a file ends: behind its last line break, or 0. */
async function endOfLastLine(handle: OpenFile, length: number): Promise<number> {
  for (let to = length; to > 0;) {
    const from = Math.max(0, to - TAIL);
    const chunk = Buffer.alloc(to - from);
    await handle.read(chunk, from);
    const at = chunk.lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    to = from;
  }
  return 0;
}

const hex = (text: Uint8Array): string => crc32(text).toString(16).padStart(8, '0');

/** A line of the journal with its line break; see [Note: journal lines]. */
export function encodeLine(entry: unknown, codec: Codec | undefined, file: string): Uint8Array {
  const json = Buffer.from(JSON.stringify(entry), 'utf8');
  const key = codec === undefined ? 'entry' : 'sealed';
  const body =
    codec === undefined ? json : Buffer.from(`"${Buffer.from(codec.encode(json, file)).toString('base64')}"`, 'latin1');
  return Buffer.concat([Buffer.from(`{"crc":"${hex(body)}","${key}":`, 'latin1'), body, Buffer.from('}\n', 'latin1')]);
}

const FRONT = /^\{"crc":"([0-9a-f]{8})","(entry|sealed)":/;
const FRONT_LENGTH = '{"crc":"........","sealed":'.length;

/**
 * The entry in a line without its line break, or undefined when the line is damaged.
 * @throws LintelError only what the codec throws as one
 */
export function decodeLine(line: Uint8Array, codec: Codec | undefined, file: string): unknown {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const front = FRONT.exec(bytes.toString('latin1', 0, FRONT_LENGTH));
  if (front === null || bytes.at(-1) !== 0x7d) return undefined;
  const body = bytes.subarray(front[0].length, -1);
  if (hex(body) !== front[1]) return undefined;
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    if (front[2] === 'entry') return codec?.refusesPlain === true ? undefined : value;
    if (codec === undefined || typeof value !== 'string') return undefined;
    return JSON.parse(Buffer.from(codec.decode(Buffer.from(value, 'base64'), file)).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof LintelError) throw error;
    return undefined;
  }
}

/** The lines of a file as bytes, without their line breaks; what stands behind the last line break is not one. */
async function* lines(path: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  try {
    for await (const chunk of piecesOf(path)) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, at);
        yield held.length === 0 ? piece : Buffer.concat([...held, piece]);
        held = [];
        from = at + 1;
      }
      if (from < chunk.byteLength) held.push(chunk.subarray(from));
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw readFailure(error, basename(path));
  }
}
