/** Getting a model on a machine with a network: resumed where it stopped, checked to the last byte, never in place of another. */
import { constants } from 'node:fs';
import { link, mkdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { ModelDownload } from '../../shared/domain.ts';
import { LintelError, type Phrase, reportOf } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import type { StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';
import { openPlain } from '../storage/file-ops.ts';
import { checkFile, sha256Of } from './file.ts';
import type { FoundModel } from './find.ts';
import type { ModelEntry } from './manifest.ts';

interface DownloadOptions {
  /** Bytes on disk so far and in all. */
  readonly onProgress?: (have: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Give up when nothing arrives for this long. Default 30 s; what has arrived is kept for the next try. */
  readonly silenceMs?: number;
}

type Download = Pick<ModelEntry, 'id' | 'file' | 'bytes' | 'sha256' | 'download'>;

/**
 * Downloads a model into `toDir` and returns its path. What has arrived is kept in `FILE.part`, and a next try goes on
 * from there. Only a file of the right size and SHA-256 gets its name; a file that is already there is returned when it
 * is right, and never replaced when it is not.
 * @throws LintelError model-missing when it cannot be had (no address, no network, cut off: try again),
 *   model-damaged when what came, or what is there already, is not the file the manifest means
 */
export async function downloadModel(entry: Download, toDir: string, options: DownloadOptions = {}): Promise<string> {
  const path = resolve(toDir, entry.file);
  const part = `${path}.part`;
  const present = await checkFile(path, entry.bytes, entry.sha256);
  if (present === 'ready') return path;
  if (present === 'damaged') throw occupied(entry, path);
  await mkdir(toDir, { recursive: true });
  await fetchInto(part, entry, options);
  if ((await sha256Of(part)) !== entry.sha256) {
    // Going on from a wrong beginning could never come right: the next try starts afresh.
    await rm(part, { force: true });
    throw new LintelError('model-damaged.download', { model: entry.id, file: entry.file });
  }
  await giveName(part, path, entry);
  return path;
}

/** Appends to `part` until it has all bytes. */
async function fetchInto(part: string, entry: Download, options: DownloadOptions): Promise<void> {
  const { bytes, download } = entry;
  if (download === undefined) throw unreachable(entry, 'no-address');
  let have = await sizeOf(part);
  if (have > bytes) {
    await rm(part, { force: true });
    have = 0;
  }
  if (have === bytes) return;

  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), options.silenceMs ?? 30_000);
  const signal = options.signal === undefined ? silence.signal : AbortSignal.any([options.signal, silence.signal]);
  const file = await openPlain(part, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  try {
    const response = await fetch(download.url, {
      signal,
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
    });
    // A server that knows no ranges, or no longer has this one, sends everything: begin again.
    const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`);
    if (!response.ok || response.body === null || (response.status === 206 && !goesOn)) {
      if (response.status === 416 || response.status === 206) await file.truncate(0);
      throw new LintelError('model-missing.download-refused', { model: entry.id, file: entry.file, status: response.status });
    }
    if (!goesOn && have > 0) {
      await file.truncate(0);
      have = 0;
    }
    options.onProgress?.(have, bytes);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), options.silenceMs ?? 30_000);
      have += chunk.byteLength;
      if (have > bytes) {
        await file.truncate(0);
        throw new LintelError('model-damaged.download-large', { model: entry.id, file: entry.file });
      }
      await file.appendFile(chunk);
      options.onProgress?.(have, bytes);
    }
    await file.sync();
  } catch (error) {
    if (error instanceof LintelError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new LintelError('disk-full.download', { model: entry.id, file: entry.file }, { cause: error });
    throw unreachable(entry, 'failed', error);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
  if (have < bytes) throw unreachable(entry, 'cut');
}

/** `part` becomes `path`, unless somebody else put a file there meanwhile. */
async function giveName(part: string, path: string, entry: Download): Promise<void> {
  try {
    // A link fails when the name is taken, where a rename would replace what is there.
    await link(part, path);
    await unlink(part);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw occupied(entry, path);
    // File systems without links (FAT on a stick).
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    await rename(part, path);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

const unreachable = (entry: Download, why: Phrase<'download'>, cause?: unknown): LintelError =>
  new LintelError('model-missing.download', { model: entry.id, file: entry.file, why }, { cause });

const occupied = (entry: Download, path: string): LintelError =>
  new LintelError('model-damaged.occupied', { path, file: entry.file });

/*
 * Fetches the model files that are missing and wanted, by itself, once the kiosk's window is open: the landmarker, and the
 * embedder that the operator chose. One after the other, into the data folder's `models/` and nowhere else.
 *
 * A try that is cut goes on from there while something still arrives. A try that fails is the last for a day, also after a
 * restart: `models/downloads.json` remembers it. Closing the kiosk calls a try off; that is no failure.
 */

const DAY_MS = 86_400_000;
/** How often it is asked whether there is something to fetch, ms: a day that ended, a file that somebody put there. */
const LOOK_MS = 3_600_000;
/** How often one try that was cut goes on, and the pause before, ms. */
const MAX_CUTS = 5;
const CUT_PAUSE_MS = 1000;

/** When a model was last tried in vain, by its id, Unix ms. About this machine, and nobody in it: plain, in no backup. */
const failuresSchema = z.object({ failed: z.record(z.string(), z.number()) });
type Failures = z.infer<typeof failuresSchema>;

const DOCUMENT: DocumentKind<Failures> = {
  name: 'downloads.json',
  schema: failuresSchema,
  initial: { failed: {} },
  damaged: new LintelError('store-damaged.downloads'),
};

interface ModelDownloadsDeps {
  /** The data folder. */
  readonly folder: string;
  readonly ops?: StorageContext['ops'];
  /** Unix ms. */
  readonly wall: () => number;
  /** Looks for the models anew, and uses those that have come. */
  readonly look: () => Promise<void>;
  /** Those that are wanted and not here, as last seen. Empty where the operator does not want it. */
  readonly wanted: () => readonly FoundModel[];
  /** There is something new to show. */
  readonly onChange: () => void;
}

export interface FetchOptions {
  /** A line for whoever started the kiosk. */
  readonly say: (line: string) => void;
  /** Only tests give another: the manifest takes none but https addresses. */
  readonly download?: typeof downloadModel;
}

export class ModelDownloads {
  readonly #deps: ModelDownloadsDeps;
  readonly #states = new Map<string, ModelDownload>();
  readonly #closing = new AbortController();
  #options: FetchOptions | null = null;
  #memory: Document<Failures> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #current: { readonly id: string; readonly control: AbortController } | null = null;
  #again = false;

  constructor(deps: ModelDownloadsDeps) {
    this.#deps = deps;
  }

  /** From now on, until it is closed. */
  start(options: FetchOptions): void {
    if (this.#options !== null || this.#closing.signal.aborted) return;
    this.#options = options;
    this.changed();
    this.#timer = setInterval(() => this.changed(), LOOK_MS);
    this.#timer.unref();
  }

  /** False: nothing is ever fetched (`--offline`), or not yet. */
  get started(): boolean {
    return this.#options !== null;
  }

  /** What is wanted may have changed: one that is no longer is called off. */
  changed(): void {
    if (this.#options === null || this.#closing.signal.aborted) return;
    const { wanted } = this.#deps;
    if (this.#current !== null && !wanted().some(({ entry }) => entry.id === this.#current?.id))
      this.#current.control.abort();
    this.#again = true;
    this.#running ??= this.#run(this.#options).finally(() => {
      this.#running = null;
      if (this.#again) this.changed();
    });
  }

  /** How the fetching of a model goes; null: it is not being fetched, and has not failed. */
  stateOf(id: string): ModelDownload | null {
    return this.#states.get(id) ?? null;
  }

  /** Calls off what is under way; what has arrived is kept. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#closing.abort();
    this.#current?.control.abort();
    await this.#running;
    await this.#memory?.close();
  }

  async #run(options: FetchOptions): Promise<void> {
    try {
      while (this.#again && !this.#closing.signal.aborted) {
        this.#again = false;
        await this.#deps.look();
        for (const { entry } of this.#deps.wanted()) {
          if (this.#closing.signal.aborted) return;
          await this.#fetchIfDue(entry, options);
        }
      }
    } catch (error) {
      // Nothing of this may hinder the kiosk.
      options.say(`models could not be looked for: ${reportOf(error).message}`);
    }
  }

  async #fetchIfDue(entry: ModelEntry, options: FetchOptions): Promise<void> {
    const failedAt = (await this.#failures()).data.failed[entry.id];
    const now = this.#deps.wall();
    // Nearer than a day on either side: a clock that was set back a little does not start it anew.
    if (failedAt !== undefined && Math.abs(now - failedAt) < DAY_MS) {
      // After a restart only the moment is known.
      if (!this.#states.has(entry.id)) this.#show(entry, this.#failedState(entry, failedAt, null));
      return;
    }
    const control = new AbortController();
    this.#current = { id: entry.id, control };
    try {
      await this.#fetch(entry, options, control.signal);
    } catch (error) {
      if (control.signal.aborted) return this.#show(entry, null);
      const at = this.#deps.wall();
      const report = reportOf(error);
      this.#show(entry, this.#failedState(entry, at, report.code === 'model-missing' ? null : report.message));
      options.say(`${report.message} The next try is tomorrow; Lintel goes on without it.`);
      await this.#remember(entry.id, at);
      return;
    } finally {
      this.#current = null;
    }
    this.#show(entry, null);
    await this.#remember(entry.id, null);
    options.say(`${entry.file} is here, and in use from now on.`);
    await this.#deps.look();
  }

  async #fetch(entry: ModelEntry, { say, download = downloadModel }: FetchOptions, signal: AbortSignal): Promise<void> {
    const total = entry.bytes;
    let have = 0;
    let quarter = 0;
    const onProgress = (bytes: number): void => {
      const percent = (at: number): number => Math.floor((at / total) * 100);
      const isNews = percent(bytes) !== percent(have);
      have = bytes;
      if (isNews) this.#show(entry, { state: 'loading', have, total });
      if (Math.floor((have / total) * 4) <= quarter) return;
      quarter = Math.floor((have / total) * 4);
      if (quarter < 4) say(`${entry.file}: ${quarter * 25} %`);
    };
    say(`downloading ${entry.file}, ${(total / 1e6).toFixed(1)} MB (${entry.licence}) ...`);
    this.#show(entry, { state: 'loading', have: 0, total });
    for (let cuts = 0; ; cuts++) {
      const before = have;
      try {
        await download(entry, join(this.#deps.folder, 'models'), { signal, onProgress });
        return;
      } catch (error) {
        const wasCut = error instanceof LintelError && error.code === 'model-missing' && have > before;
        if (!wasCut || cuts === MAX_CUTS || signal.aborted) throw error;
        await pause(CUT_PAUSE_MS, undefined, { signal });
      }
    }
  }

  #failedState(entry: ModelEntry, at: number, why: string | null): ModelDownload {
    const path = join(this.#deps.folder, 'models', entry.file);
    return { state: 'failed', at, nextTryAt: at + DAY_MS, why, path };
  }

  #show(entry: ModelEntry, state: ModelDownload | null): void {
    if (state === null) this.#states.delete(entry.id);
    else this.#states.set(entry.id, state);
    this.#deps.onChange();
  }

  async #failures(): Promise<Document<Failures>> {
    const { folder, ops, wall } = this.#deps;
    const on = { folder: join(folder, 'models'), wall, ...given({ ops }) };
    this.#memory ??= await Document.open(on, DOCUMENT);
    return this.#memory;
  }

  /** @param at null: it is here, nothing is to be remembered of it */
  async #remember(id: string, at: number | null): Promise<void> {
    const memory = await this.#failures();
    const failed = { ...memory.data.failed };
    if (at === null) delete failed[id];
    else failed[id] = at;
    if (at === null && memory.data.failed[id] === undefined) return;
    await memory.take(async () => {
      try {
        await mkdir(join(this.#deps.folder, 'models'), { recursive: true });
        await memory.put({ failed });
      } catch {
        // A full disk: until this kiosk ends it is remembered all the same.
        memory.assume({ failed });
      }
    });
  }
}
