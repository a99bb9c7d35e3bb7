/** The people of `../shared/data/scenes` as 640x480 camera pictures round the face, with their landmarks. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { fromBytes } from './raster.mjs';
import { HEIGHT, WIDTH } from './head.mjs';

export const scenesDir = resolve(import.meta.dirname, '../../../shared/data/scenes');

export const listPeople = () => readdirSync(scenesDir).filter((name) => name.startsWith('person-'));
export const listTakes = (person) => readdirSync(resolve(scenesDir, person)).filter((name) => name.endsWith('.jpg'));

/** `[left, top, width, height]` of the 4:3 part of the picture that has the face in its middle. */
function cropRound(x, size) {
  const width = Math.min(size.width, Math.round((size.height * 4) / 3));
  const left = Math.round(Math.min(Math.max(x - width / 2, 0), size.width - width));
  return { left, top: 0, width, height: size.height };
}

/** A picture as the JPEG bytes of a camera frame. */
export function jpegOf(pic, quality = 88) {
  const bytes = new Uint8ClampedArray(pic.data);
  return sharp(bytes, { raw: { width: pic.width, height: pic.height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
}

/** One take of one person: `{ still, landmarks }`, or null when the landmarker finds no face in it. */
export async function loadTake(landmarker, clock, person, take) {
  const file = resolve(scenesDir, person, take);
  const size = await sharp(file).metadata();
  const whole = await sharp(file).jpeg({ quality: 95 }).toBuffer();
  // A look at another face comes before: in video mode the first answer may still be about where that one was.
  let first = null;
  for (let i = 0; i < 3; i++) first = await landmarker.detect(whole, clock());
  if (first === null) return null;
  const x = first.landmarks[1 * 3] * size.width;
  const raw = await sharp(file)
    .extract(cropRound(x, size))
    .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
  const still = fromBytes(WIDTH, HEIGHT, raw);
  const jpeg = await jpegOf(still, 95);
  // Twice: in video mode the second look is steadied by the first.
  let found = null;
  for (let i = 0; i < 3; i++) found = await landmarker.detect(jpeg, clock());
  return found === null ? null : { person, take, still, landmarks: found.landmarks, blendshapes: found.blendshapes };
}
