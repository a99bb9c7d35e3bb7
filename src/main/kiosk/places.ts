/** Sticks and other disks that are plugged in: places for backups that can be chosen without typing a path. */
import { access, constants, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** Where each system shows what is plugged in. */
function roots(platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return ['/Volumes'];
  if (platform === 'win32') return [];
  const { username } = userInfo();
  return [`/run/media/${username}`, `/media/${username}`, '/media', '/mnt'];
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Absolute paths of folders that can be written to, in order of name. */
export async function backupPlaces(platform: NodeJS.Platform = process.platform): Promise<string[]> {
  const candidates =
    platform === 'win32'
      ? [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`)
      : (await Promise.all(roots(platform).map(foldersIn))).flat();
  const able = await Promise.all(candidates.map(async (path) => ((await isWritable(path)) ? [path] : [])));
  return [...new Set(able.flat())].sort();
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const inside = await readdir(root, { withFileTypes: true });
    return inside.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  } catch {
    return []; // no such place on this machine
  }
}
