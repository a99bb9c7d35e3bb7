/** What the store's tests run in a process of its own, to kill it. Arguments: what to do, the folder, and more. */
import { join } from 'node:path';
import { z } from 'zod';
import { randomUnitVectors } from '../../src/main/hosts/cli/bench.ts';
import { DurableFile } from '../../src/main/storage/durable-file.ts';
import { FolderLock } from '../../src/main/storage/folder-lock.ts';
import { Thumbnails } from '../../src/main/storage/images.ts';
import { Journal } from '../../src/main/storage/journal.ts';

export const personSchema = z.object({ id: z.string(), template: z.array(z.number()) });
export const peopleSchema = z.object({ people: z.array(personSchema) });
export type PeopleData = z.infer<typeof peopleSchema>;
export const lineSchema = z.object({ id: z.string(), at: z.number(), personId: z.string() });

export const peopleFile = (folder: string): DurableFile<PeopleData> =>
  new DurableFile({ path: join(folder, 'people.json'), schema: peopleSchema, schemaVersion: 1 });
export const checkInJournal = (folder: string): Journal<z.infer<typeof lineSchema>> =>
  new Journal({ folder, prefix: 'checkins', schema: lineSchema, timeOf: (line) => line.at });
export const pictures = (folder: string): Thumbnails => new Thumbnails({ folder: join(folder, 'thumbnails') });

/** Of a length that spreads over several pages, and recognisable. */
export const pictureOf = (id: string): Uint8Array => Buffer.from(`${id} `.repeat(600));
export const DIMENSIONS = 64;
/** The template a person of this number gets, the same in parent and child. */
export const templateOf = (number: number): Float32Array => randomUnitVectors(DIMENSIONS, number + 1)();

/** One acknowledged thing, as the child tells its parent. */
export type Said =
  | { said: 'ready' }
  | { said: 'refused'; code: string }
  | { said: 'enrolled'; number: number }
  | { said: 'removed'; number: number }
  | { said: 'checked-in'; id: string };

// `process.send` with a callback: the parent can have read only what was handed to the system.
const say = (message: Said): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );

/** Enrolls, removes and checks in as fast as it can, telling of each only once it is durable. */
async function work(folder: string, round: number): Promise<void> {
  await FolderLock.acquire(folder);
  const file = peopleFile(folder);
  const data = (await file.read()) ?? { people: [] };
  const journal = checkInJournal(folder);
  await journal.open();
  const thumbs = pictures(folder);
  await thumbs.sweep();
  await say({ said: 'ready' });
  const enroll = async (): Promise<void> => {
    for (let i = 0; ; i++) {
      const number = round * 100_000 + i;
      const id = `p${number}`;
      await thumbs.put(`${id}.jpg`, pictureOf(id));
      data.people.push({ id, template: [...templateOf(number)] });
      await file.write(data);
      await say({ said: 'enrolled', number });
      if (i % 5 !== 4) continue;
      const [gone] = data.people.splice(Math.floor(data.people.length / 2), 1);
      await file.write(data);
      await thumbs.delete(`${gone.id}.jpg`);
      await say({ said: 'removed', number: Number(gone.id.slice(1)) });
    }
  };
  const checkIn = async (door: string): Promise<void> => {
    for (let i = 0; ; i++) {
      const id = `${round}.${door}.${i}`;
      // Around the turn of a month, so that two files are written in turns.
      const at = new Date(2026, 0, 31, 23, 59).getTime() + (i % 3) * 60_000;
      await journal.append({ id, at, personId: data.people[0]?.id ?? 'p0' });
      await say({ said: 'checked-in', id });
    }
  };
  await Promise.all([enroll(), checkIn('a'), checkIn('b')]);
}

/** Takes the folder's lock and holds it until the parent hangs up or kills it. */
async function hold(folder: string): Promise<void> {
  try {
    await FolderLock.acquire(folder);
    await say({ said: 'ready' });
    // The lock alone does not keep a process alive; the channel to the parent does.
    process.on('disconnect', () => process.exit(0));
  } catch (error) {
    await say({ said: 'refused', code: (error as { code?: string }).code ?? String(error) });
    process.disconnect();
  }
}

const [, , task, folder, round] = process.argv;
if (process.send !== undefined && folder !== undefined) {
  if (task === 'work') await work(folder, Number(round));
  if (task === 'hold') await hold(folder);
}
