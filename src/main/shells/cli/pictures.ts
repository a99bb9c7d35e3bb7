/** Picture files named on the command line. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LintelError } from '../../../shared/errors.ts';

/** Files that systems leave in folders of pictures, and hidden ones. */
const isLitter = (name: string): boolean => name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name);

const byName = new Intl.Collator('en', { numeric: true }).compare;

const missing = (what: string): LintelError =>
  new LintelError('not-found', `There is no such ${what}.`, { todo: 'Check the path.' });

const cannotRead = (error: unknown): LintelError =>
  new LintelError('bad-input', 'The file cannot be read.', { todo: 'Check who may read it.', cause: error });

/** @throws LintelError `not-found`, `bad-input` */
export async function readPicture(cwd: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, file));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing('file') : cannotRead(error);
  }
}

/** Files as given; a folder stands for the files in it. What does not exist stays, to be reported by its name. */
export async function expandFolders(cwd: string, files: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const file of files) {
    const stats = await stat(resolve(cwd, file)).catch(() => null);
    if (stats?.isDirectory() !== true) all.push(file);
    else all.push(...(await filesIn(resolve(cwd, file))).map((name) => join(file, name)));
  }
  return all;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => !isLitter(entry.name) && !entry.isDirectory())
    .map((entry) => entry.name)
    .sort(byName);
}

export interface PersonFolder {
  /** The sub-folder's name. */
  readonly name: string;
  /** Paths as the person would type them. */
  readonly files: readonly string[];
}

/**
 * A folder with one sub-folder of pictures per person.
 * @throws LintelError `not-found`, `bad-input` when there is no sub-folder in it
 */
export async function readPeopleFolder(cwd: string, folder: string): Promise<PersonFolder[]> {
  const root = resolve(cwd, folder);
  const entries = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? missing('folder') : cannotRead(error);
  });
  const names: string[] = [];
  for (const entry of entries) {
    if (isLitter(entry.name)) continue;
    // A link to a folder is a folder.
    const stats = entry.isSymbolicLink() ? await stat(join(root, entry.name)).catch(() => null) : entry;
    if (stats?.isDirectory() === true) names.push(entry.name);
  }
  if (names.length === 0)
    throw new LintelError('bad-input', 'There is no sub-folder in this folder.', {
      todo: 'Make one sub-folder of pictures for each person; its name becomes the name of the person.',
    });
  const people: PersonFolder[] = [];
  for (const name of names.sort(byName)) {
    const files = await filesIn(join(root, name));
    people.push({ name: name.normalize('NFC'), files: files.map((file) => join(folder, name, file)) });
  }
  return people;
}
