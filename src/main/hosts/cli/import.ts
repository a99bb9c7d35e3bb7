/** `lintel import FOLDER|data.csv` and `lintel export FOLDER` */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LintelError } from '../../../shared/errors.ts';
import { given } from '../../../shared/given.ts';
import { TABLE } from '../../../shared/people-folder.ts';
import { adviceOn, lookAlikesOf } from './people.ts';
import { passedOverLines, readPeopleFolder, readPicture, turnedBy } from './recognise.ts';
import type { ImportResult } from '../../people/import.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Answer, MODELS_FIRST, note, printable, startProgress, STOPPED, type Terminal } from './terminal.ts';

/**
 * Imports everybody of a folder, in batches that are each one durable write. Stopped or killed half-way, the same command
 * goes on where it was: whoever and whatever is there already is recognised and not added again.
 */
export async function importPeople(
  kiosk: Kiosk,
  terminal: Terminal,
  source: string,
  { plan: planOnly, evenIfDifferent = false }: { readonly plan: boolean; readonly evenIfDifferent?: boolean },
): Promise<Answer> {
  const { folder, passedOver, ...plan } = await readPeopleFolder(terminal, source, { planOnly });
  const { problems, assumed } = plan;
  const problemLines = [
    ...problems.map(({ file, reason }) => `  ${printable(file)}: ${reason}`),
    ...passedOverLines(passedOver),
  ];
  const some = plan.people.filter(({ files }) => files.length > 0).length;
  if (planOnly)
    return {
      json: { ...plan, passedOver },
      text: [
        ...plan.people.map(({ name, files: own }) => `${printable(name)}: ${own.length} files`),
        ...problemLines,
        `${some} people would be imported`,
      ],
      failed: some === 0,
    };
  const consentAt = Date.now();
  const people = plan.people.map(({ files: own, ...person }) => ({
    ...person,
    consentAt,
    pictures: own.map((file) => ({ file, read: () => readPicture(terminal.cwd, join(folder, file)) })),
  }));
  const total = people.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const progress = startProgress(terminal, 'importing', total, MODELS_FIRST);
  const done: ImportResult[] = [];
  try {
    const signal = terminal.interrupted;
    const options = { signal, onPicture: () => progress.step(), evenIfDifferent };
    for await (const one of kiosk.imports.run(people, options)) done.push(one);
  } finally {
    progress.stop();
  }
  const stopped = terminal.interrupted.aborted && done.length < people.length;
  if (stopped) note(terminal, STOPPED);
  const enrolled = done.filter(({ id }) => id !== null);
  const added = done.reduce((sum, one) => sum + one.added, 0);
  return {
    json: { people: done, problems, passedOver, ...given({ assumed }), lookAlikes: lookAlikesOf(done), stopped },
    text: [
      ...done.flatMap(({ name, samples, added: news, turned, rejected, id }) => [
        `${printable(name)}: ${id === null ? 'not enrolled' : `${samples} samples, ${news} new`}`,
        ...turned.map((one) => `  ${printable(one.file)}${turnedBy(one.turned)}`),
        ...rejected.map(({ file, reason }) => `  ${printable(file)}: ${reason}`),
      ]),
      ...problemLines,
      ...adviceOn(done),
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
  const damaged: string[] = [];
  let written = 0;
  let total = 0;
  let progress: ReturnType<typeof startProgress> | null = null;
  try {
    // What is written is about people's faces: nobody else on the machine has to read it.
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (let offset: number | null = 0; offset !== null && !terminal.interrupted.aborted;) {
      const page = await kiosk.imports.export(offset, PAGE);
      progress ??= startProgress(terminal, 'writing', page.total);
      damaged.push(...page.damaged);
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
    json: { folder: path, people: total, files: written, damaged, stopped },
    text: [
      ...damaged.map((name) => `${printable(name)}: a picture is damaged and was left out, the face data are in it`),
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
