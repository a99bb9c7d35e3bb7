/** A folder of small blobs, each whole or not there: pictures by id, spread over at most 256 sub-folders. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { type Codec, plain } from './envelope.ts';
import { readFailure, storeFailure } from './failure.ts';
import { codeOf, type FileOps, makeFolders, realOps, removeIfThere, writeDurably } from './file-ops.ts';

interface ThumbnailsOptions {
  readonly folder: string;
  readonly codec?: Codec;
  readonly ops?: FileOps;
}

/** No separators, no leading dot, nothing that a file system reads in its own way. */
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const SCRATCH = '.tmp';

export class Thumbnails {
  readonly #folder: string;
  readonly #codec: Codec;
  readonly #ops: FileOps;

  constructor(options: ThumbnailsOptions) {
    this.#folder = options.folder;
    this.#codec = options.codec ?? plain;
    this.#ops = options.ops ?? realOps;
  }

  /**
   * Resolves when the blob is durable under `id`, replacing what was there.
   * @param id letters, digits, `_`, `-` and single dots, at most 120 long, e.g. `s_4f2a.aligned.jpg`
   * @throws LintelError `bad-input` for such an id; `disk-full`, `store-read-only`, `store-failed`
   */
  put(id: string, bytes: Uint8Array): Promise<void> {
    return this.putAll([[id, bytes]]);
  }

  /** `put` of many, with one fsync per folder at the end. When it throws, any of them may or may not be there, whole. */
  async putAll(blobs: Iterable<readonly [id: string, bytes: Uint8Array]>): Promise<void> {
    const folders = new Set<string>();
    for (const [id, bytes] of blobs) {
      const folder = this.#shard(id);
      const path = join(folder, id);
      try {
        if (!folders.has(folder)) await makeFolders(this.#ops, folder);
        folders.add(folder);
        try {
          await writeDurably(this.#ops, path + SCRATCH, this.#codec.encode(bytes, this.#nameOf(id)));
          await this.#ops.rename(path + SCRATCH, path);
        } catch (error) {
          await removeIfThere(this.#ops, path + SCRATCH).catch(() => undefined);
          throw error;
        }
      } catch (error) {
        throw storeFailure(error, 'A picture');
      }
    }
    try {
      for (const folder of folders) await this.#ops.syncFolder(folder);
    } catch (error) {
      throw storeFailure(error, 'A picture');
    }
  }

  /** The blob, or null when there is none. @throws LintelError `store-failed`, `store-damaged` (the codec refused it) */
  async get(id: string): Promise<Uint8Array | null> {
    let stored: Uint8Array;
    try {
      stored = await this.#ops.readFile(join(this.#shard(id), id));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw readFailure(error, 'A picture');
    }
    try {
      return this.#codec.decode(stored, this.#nameOf(id));
    } catch (error) {
      if (error instanceof LintelError) throw error;
      throw new LintelError('store-damaged.picture', undefined, { cause: error });
    }
  }

  /** Resolves when the blob is gone for good; fine when there was none. */
  async delete(id: string): Promise<void> {
    const folder = this.#shard(id);
    try {
      if (!(await this.#ops.exists(join(folder, id)))) return;
      await removeIfThere(this.#ops, join(folder, id));
      await this.#ops.syncFolder(folder);
    } catch (error) {
      throw storeFailure(error, 'A picture');
    }
  }

  /** The ids of all blobs, in no order. */
  async list(): Promise<string[]> {
    const ids: string[] = [];
    for (const shard of await this.#ops.list(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const name of await this.#ops.list(join(this.#folder, shard))) if (!name.endsWith(SCRATCH)) ids.push(name);
    }
    return ids;
  }

  /** Removes what writes that were cut short left. Call it only as the folder's owner. @returns how many */
  async sweep(): Promise<number> {
    let removed = 0;
    for (const shard of await this.#ops.list(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const name of await this.#ops.list(join(this.#folder, shard))) {
        if (!name.endsWith(SCRATCH)) continue;
        await removeIfThere(this.#ops, join(this.#folder, shard, name));
        removed++;
      }
    }
    return removed;
  }

  /** Under which the codec knows a blob. */
  #nameOf(id: string): string {
    return `${basename(this.#folder)}/${id}`;
  }

  #shard(id: string): string {
    if (id.length > 120 || !ID.test(id) || id.endsWith(SCRATCH) || DEVICE.test(id))
      throw new LintelError('bad-input.picture-id');
    // The first characters of ids may all be alike ("s_"); those of their hash are not.
    return join(this.#folder, createHash('sha256').update(id).digest('hex').slice(0, 2));
  }
}
