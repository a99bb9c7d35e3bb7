/**
 * Pictures of people for the tests, made of the six group photos that the npm package `@vladmandic/face-api` ships: nothing here
 * needs a network or a folder beside the project. Made once into `test-results/people/`, always the same, by the global set-up
 * of Vitest and of Playwright (the default export).
 *
 * | folder | what |
 * | --- | --- |
 * | `scenes/person-01..05/00..09.jpg` | five people before a camera, 640x480, head and shoulders, ten pictures each |
 * | `portraits/NAME/1..5.jpg` | eight others, nothing but the face |
 * | `aligned/NAME/00..07.jpg` | the same eight, 112x112, aligned to ArcFace's template |
 * | `pairs/pairs.csv`, `pairs/images/` | 32 pairs of 24 pictures, 8 of them of the same person |
 *
 * The pictures of one person are one photograph cut, turned, lit, mirrored and compressed anew: enough to be recognised by, far
 * too alike for any figure of accuracy. Those come from the larger suites on `../shared`.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { alignInto, CROP } from '../../src/main/vision/alignment.ts';
import type { Point } from '../../src/shared/geometry.ts';
import { projectRoot } from './data.ts';

export const peopleDir = join(projectRoot, 'test-results/people');

/** One of the group photos, 1 to 6: three, three, three, four, five and four women. */
export const groupPhoto = (number: number): string =>
  join(projectRoot, `node_modules/@vladmandic/face-api/demo/sample${number}.jpg`);

/** The files of one folder of `peopleDir`, in order. */
export const picturesOf = (...folder: readonly string[]): string[] => {
  const path = join(peopleDir, ...folder);
  return readdirSync(path)
    .sort()
    .map((file) => join(path, file));
};
/** Ten camera pictures of one of the five people of the scenes, in order. */
export const scene = (person: string): string[] => picturesOf('scenes', person);

/**
 * Where a face is: the number of the photo; right eye, left eye, nose, corners of the mouth, pixels. As our detector saw them
 * (`lintel identify node_modules/@vladmandic/face-api/demo/sample*.jpg --json`).
 */
interface Place {
  readonly photo: number;
  readonly points: readonly Point[];
}
const at = (photo: number, ...xy: number[]): Place => ({
  photo,
  points: Array.from({ length: 5 }, (_, i): Point => [xy[2 * i] ?? 0, xy[2 * i + 1] ?? 0]),
});

// Nobody is in two of these: the greatest similarity of two of the five is 0.24, of two of the eight 0.21, between them 0.34.
const SCENES: Readonly<Record<string, Place>> = {
  'person-01': at(6, 1531, 373, 1629, 394, 1560, 442, 1520, 477, 1601, 494),
  'person-02': at(6, 1232, 430, 1321, 433, 1284, 485, 1237, 523, 1309, 526),
  'person-03': at(3, 624, 433, 717, 432, 663, 488, 633, 527, 712, 528),
  'person-04': at(3, 1559, 407, 1650, 406, 1615, 463, 1568, 504, 1641, 504),
  'person-05': at(5, 1148, 292, 1227, 295, 1182, 339, 1152, 370, 1218, 373),
};
const PORTRAITS: Readonly<Record<string, Place>> = {
  amara: at(1, 442, 454, 516, 458, 462, 501, 447, 534, 510, 535),
  bella: at(2, 1481, 280, 1567, 248, 1532, 316, 1522, 356, 1592, 329),
  chloe: at(3, 1113, 314, 1221, 341, 1145, 394, 1099, 418, 1185, 441),
  dana: at(4, 1309, 235, 1383, 254, 1330, 288, 1298, 315, 1356, 331),
  esther: at(5, 1438, 509, 1523, 497, 1471, 556, 1459, 598, 1529, 589),
  farah: at(5, 677, 519, 752, 518, 735, 564, 684, 600, 745, 599),
  gina: at(5, 843, 193, 915, 205, 882, 242, 835, 265, 897, 276),
  hanna: at(6, 707, 457, 790, 446, 743, 509, 728, 557, 793, 549),
};

