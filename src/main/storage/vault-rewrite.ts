/**
 * The bytes of one file, as they should stand under another key or under none. Pure: bytes in, bytes out.
 *
 * A journal line is sealed by itself, as the store does it (see [Note: journal lines]). A line that can not be read is
 * sealed whole, behind a mark, so that it stays as damaged as it was, gives nothing away, and comes back as it was.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type ErrorCode, LintelError, type Phrase } from '../../shared/errors.ts';
import { type DataEntry, type DataLayout, listData } from './data-layout.ts';
import { type DataKey, keyIdOf, openSealed, salvage, sealBytes } from './encrypted-codec.ts';
import type { Codec } from './envelope.ts';
import { readFailure, storeFailure } from './failure.ts';
import { codeOf, type FileOps, removeIfThere, writeDurably } from './file-ops.ts';
import { decodeLine } from './journal.ts';

interface Rewriting {
  /** Every key the bytes may be under. */
  readonly keys: ReadonlyMap<string, DataKey>;
  /** The key they should be under; null: none. */
  readonly target: DataKey | null;
}

/** Sealed with a key that is not there, or changed since: it must not be touched. */
class Unreadable extends Error {
  readonly why: Phrase<'unreadable'>;

  constructor(why: Phrase<'unreadable'>, options?: ErrorOptions) {
    super(why, options);
    this.why = why;
  }
}

interface Rewritten {
  /** Null: they are as they should be. */
  readonly bytes: Uint8Array | null;
  /** Some of what was found is not sealed, and a program would take it for genuine. */
  readonly foundPlain: boolean;
}

/** @throws Unreadable */
function rewrite(stored: Uint8Array, entry: DataEntry, how: Rewriting): Rewritten {
  return entry.kind === 'journal' ? rewriteJournal(stored, entry.name, how) : rewriteWhole(stored, entry, how);
}

function rewriteWhole(stored: Uint8Array, { name, aside }: DataEntry, { keys, target }: Rewriting): Rewritten {
  const id = keyIdOf(stored);
  if (id === null) return { bytes: target === null ? null : sealBytes(stored, target, name), foundPlain: !aside };
  const key = keys.get(id);
  if (key === undefined) {
    // Damage may have hit the key's id itself.
    if (aside) return { bytes: null, foundPlain: false };
    throw new Unreadable('other-key');
  }
  let plain: Uint8Array;
  try {
    plain = openSealed(stored, key, name);
  } catch (error) {
    if (!aside) throw new Unreadable('changed', { cause: error });
    plain = salvage(stored, key);
  }
  if (id === target?.id) return { bytes: null, foundPlain: false };
  return { bytes: target === null ? plain : sealBytes(plain, target, name), foundPlain: false };
}

const NEWLINE = 0x0a;
const MARK = Buffer.from('damaged line: ', 'latin1');
const SEALED = /^\{"crc":"[0-9a-f]{8}","sealed":"([A-Za-z0-9+/=]*)"\}$/;

function rewriteJournal(stored: Uint8Array, name: string, how: Rewriting): Rewritten {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const out: Uint8Array[] = [];
  let changed = false;
  let foundPlain = false;
  for (let from = 0; from < bytes.byteLength;) {
    const at = bytes.indexOf(NEWLINE, from);
    const line = bytes.subarray(from, at < 0 ? bytes.byteLength : at);
    from = at < 0 ? bytes.byteLength : at + 1;
    if (line.byteLength > 0) {
      const now = rewriteLine(line, name, how);
      foundPlain ||= now.foundPlain;
      changed ||= now.bytes !== null;
      out.push(now.bytes ?? line);
    }
    out.push(Uint8Array.of(NEWLINE));
    // A torn tail gets its line break here and is from then on a damaged line.
    changed ||= at < 0;
  }
  return { bytes: changed ? Buffer.concat(out) : null, foundPlain };
}

