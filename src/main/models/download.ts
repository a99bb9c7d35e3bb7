/** Getting a model on a machine with a network: resumed where it stopped, checked to the last byte, never in place of another. */
import { open, link, mkdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { checkFile, sha256Of } from './fingerprint.ts';
import type { ModelEntry } from './manifest.ts';

export interface DownloadOptions {
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
    throw new LintelError('model-damaged', `What was downloaded for "${entry.id}" is not the file it should be.`, {
      kept: 'Nothing was installed or replaced.',
      todo: 'Try again later. If it happens again, the file has changed where it is kept: get it from someone you trust.',
      params: { file: entry.file },
    });
  }
  await giveName(part, path, entry);
  return path;
}

/** Appends to `part` until it has all bytes. */
async function fetchInto(part: string, entry: Download, options: DownloadOptions): Promise<void> {
  const { bytes, download } = entry;
  if (download === undefined) throw unreachable(entry, 'it has no address to be had from');
  let have = await sizeOf(part);
  if (have > bytes) {
    await rm(part, { force: true });
    have = 0;
  }
  if (have === bytes) return;

  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), options.silenceMs ?? 30_000);
  const signal = options.signal === undefined ? silence.signal : AbortSignal.any([options.signal, silence.signal]);
  const file = await open(part, 'a');
  try {
    const response = await fetch(download.url, {
      signal,
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
    });
    // A server that knows no ranges, or no longer has this one, sends everything: begin again.
    const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`);
    if (!response.ok || response.body === null || (response.status === 206 && !goesOn)) {
      if (response.status === 416 || response.status === 206) await file.truncate(0);
      throw unreachable(entry, `the server answered ${response.status}`);
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
        throw new LintelError('model-damaged', `What came for "${entry.id}" is larger than it should be.`, {
          kept: 'Nothing was installed or replaced.',
          todo: 'The file has changed where it is kept: get it from someone you trust.',
          params: { file: entry.file },
        });
      }
      await file.appendFile(chunk);
      options.onProgress?.(have, bytes);
    }
    await file.sync();
  } catch (error) {
    if (error instanceof LintelError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new LintelError('disk-full', `The disk is full; the model "${entry.id}" could not be downloaded.`, {
        kept: 'What has arrived is kept, and the next try goes on from there.',
        todo: 'Make room and try again.',
        cause: error,
      });
    throw unreachable(entry, 'the connection failed or was cut', error);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
  if (have < bytes) throw unreachable(entry, 'the connection was cut');
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

const unreachable = (entry: Download, why: string, cause?: unknown): LintelError =>
  new LintelError('model-missing', `The model "${entry.id}" could not be downloaded: ${why}.`, {
    kept: 'What has arrived is kept, and the next try goes on from there.',
    todo: 'Check the network and try again, or copy the file from another machine.',
    params: { file: entry.file },
    ...(cause === undefined ? {} : { cause }),
  });

const occupied = (entry: Download, path: string): LintelError =>
  new LintelError('model-damaged', `There is already another file at ${path}.`, {
    kept: 'It was left as it is.',
    todo: 'Move it away and try again.',
    params: { file: entry.file },
  });
