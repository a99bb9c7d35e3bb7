/**
 * What the rule "these pictures show one person" costs and catches, with our own two models on the pictures of `../shared/data`:
 * genuine people must rarely lose a picture, and a stranger's picture must rarely be taken. The figures in sample-quality.ts are these.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { parseCalibration, similarityAt } from '../../src/main/gallery/calibration.ts';
import { fittingSamples, SAME_PERSON_FMR } from '../../src/main/people/sample-quality.ts';
import { openVision } from '../../src/main/vision/in-process.ts';
import { projectRoot, sharedData } from '../support/data.ts';
import { ownModels } from '../support/vision-models.ts';

// Real models on a shared machine: slow is not wrong.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

type Person = readonly Float32Array[];
const card = readFileSync(join(projectRoot, 'models/ghostfacenet-v1-1.3-2.calibration.json'), 'utf8');
const limit = similarityAt(parseCalibration(JSON.parse(card)), SAME_PERSON_FMR).value;
const list = (...path: string[]): string[] => readdirSync(join(...path)).sort();

describe('pictures that do not belong', () => {
  const atTheDoor: Person[] = [];
  const portraits: Person[] = [];
  /** People of LFW with three pictures or more. */
  const lfw: Person[] = [];

  beforeAll(async () => {
    const vision = await openVision(ownModels());
    for (const [people, folder] of [
      [atTheDoor, join(sharedData, 'scenes')],
      [portraits, join(sharedData, 'groups/people')],
    ] as const)
      for (const person of list(folder)) {
        const seen: Float32Array[] = [];
        for (const file of list(folder, person)) {
          const bytes = readFileSync(join(folder, person, file));
          const [face] = (await vision.analyzePicture(bytes, { embed: 'largest' })).faces;
          if (face?.embedding !== undefined) seen.push(face.embedding);
        }
        people.push(seen);
      }
    const folder = join(sharedData, 'lfw-half');
    for (const person of list(folder)) {
      const files = list(folder, person);
      if (files.length < 3) continue;
      lfw.push(await vision.embedAligned(files.map((file) => readFileSync(join(folder, person, file)))));
    }
    await vision.close();
  });

  const lost = (people: readonly Person[]) => {
    const each = people.map((person) => fittingSamples(person, limit).filter((fits) => !fits).length);
    return { people: each.filter((n) => n > 0).length, pictures: each.reduce((sum, n) => sum + n, 0) };
  };

  it('people before a camera and in portraits lose no picture', () => {
    expect(lost(atTheDoor)).toEqual({ people: 0, pictures: 0 });
    expect(lost(portraits)).toEqual({ people: 0, pictures: 0 });
  });

  it('of people in photographs from everywhere, few lose one', () => {
    const pictures = lfw.reduce((sum, person) => sum + person.length, 0);
    const less = lost(lfw);
    console.log(`LFW: ${less.people} of ${lfw.length} people lose ${less.pictures} of ${pictures} pictures`);
    expect(less.people / lfw.length).toBeLessThan(0.08);
    expect(less.pictures / pictures).toBeLessThan(0.02);
  });

  it.each([
    ['people before a camera', atTheDoor],
    ['portraits', portraits],
    ['LFW', lfw],
  ])('%s: pictures of two are not taken for one person', (name, people) => {
    let seed = 1;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const some = (person: Person, count: number): Float32Array[] => {
      const left = [...person];
      return Array.from({ length: count }, () => left.splice(random(left.length), 1)[0]!);
    };
    for (const [most, odd] of [
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 2],
      [5, 1],
    ] as const) {
      // prettier-ignore
      const enough = people.filter((person) => person.length >= most);
      let [mixed, groups] = [0, 0];
      while (groups < 3000) {
        const [one, other] = [enough[random(enough.length)]!, people[random(people.length)]!];
        if (one === other) continue;
        groups++;
        const fits = fittingSamples([...some(one, most), ...some(other, odd)], limit);
        if (fits.slice(0, most).includes(true) && fits.slice(most).includes(true)) mixed++;
      }
      console.log(`${name}, ${most} + ${odd}: ${mixed} of ${groups} taken for one person`);
      expect(mixed / groups).toBeLessThan(0.01);
    }
  });
});
