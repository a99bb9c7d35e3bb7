/** What the system says went wrong, as an error a person can act on. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { codeOf } from './file-ops.ts';

/**
 * `error` of a write as a LintelError: `disk-full`, `store-read-only` or `store-failed`.
 * @param file the file's plain name (no folder: that may hold the operator's name)
 */
export function storeFailure(error: unknown, file: string): LintelError {
  if (error instanceof LintelError) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new LintelError('disk-full', { file }, { cause: error });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new LintelError('store-read-only', { file }, { cause: error });
    case 'ENOTFILE':
      return new LintelError('not-a-file.store', { file }, { cause: error });
    default:
      return new LintelError('store-failed', { file, reason: codeOf(error) || '?' }, { cause: error });
  }
}

/** `error` of a read: `store-read-only` makes no sense there, so whatever it is, it is `store-failed`. */
export function readFailure(error: unknown, file: string): LintelError {
  if (error instanceof LintelError) return error;
  if (codeOf(error) === 'ENOTFILE') return new LintelError('not-a-file.store', { file }, { cause: error });
  return new LintelError('store-failed.read', { file, reason: codeOf(error) || '?' }, { cause: error });
}

/** What the system refused outside of the store, say a path that is too long; anything else as it is. */
export function worded(error: unknown): unknown {
  const reason = codeOf(error);
  const isSystems = !(error instanceof LintelError) && /^E[A-Z0-9]+$/.test(reason);
  return isSystems ? new LintelError('file-refused', { reason }, { cause: error }) : error;
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
