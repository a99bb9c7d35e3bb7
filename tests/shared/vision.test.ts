/** The real pictures of `../shared`, by our own detector: everyone found, nobody made up. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import type { Frame, Vision } from '../../src/main/vision/vision.ts';
import { area, iou } from '../../src/shared/geometry.ts';
import { sharedData } from '../support/data.ts';
import { ownModels } from '../support/vision-models.ts';

const picturesIn = (folder: string): string[] =>
  readdirSync(resolve(sharedData, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? picturesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => /\.(jpe?g|png)$/.test(file))
    .sort();
const read = (file: string): Uint8Array => readFileSync(resolve(sharedData, file));

describe('faces of real people', () => {
  let vision: Vision;
  beforeAll(async () => {
    vision = await openVision(ownModels());
  });
  afterAll(() => vision.close());

  it('five group photos: 23 faces, exactly', async () => {
    const counts: number[] = [];
    for (const n of [1, 2, 3, 4, 5])
      counts.push((await vision.analyzePicture(read(`groups/bbt${n}.jpg`), { embed: 'none' })).faces.length);
    expect(counts).toEqual([4, 3, 5, 6, 5]);
  });

  it('forty pictures that are nothing but a face: it is found, filling the picture; at most three have a second box in it', async () => {
    const files = picturesIn('groups/people');
    let more = 0;
    expect(files).toHaveLength(40);
    for (const file of files) {
      const { faces, width, height } = await vision.analyzePicture(read(file), { embed: 'none' });
      more += faces.length - 1;
      expect(area(faces[0]!.box) / (width * height), file).toBeGreaterThan(0.5);
      expect(faces[0]!.score, file).toBeGreaterThan(0.65);
    }
    expect(more).toBeLessThanOrEqual(3);
  });

  it('every picture of the kiosk scenes: somebody, and nothing to complain about', async () => {
    for (const file of picturesIn('scenes')) {
      const { faces } = await vision.analyzePicture(read(file), { embed: 'none' });
      expect(faces[0]!.quality.issues, file).toEqual([]);
      expect(faces[0]!.quality.score, file).toBeGreaterThan(0.6);
    }
  });

  it('difficult photographs: somebody in every one, no face twice', async () => {
    for (const file of picturesIn('pairs/images')) {
      const { faces } = await vision.analyzePicture(read(file), { embed: 'none' });
      expect(faces.length, file).toBeGreaterThan(0);
      faces.forEach((face, i) =>
        faces.slice(i + 1).forEach((other) => expect(iou(face.box, other.box), file).toBeLessThanOrEqual(0.5)),
      );
      expect([...faces].sort((a, b) => area(b.box) - area(a.box))).toEqual(faces);
    }
  });

  it('an empty room gives nobody; someone who then leans right in is seen within four frames', async () => {
    const empty: Frame = { width: 640, height: 480, channels: 4, data: new Uint8Array(640 * 480 * 4).fill(120) };
    for (let i = 0; i < 6; i++) expect(await vision.analyze(empty, { embed: 'largest' })).toEqual([]);
    // A portrait that a plain look misses.
    const data = await sharp(resolve(sharedData, 'groups/people/amy/amy2.png'))
      .resize(480, 480, { fit: 'cover' })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const near: Frame = { width: 480, height: 480, channels: 4, data };
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) seen.push((await vision.analyze(near, { embed: 'none' })).length);
    expect(seen.indexOf(1)).toBeGreaterThanOrEqual(0);
    expect(seen.indexOf(1)).toBeLessThan(4);
    // And from then on in every frame, for as long as they stay.
    expect(seen.slice(seen.indexOf(1))).toEqual(Array(6 - seen.indexOf(1)).fill(1));
  });
});
