/** The files of a dropped or chosen folder, with the paths the import plan is made from. */
import type { DirectoryDropItem, DropItem, FileDropItem } from 'react-aria-components';

/** Paths from the folder's inside, with `/`; the folder's own name is not part of them. */
export type FolderFiles = ReadonlyMap<string, File>;

const isPicture = (path: string): boolean => /\.(jpe?g|jfif|png|webp|avif|tiff?|gif|bmp|heic|heif)$/i.test(path);
/** What an export puts beside somebody's pictures; see src/main/kiosk/person-export.ts. */
const isRecord = (path: string): boolean => /(^|\/)lintel\.json$/.test(path);
const isTable = (path: string): boolean => /(^|\/)data\.csv$/i.test(path);
/** What systems put into folders by themselves. */
const isLitter = (path: string): boolean => /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i.test(path);

/**
 * Takes the name of the one folder everything lies in off the paths: `Staff/Ada/1.jpg` becomes `Ada/1.jpg`. When that
 * folder holds pictures of its own and no table, it is a person's folder, and its name is their name: it stays.
 */
export function fromInside(files: FolderFiles): FolderFiles {
  const paths = [...files.keys()];
  const root = paths[0]?.split('/')[0];
  if (root === undefined || !paths.every((path) => path.startsWith(`${root}/`))) return files;
  const inside = paths.map((path) => path.slice(root.length + 1));
  const hasTable = inside.some((path) => !path.includes('/') && isTable(path));
  if (!hasTable && inside.some((path) => !path.includes('/') && isPicture(path))) return files;
  return new Map([...files].map(([path, file]) => [path.slice(root.length + 1), file]));
}

/** As people count: picture 10 comes after picture 9. */
const ORDER = new Intl.Collator('en', { numeric: true });

const without = (files: Iterable<readonly [string, File]>): FolderFiles =>
  fromInside(new Map([...files].filter(([path]) => !isLitter(path)).sort(([a], [b]) => ORDER.compare(a, b))));

/** Files of `<input webkitdirectory>`, or plain ones. */
export const chosenFiles = (files: Iterable<File>): FolderFiles =>
  without([...files].map((file) => [file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file]));

async function walk(
  folder: DirectoryDropItem,
  path: string,
  found: Map<string, File>,
  onFile: (count: number) => void,
): Promise<void> {
  for await (const entry of folder.getEntries()) {
    const at = `${path}/${entry.name}`;
    if (entry.kind === 'directory') await walk(entry, at, found, onFile);
    else {
      found.set(at, await entry.getFile());
      onFile(found.size);
    }
  }
}

/** @param onFile told how many files were seen so far: a large folder takes a moment */
export async function droppedFiles(
  items: readonly DropItem[],
  onFile: (count: number) => void = () => undefined,
): Promise<FolderFiles> {
  const found = new Map<string, File>();
  for (const item of items) {
    if (item.kind === 'directory') await walk(item, item.name, found, onFile);
    if (item.kind === 'file') found.set((item as FileDropItem).name, await (item as FileDropItem).getFile());
  }
  return without(found);
}

/** The table of the folder, if there is one: its path is needed, for the paths inside it start there. */
export const tableOf = (files: FolderFiles): readonly [string, File] | null =>
  [...files].filter(([path]) => isTable(path)).sort(([a], [b]) => a.length - b.length)[0] ?? null;

/** How many of a person's files are pictures: an exported person has a record beside them. */
export const picturesAmong = (files: readonly string[]): number => files.filter((file) => !isRecord(file)).length;
