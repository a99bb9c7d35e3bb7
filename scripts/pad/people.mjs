/**
 * The people of `../shared/data/scenes`, or of another folder laid out the same way (a sub-folder of pictures for each person), as
 * 640x480 camera pictures round the face, with their landmarks.
 */
import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import sharp from 'sharp';
import { fromBytes } from './raster.mjs';
import { HEIGHT, WIDTH } from './head.mjs';

const ownScenes = resolve(import.meta.dirname, '../../../shared/data/scenes');
let scenesDir = resolve(process.env.LINTEL_PAD_SCENES ?? ownScenes);

/** Other people's pictures: `--scenes DIR` goes before LINTEL_PAD_SCENES. */
export function useScenes(dir) {
  if (dir !== undefined) scenesDir = resolve(dir);
}
/** What to call where the pictures are from, without saying where on this machine that is. */
export const scenesName = () => (scenesDir === ownScenes ? '../shared/data/scenes' : basename(scenesDir));

export const listPeople = () =>
  readdirSync(scenesDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && listTakes(entry.name).length > 0)
    .map((entry) => entry.name)
    .sort();
export const listTakes = (person) =>
  readdirSync(resolve(scenesDir, person))
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort();

/**
 * The 4:3 part of the picture that has the face (at `x`, `y`) in its middle. An upright picture is wider in 4:3 than it is high; a strip
 * of it would be all face, so it is cut less high.
 */
function cropRound(x, y, size) {
  const width = Math.min(size.width, Math.round((size.height * 4) / 3));
  const height = Math.min(size.height, Math.round((width * 3) / 4));
  const left = Math.round(Math.min(Math.max(x - width / 2, 0), size.width - width));
  const top = Math.round(Math.min(Math.max(y - height / 2, 0), size.height - height));
  return { left, top, width, height };
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
  const [x, y] = [first.landmarks[1 * 3] * size.width, first.landmarks[1 * 3 + 1] * size.height];
  const raw = await sharp(file)
    .extract(cropRound(x, y, size))
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
