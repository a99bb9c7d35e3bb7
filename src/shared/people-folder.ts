/**
 * What a folder of people is: which of its files count, and what they are called. One rule for the terminal, the screens and
 * the import. Paths start inside the folder and have `/` between their parts; one that ends with `/` is a folder without a file.
 */

/** The table of an import: a row for each picture. */
export const TABLE = 'data.csv';
/** What an export puts beside the pictures of a person; see src/main/people/export.ts. */
export const RECORD_FILE = 'lintel.json';

/** What systems, network disks and picture programs put into folders by themselves, and whatever is hidden. */
const SYSTEM = new RegExp(
  `^(${[
    // hidden, and what Office, macOS and Windows leave beside files
    '\\..*|~\\$.*|__MACOSX|icon\\r|network trash folder|temporary items',
    'thumbs\\.db(:.*)?|ehthumbs(_vista)?\\.db|desktop\\.ini|picasa\\.ini|zbthumbnail\\.info',
    // Synology and QNAP, waste baskets, what repairs of a file system find
    '@(eadir|tmp|sharebin|sharesnap|recycle|recently-snapshot)|#(recycle|snapshot)',
    '\\$recycle\\.bin|recycler|recycled|system volume information|lost\\+found|lost\\.dir|found\\.\\d{3}',
  ].join('|')})$`,
  'i',
);

/** Whether a file or folder of this name is nobody's. */
export const isSystemName = (name: string): boolean => SYSTEM.test(name);

/** Whether a path leads to or through something that is nobody's. */
export const isSystemPath = (path: string): boolean => path.split('/').some(isSystemName);

/** What is passed over of these paths, each hidden or system folder once and with a `/` behind it. */
export function passedOver(paths: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    const at = parts.findIndex(isSystemName);
    if (at >= 0) found.add(parts.slice(0, at + 1).join('/') + (at < parts.length - 1 ? '/' : ''));
  }
  return [...found];
}

/** By name only: what a file really is shows when it is opened. */
export const isPictureName = (path: string): boolean =>
  /\.(jpe?g|jpe|jfif|mpo|a?png|webp|avifs?|gif|tiff?|bmp|dib|hei[cf]s?|hif|jxl)$/i.test(path);

export const isRecord = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1) === RECORD_FILE;

const isTable = (path: string): boolean => path.toLowerCase() === TABLE;

/** The table's path; null: the folder has none. */
export const tableOf = (paths: readonly string[]): string | null => paths.find(isTable) ?? null;

/** A folder's table, and the files that are looked at with it: a table may name pictures in any folder, the system's too. */
export function listedIn(paths: readonly string[]): { readonly table: string | null; readonly listed: string[] } {
  const table = tableOf(paths);
  return { table, listed: paths.filter((path) => (table === null ? !isSystemPath(path) : path !== table)) };
}

/** The name of the person whose folder it is: systems write accents in two ways, and blanks around a name are nobody's. */
export const nameOfFolder = (folder: string): string => folder.normalize('NFC').trim();

/** As people count: picture 10 comes after picture 9. */
export const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The folder everything that counts lies in, as `Staff/`; '' when there is no such one. */
function commonFolder(paths: readonly string[]): string {
  const usable = paths.filter((path) => !isSystemPath(path));
  const [first = ''] = usable;
  const folder = first.slice(0, first.indexOf('/') + 1);
  return usable.every((path) => path.startsWith(folder)) ? folder : '';
}

const below = (paths: readonly string[], folder: string): string[] =>
  paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));

/** Where the folder of people really begins: an archive is often unpacked into a folder with the one it holds in it. */
export function beginOf(paths: readonly string[]): string {
  const folder = commonFolder(paths);
  return tableOf(paths) === null && tableOf(below(paths, folder)) !== null ? folder : '';
}

/**
 * The same for what was dropped or chosen on a screen, where a folder's own name is part of every path. A folder with a table
 * or with folders of pictures in it is one of people; one with pictures alone is a person's, and its name is their name.
 */
export function beginOfDropped(paths: readonly string[]): string {
  const folder = commonFolder(paths);
  const inside = below(paths, folder);
  const deeper = inside.some((path) => path.includes('/') && isPictureName(path) && !isSystemPath(path));
  if (folder === '' || (tableOf(inside) === null && !deeper)) return '';
  return folder + beginOf(inside);
}
