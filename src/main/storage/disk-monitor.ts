/**
 * Remembers that the disk refused a write until one works again, and that it does not answer as long as it does not: a share whose
 * network is gone gives no error, ever. So that the screen can say so, and stop saying so.
 */
import { join } from 'node:path';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import { type FileOps, type OpenFile, realOps, removeIfThere, writeDurably } from './file-ops.ts';

const ABOUT_THE_DISK = new Set(['disk-full', 'store-read-only', 'store-failed']);
/** How often a refused disk is tried again, ms. */
const PROBE_MS = 10_000;
/** A disk that takes longer for one call does not answer, ms. */
const ANSWER_MS = 4000;
/** More than a check-in needs, so that "there is room again" is true for a while. */
const PROBE_BYTES = 64 * 1024;

export class DiskMonitor {
  /** The file system, listened to. */
  readonly ops: FileOps;
  readonly #folder: string;
  readonly #onChange: () => void;
  #trouble: LintelError | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Calls that the disk has not answered for too long. */
  #hanging = 0;

  constructor(folder: string, ops: FileOps = realOps, onChange: () => void = () => undefined) {
    this.#folder = folder;
    this.ops = listen(ops, (call) => this.#answer(call));
    this.#onChange = onChange;
  }

  get report(): ErrorReport | null {
    const trouble = this.#hanging > 0 ? new LintelError('store-failed.silent') : this.#trouble;
    return trouble?.toReport() ?? null;
  }

  async #answer<T>(call: Promise<T>): Promise<T> {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      if (this.#hanging++ === 0) this.#onChange();
    }, ANSWER_MS);
    try {
      return await call;
    } finally {
      clearTimeout(timer);
      if (hangs && --this.#hanging === 0) this.#onChange();
    }
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
      await writeDurably(this.ops, path, new Uint8Array(PROBE_BYTES));
    } catch {
      works = false;
    }
    await removeIfThere(this.ops, path).catch(() => undefined);
    if (this.#timer === null) return; // closed meanwhile
    if (works) this.#set(null);
    else this.#probeLater();
  }
}

type Tell = <R>(call: Promise<R>) => Promise<R>;

/** The same, with every call told of, also those of the files it opens. */
function listen<T extends FileOps | OpenFile>(ops: T, tell: Tell): T {
  return new Proxy(ops, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== 'function') return call;
      return async (...given: unknown[]) => {
        const answer: unknown = await tell(Reflect.apply(call, target, given) as Promise<unknown>);
        return name === 'open' ? listen(answer as OpenFile, tell) : answer;
      };
    },
  });
}
