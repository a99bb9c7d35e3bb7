/** `lintel enroll FOLDER` */
import { reportOf } from '../../../shared/errors.ts';
import type { Desk } from './desk.ts';
import { readPeopleFolder, readPicture } from './pictures.ts';
import { checkInterrupted, printable, startProgress, type Answer, type Terminal } from './terminal.ts';

interface Enrolled {
  readonly id: string | null;
  readonly name: string;
  readonly samples: number;
  readonly rejected: readonly { readonly file: string; readonly reason: string }[];
}

/** Each sub-folder is a person. A person is on disk before the next is begun: stopped half-way, start it again. */
export async function enroll(desk: Desk, terminal: Terminal, folder: string): Promise<Answer> {
  const folders = await readPeopleFolder(terminal.cwd, folder);
  const progress = startProgress(terminal, 'enrolling', folders.length);
  const people: Enrolled[] = [];
  try {
    for (const { name, files } of folders) {
      checkInterrupted(terminal);
      people.push(await enrollPerson(desk, terminal, name, files));
      progress.step();
    }
  } finally {
    progress.stop();
  }
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

async function enrollPerson(desk: Desk, terminal: Terminal, name: string, files: readonly string[]): Promise<Enrolled> {
  const rejected: { file: string; reason: string }[] = [];
  const pictures: { file: string; bytes: Uint8Array }[] = [];
  for (const file of files) {
    try {
      pictures.push({ file, bytes: await readPicture(terminal.cwd, file) });
    } catch (error) {
      rejected.push({ file, reason: reportOf(error).message });
    }
  }
  if (pictures.length === 0) return { id: null, name, samples: 0, rejected };
  const done = await desk.enrollPictures({ name, pictures, consentAt: Date.now() });
  return { ...done, rejected: [...rejected, ...done.rejected] };
}
