/** Picture files named on the command line. */
import type { Dirent } from 'node:fs';
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import type { ImportPlan } from '../../../shared/admin.ts';
import type { Turn } from '../../../shared/domain.ts';
import { type ErrorReport, LintelError, type Refusal, refusal, reportOf } from '../../../shared/errors.ts';
import { given } from '../../../shared/given.ts';
import {
  beginOf,
  byName,
  isPictureName,
  isSystemName,
  isSystemPath,
  passedOver,
  tableOf,
} from '../../../shared/people-folder.ts';
import { HEAD_BYTES, isRead, pictureKind } from '../../../shared/picture-kinds.ts';
import { importPlan, type KindOf } from '../../people/import-plan.ts';
import { annotate } from '../../people/photos.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { codeOf, piecesOf, readPlain, writePlain } from '../../storage/file-ops.ts';
import { CROP } from '../../vision/alignment.ts';
import { decodeAhead } from '../../vision/picture.ts';
import {
  type Answer,
  errorText,
  MODELS_FIRST,
  note,
  printable,
  startProgress,
  type Terminal,
  untilInterrupted,
} from './terminal.ts';

const missing = (what: 'file' | 'import'): LintelError => new LintelError(`not-found.${what}`);

const cannotRead = (error: unknown): LintelError => {
  const plain = ['ENOTFILE', 'EISDIR'].includes(codeOf(error));
  return new LintelError(plain ? 'not-a-file' : 'file-unreadable', undefined, { cause: error });
};

/** @throws LintelError `not-found`, `not-a-file`, `file-unreadable` */
export async function readPicture(cwd: string, file: string): Promise<Uint8Array> {
  try {
    return await readPlain(resolve(cwd, file));
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? missing('file') : cannotRead(error);
  }
}

/** Files as given; a folder stands for the files in it. What does not exist stays, to be reported by its name. */
async function expandFolders(terminal: Terminal, files: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const file of files) {
    const path = resolve(terminal.cwd, file);
    const stats = await stat(path).catch(() => null);
    if (stats?.isDirectory() !== true) {
      all.push(file);
      continue;
    }
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      throw cannotRead(error);
    });
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    for (const line of passedOverLines(passedOver(names))) note(terminal, line);
    all.push(
      ...names
        .filter((name) => !isSystemName(name))
        .sort(byName)
        .map((name) => join(file, name)),
    );
  }
  return all;
}

/** Names said of what was passed over, at most; the rest is counted. */
const NAMED = 20;

export function passedOverLines(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return [`passed over, hidden or the system's own (${paths.length}): ${paths.slice(0, NAMED).join(', ')}${more}`];
}

// A folder of people, for `enroll`, `import` and `evaluate`.

interface PeopleFolder extends ImportPlan {
  /** Where the plan's files are, as the person would type it. */
  readonly folder: string;
  /** Hidden and system files and folders; see `passedOver`. */
  readonly passedOver: readonly string[];
}

/** Folders below folders: deeper than any sensible import, and an end to links that go round. */
const DEEPEST = 6;

/** What is below a folder: ordinary files, folders without any, and what can not be used. */
class Listing {
  readonly files: string[] = [];
  readonly problems: ImportPlan['problems'] = [];
  readonly #root: string;
  readonly #signal: AbortSignal;

