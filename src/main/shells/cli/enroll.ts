/** `lintel enroll FOLDER` */
import type { Desk } from './desk.ts';
import { readPeopleFolder, readPicture } from './pictures.ts';
import { checkInterrupted, printable, startProgress, type Answer, type Terminal } from './terminal.ts';

interface Enrolled {
  readonly id: string | null;
  readonly name: string;
  readonly samples: number;
  readonly rejected: readonly { readonly file: string; readonly reason: string }[];
}

/** Each sub-folder is a person. People are saved in batches, and whole: stopped half-way, start it again. */
export async function enroll(desk: Desk, terminal: Terminal, folder: string): Promise<Answer> {
  const folders = await readPeopleFolder(terminal.cwd, folder);
  const consentAt = Date.now();
  const total = folders.reduce((sum, { files }) => sum + files.length, 0);
  const progress = startProgress(terminal, 'enrolling', total);
  const people: Enrolled[] = [];
  try {
    const everybody = folders.map(({ name, files }) => ({
      name,
      consentAt,
      pictures: files.map((file) => ({ file, read: () => readPicture(terminal.cwd, file) })),
    }));
    const options = { signal: terminal.interrupted, onPicture: () => progress.step() };
    for await (const { id, name, samples, rejected } of desk.bringIn(everybody, options))
      people.push({ id, name, samples, rejected: rejected.map(({ file, reason }) => ({ file, reason })) });
  } finally {
    progress.stop();
  }
  if (people.length < folders.length) checkInterrupted(terminal);
  const enrolled = people.filter(({ id }) => id !== null);
  return {
    json: { people },
    text: [
      ...people.flatMap(({ name, samples, rejected, id }) => [
        `${printable(name)}: ${id === null ? 'not enrolled, no picture could be used' : `${samples} samples`}`,
        ...rejected.map(({ file, reason }) => `  ${printable(file)}: ${reason}`),
      ]),
      `${enrolled.length} of ${people.length} people enrolled`,
    ],
    failed: enrolled.length === 0,
  };
}
