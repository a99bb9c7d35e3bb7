/**
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
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { readFailure, storeFailure } from '../store/failure.ts';
import { codeOf, removeIfThere, writeDurably, type FileOps } from '../store/ops.ts';
import { listData, type DataEntry, type DataLayout } from './layout.ts';
import { rewrite, Unreadable, type Rewriting } from './rewrite.ts';

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
    if (result.foundPlain && plain !== 'any' && plain[entry.path] !== sha256(stored))
      throw new Unreadable('not encrypted, though it should be');
    return result;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new LintelError('vault-broken', `${entry.path} can not be taken along: it is ${error.message}.`, {
      kept: 'This file was not touched, and every other can be read as before.',
      todo: `Put a good copy of ${entry.path} in its place, or move it out of the data folder, then start Lintel again: it goes on from here.`,
      params: { file: entry.path },
      cause: error,
    });
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

async function guard<T>(entry: DataEntry | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = storeFailure(error, entry?.path ?? 'The data folder');
    throw new LintelError(failure.code, failure.message, {
      kept: 'Everything is still there. Part of it is written anew already.',
      todo: `${failure.todo ?? ''} Lintel goes on from here at its next start.`.trimStart(),
      params: failure.params,
      cause: error,
    });
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
