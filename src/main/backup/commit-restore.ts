/**
 * Many files of a data folder changed at once.
 *
 * [Note: commit-restore] The new files are made in `restore.staging/`, under the paths they will have, and fsynced. Then
 * `restore.json` is put in place: from that instant the change counts as made. What follows (each staged file renamed to
 * its place, the files of the list removed) can be cut short anywhere and done again; `finishRestore` does so when the folder
 * is next opened, before anything in it is read. Without `restore.json`, a staging folder is what an unfinished attempt
 * left: it is removed, and nothing has happened.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { type DataLayout, listData } from '../storage/data-layout.ts';
import { readFailure, storeFailure } from '../storage/failure.ts';
import { codeOf, type FileOps, makeFolders, removeIfThere, writeDurably } from '../storage/file-ops.ts';

const INTENT = 'restore.json';
const STAGING = 'restore.staging';
const intentSchema = z.strictObject({ version: z.literal(1), remove: z.array(z.string()) });

/** New files on their way. */
export class Staging {
  readonly #ops: FileOps;
  readonly #folder: string;
  readonly #paths = new Set<string>();

  constructor(ops: FileOps, folder: string) {
    this.#ops = ops;
    this.#folder = folder;
  }

  /** Stands for the data folder, for a store that writes there on its own; such files must not be in `commit`'s list. */
  get root(): string {
    return join(this.#folder, STAGING);
  }

  /** @param path from the data folder, with `/` */
  async put(path: string, bytes: Uint8Array): Promise<void> {
    const to = join(this.root, path);
    try {
      await makeFolders(this.#ops, dirname(to));
      await writeDurably(this.#ops, to, bytes);
    } catch (error) {
      throw storeFailure(error, path);
    }
    this.#paths.add(path);
  }

  /**
   * Makes it so. @param remove paths of files that go
   * @throws LintelError before the change counts as made: nothing has happened. After: `Interrupted`
   */
  async commit(remove: readonly string[], layout: DataLayout): Promise<void> {
    const intent = join(this.#folder, INTENT);
    try {
      await makeFolders(this.#ops, this.root);
      for (const folder of await foldersUnder(this.root)) await this.#ops.syncFolder(folder);
      const bytes = Buffer.from(
        JSON.stringify({ version: 1, remove: remove.filter((path) => !this.#paths.has(path)) }),
      );
      await writeDurably(this.#ops, `${intent}.tmp`, bytes);
      await this.#ops.rename(`${intent}.tmp`, intent);
      await this.#ops.syncFolder(this.#folder);
    } catch (error) {
      await removeIfThere(this.#ops, `${intent}.tmp`).catch(() => undefined);
      // If it may already be in place, it counts.
      if (!(await this.#ops.exists(intent).catch(() => true))) throw storeFailure(error, INTENT);
    }
    try {
      await finishRestore(this.#ops, this.#folder, layout);
    } catch (error) {
      throw new Interrupted(error);
    }
  }

  /** Nothing is to happen after all. */
  async drop(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** The change counts as made but is not complete: nothing may be read before `finishRestore` has succeeded. */
export class Interrupted extends Error {
  constructor(cause: unknown) {
    super('a restore is not complete', { cause });
  }
}

/** Whether a restore was interrupted: then nothing in the folder may be taken for what it is. */
export const restorePending = (ops: FileOps, folder: string): Promise<boolean> => ops.exists(join(folder, INTENT));

/**
 * Completes or undoes what was interrupted. Call it as the folder's owner, before the vault and the stores are opened.
 * @returns whether there was something to complete
 * @throws LintelError `store-*`, `disk-full`
 */
export async function finishRestore(ops: FileOps, folder: string, layout: DataLayout): Promise<boolean> {
  const intent = join(folder, INTENT);
  const root = join(folder, STAGING);
  let bytes: Uint8Array;
  try {
    bytes = await ops.readFile(intent);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw readFailure(error, INTENT);
    await removeIfThere(ops, `${intent}.tmp`).catch(() => undefined);
    await rm(root, { recursive: true, force: true }).catch(() => undefined);
    return false;
  }
  const { remove } = parseIntent(bytes);
  try {
    const touched = new Set<string>([folder]);
    for (const path of await filesUnder(root)) {
      const to = join(folder, path);
      await makeFolders(ops, dirname(to));
      await ops.rename(join(root, path), to);
      touched.add(dirname(to));
    }
    // Only what the folder's own listing names: the list in the file can not lead anywhere else.
    const gone = new Set(remove);
    for (const { path } of await listData(ops, folder, layout)) {
      if (!gone.has(path)) continue;
      await removeIfThere(ops, join(folder, path));
      touched.add(dirname(join(folder, path)));
    }
    for (const one of touched) await ops.syncFolder(one);
    await rm(root, { recursive: true, force: true });
    await removeIfThere(ops, intent);
    await ops.syncFolder(folder);
  } catch (error) {
    throw storeFailure(error, 'The restored data');
  }
  return true;
}

function parseIntent(bytes: Uint8Array): { remove: string[] } {
  try {
    return intentSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw new LintelError('store-damaged.restore', { file: INTENT, folder: STAGING }, { cause: error });
  }
}

async function foldersUnder(root: string): Promise<string[]> {
  const inside = await readdir(root, { recursive: true, withFileTypes: true });
  return [root, ...inside.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}

/** Plain files under `root`, as paths from there with `/`; none when it is gone already. */
async function filesUnder(root: string, inside = ''): Promise<string[]> {
  const found: string[] = [];
  let names: string[];
  try {
    names = await readdir(join(root, inside));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  for (const name of names.sort()) {
    const path = inside === '' ? name : `${inside}/${name}`;
    const about = await lstat(join(root, path));
    if (about.isDirectory()) found.push(...(await filesUnder(root, path)));
    else if (about.isFile()) found.push(path);
  }
  return found;
}
