/** Opening a file that is no reason to keep the door shut: what cannot be read is kept aside, said, and begun anew. */
import { rename } from 'node:fs/promises';
import { LintelError } from '../../shared/errors.ts';
import { noticeOf, type DurableFile } from '../store/durable-file.ts';
import { codeOf, stamp } from '../store/ops.ts';

/**
 * Reads the file behind `db`; when it and its backup are damaged both are kept aside (not when `readOnly`) and `db` begins
 * fresh. @returns what is to be said about it: the file's own notice, or `damaged`
 * @throws LintelError everything but `store-damaged`
 */
export async function readOrSetAside<T>(
  db: { read(): Promise<void> },
  file: DurableFile<T>,
  options: {
    readonly path: string;
    readonly readOnly: boolean;
    readonly wall: () => number;
    readonly damaged: LintelError;
  },
): Promise<LintelError[]> {
  const { path, readOnly, wall, damaged } = options;
  try {
    await db.read();
    const notice = file.outcome === null ? null : noticeOf(file.outcome, path);
    return notice === null ? [] : [notice];
  } catch (error) {
    if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
    if (!readOnly) {
      const aside = `.damaged-${stamp(wall())}`;
      for (const name of [path, `${path}.bak`])
        await rename(name, name + aside).catch((failed: unknown) => {
          if (codeOf(failed) !== 'ENOENT') throw failed;
        });
      await db.read();
    }
    return [damaged];
  }
}
