/** `lintel import FOLDER|data.csv` and `lintel export FOLDER` */
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LintelError } from '../../../shared/errors.ts';
import { HEAD_BYTES, type PictureKind, pictureKind } from '../../../shared/picture-kinds.ts';
import { readPicture, turnedBy } from './recognise.ts';
import { importPlan } from '../../people/import-plan.ts';
import type { ImportResult } from '../../people/import.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Answer, note, printable, startProgress, type Terminal } from './terminal.ts';

const TABLE = 'data.csv';
/** Folders below folders: deeper than any sensible import, and an end to links that go round. */
const DEEPEST = 6;

/** Every file below a folder, as paths with `/` from its inside. Links to folders are not followed. */
async function filesBelow(folder: string, inside = '', depth = 0): Promise<string[]> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (!entry.isDirectory()) found.push(path);
    else if (depth < DEEPEST) found.push(...(await filesBelow(folder, path, depth + 1)));
  }
  return found;
}

/** The first bytes of an ordinary file, which tell what it is; null when it can not be read. */
async function headOf(path: string): Promise<Uint8Array | null> {
  try {
    if (!(await stat(path)).isFile()) return null;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** The folder to bring in, and what its table holds. @throws LintelError `not-found`, `import-source` */
async function readSource(
  cwd: string,
  source: string,
): Promise<{ folder: string; files: string[]; csv: string | null }> {
  const path = resolve(cwd, source);
  const stats = await stat(path).catch(() => null);
  if (stats === null) throw new LintelError('not-found.import');
  const folder = stats.isDirectory() ? path : dirname(path);
  const files = await filesBelow(folder);
  const table = stats.isDirectory() ? files.find((file) => file.toLowerCase() === TABLE) : basename(path);
  if (table === undefined) return { folder, files, csv: null };
  if (!/\.csv$/i.test(table)) throw new LintelError('import-source');
  return { folder, files: files.filter((file) => file !== table), csv: await readFile(join(folder, table), 'utf8') };
}

/**
 * Imports everybody of a folder, in batches that are each one durable write. Stopped or killed half-way, the same command
 * goes on where it was: whoever and whatever is there already is recognised and not added again.
 */
export async function importPeople(
  kiosk: Kiosk,
  terminal: Terminal,
  source: string,
  { plan: planOnly }: { readonly plan: boolean },
): Promise<Answer> {
  const { folder, files, csv } = await readSource(terminal.cwd, source);
  const kinds = new Map<string, PictureKind | null>();
  for (const file of files) {
    const head = await headOf(join(folder, file));
    if (head !== null) kinds.set(file, pictureKind(head));
  }
  const plan = importPlan(files, csv, (file) => kinds.get(file));
  const { problems } = plan;
  const problemLines = problems.map(({ file, reason }) => `  ${printable(file)}: ${reason}`);
  if (planOnly)
    return {
      json: plan,
      text: [
        ...plan.people.map(({ name, files: own }) => `${printable(name)}: ${own.length} files`),
        ...problemLines,
        `${plan.people.length} people would be imported`,
      ],
      failed: plan.people.length === 0,
    };
  const consentAt = Date.now();
  const people = plan.people.map(({ files: own, ...person }) => ({
    ...person,
    consentAt,
    pictures: own.map((file) => ({ file, read: () => readPicture(folder, file) })),
  }));
  const total = people.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const progress = startProgress(terminal, 'importing', total);
  const done: ImportResult[] = [];
  try {
    const signal = terminal.interrupted;
    for await (const one of kiosk.imports.run(people, { signal, onPicture: () => progress.step() })) done.push(one);
  } finally {
    progress.stop();
  }
  const stopped = terminal.interrupted.aborted && done.length < people.length;
  if (stopped) note(terminal, 'stopped before the end; who is done is kept, and the same command goes on from there.');
  const enrolled = done.filter(({ id }) => id !== null);
  const added = done.reduce((sum, one) => sum + one.added, 0);
  return {
    json: { people: done, problems, stopped },
    text: [
      ...done.flatMap(({ name, samples, added: news, turned, rejected, id }) => [
        `${printable(name)}: ${id === null ? 'not enrolled' : `${samples} samples, ${news} new`}`,
        ...turned.map((one) => `  ${printable(one.file)}${turnedBy(one.turned)}`),
        ...rejected.map(({ file, reason }) => `  ${printable(file)}: ${reason}`),
      ]),
      ...problemLines,
      `${enrolled.length} of ${people.length} people are enrolled, ${added} pictures were added`,
    ],
    failed: stopped || enrolled.length === 0,
  };
}

const PAGE = 25;

/** Writes everybody into a new or empty folder, so that `import` of it on any kiosk loses nothing. */
export async function exportPeople(kiosk: Kiosk, terminal: Terminal, folder: string): Promise<Answer> {
  const path = resolve(terminal.cwd, folder);
  const there = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw cannotWrite(error);
  });
  if (there.length > 0) throw new LintelError('folder-not-empty');
  const tables: string[] = [];
  let written = 0;
  let total = 0;
  let progress: ReturnType<typeof startProgress> | null = null;
  try {
    // What is written is about people's faces: nobody else on the machine has to read it.
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (let offset: number | null = 0; offset !== null && !terminal.interrupted.aborted;) {
      const page = await kiosk.imports.export(offset, PAGE);
      progress ??= startProgress(terminal, 'writing', page.total);
      for (const { name, bytes } of page.files) {
        if (name === TABLE) {
          tables.push(Buffer.from(bytes).toString('utf8'));
          continue;
        }
        const file = join(path, ...name.split('/'));
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeFile(file, bytes, { flag: 'wx', mode: 0o600 });
        written++;
      }
      for (let i = offset; i < (page.next ?? page.total); i++) progress.step();
      ({ next: offset, total } = page);
    }
    // Last, so that a folder with a table is a whole one.
    const [first = '', ...others] = tables;
    const table = first + others.map((text) => text.slice(text.indexOf('\n') + 1)).join('');
    if (!terminal.interrupted.aborted) await writeFile(join(path, TABLE), table, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw error instanceof LintelError ? error : cannotWrite(error);
  } finally {
    progress?.stop();
  }
  const stopped = terminal.interrupted.aborted;
  return {
    json: { folder: path, people: total, files: written, stopped },
    text: [
      stopped
        ? 'Stopped before the end: the folder is not whole. Remove it.'
        : `${total} people and ${written} files are in ${printable(path)}. It holds faces: keep it as safe as the kiosk.`,
    ],
    failed: stopped,
  };
}

const cannotWrite = (error: unknown): LintelError => {
  const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
  return new LintelError(full ? 'disk-full.export' : 'store-failed.export', undefined, { cause: error });
};