/** How one picture differs from the next; all within what a camera at a door sees of somebody who stands there. */
const VARIATIONS = [
  { scale: 1, x: 0, y: 0, tilt: 0, light: 1, mirror: false, quality: 92 },
  { scale: 1.08, x: -24, y: 8, tilt: 2, light: 1.06, mirror: false, quality: 88 },
  { scale: 0.9, x: 30, y: -6, tilt: -3, light: 0.92, mirror: true, quality: 85 },
  { scale: 1.15, x: 14, y: 12, tilt: 1, light: 1.1, mirror: false, quality: 90 },
  { scale: 0.95, x: -36, y: 4, tilt: -2, light: 0.88, mirror: true, quality: 82 },
  { scale: 1.04, x: 40, y: -10, tilt: 4, light: 1.03, mirror: false, quality: 86 },
  { scale: 0.88, x: -12, y: 10, tilt: -4, light: 1.08, mirror: false, quality: 80 },
  { scale: 1.1, x: 22, y: -4, tilt: 3, light: 0.95, mirror: true, quality: 90 },
  { scale: 0.97, x: -28, y: -8, tilt: -1, light: 1.12, mirror: false, quality: 84 },
  { scale: 1.02, x: 6, y: 6, tilt: 2.5, light: 0.9, mirror: true, quality: 87 },
] as const;
const variation = (which: number): (typeof VARIATIONS)[number] => VARIATIONS[which % VARIATIONS.length]!;

const middle = (...points: readonly Point[]): Point => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];
const encoded = (image: Sharp): Promise<Buffer> => image.png({ compressionLevel: 0 }).toBuffer();

/** The middle of a picture, moved by (x, y). */
async function centred(picture: Buffer, width: number, height: number, x = 0, y = 0): Promise<Buffer> {
  const size = await sharp(picture).metadata();
  const [left, top] = [Math.round((size.width - width) / 2 - x), Math.round((size.height - height) / 2 - y)];
  return encoded(sharp(picture).extract({ left, top, width, height }));
}

/** A face and what is around it, upright: a square with the face in its middle. Beyond the photo its border goes on. */
interface Cutting {
  readonly picture: Buffer;
  readonly side: number;
  /** Pixels between the middle of the eyes and the middle of the mouth. */
  readonly unit: number;
}

async function cutting({ photo, points }: Place, unit: number, side: number): Promise<Cutting> {
  const [right, left, , mouthRight, mouthLeft] = points as [Point, Point, Point, Point, Point];
  const [eyes, mouth] = [middle(right, left), middle(mouthRight, mouthLeft)];
  const [x, y] = middle(eyes, mouth).map(Math.round) as [number, number];
  const roll = (Math.atan2(left[1] - right[1], left[0] - right[0]) * 180) / Math.PI;
  const scale = unit / Math.hypot(mouth[0] - eyes[0], mouth[1] - eyes[1]);
  const half = Math.round(side / Math.SQRT2 / scale);
  const file = groupPhoto(photo);
  const { width, height } = await sharp(file).metadata();
  const beyond = { left: half - x, top: half - y, right: x + half - width, bottom: y + half - height };
  const [x0, y0] = [Math.max(0, x - half), Math.max(0, y - half)];
  const square = await encoded(
    sharp(file)
      .extract({ left: x0, top: y0, width: Math.min(width, x + half) - x0, height: Math.min(height, y + half) - y0 })
      .extend({
        left: Math.max(0, beyond.left),
        top: Math.max(0, beyond.top),
        right: Math.max(0, beyond.right),
        bottom: Math.max(0, beyond.bottom),
        extendWith: 'copy',
      }),
  );
  const sized = await encoded(sharp(square).resize(Math.round(2 * half * scale)));
  return { picture: await centred(await encoded(sharp(sized).rotate(-roll)), side, side), side, unit };
}

/** The cutting as one picture shows it, smaller by a tenth at least, so that no corner of a turned square shows. */
async function varied({ picture, side }: Cutting, which: number): Promise<Buffer> {
  const { scale, tilt, light, mirror } = variation(which);
  const inner = Math.round(side * 0.9);
  const turned = await centred(await encoded(sharp(picture).rotate(tilt)), inner, inner);
  return encoded(
    sharp(turned)
      .flop(mirror)
      .resize(Math.round(inner * scale))
      .modulate({ brightness: light }),
  );
}

