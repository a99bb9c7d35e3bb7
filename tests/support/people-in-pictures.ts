/** People enrolled from folders of pictures, one folder for each, named as it; and who is found in other pictures. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect } from 'vitest';
import type { Kiosk } from '../../src/main/server/kiosk.ts';

export const listed = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).sort().map((name) => join(dir, name));

interface OfPerson {
  readonly name: string;
  readonly file: string;
}

/**
 * Forgets whoever was enrolled, and enrolls everybody of `dir` in one go; no picture may be refused.
 * @param keptBack so many of each person's pictures, the last ones, are not used
 * @returns those
 */
export async function enrollFolders(kiosk: Kiosk, dir: string, keptBack = 0): Promise<OfPerson[]> {
  for (const { id } of await kiosk.peopleService.list()) await kiosk.peopleService.remove(id);
  const left: OfPerson[] = [];
  const people = [];
  for (const folder of await listed(dir)) {
    const name = basename(folder);
    const files = await listed(folder);
    const used = files.splice(0, files.length - keptBack);
    left.push(...files.map((file) => ({ name, file })));
    const pictures = await Promise.all(used.map(async (file) => ({ file, bytes: await readFile(file) })));
    people.push({ name, consentAt: 1, pictures });
  }
  const enrolled = await kiosk.pictures.enroll(people);
  expect(enrolled.flatMap((one) => one.rejected)).toEqual([]);
  return left;
}

/** @returns of how many pictures the largest face is matched; whoever is nearest, or matched, must be the one it is */
export async function matched(kiosk: Kiosk, pictures: readonly OfPerson[]): Promise<number> {
  let count = 0;
  for (const { name, file } of pictures) {
    const { faces } = await kiosk.pictures.identify(await readFile(file));
    expect(faces[0]?.candidates[0]?.name, file).toBe(name);
    const match = faces[0]?.match ?? null;
    if (match === null) continue;
    expect(match.name).toBe(name);
    count++;
  }
  return count;
}

/** @returns how many faces there are in pictures of people who are not enrolled; none may be anybody */
export async function strangers(kiosk: Kiosk, files: readonly string[]): Promise<number> {
  let count = 0;
  for (const file of files) {
    const { faces } = await kiosk.pictures.identify(await readFile(file));
    expect(
      faces.map(({ match }) => match),
      file,
    ).toEqual(faces.map(() => null));
    count += faces.length;
  }
  return count;
}
