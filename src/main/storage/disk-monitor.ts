/** Remembers that the disk refused a write until one works again, so that the screen can say so, and stop saying so. */
import { join } from 'node:path';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import { type FileOps, realOps, removeIfThere, writeDurably } from './file-ops.ts';

const ABOUT_THE_DISK = new Set(['disk-full', 'store-read-only', 'store-failed']);
/** How often a refused disk is tried again, ms. */
const PROBE_MS = 10_000;
/** More than a check-in needs, so that "there is room again" is true for a while. */
const PROBE_BYTES = 64 * 1024;

export class DiskMonitor {
  readonly #folder: string;
  readonly #ops: FileOps;
  readonly #onChange: () => void;
  #trouble: LintelError | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(folder: string, ops: FileOps = realOps, onChange: () => void = () => undefined) {
    this.#folder = folder;
    this.#ops = ops;
    this.#onChange = onChange;
  }

  get report(): ErrorReport | null {
    return this.#trouble?.toReport() ?? null;
  }

  /** Runs something that writes, and takes its outcome as news about the disk. */
  async track<T>(write: () => Promise<T>): Promise<T> {
    try {
      const value = await write();
      this.#set(null);
      return value;
    } catch (error) {
      if (error instanceof LintelError && ABOUT_THE_DISK.has(error.code)) this.#set(error);
      throw error;
    }
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #set(trouble: LintelError | null): void {
    if (trouble?.code === this.#trouble?.code) return;
    this.#trouble = trouble;
    this.close();
    if (trouble !== null) this.#probeLater();
    this.#onChange();
  }

  #probeLater(): void {
    this.#timer = setTimeout(() => void this.#probe(), PROBE_MS);
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    const path = join(this.#folder, 'room.tmp');
    let works = true;
    try {
      await writeDurably(this.#ops, path, new Uint8Array(PROBE_BYTES));
    } catch {
      works = false;
    }
    await removeIfThere(this.#ops, path).catch(() => undefined);
    if (this.#timer === null) return; // closed meanwhile
    if (works) this.#set(null);
    else this.#probeLater();
  }
}