/** Head and shoulders before a blurred room, 640x480. */
async function sceneOf(cut: Cutting, which: number): Promise<Buffer> {
  const { scale, x, y, quality } = variation(which);
  const [width, height, u] = [640, 480, cut.unit * scale];
  const person = await varied(cut, which);
  const { width: side } = await sharp(person).metadata();
  // Whoever sits beside her in the photo is outside of this.
  const outline = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><g fill="#fff" transform="translate(${side / 2} ${side / 2})">
      <ellipse cx="0" cy="${-0.3 * u}" rx="${1.65 * u}" ry="${2.3 * u}"/>
      <ellipse cx="0" cy="${4.9 * u}" rx="${2.3 * u}" ry="${2.8 * u}"/></g></svg>`,
  );
  const alpha = await encoded(
    sharp(outline)
      .blur(0.16 * u)
      .extractChannel('alpha'),
  );
  const figure = await encoded(sharp(person).joinChannel(alpha));
  const room = await encoded(sharp(cut.picture).resize(80, 60, { fit: 'cover' }).blur(5));
  return sharp(await encoded(sharp(room).resize(width, height)))
    .composite([{ input: await centred(figure, width, height, x, y + 10) }])
    .jpeg({ quality })
    .toBuffer();
}

/** Nothing but the face. */
async function portraitOf(cut: Cutting, which: number): Promise<Buffer> {
  const { scale } = variation(which);
  const face = await centred(await varied(cut, which), Math.round(230 * scale), Math.round(280 * scale), 0, 10);
  return sharp(face).jpeg({ quality: 90 }).toBuffer();
}

/** 112x112, what an embedder is given. */
async function alignedOf({ photo, points }: Place, which: number): Promise<Buffer> {
  const { data, info } = await sharp(groupPhoto(photo)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const crop = new Uint8Array(3 * CROP * CROP);
  alignInto(crop, { width: info.width, height: info.height, channels: 3, data }, points);
  const { light, mirror, tilt } = variation(which);
  const image = sharp(crop, { raw: { width: CROP, height: CROP, channels: 3 } }).modulate({ brightness: light });
  const turned = await encoded(sharp(await encoded(image.flop(mirror))).rotate(tilt));
  return sharp(await centred(turned, CROP, CROP))
    .jpeg({ quality: 92 })
    .toBuffer();
}

async function make(folder: string): Promise<void> {
  const put = async (path: string, bytes: Promise<Buffer>): Promise<void> => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), await bytes);
  };
  const ten = VARIATIONS.map((_, i) => i);
  for (const [name, place] of Object.entries(SCENES)) {
    const cut = await cutting(place, 60, 910);
    await Promise.all(ten.map((i) => put(`scenes/${name}/0${i}.jpg`, sceneOf(cut, i))));
  }
  const pairs = ['file_x,file_y,Decision'];
  const names = Object.keys(PORTRAITS);
  for (const [who, [name, place]] of Object.entries(PORTRAITS).entries()) {
    const [cut, near] = [await cutting(place, 60, 910), await cutting(place, 80, 480)];
    await Promise.all(ten.slice(0, 5).map((i) => put(`portraits/${name}/${i + 1}.jpg`, portraitOf(near, i))));
    await Promise.all(ten.slice(0, 8).map((i) => put(`aligned/${name}/0${i}.jpg`, alignedOf(place, i))));
    await Promise.all(ten.slice(0, 3).map((i) => put(`pairs/images/${name}-${i}.jpg`, sceneOf(cut, i + 2))));
    pairs.push(`${name}-0.jpg,${name}-1.jpg,Yes`);
    for (let i = 0; i < 3; i++) pairs.push(`${name}-${i}.jpg,${names[(who + i + 1) % names.length]}-2.jpg,No`);
  }
  writeFileSync(join(folder, 'pairs/pairs.csv'), `${pairs.join('\n')}\n`);
}

/** Makes the pictures unless they are there, as this file makes them. */
export default async function makePictures(): Promise<void> {
  const made = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex');
  const note = join(peopleDir, 'made-by.txt');
  if (existsSync(note) && readFileSync(note, 'utf8') === made) return;
  const folder = `${peopleDir}.${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  await make(folder);
  writeFileSync(join(folder, 'made-by.txt'), made);
  rmSync(peopleDir, { recursive: true, force: true });
  renameSync(folder, peopleDir);
}
