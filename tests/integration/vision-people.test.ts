/** Real people in real pictures: everyone found, nobody made up, good faces called good. More of them in tests/shared/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import { similarity } from '../../src/main/gallery/gallery.ts';
import type { Frame, Vision } from '../../src/main/vision/vision.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { area, iou } from '../../src/shared/geometry.ts';
import { groupPhoto, peopleDir } from '../support/people.ts';
import { ownModels } from '../support/vision-models.ts';

const picturesIn = (folder: string): string[] =>
  readdirSync(resolve(peopleDir, folder), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? picturesIn(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((file) => /\.(jpe?g|png)$/.test(file))
    .sort();
/** Mean difference of two pictures in levels of grey, once they are of one size. */
async function apart(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [x, y] = await Promise.all(
    [a, b].map((jpeg) => sharp(jpeg).resize(64, 64, { fit: 'fill' }).greyscale().raw().toBuffer()),
  );
  return x!.reduce((sum, value, i) => sum + Math.abs(value - y![i]!), 0) / x!.length;
}
const read = (file: string): Uint8Array => readFileSync(resolve(peopleDir, file));

describe('faces of real people', () => {
  let vision: Vision;
  beforeAll(async () => {
    vision = await openVision(ownModels());
  });
  afterAll(() => vision.close());

  it('six group photos: 22 faces, exactly', async () => {
    const counts: number[] = [];
    for (const n of [1, 2, 3, 4, 5, 6])
      counts.push((await vision.analyzePicture(readFileSync(groupPhoto(n)), { embed: 'none' })).faces.length);
    expect(counts).toEqual([3, 3, 3, 4, 5, 4]);
  });

  it('forty pictures that are nothing but a face: one face in each, filling it', async () => {
    const files = picturesIn('portraits');
    expect(files).toHaveLength(40);
    for (const file of files) {
      const { faces, width, height } = await vision.analyzePicture(read(file), { embed: 'none' });
      expect(faces, file).toHaveLength(1);
      expect(area(faces[0]!.box) / (width * height), file).toBeGreaterThan(0.5);
      expect(faces[0]!.score, file).toBeGreaterThan(0.65);
    }
  });

  it('every picture of the scenes: one person, and nothing to complain about', async () => {
    const files = picturesIn('scenes');
    expect(files).toHaveLength(50);
    for (const file of files) {
      const { faces } = await vision.analyzePicture(read(file), { embed: 'none' });
      expect(faces, file).toHaveLength(1);
      expect(faces[0]!.quality.issues, file).toEqual([]);
      expect(faces[0]!.quality.score, file).toBeGreaterThan(0.6);
    }
  });

  it.each([90, 180, 270] as const)(
    'pictures turned by %i degrees are turned back, and their faces are the same as before',
    async (degrees) => {
      for (const file of [
        ...picturesIn('scenes').filter((_, i) => i % 5 === 0),
        ...picturesIn('portraits').filter((_, i) => i % 5 === 0),
      ]) {
        const upright = await vision.analyzePicture(read(file), { embed: 'largest', pictures: true });
        const bytes = await sharp(read(file)).rotate(degrees).png().toBuffer();
        const seen = await vision.analyzePicture(bytes, { embed: 'largest', pictures: true });
        expect({ ...seen, faces: [] }, file).toEqual({ ...upright, turned: 360 - degrees, faces: [] });
        expect(upright.turned, file).toBe(0);
        expect(iou(seen.faces[0]!.box, upright.faces[0]!.box), file).toBeGreaterThan(0.95);
        expect(similarity(seen.faces[0]!.embedding!, upright.faces[0]!.embedding!), file).toBeGreaterThan(0.95);
        // What is kept to look at is upright, too.
        expect(await apart(seen.faces[0]!.pictures!.portrait, upright.faces[0]!.pictures!.portrait), file).toBeLessThan(
          8,
        );
      }
    },
  );

  it('several people: all are turned, and an upright group is not', async () => {
    for (const n of [1, 3, 5, 6]) {
      const group = await sharp(groupPhoto(n)).resize({ width: 1280 }).png().toBuffer();
      const upright = await vision.analyzePicture(group, { embed: 'none' });
      const seen = await vision.analyzePicture(await sharp(group).rotate(180).png().toBuffer(), { embed: 'none' });
      expect([upright.turned, seen.turned], `${n}`).toEqual([0, 180]);
      expect(seen.faces, `${n}`).toHaveLength(upright.faces.length);
    }
  });

  it('somebody upright before a poster that hangs upside down', async () => {
    const poster = await sharp(read('portraits/bella/1.jpg')).resize({ height: 110 }).rotate(180).png().toBuffer();
    const bytes = await sharp(read('scenes/person-01/00.jpg'))
      .composite([{ input: poster, left: 4, top: 4 }])
      .png()
      .toBuffer();
    const { turned, faces } = await vision.analyzePicture(bytes, { embed: 'none' });
    expect(turned).toBe(0);
    expect(faces).toHaveLength(2);
  });

  it.each([-45, -30, -15, 15, 30, 45])('a head tilted by %i degrees is left as it is', async (degrees) => {
    for (const person of ['person-01', 'person-02', 'person-03', 'person-04', 'person-05']) {
      const bytes = await sharp(read(`scenes/${person}/00.jpg`))
        .rotate(degrees, { background: '#777' })
        .png()
        .toBuffer();
      expect((await vision.analyzePicture(bytes, { embed: 'none' })).turned, person).toBe(0);
    }
  });

  it.each([60, -60])(
    'a head tilted by 30 degrees in a picture on its side, %i in all: turned back and the same face, or refused',
    async (degrees) => {
      const people = ['01', '02', '03', '04', '05'].flatMap((n) => [0, 3].map((i) => `scenes/person-${n}/0${i}.jpg`));
      const refused: string[] = [];
      for (const file of [...people, ...picturesIn('portraits').filter((_, i) => i % 5 === 0)]) {
        const upright = await vision.analyzePicture(read(file), { embed: 'largest' });
        const bytes = await sharp(read(file)).rotate(degrees, { background: '#777' }).png().toBuffer();
        try {
          const { turned, faces } = await vision.analyzePicture(bytes, { embed: 'largest' });
          expect(turned, file).toBe(degrees > 0 ? 270 : 90);
          expect(similarity(faces[0]!.embedding!, upright.faces[0]!.embedding!), file).toBeGreaterThan(0.7);
        } catch (error) {
          if (!(error instanceof LintelError)) throw error;
          expect(error.code).toBe('picture-turned');
          refused.push(file);
        }
      }
      expect(refused.length).toBeLessThanOrEqual(1);
    },
  );

  it('an empty picture is not turned', async () => {
    const empty = await sharp({ create: { width: 640, height: 400, channels: 3, background: '#8899aa' } })
      .png()
      .toBuffer();
    expect(await vision.analyzePicture(empty, { embed: 'none' })).toMatchObject({ turned: 0, width: 640, faces: [] });
  });

  it('spoilt pictures are called by their trouble', async () => {
    const source = read('scenes/person-01/00.jpg');
    const issuesOf = async (image: Sharp): Promise<readonly string[]> =>
      (await vision.analyzePicture(await image.jpeg().toBuffer(), { embed: 'none' })).faces[0]!.quality.issues;
    expect(await issuesOf(sharp(source).blur(4))).toContain('blurred');
    expect(await issuesOf(sharp(source).linear(0.12, 0))).toContain('too-dark');
    expect(await issuesOf(sharp(source).rotate(40))).toContain('tilted');
    expect(await issuesOf(sharp(source).resize(110))).toContain('too-small');
    expect(await issuesOf(sharp(source).extract({ left: 0, top: 0, width: 320, height: 480 }))).toContain('truncated');
  });

  it('in the mirror a face is turned the other way', async () => {
    const source = await sharp(groupPhoto(2)).extract({ left: 150, top: 0, width: 600, height: 620 }).png().toBuffer();
    const here = (await vision.analyzePicture(source, { embed: 'none' })).faces[0]!.quality.pose;
    const flopped = await sharp(source).flop().png().toBuffer();
    const there = (await vision.analyzePicture(flopped, { embed: 'none' })).faces[0]!.quality.pose;
    // She looks to the picture's left.
    expect(here.yaw).toBeLessThan(-30);
    expect(there.yaw).toBeGreaterThan(30);
  });

  it('an upright phone photo with EXIF rotation has its boxes where a person sees the face', async () => {
    const upright = read('pairs/images/amara-1.jpg');
    const turned = await sharp(upright).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const expected = await vision.analyzePicture(upright, { embed: 'none' });
    const seen = await vision.analyzePicture(turned, { embed: 'none' });
    expect([seen.width, seen.height]).toEqual([expected.width, expected.height]);
    expect(iou(seen.faces[0]!.box, expected.faces[0]!.box)).toBeGreaterThan(0.95);
  });

  it('a very large photo gives boxes in its own pixels', async () => {
    const small = readFileSync(groupPhoto(6));
    const large = await sharp(small).resize({ width: 7100 }).jpeg().toBuffer();
    const expected = await vision.analyzePicture(small, { embed: 'none' });
    const seen = await vision.analyzePicture(large, { embed: 'none' });
    expect(seen.width).toBe(7100);
    expect(seen.faces).toHaveLength(4);
    for (const face of expected.faces) {
      const by = 7100 / expected.width;
      const box = { x: face.box.x * by, y: face.box.y * by, width: face.box.width * by, height: face.box.height * by };
      expect(Math.max(...seen.faces.map((other) => iou(other.box, box)))).toBeGreaterThan(0.9);
    }
  });

  describe('camera frames', () => {
    const frameOf = async (file: string, channels: 3 | 4, width: number, height: number): Promise<Frame> => {
      const image = sharp(resolve(peopleDir, file)).resize(width, height, { fit: 'cover' });
      const data = await (channels === 4 ? image.ensureAlpha() : image.removeAlpha()).raw().toBuffer();
      return { width, height, channels, data };
    };

    it('RGB and RGBA give the same faces, and the frame is left as it was', async () => {
      const rgb = await frameOf('scenes/person-02/03.jpg', 3, 640, 480);
      const rgba = await frameOf('scenes/person-02/03.jpg', 4, 640, 480);
      const before = Uint8Array.from(rgba.data);
      const a = await vision.analyze(rgb, { embed: 'largest' });
      const b = await vision.analyze(rgba, { embed: 'largest' });
      expect(b[0]!.box).toEqual(a[0]!.box);
      expect(b[0]!.embedding).toEqual(a[0]!.embedding);
      expect(Buffer.from(rgba.data).equals(before)).toBe(true);
    });

    it('faces of one frame never leak into the next, even when asked for at once', async () => {
      const frames = await Promise.all(
        ['person-01/00', 'person-04/03', 'person-01/00'].map((name) => frameOf(`scenes/${name}.jpg`, 4, 640, 480)),
      );
      const [first, other, again] = await Promise.all(
        frames.map((frame) => vision.analyze(frame, { embed: 'largest' })),
      );
      expect(again).toEqual(first);
      expect(other![0]!.embedding).not.toEqual(first![0]!.embedding);
    });

    it('an empty room gives nobody; someone who then leans right in is seen within four frames', async () => {
      const empty: Frame = { width: 640, height: 480, channels: 4, data: new Uint8Array(640 * 480 * 4).fill(120) };
      for (let i = 0; i < 6; i++) expect(await vision.analyze(empty, { embed: 'largest' })).toEqual([]);
      // A portrait that a plain look misses.
      const near = await frameOf('portraits/hanna/4.jpg', 4, 480, 480);
      const seen: number[] = [];
      for (let i = 0; i < 6; i++) seen.push((await vision.analyze(near, { embed: 'none' })).length);
      expect(seen.indexOf(1)).toBeGreaterThanOrEqual(0);
      expect(seen.indexOf(1)).toBeLessThan(4);
      // And from then on in every frame, for as long as they stay.
      expect(seen.slice(seen.indexOf(1))).toEqual(Array(6 - seen.indexOf(1)).fill(1));
    });

    it('refuses frames whose numbers do not fit', async () => {
      const bad = { width: 640, height: 480, channels: 4, data: new Uint8Array(10) } as const;
      await expect(vision.analyze(bad, { embed: 'none' })).rejects.toMatchObject({ code: 'bad-input' });
    });

    it('gives an aligned crop that makes the same embedding again, and a square portrait', async () => {
      const frame = await frameOf('scenes/person-03/00.jpg', 4, 640, 480);
      const [face] = await vision.analyze(frame, { embed: 'largest', pictures: true });
      const [vector] = await vision.embedAligned([face!.pictures!.aligned]);
      expect(vector!.reduce((sum, value, i) => sum + value * face!.embedding![i]!, 0)).toBeGreaterThan(0.97);
      const portrait = await sharp(face!.pictures!.portrait).metadata();
      expect(portrait.format).toBe('jpeg');
      expect(portrait.width).toBe(portrait.height);
      expect(portrait.width).toBeLessThanOrEqual(256);
    });

    it('averages with the mirror image when asked', async () => {
      const frame = await frameOf('scenes/person-01/01.jpg', 4, 640, 480);
      const flopped = {
        ...frame,
        data: await sharp(frame.data, { raw: { width: 640, height: 480, channels: 4 } })
          .flop()
          .raw()
          .toBuffer(),
      };
      const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      const ask = async (f: Frame, mirror: boolean): Promise<Float32Array> =>
        (await vision.analyze(f, { embed: 'largest', mirror }))[0]!.embedding!;
      const [plain, plainMirror] = [await ask(frame, false), await ask(flopped, false)];
      const [both, bothMirror] = [await ask(frame, true), await ask(flopped, true)];
      expect(Math.hypot(...both)).toBeCloseTo(1, 5);
      // An average of both sides hardly changes when the picture is mirrored.
      expect(dot(both, bothMirror)).toBeGreaterThan(dot(plain, plainMirror));
    });
  });
});
