/** Is a file the one the manifest means? Size first, then SHA-256, which is remembered as long as the file is not touched. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Hashes by path, with what the file looked like then. In memory only: a start always looks at the bytes. */
const known = new Map<string, { readonly seen: string; readonly sha256: Promise<string> }>();

/** SHA-256 of a file as lower-case hex, streamed. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

export type FileState = 'ready' | 'missing' | 'damaged';

/** Whether `path` is a file of `bytes` bytes with that SHA-256. Asking again costs one `stat` while it is unchanged. */
export async function checkFile(path: string, bytes: number, sha256: string): Promise<FileState> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return 'missing';
    if (info.size !== bytes) return 'damaged';
    const seen = `${info.dev} ${info.ino} ${info.size} ${info.mtimeMs} ${info.ctimeMs}`;
    let entry = known.get(path);
    if (entry?.seen !== seen) {
      entry = { seen, sha256: sha256Of(path) };
      known.set(path, entry);
      // A failed reading must not be remembered as the answer.
      entry.sha256.catch(() => known.delete(path));
    }
    return (await entry.sha256) === sha256 ? 'ready' : 'damaged';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'damaged';
  }
}
