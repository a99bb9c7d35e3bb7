/** File systems that misbehave, for the store's tests. */
import { type FileOps, type OpenFile, realOps } from '../../src/main/storage/file-ops.ts';

export const errno = (code: string): Error => Object.assign(new Error(code), { code });

/** One call of the store to its file system, e.g. `write people.json.tmp`. */
export type Step = string;

export interface Faults {
  /** Called before each step; throws what the system would, waits, or lets it pass. */
  before?: (step: Step, index: number) => void | Promise<void>;
  /** At most so many bytes are taken by one write. */
  chunk?: number;
  /** The disk takes no more than so many bytes in all, then ENOSPC; half a write may still fit. */
  room?: number;
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** `realOps` with `faults`, which may be changed on the way, and the list of steps that were taken. */
export function faultyOps(
  faults: Faults = {},
  base: FileOps = realOps,
): FileOps & { readonly steps: Step[]; faults: Faults } {
  const steps: Step[] = [];
  const step = async (what: string, path: string): Promise<void> => {
    const words = `${what} ${baseName(path)}`;
    steps.push(words);
    await ops.faults.before?.(words, steps.length - 1);
  };
  const wrap = (file: OpenFile, path: string): OpenFile => ({
    async write(bytes, position) {
      await step('write', path);
      const { chunk = Infinity, room } = ops.faults;
      let take = Math.min(bytes.byteLength, chunk);
      if (room !== undefined) {
        if (room === 0) throw errno('ENOSPC');
        take = Math.min(take, room);
        ops.faults.room = room - take;
      }
      return file.write(bytes.subarray(0, take), position);
    },
    read: (into, position) => file.read(into, position),
    size: () => file.size(),
    async truncate(length) {
      await step('truncate', path);
      return file.truncate(length);
    },
    async sync() {
      await step('sync', path);
      return file.sync();
    },
    async datasync() {
      await step('datasync', path);
      return file.datasync();
    },
    close: () => file.close(),
  });
  const ops: FileOps & { readonly steps: Step[]; faults: Faults } = {
    steps,
    faults,
    async open(path, how) {
      if (how !== 'read') await step(`open(${how})`, path);
      return wrap(await base.open(path, how), path);
    },
    readFile: (path) => base.readFile(path),
    async rename(from, to) {
      await step(`rename ${baseName(from)}`, to);
      return base.rename(from, to);
    },
    async link(existing, path) {
      await step(`link ${baseName(existing)}`, path);
      return base.link(existing, path);
    },
    async unlink(path) {
      await step('unlink', path);
      return base.unlink(path);
    },
    exists: (path) => base.exists(path),
    list: (folder) => base.list(folder),
    async makeFolder(path) {
      await step('makeFolder', path);
      return base.makeFolder(path);
    },
    async syncFolder(path) {
      await step('syncFolder', path);
      return base.syncFolder(path);
    },
  };
  return ops;
}
