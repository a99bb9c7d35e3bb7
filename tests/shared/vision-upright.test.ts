/** Pictures the wrong way up, over a few hundred of real people: turned back, and upright ones left alone. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import { uprightTurn } from '../../src/main/vision/upright.ts';
import type { SeenPicture, Vision } from '../../src/main/vision/vision.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { sharedData } from '../support/data.ts';
import { ownModels } from '../support/vision-models.ts';

const pictures = (folder: string): string[] =>
  readdirSync(resolve(sharedData, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? pictures(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => /\.(jpe?g|png)$/.test(file))
    .sort();
const everyNth = (files: readonly string[], n: number): string[] => files.filter((_, i) => i % n === 0);

/** The picture turned clockwise, without EXIF. */
const turnedBy = (file: string, degrees: number): Promise<Buffer> =>
  sharp(resolve(sharedData, file)).resize({ width: 1280, height: 1280, fit: 'inside', withoutEnlargement: true }).rotate(degrees, { background: '#777' }).jpeg({ quality: 95 }).toBuffer(); // prettier-ignore

describe('pictures the wrong way up', () => {
  let vision: Vision;
  beforeAll(async () => {
    vision = await openVision(ownModels());
  });
  afterAll(() => vision.close());

  const turnOf = async (bytes: Uint8Array): Promise<SeenPicture['turned'] | 'refused'> => {
    try {
      return (await vision.analyzePicture(bytes, { embed: 'none' })).turned;
    } catch (error) {
      if (error instanceof LintelError && error.code === 'picture-turned') return 'refused';
      throw error;
    }
  };
  const count = async (files: readonly string[], degrees: number): Promise<Record<string, string[]>> => {
    const found: Record<string, string[]> = {};
    for (const file of files) (found[await turnOf(await turnedBy(file, degrees))] ??= []).push(file);
    return found;
  };

  const photographs = [...pictures('scenes'), ...pictures('groups'), ...pictures('pairs/images')];
  // Not looked at when the limits were chosen.
  const strangers = everyNth(pictures('lfw-half').slice(1), 20);

  it('upright ones are never turned', async () => {
    expect(Object.keys(await count([...photographs, ...strangers], 0))).toEqual(['0']);
  }, 900_000);

  it.each([90, 180, 270])(
    'turned by %i degrees: 99 of 100 are turned back, and are the same face as before',
    async (degrees) => {
      const files = [...everyNth(photographs, 2), ...everyNth(strangers, 2)];
      const found = await count(files, degrees);
      const right = found[360 - degrees] ?? [];
      console.log(degrees, right.length, 'of', files.length, Object.fromEntries(Object.entries(found).filter(([turn]) => Number(turn) !== 360 - degrees))); // prettier-ignore
      expect(right.length / files.length).toBeGreaterThan(0.985);
    },
    900_000,
  );

  it.each([0, 90, 180, 270] as const)(
    'frames of a camera, turned by %i degrees: none is turned wrongly',
    async (degrees) => {
      let right = 0;
      const files = everyNth(photographs, 4);
      for (const file of files) {
        const { data, info } = await sharp(await turnedBy(file, degrees)).resize(640, 640, { fit: 'inside' }).raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
        const frame = { width: info.width, height: info.height, channels: 3 as const, data };
        const turn = await uprightTurn(frame, (turned) => vision.analyze(turned, { embed: 'none', once: true }));
        expect([null, (360 - degrees) % 360], file).toContain(turn);
        if (turn !== null) right++;
      }
      // In most pictures of groups nobody stands near.
      expect(right / files.length).toBeGreaterThan(0.7);
    },
  );

  const some = everyNth([...pictures('scenes'), ...pictures('groups/people')], 3);

  it.each([-30, -15, 15, 30])('a picture tilted by %i degrees is left as it is', async (degrees) => {
    expect(((await count(some, degrees))[0] ?? []).length / some.length).toBeGreaterThan(0.99);
  });

  it.each([
    [-45, 90],
    [45, 270],
  ])(
    'tilted by %i degrees it is as much on its side as upright, and hardly ever put on its head',
    async (degrees, turn) => {
      const found = await count(some, degrees);
      console.log(degrees, found[0]?.length, found[turn]?.length, 'of', some.length);
      expect((found[0] ?? []).length / some.length).toBeGreaterThan(0.8);
      expect(((found[0] ?? []).length + (found[turn] ?? []).length) / some.length).toBeGreaterThan(0.97);
    },
  );

  it.each([
    [-60, 90],
    [60, 270],
  ])('a head tilted by 30 degrees in a picture on its side, %i in all: most are turned back', async (degrees, turn) => {
    const found = await count(some, degrees);
    console.log(degrees, found[turn]?.length, 'of', some.length, Object.keys(found));
    expect((found[turn] ?? []).length / some.length).toBeGreaterThan(0.8);
  });
});
