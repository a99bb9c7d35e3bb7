/**
 * One kiosk per data folder.
 *
 * [Note: folder lock] The lock is something the operating system itself takes back when its holder dies, however it
 * dies: so it is never stale, and no process id that may since belong to someone else is ever asked about.
 * - Linux: listening on an abstract socket (no file) named after the folder. Seen within one network namespace.
 * - Windows: the same with a named pipe.
 * - macOS, BSD: an open file with O_EXLOCK, which is flock(2) taken by open(2).
 * Taking it is one system call that either succeeds or does not; there is nothing to check first, so no race.
 * The folder is named by device and inode, and by its real path: a bind mount or a case-blind file system gives one
 * folder two paths, a network file system may give it two inodes.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { storeFailure } from './failure.ts';
import { codeOf, makeFolders, realOps } from './file-ops.ts';

/** open(2) on macOS and the BSDs; Node has no names for them. */
const O_EXLOCK = 0x20;
const O_NONBLOCK_BSD = 0x4;

export class FolderLock {
  readonly #release: () => Promise<void>;

  private constructor(release: () => Promise<void>) {
    this.#release = release;
  }

  /**
   * Makes `folder` if need be and takes its lock, until `release` or the end of this process.
   * @throws LintelError `store-locked` when it is taken, by this process too; `store-read-only`, `store-failed`
   */
  static async acquire(folder: string): Promise<FolderLock> {
    try {
      await makeFolders(realOps, folder);
      if (process.platform === 'linux' || process.platform === 'win32')
        return await FolderLock.#bySockets(await namesOf(folder));
      return await FolderLock.#byFile(join(folder, 'lintel.lock'));
    } catch (error) {
      throw ['EADDRINUSE', 'EAGAIN', 'EWOULDBLOCK'].includes(codeOf(error))
        ? locked(error)
        : storeFailure(error, 'The lock');
    }
  }

  /** Gives the lock back. Doing so twice is fine. */
  release(): Promise<void> {
    return this.#release();
  }

  static async #bySockets(names: readonly string[]): Promise<FolderLock> {
    const held: Server[] = [];
    const release = async (): Promise<void> => {
      for (const server of held.splice(0)) await new Promise<void>((done) => server.close(() => done()));
    };
    try {
      for (const name of names) held.push(await listen(name));
    } catch (error) {
      await release();
      throw error;
    }
    return new FolderLock(release);
  }

  static async #byFile(path: string): Promise<FolderLock> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | O_EXLOCK | O_NONBLOCK_BSD, 0o600);
    let held = true;
    return new FolderLock(async () => {
      if (held) await handle.close();
      held = false;
    });
  }
}

async function namesOf(folder: string): Promise<string[]> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const start = process.platform === 'win32' ? '\\\\.\\pipe\\lintel-' : '\0lintel-';
  // Always in this order: of several starters the one that gets the first name gets the second, whatever the paths.
  return [`inode ${dev} ${ino}`, `path ${await realpath(folder)}`].map((text) => start + short(text));
}

/** `exclusive`: in a cluster worker the socket would else be shared with its siblings. */
function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      // It must not keep the process alive, nor bring it down.
      server.on('error', () => undefined);
      server.unref();
      resolve(server);
    });
  });
}

function locked(cause: unknown): LintelError {
  return new LintelError('store-locked', undefined, { cause });
}
