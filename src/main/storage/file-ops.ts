/**
 * The few things the store asks of a file system, and nothing more. Real by default; tests put in one that fails,
 * is slow, or loses power.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface OpenFile {
  /** Writes `bytes` at `position`. @returns how many it took: maybe not all. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Reads from `position` into the whole of `into`. @returns how many there were: maybe not all. */
  read(into: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(length: number): Promise<void>;
  /** fsync: content and all metadata. */
  sync(): Promise<void>;
  /** fdatasync: content, and of the metadata only what is needed to find it again (so the length, too). */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileOps {
  /** 'replace': empty or new, for writing. 'update': for reading and writing, made when absent. 'read': for reading. */
  open(path: string, how: 'replace' | 'update' | 'read'): Promise<OpenFile>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Names in a folder; none when it is absent. */
  list(folder: string): Promise<string[]>;
  /** Makes one folder. */
  makeFolder(path: string): Promise<void>;
  /** fsync of a folder: names made, moved and removed in it are durable. */
  syncFolder(path: string): Promise<void>;
}

// What the store holds is about people's faces: nobody else on the machine has to read it.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const FLAGS = {
  replace: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
  update: constants.O_RDWR | constants.O_CREAT,
  read: constants.O_RDONLY,
} as const;

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Opens an ordinary file. A named pipe, a socket or a device may never answer, or never end: none of them is opened, also not
 * through a link. Looked at before, for opening alone does something to some devices, and after, for it may be another since.
 * @throws Error with the system's `code`; `EISDIR`, or `ENOTFILE` for what is neither a file nor a folder
 */
export async function openPlain(path: string, flags: number = constants.O_RDONLY, mode?: number): Promise<FileHandle> {
  const there = await stat(path).catch((error: unknown) => {
    if (absent(error) && (flags & constants.O_CREAT) !== 0) return null;
    throw error;
  });
  if (there !== null && !there.isFile()) throw notPlain(there);
  // Without O_NONBLOCK opening a named pipe waits until somebody opens its other end. Windows has no such flag.
  const handle = await open(path, flags | (constants.O_NONBLOCK ?? 0), mode);
  const opened = await handle.stat();
  if (opened.isFile()) return handle;
  await handle.close();
  throw notPlain(opened);
}

const notPlain = (stats: Stats): Error => {
  const code = stats.isDirectory() ? 'EISDIR' : 'ENOTFILE';
  return Object.assign(new Error(`${code}: not an ordinary file`), { code });
};

/** The content of an ordinary file. @throws see `openPlain` */
export async function readPlain(path: string): Promise<Buffer> {
  const handle = await openPlain(path);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The same in pieces. @param end the last byte wanted */
export async function* piecesOf(
  path: string,
  options: { readonly end?: number; readonly highWaterMark?: number } = {},
): AsyncGenerator<Buffer> {
  yield* (await openPlain(path)).createReadStream(options) as AsyncIterable<Buffer>;
}

/** Writes an ordinary file whole, over one that is there. @throws see `openPlain` */
export async function writePlain(path: string, content: Uint8Array | string, mode?: number): Promise<void> {
  const handle = await openPlain(path, FLAGS.replace, mode);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

export const realOps: FileOps = {
  async open(path, how) {
    const handle = await openPlain(path, FLAGS[how], FILE_MODE);
    return {
      write: async (bytes, position) => (await handle.write(bytes, 0, bytes.byteLength, position)).bytesWritten,
      read: async (into, position) => (await handle.read(into, 0, into.byteLength, position)).bytesRead,
      size: async () => (await handle.stat()).size,
      truncate: (length) => handle.truncate(length),
      sync: () => handle.sync(),
      datasync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  readFile: readPlain,
  rename: process.platform === 'win32' ? renamePatiently : rename,
  link,
  unlink,
  async exists(path) {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (absent(error)) return false;
      throw error;
    }
  },
  async list(folder) {
    try {
      return await readdir(folder);
    } catch (error) {
      if (absent(error)) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    await mkdir(path, { mode: FOLDER_MODE });
  },
  async syncFolder(path) {
    // Windows can not open a folder as a file; NTFS journals renames by itself.
    if (process.platform === 'win32') return;
    const handle = await open(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** On Windows a virus scanner or indexer may hold a new file open for a moment, and the rename is refused meanwhile. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await rename(from, to);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (wait > 640 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) throw error;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** Writes all of `bytes` from `position` on, however few the system takes at a time. */
export async function writeAll(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const wrote = await file.write(bytes.subarray(done), position + done);
    // A file system that takes nothing and gives no reason would hold us here for ever.
    if (wrote === 0) throw Object.assign(new Error('the file system took no bytes'), { code: 'EIO' });
    done += wrote;
  }
}

/** A whole new file at `path`, its content durable; its name is durable only after `syncFolder`. */
export async function writeDurably(ops: FileOps, path: string, bytes: Uint8Array): Promise<void> {
  const file = await ops.open(path, 'replace');
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes `path` a second name of `existing` as it is now, replacing what stood there; a copy where links can not be. */
export async function keepAs(ops: FileOps, existing: string, path: string): Promise<void> {
  const scratch = `${path}.tmp`;
  await removeIfThere(ops, scratch);
  try {
    await ops.link(existing, scratch);
  } catch (error) {
    // FAT and exFAT (a USB stick) and some network shares have no hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(codeOf(error))) throw error;
    await writeDurably(ops, scratch, await ops.readFile(existing));
  }
  await ops.rename(scratch, path);
}

export async function removeIfThere(ops: FileOps, path: string): Promise<void> {
  try {
    await ops.unlink(path);
  } catch (error) {
    if (!absent(error)) throw error;
  }
}

/** Makes `path` and the folders above it that are missing, each durable in the one above it. */
export async function makeFolders(ops: FileOps, path: string): Promise<void> {
  if (await ops.exists(path)) return;
  const above = dirname(path);
  if (above !== path) await makeFolders(ops, above);
  try {
    await ops.makeFolder(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  await ops.syncFolder(above);
}

export const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException | null)?.code ?? '');

/** A time as part of a file's name, sortable: 20260131T235959123. */
export const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:.Z]/g, '');
