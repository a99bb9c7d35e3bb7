/** People made by augmentation from aligned crops of real ones: many different templates and pictures out of a few faces. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { peopleDir } from './people.ts';

const CROP = 112;

/** A number that always is the same for the same text, 0 to 1. */
function chance(text: string): number {
  let hash = 2_166_136_261;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16_777_619);
  return (hash >>> 0) / 2 ** 32;
}

/**
 * One picture of a synthetic person: an aligned crop of `people.ts`, changed in a way that is the person's own (colour, mirror) and a
 * way that is the picture's (light, tilt), with a border around it so that the detector finds the face.
 */
export async function augmentedPicture(crops: readonly string[], person: number, picture: number): Promise<Buffer> {
  const own = (what: string): number => chance(`${person} ${what}`);
  const now = (what: string): number => chance(`${person} ${picture} ${what}`);
  const crop = crops[(person * 7 + picture) % crops.length] ?? '';
  const mirrored = sharp(crop)
    .flop(own('mirror') < 0.5)
    .modulate({
      brightness: 0.85 + 0.3 * now('light'),
      saturation: 0.6 + 0.8 * own('colour'),
      hue: Math.round(20 * own('hue') - 10),
    });
  const ground = { r: Math.round(90 + 120 * own('r')), g: Math.round(90 + 120 * own('g')), b: 150 };
  const face = await mirrored
    .resize(CROP + 8 * Math.floor(4 * now('size')))
    .png()
    .toBuffer();
  const framed = await sharp(face)
    .extend({ top: 50, bottom: 50, left: 50, right: 50, background: ground })
    .png()
    .toBuffer();
  return sharp(framed)
    .rotate(6 * now('tilt') - 3, { background: ground })
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** A folder of folders, `Person 0001/1.jpg` and so on. */
export async function writeAugmentedPeople(folder: string, people: number, pictures: number): Promise<void> {
  const aligned = join(peopleDir, 'aligned');
  const names = (await readdir(aligned)).sort();
  const crops = await Promise.all(
    names.map(async (name) => (await readdir(join(aligned, name))).sort().map((file) => join(aligned, name, file))),
  );
  for (let person = 0; person < people; person++) {
    const own = join(folder, `Person ${String(person).padStart(4, '0')}`);
    await mkdir(own, { recursive: true });
    const of = crops[person % crops.length] ?? [];
    for (let i = 0; i < pictures; i++)
      await writeFile(join(own, `${i + 1}.jpg`), await augmentedPicture(of, person, i));
  }
}
