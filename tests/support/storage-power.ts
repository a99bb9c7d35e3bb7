/**
 * A file system in memory that can lose power. What was not fsynced is then at the mercy of the disk: of a file's bytes any
 * beginning may be there, or zeros in their place; of the names made, moved and removed in a folder since its last fsync any
 * first few. So a store that forgets an fsync, or does one in the wrong order, loses something here.
 */
import { dirname } from 'node:path';
import type { FileOps } from '../../src/main/storage/file-ops.ts';
import { errno } from './storage-ops.ts';

interface Inode {
  live: Uint8Array;
  durable: Uint8Array;
}
type NameChange = { readonly folder: string; readonly apply: (names: Map<string, Inode>) => void };

export class PowerLossDisk {
  #live = new Map<string, Inode>();
  #durable = new Map<string, Inode>();
  #pending: NameChange[] = [];
  #folders = new Set<string>(['/']);
  #off = false;
  /** Steps that may still be taken before the power goes. */
  stepsLeft = Infinity;

  /** The power comes back: what the disk holds now. `random` gives numbers in [0, 1). */
  restart(random: () => number): PowerLossDisk {
    const next = new PowerLossDisk();
    next.#folders = new Set(this.#folders);
    const names = new Map(this.#durable);
    // Journalling file systems keep the order of such changes; how far they got is open. fsync of any folder or new file
    // may bring along more, never fewer.
    for (const change of this.#pending.slice(0, Math.floor(random() * (this.#pending.length + 1)))) change.apply(names);
    const after = new Map<Inode, Inode>();
    for (const [path, inode] of names) {
      let copy = after.get(inode);
      if (copy === undefined) {
        const content = this.#survivor(inode, random);
        copy = { live: content, durable: content };
        after.set(inode, copy);
      }
      next.#live.set(path, copy);
      next.#durable.set(path, copy);
    }
    return next;
  }

  #survivor({ live, durable }: Inode, random: () => number): Uint8Array {
    if (live === durable) return durable;
    const dice = random();
    if (dice < 0.3) return durable;
    // The length may be there before the bytes are.
    const length = Math.floor(random() * (live.byteLength + 1));
    const torn = live.slice(0, length);
    // What both have in common was durable and stays.
    let common = 0;
    while (common < durable.byteLength && common < live.byteLength && live[common] === durable[common]) common++;
    if (length < common) return durable.slice(0, Math.max(length, common));
    if (dice < 0.6) torn.fill(0, common + Math.floor(random() * (torn.byteLength - common + 1)));
    return torn;
  }

  #step(): void {
    if (this.#off || this.stepsLeft <= 0) {
      this.#off = true;
      throw errno('EPOWER');
    }
    this.stepsLeft--;
  }

  #find(path: string): Inode {
    const inode = this.#live.get(path);
    if (inode === undefined) throw errno('ENOENT');
    return inode;
  }

  #change(folder: string, apply: (names: Map<string, Inode>) => void): void {
    apply(this.#live);
    this.#pending.push({ folder, apply });
  }

  readonly ops: FileOps = {
    open: async (path, how) => {
      this.#step();
      let inode = this.#live.get(path);
      if (inode === undefined) {
        if (how === 'read') throw errno('ENOENT');
        const made: Inode = { live: new Uint8Array(0), durable: new Uint8Array(0) };
        inode = made;
        this.#change(dirname(path), (names) => names.set(path, made));
      } else if (how === 'replace') inode.live = new Uint8Array(0);
      const file = inode;
      return {
        write: async (bytes, position) => {
          this.#step();
          const grown = new Uint8Array(Math.max(file.live.byteLength, position + bytes.byteLength));
          grown.set(file.live);
          grown.set(bytes, position);
          file.live = grown;
          return bytes.byteLength;
        },
        read: async (into, position) => {
          const part = file.live.subarray(position, position + into.byteLength);
          into.set(part);
          return part.byteLength;
        },
        size: async () => file.live.byteLength,
        truncate: async (length) => {
          this.#step();
          file.live = file.live.slice(0, length);
        },
        sync: async () => {
          this.#step();
          file.durable = file.live;
        },
        datasync: async () => {
          this.#step();
          file.durable = file.live;
        },
        close: async () => undefined,
      };
    },
    readFile: async (path) => this.#find(path).live.slice(),
    rename: async (from, to) => {
      this.#step();
      const inode = this.#find(from);
      this.#change(dirname(to), (names) => {
        names.set(to, inode);
        names.delete(from);
      });
    },
    link: async (existing, path) => {
      this.#step();
      const inode = this.#find(existing);
      if (this.#live.has(path)) throw errno('EEXIST');
      this.#change(dirname(path), (names) => names.set(path, inode));
    },
    unlink: async (path) => {
      this.#find(path);
      this.#step();
      this.#change(dirname(path), (names) => names.delete(path));
    },
    exists: async (path) => this.#live.has(path) || this.#folders.has(path),
    list: async (folder) =>
      [...this.#live.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(folder.length + 1)),
    makeFolder: async (path) => {
      this.#step();
      this.#folders.add(path);
    },
    syncFolder: async (path) => {
      this.#step();
      const rest: NameChange[] = [];
      for (const change of this.#pending) {
        if (change.folder === path) change.apply(this.#durable);
        else rest.push(change);
      }
      this.#pending = rest;
    },
  };
}