function rewriteLine(line: Buffer, name: string, { keys, target }: Rewriting): Rewritten {
  const sealed = SEALED.exec(line.toString('latin1'));
  if (sealed === null) {
    const sound = decodeLine(line, undefined, name) !== undefined;
    if (target === null) return { bytes: null, foundPlain: sound };
    const body = sound ? line.subarray(ENTRY_FRONT.length, -1) : Buffer.concat([MARK, line]);
    return { bytes: lineOf(body, name, target), foundPlain: sound };
  }
  const body = Buffer.from(sealed[1] ?? '', 'base64');
  const id = keyIdOf(body);
  const key = id === null ? undefined : keys.get(id);
  if (id !== null && key === undefined && decodeLine(line, anything, name) !== undefined)
    throw new Unreadable('line-other-key');
  let plain: Uint8Array | null = null;
  try {
    if (key !== undefined) plain = openSealed(body, key, name);
  } catch {
    // A flipped bit: this line is lost, the others are not. It is kept as it is, below.
  }
  if (plain !== null && id === target?.id) return { bytes: null, foundPlain: false };
  if (plain !== null) return { bytes: lineOf(plain, name, target), foundPlain: false };
  if (target === null) return { bytes: null, foundPlain: false };
  return { bytes: lineOf(Buffer.concat([MARK, line]), name, target), foundPlain: false };
}

/** Only for asking whether a sealed line's checksum is right: takes whatever stands in it. */
const anything: Codec = { encode: (bytes) => bytes, decode: () => Buffer.from('true', 'latin1') };

const ENTRY_FRONT = '{"crc":"........","entry":';

/** A line, without its line break, around the JSON (as it stood) or the marked bytes in `body`. */
function lineOf(body: Uint8Array, name: string, target: DataKey | null): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (target === null && bytes.subarray(0, MARK.byteLength).equals(MARK)) return bytes.subarray(MARK.byteLength);
  const inside =
    target === null
      ? bytes
      : Buffer.from(`"${Buffer.from(sealBytes(bytes, target, name)).toString('base64')}"`, 'latin1');
  const crc = crc32(inside).toString(16).padStart(8, '0');
  const front = `{"crc":"${crc}","${target === null ? 'entry' : 'sealed'}":`;
  return Buffer.concat([Buffer.from(front, 'latin1'), inside, Buffer.from('}', 'latin1')]);
}

/*
 * Every file of a data folder, written again under another key or under none. Nobody else may have the folder open.
 *
 * [Note: migration] A file is rewritten as the store writes one: temporary file, fsync, rename, fsync of the folder. Cut
 * anywhere, each file is whole and either as before or as it should be, and both kinds can be read, because `vault.json`
 * holds every key in use until the last file is done. Doing it again does only what is left to do.
 *
 * [Note: plan] While `encrypting`, some files are still plain. So that nobody can slip in a plain file of their own, the
 * plan (sealed with the new key) holds the SHA-256 of each file as it was when encryption was turned on; a plain file that
 * is not in it stops the migration.
 */

/** SHA-256 (hex) by path, of files that may be plain. */
export type Plan = Readonly<Record<string, string>>;