  private constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#signal = signal;
  }

  /** @throws LintelError `not-found`, `file-unreadable` */
  static async of(root: string, signal: AbortSignal): Promise<Listing> {
    const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? missing('import') : cannotRead(error);
    });
    const listing = new Listing(root, signal);
    for (const entry of entries) await listing.#take(entry, entry.name, 0);
    return listing;
  }

  /** What is the system's own is passed over whatever it is. */
  #refuse(path: string, why: Refusal): void {
    if (!isSystemPath(path)) this.problems.push({ file: path, ...why });
  }

  async #take(entry: Dirent, path: string, depth: number): Promise<void> {
    if (this.#signal.aborted) throw new LintelError('interrupted');
    if (entry.isFile()) return void this.files.push(path);
    if (entry.isDirectory()) return this.#enter(path, depth);
    if (!entry.isSymbolicLink()) return this.#refuse(path, refusal('not-a-file'));
    const there = await stat(join(this.#root, path)).catch((error: unknown) => codeOf(error));
    if (typeof there === 'string')
      return this.#refuse(path, refusal(there === 'ENOENT' ? 'not-found.file' : 'file-unreadable'));
    if (there.isFile()) return void this.files.push(path);
    if (!there.isDirectory()) return this.#refuse(path, refusal('not-a-file'));
    // A link to a person's folder is their folder. One that leads further up would bring everybody in once more.
    const [root, target] = [await realpath(this.#root), await realpath(join(this.#root, path))];
    if (depth > 0 || `${root}${sep}`.startsWith(`${target}${sep}`.replace(sep + sep, sep)))
      return this.#refuse(path, refusal('import-link'));
    return this.#enter(path, depth);
  }

  async #enter(path: string, depth: number): Promise<void> {
    if (depth >= DEEPEST) return this.#refuse(`${path}/`, refusal('import-too-deep'));
    const entries = await readdir(join(this.#root, path), { withFileTypes: true }).catch(() => null);
    if (entries === null)
      return this.#refuse(`${path}/`, refusal(path.includes('\ufffd') ? 'import-name-lost' : 'file-unreadable'));
    const before = this.files.length;
    for (const entry of entries) await this.#take(entry, `${path}/${entry.name}`, depth + 1);
    if (this.files.length === before) this.files.push(`${path}/`);
  }
}

/** The first bytes of an ordinary file, which tell what it is; null when it can not be read. */
async function headOf(path: string): Promise<Uint8Array | null> {
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(path, { end: HEAD_BYTES - 1 })) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch {
    return null;
  }
}

/**
 * Who is in a folder of folders, or in that of a table: see `importPlan`.
 * @param source a folder, or a `data.csv`
 * @param planOnly nothing of it will be read: what cannot be read is named by the plan
 * @throws LintelError `not-found`, `import-source`, `not-a-file`, `file-unreadable`, `no-sub-folder`, `interrupted`
 */
export async function readPeopleFolder(
  terminal: Terminal,
  source: string,
  { planOnly = false }: { readonly planOnly?: boolean } = {},
): Promise<PeopleFolder> {
  const { cwd, interrupted } = terminal;
  const stats = await stat(resolve(cwd, source)).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? missing('import') : cannotRead(error);
  });
  if (!stats.isDirectory() && !stats.isFile()) throw new LintelError('not-a-file');
  if (stats.isFile() && !/\.csv$/i.test(source)) throw new LintelError('import-source');
  const top = stats.isFile() ? dirname(source) : source;
  const listing = await Listing.of(resolve(cwd, top), interrupted);
  const begin = stats.isFile() ? '' : beginOf(listing.files);
  const files = listing.files.filter((file) => file.startsWith(begin)).map((file) => file.slice(begin.length));
  const table = stats.isFile() ? basename(source) : tableOf(files);
  const folder = join(top, begin);
  if (table === null && !files.some((file) => file.includes('/') && !isSystemPath(file)))
    throw new LintelError('no-sub-folder');
  const csv = table === null ? null : await readPicture(cwd, join(folder, table));
  const listed = files.filter((file) => file !== table);
  const kinds = new Map<string, ReturnType<KindOf>>();
  for (const file of listed) {
    if (interrupted.aborted) throw new LintelError('interrupted');
    if (file.endsWith('/') || (csv === null && isSystemPath(file))) continue;
    const head = await headOf(resolve(cwd, folder, file));
    kinds.set(file, head === null ? 'unreadable' : pictureKind(head));
  }
  const { people, problems, assumed } = importPlan(listed, csv, (file) => {
    const kind = kinds.get(file);
    // What is called a picture and is none is refused by name where pictures are refused, unless nothing is read but the plan.
    const isUseless =
      kind === null || (kind !== undefined && kind !== 'unreadable' && !isRead(kind) && kind !== 'heif');
    return isUseless && !planOnly && isPictureName(file) ? undefined : kind;
  });
  if (assumed !== undefined) note(terminal, errorText(LintelError.fromReport(assumed)));
  const used = new Set(people.flatMap((person) => person.files.map((file) => begin + file)));
  return {
    folder,
    people,
    problems: [...listing.problems, ...problems],
    passedOver: passedOver(listing.files.filter((file) => !used.has(file))),
    ...given({ assumed }),
  };
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
): Promise<{ images: PerPicture<T>[]; failed: boolean; stopped: { stopped?: true } }> {
  const expanded = await expandFolders(terminal, files);
  const progress = startProgress(terminal, what, expanded.length, MODELS_FIRST);
  const images: PerPicture<T>[] = [];
  try {
    for (const file of expanded) {
      if (terminal.interrupted.aborted) break;
      try {
        const looked = readPicture(terminal.cwd, file).then((bytes) => {
          decodeAhead(bytes);
          return work(bytes, file);
        });
        images.push({ file, ...(await untilInterrupted(terminal, looked, () => file)) });
      } catch (error) {
        const report = reportOf(error);
        if (report.code === 'interrupted') break;
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
  const stopped = images.length < expanded.length;
  if (stopped) note(terminal, `stopped after ${images.length} of ${expanded.length} pictures.`);
  return {
    images,
    stopped: stopped ? { stopped } : {},
    failed:
      stopped ||
      errors.length === images.length ||
      errors.some(({ code }) => code === 'not-found' || code === 'internal'),
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
    await writePlain(path, jpeg).catch(cannotWrite);
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
  const { images, failed, stopped } = await eachPicture(terminal, files, 'identifying', async (bytes, file) => {
    const { turned, width, height, faces } = await kiosk.pictures.identify(bytes);
    const labels = faces.map(({ box, match }) => ({ box, name: match?.name ?? null }));
    const annotated = out === null ? null : await out.put(file, await annotate(bytes, { width, turned }, labels));
    return {
      ...(annotated === null ? {} : { annotated }),
      turned,
      width,
      height,
      faces: faces.map(({ box, landmarks, score, quality, kind, candidates, match }) => ({
        box,
        landmarks,
        score,
        quality,
        kind,
        candidates: candidates.map(({ id, name, similarity }) => ({ id, name, similarity })),
        match,
      })),
    };
  });
  const text = images.flatMap((image) => {
    if ('error' in image) return [`${printable(image.file)}:`, failure(image.error)];
    const named = new Set(image.faces.map(({ match }) => match?.id));
    return [
      `${printable(image.file)}: ${image.faces.length} ${image.faces.length === 1 ? 'face' : 'faces'}${turnedBy(image.turned)}`,
      ...image.faces.map(({ box, kind, match, candidates: [first, second] }) => {
        const at = `  ${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}x${Math.round(box.height)}`;
        if (match !== null) return `${at}  ${printable(match.name)} (similarity ${percent(match.similarity)})`;
        // Of several faces one may only have lost its name to another.
        if (kind === 'ambiguous' && first !== undefined && second !== undefined && !named.has(first.id)) {
          const either = [first, second].map(({ name, similarity }) => `${printable(name)} (${percent(similarity)})`);
          return `${at}  not told apart: ${either.join(' or ')}`;
        }
        return `${at}  unknown${first === undefined ? '' : ` (nearest: ${printable(first.name)}, ${percent(first.similarity)})`}`;
      }),
    ];
  });
  return { json: { images, ...stopped }, text, failed };
}

export async function verify(kiosk: Kiosk, terminal: Terminal, a: string, b: string): Promise<Answer> {
  const [one, other] = [await readPicture(terminal.cwd, a), await readPicture(terminal.cwd, b)];
  const verified = kiosk.pictures.verify(one, other);
  const { similarity, threshold, same, turned } = await untilInterrupted(terminal, verified, () => 'the models');
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
  const { images, failed, stopped } = await eachPicture(terminal, files, 'embedding', async (bytes) => {
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
  return { json: { images, ...stopped }, text, failed };
}

/** The faces of a picture with their embeddings; of an aligned crop the one face that it is. */
async function facesOf({ pictures }: Kiosk, bytes: Uint8Array, aligned: boolean) {
  if (!aligned) return pictures.embed(bytes);
  const box = { x: 0, y: 0, width: CROP, height: CROP };
  const faces = (await pictures.embedAligned([bytes])).map((embedding) => ({ box, embedding }));
  return { turned: 0 as const, faces };
}
