/** Picture files named on the command line. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { Turn } from '../../../shared/domain.ts';
import { type ErrorReport, LintelError, reportOf } from '../../../shared/errors.ts';
import { annotate } from '../../people/photos.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { CROP } from '../../vision/alignment.ts';
import { type Answer, checkInterrupted, printable, startProgress, type Terminal } from './terminal.ts';

/** Files that systems leave in folders of pictures, and hidden ones. */
const isLitter = (name: string): boolean => name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name);

const byName = new Intl.Collator('en', { numeric: true }).compare;

const missing = (what: 'file' | 'folder'): LintelError => new LintelError(`not-found.${what}`);

const cannotRead = (error: unknown): LintelError => new LintelError('file-unreadable', undefined, { cause: error });

/** @throws LintelError `not-found`, `file-unreadable` */
export async function readPicture(cwd: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(cwd, file));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing('file') : cannotRead(error);
  }
}

/** Files as given; a folder stands for the files in it. What does not exist stays, to be reported by its name. */
async function expandFolders(cwd: string, files: readonly string[]): Promise<string[]> {
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

interface PersonFolder {
  /** The sub-folder's name. */
  readonly name: string;
  /** Paths as the person would type them. */
  readonly files: readonly string[];
}

/**
 * A folder with one sub-folder of pictures per person.
 * @throws LintelError `not-found`, `no-sub-folder`
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
  if (names.length === 0) throw new LintelError('no-sub-folder');
  const people: PersonFolder[] = [];
  for (const name of names.sort(byName)) {
    const files = await filesIn(join(root, name));
    people.push({ name: name.normalize('NFC'), files: files.map((file) => join(folder, name, file)) });
  }
  return people;
}

// `lintel identify PICTURE...`, `lintel verify A B`, `lintel embed PICTURE...`

type PerPicture<T> = ({ readonly file: string } & T) | { readonly file: string; readonly error: ErrorReport };

/**
 * Runs `work` on every picture. One that cannot be read or understood is reported in its place and the rest go on; the
 * whole has failed only if a file is not there, or if no picture at all could be used.
 */
async function eachPicture<T extends object>(
  terminal: Terminal,
  files: readonly string[],
  what: string,
  work: (bytes: Uint8Array, file: string) => Promise<T>,
): Promise<{ images: PerPicture<T>[]; failed: boolean }> {
  const expanded = await expandFolders(terminal.cwd, files);
  const progress = startProgress(terminal, what, expanded.length);
  const images: PerPicture<T>[] = [];
  try {
    for (const file of expanded) {
      checkInterrupted(terminal);
      try {
        images.push({ file, ...(await work(await readPicture(terminal.cwd, file), file)) });
      } catch (error) {
        const report = reportOf(error);
        // Not this picture's fault: the next would end the same.
        if (/^(model|vision|store)-/.test(report.code)) throw error;
        images.push({ file, error: report });
      }
      progress.step();
    }
  } finally {
    progress.stop();
  }
  const errors = images.flatMap((image) => ('error' in image ? [image.error] : []));
  return {
    images,
    failed: errors.length === images.length || errors.some(({ code }) => code === 'not-found' || code === 'internal'),
  };
}

/** Where annotated pictures go: `NAME.annotated.jpg`, so that none can take the place of the picture it was made from. */
class AnnotatedFolder {
  readonly #folder: string;
  readonly #taken = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws LintelError `store-failed` */
  static async open(folder: string): Promise<AnnotatedFolder> {
    await mkdir(folder, { recursive: true }).catch(cannotWrite);
    return new AnnotatedFolder(folder);
  }

  /** @returns the path written. @throws LintelError `store-failed` */
  async put(file: string, jpeg: Uint8Array): Promise<string> {
    const plain = basename(file, extname(file));
    let name = `${plain}.annotated.jpg`;
    for (let n = 2; this.#taken.has(name.toLowerCase()); n++) name = `${plain}-${n}.annotated.jpg`;
    this.#taken.add(name.toLowerCase());
    const path = join(this.#folder, name);
    await writeFile(path, jpeg).catch(cannotWrite);
    return path;
  }
}

function cannotWrite(cause: unknown): never {
  throw new LintelError('store-failed.annotated', undefined, { cause });
}

const failure = ({ message, todo }: ErrorReport): string => `  ${message}${todo === undefined ? '' : ` ${todo}`}`;

const percent = (similarity: number): string => similarity.toFixed(3);

/** Behind a picture's name: that it came the wrong way up. */
export const turnedBy = (turned: Turn | undefined): string => (turned ? `, turned by ${turned}°` : '');

/** @param annotateTo a folder for the pictures with boxes and names drawn on them; null: none are made */
export async function identify(
  kiosk: Kiosk,
  terminal: Terminal,
  files: readonly string[],
  annotateTo: string | null = null,
): Promise<Answer> {
  const out = annotateTo === null ? null : await AnnotatedFolder.open(resolve(terminal.cwd, annotateTo));
  const { images, failed } = await eachPicture(terminal, files, 'identifying', async (bytes, file) => {
    const { turned, width, height, faces } = await kiosk.pictures.identify(bytes);
    const labels = faces.map(({ box, match }) => ({ box, name: match?.name ?? null }));
    const annotated = out === null ? null : await out.put(file, await annotate(bytes, { width, turned }, labels));
    return {
      ...(annotated === null ? {} : { annotated }),
      turned,
      width,
      height,
      faces: faces.map(({ box, landmarks, score, quality, candidates, match }) => ({
        box,
        landmarks,
        score,
        quality,
        candidates: candidates.map(({ id, name, similarity }) => ({ id, name, similarity })),
        match,
      })),
    };
  });
  const text = images.flatMap((image) => {
    if ('error' in image) return [`${printable(image.file)}:`, failure(image.error)];
    return [
      `${printable(image.file)}: ${image.faces.length} ${image.faces.length === 1 ? 'face' : 'faces'}${turnedBy(image.turned)}`,
      ...image.faces.map(({ box, match, candidates: [first] }) => {
        const at = `  ${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}x${Math.round(box.height)}`;
        if (match !== null) return `${at}  ${printable(match.name)} (similarity ${percent(match.similarity)})`;
        return `${at}  unknown${first === undefined ? '' : ` (nearest: ${printable(first.name)}, ${percent(first.similarity)})`}`;
      }),
    ];
  });
  return { json: { images }, text, failed };
}

export async function verify(kiosk: Kiosk, terminal: Terminal, a: string, b: string): Promise<Answer> {
  const { similarity, threshold, same, turned } = await kiosk.pictures.verify(
    await readPicture(terminal.cwd, a),
    await readPicture(terminal.cwd, b),
  );
  return {
    json: { similarity, threshold, same, turned },
    text: [
      ...[a, b].flatMap((file, side) => (turned[side] ? [`${printable(file)}${turnedBy(turned[side])}`] : [])),
      `${same ? 'The same person' : 'Different people'}: similarity ${percent(similarity)}, threshold ${percent(threshold)}`,
    ],
  };
}

export async function embed(
  kiosk: Kiosk,
  terminal: Terminal,
  files: readonly string[],
  options: { readonly aligned: boolean },
): Promise<Answer> {
  const { images, failed } = await eachPicture(terminal, files, 'embedding', async (bytes) => {
    const { turned, faces } = await facesOf(kiosk, bytes, options.aligned);
    return { turned, faces: faces.map(({ box, embedding }) => ({ box, embedding: [...embedding] })) };
  });
  const text = images.flatMap((image) => {
    if ('error' in image) return [`${printable(image.file)}:`, failure(image.error)];
    return [
      `${printable(image.file)}: ${image.faces.length} faces${turnedBy(image.turned)}`,
      ...image.faces.map(({ embedding }) => `  ${embedding.join(' ')}`),
    ];
  });
  return { json: { images }, text, failed };
}

/** The faces of a picture with their embeddings; of an aligned crop the one face that it is. */
async function facesOf({ pictures }: Kiosk, bytes: Uint8Array, aligned: boolean) {
  if (!aligned) return pictures.embed(bytes);
  const box = { x: 0, y: 0, width: CROP, height: CROP };
  const faces = (await pictures.embedAligned([bytes])).map((embedding) => ({ box, embedding }));
  return { turned: 0 as const, faces };
}