export interface Migration extends Rewriting {
  readonly folder: string;
  readonly layout: DataLayout;
  readonly ops: FileOps;
  /** Plain files: any, or only those of the plan. */
  readonly plain: 'any' | Plan;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Renames that share one fsync of their folder. */
const BATCH = 64;

/**
 * Reads everything and changes nothing.
 * @returns the plan of what is plain now
 * @throws LintelError `vault-broken` naming the first file that can not be taken along
 */
export async function survey(migration: Migration): Promise<Plan> {
  const plan: Record<string, string> = {};
  for (const entry of await listData(migration.ops, migration.folder, migration.layout)) {
    if (entry.scratch) continue;
    const stored = await readEntry(migration, entry);
    if (stored === null) continue;
    if (tryRewrite(stored, entry, migration).foundPlain) plan[entry.path] = sha256(stored);
  }
  return plan;
}

/** @throws LintelError `vault-broken`, `disk-full`, `store-read-only`, `store-failed`: then part of it is done, see above */
export async function migrate(migration: Migration): Promise<void> {
  const entries = await listData(migration.ops, migration.folder, migration.layout);
  const folders = groups(entries);
  let done = 0;
  for (const [folder, inside] of folders) {
    for (let from = 0; from < inside.length; from += BATCH) {
      const batch = inside.slice(from, from + BATCH);
      await migrateBatch(migration, join(migration.folder, folder), batch);
      done += batch.length;
      migration.onProgress?.(done, entries.length);
    }
  }
}

async function migrateBatch(migration: Migration, folder: string, batch: readonly DataEntry[]): Promise<void> {
  const { ops } = migration;
  const old: FileHandle[] = [];
  try {
    for (const entry of batch) {
      const path = join(migration.folder, entry.path);
      if (entry.scratch) {
        await holdOld(old, path, migration);
        await guard(entry, () => removeIfThere(ops, path));
        continue;
      }
      const stored = await readEntry(migration, entry);
      if (stored === null) continue;
      const { bytes } = tryRewrite(stored, entry, migration);
      if (bytes === null) continue;
      await guard(entry, async () => {
        try {
          await writeDurably(ops, `${path}.tmp`, bytes);
          await holdOld(old, path, migration);
          await ops.rename(`${path}.tmp`, path);
        } catch (error) {
          await removeIfThere(ops, `${path}.tmp`).catch(() => undefined);
          throw error;
        }
      });
    }
    await guard(undefined, () => ops.syncFolder(folder));
    // Only now: before the folder's fsync a power cut may bring the old file back under its name.
    for (const handle of old) await overwrite(handle).catch(() => undefined);
  } finally {
    for (const handle of old) await handle.close().catch(() => undefined);
  }
}

function tryRewrite(stored: Uint8Array, entry: DataEntry, migration: Migration): ReturnType<typeof rewrite> {
  const { plain } = migration;
  try {
    const result = rewrite(stored, entry, migration);
    if (result.foundPlain && plain !== 'any' && plain[entry.path] !== sha256(stored)) throw new Unreadable('plain');
    return result;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new LintelError('vault-broken.file', { file: entry.path, why: error.why }, { cause: error });
  }
}

async function readEntry({ ops, folder }: Migration, entry: DataEntry): Promise<Uint8Array | null> {
  try {
    return await ops.readFile(join(folder, entry.path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw readFailure(error, entry.path);
  }
}

/** The same failure half-way through everything. */
const REWRITE: Partial<Record<ErrorCode, 'disk-full.rewrite' | 'store-read-only.rewrite' | 'store-failed.rewrite'>> = {
  'disk-full': 'disk-full.rewrite',
  'store-read-only': 'store-read-only.rewrite',
  'store-failed': 'store-failed.rewrite',
};

async function guard<T>(entry: DataEntry | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = storeFailure(error, entry?.path ?? 'The data folder');
    const key = REWRITE[failure.code];
    if (key === undefined) throw failure;
    const { file = '', reason = codeOf(error) || '?' } = failure.params ?? {};
    throw new LintelError(key, { file: String(file), reason }, { cause: error });
  }
}

/**
 * Keeps the old plain content at hand, to write over it when its name is gone. Best effort: a disk that writes elsewhere
 * than where it read (flash, copy-on-write, a journal) keeps old blocks all the same. Windows does not let an open file
 * be replaced.
 */
async function holdOld(old: FileHandle[], path: string, { target }: Migration): Promise<void> {
  if (target === null || process.platform === 'win32') return;
  const handle = await open(path, 'r+').catch(() => null);
  if (handle !== null) old.push(handle);
}

async function overwrite(handle: FileHandle): Promise<void> {
  const { nlink, size } = await handle.stat();
  // Another name, `.bak` say, still leads to these bytes: its own turn comes.
  if (nlink > 0) return;
  const zeros = Buffer.alloc(Math.min(size, 1 << 20));
  for (let at = 0; at < size; at += zeros.byteLength)
    await handle.write(zeros, 0, Math.min(zeros.byteLength, size - at), at);
  await handle.datasync();
}

function groups(entries: readonly DataEntry[]): Map<string, DataEntry[]> {
  const by = new Map<string, DataEntry[]>();
  for (const entry of entries) {
    const folder = dirname(entry.path);
    const inside = by.get(folder);
    if (inside === undefined) by.set(folder, [entry]);
    else inside.push(entry);
  }
  return by;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
