/** A file system that dies after so many operations, as a process does that is killed: half a write, then nothing more. */
import { type FileOps, type OpenFile, realOps } from '../../src/main/storage/file-ops.ts';

export interface DyingOps extends FileOps {
  /** Whether it came to that. */
  dead(): boolean;
}

/**
 * @param after operations that still succeed
 * @param code with which the others fail; `ENOSPC` and the like only fail what writes, and only `times` times
 */
export function dyingOps(after: number, code = 'KILLED', times = Infinity): DyingOps {
  let left = after;
  let failures = 0;
  const die = (): Error => {
    failures++;
    return Object.assign(new Error(code), { code });
  };
  const failing = (writes: boolean): boolean => left-- <= 0 && failures < times && (writes || code === 'KILLED');
  const op =
    <A extends unknown[], R>(writes: boolean, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (failing(writes)) throw die();
      return work(...args);
    };
  return {
    dead: () => failures > 0,
    open: op(false, async (path: string, how: 'replace' | 'update' | 'read'): Promise<OpenFile> => {
      const file = await realOps.open(path, how);
      return {
        async write(bytes, position) {
          if (!failing(true)) return file.write(bytes, position);
          await file.write(bytes.subarray(0, bytes.byteLength >> 1), position);
          throw die();
        },
        read: op(false, file.read.bind(file)),
        size: op(false, file.size.bind(file)),
        truncate: op(true, file.truncate.bind(file)),
        sync: op(true, file.sync.bind(file)),
        datasync: op(true, file.datasync.bind(file)),
        close: file.close.bind(file),
      };
    }),
    readFile: op(false, realOps.readFile),
    rename: op(true, realOps.rename),
    link: op(true, realOps.link),
    unlink: op(code === 'KILLED', realOps.unlink),
    exists: op(false, realOps.exists),
    list: op(false, realOps.list),
    makeFolder: op(true, realOps.makeFolder),
    syncFolder: op(true, realOps.syncFolder),
  };
}
