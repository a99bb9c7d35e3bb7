/** What the system says went wrong, as an error a person can act on. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { codeOf } from './file-ops.ts';

const KEPT = 'Everything saved before is still there.';

/**
 * `error` of a write as a LintelError: `disk-full`, `store-read-only` or `store-failed`.
 * @param file the file's plain name (no folder: that may hold the operator's name)
 */
export function storeFailure(error: unknown, file: string): LintelError {
  if (error instanceof LintelError) return error;
  const more = { kept: KEPT, params: { file }, cause: error };
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new LintelError('disk-full', `The disk is full: ${file} could not be saved.`, {
        ...more,
        todo: 'Free some space on the disk, then try again.',
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new LintelError(
        'store-read-only',
        `Lintel may not write in its data folder: ${file} could not be saved.`,
        {
          ...more,
          todo: 'Give this user the right to write in the data folder, or choose another with --data, then try again.',
        },
      );
    default:
      return new LintelError('store-failed', `${file} could not be saved (${codeOf(error) || 'unknown reason'}).`, {
        ...more,
        todo: 'Try again. If it comes back, check the disk with "lintel doctor".',
      });
  }
}

/** `error` of a read: `store-read-only` makes no sense there, so whatever it is, it is `store-failed`. */
export function readFailure(error: unknown, file: string): LintelError {
  if (error instanceof LintelError) return error;
  return new LintelError('store-failed', `${file} could not be read (${codeOf(error) || 'unknown reason'}).`, {
    kept: 'Nothing was changed.',
    todo: 'Check that this user may read the data folder and that its disk is well ("lintel doctor").',
    params: { file },
    cause: error,
  });
}

// How much room is left where the data are.

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
