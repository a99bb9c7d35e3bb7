/** How much room is left where the data are. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFailure } from './failure.ts';
import { codeOf } from './ops.ts';

/**
 * Bytes free for this user, and in all, on the disk of `folder` (or of the first folder above it that exists).
 * @throws LintelError `store-failed`
 */
export async function freeSpace(folder: string): Promise<{ readonly free: number; readonly total: number }> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  } catch (error) {
    const above = dirname(folder);
    if (codeOf(error) === 'ENOENT' && above !== folder) return freeSpace(above);
    throw readFailure(error, 'The data folder');
  }
}
