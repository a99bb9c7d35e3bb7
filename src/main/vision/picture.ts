/** Encoded pictures in, RGB pixels out, by sharp. Everything that is not a picture we can use is refused by name. */
import { createRequire } from 'node:module';
import type Sharp from 'sharp';
import { LintelError } from '../../shared/errors.ts';
import type { Frame } from './vision.ts';

/**
 * sharp, loaded when there is a picture: a process that is only given frames does without. As CommonJS, which takes a third of the
 * time that the same as modules takes.
 */
export const loadSharp = (): typeof Sharp => createRequire(import.meta.url)('sharp') as typeof Sharp;

/** More pixels than any camera makes; beyond it a small file could claim more memory than the machine has. */
export const MAX_PIXELS = 100_000_000;
/** Fewer pixels than this on a side hold no face. */
const MIN_SIDE = 16;
/** Long side of the pixels faces are looked for in. Larger pictures are shrunk on the way in. */
export const WORKING_SIDE = 2560;

/** A decoded picture: its pixels, perhaps shrunk, and its full size after EXIF rotation. */
interface DecodedPicture {
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

/** What the first bytes say: a raster format we read, one we know and refuse, or nothing we know. */
export function sniff(bytes: Uint8Array): 'raster' | 'refused' | 'unknown' {
  const head = ascii(bytes, 0, 12);
  if (head.startsWith('\xff\xd8\xff') || head.startsWith('\x89PNG\r\n\x1a\n')) return 'raster';
  if (/^GIF8[79]a/.test(head) || head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'raster';
  if (head.startsWith('RIFF') && head.slice(8) === 'WEBP') return 'raster';
  // AVIF is in sharp's ready-made libvips; HEIC is not, for want of a free decoder of HEVC.
  if (head.slice(4, 8) === 'ftyp') return /^avi[fs]$/.test(head.slice(8)) ? 'raster' : 'refused';
  if (head.startsWith('%PDF') || head.startsWith('BM') || head.startsWith('8BPS')) return 'refused';
  if (head.startsWith('\xff\x0a') || head.startsWith('\0\0\0\x0cJXL ') || head.startsWith('\0\0\0\x0cjP  '))
    return 'refused';
  const start = ascii(bytes, 0, 512).trimStart();
  if (/^(\xef\xbb\xbf)?\s*(<\?xml|<svg|<!DOCTYPE svg)/i.test(start) && /<svg/i.test(ascii(bytes, 0, 4096)))
    return 'refused';
  return 'unknown';
}

const refuse = {
  notAPicture: () => new LintelError('not-a-picture'),
  unsupported: () => new LintelError('picture-unsupported'),
  damaged: (cause: unknown) => new LintelError('picture-truncated', undefined, { cause }),
  tooLarge: (width: number, height: number) =>
    new LintelError('picture-too-large', { width, height, megapixels: MAX_PIXELS / 1e6 }),
  tooSmall: (width: number, height: number) => new LintelError('picture-too-small', { width, height, side: MIN_SIDE }),
};

/**
 * Decodes a picture: EXIF rotation applied, first page of several, any colour space and depth brought to 8-bit sRGB,
 * transparency laid on grey.
 * @throws LintelError not-a-picture, picture-unsupported, picture-truncated, picture-too-large, picture-too-small
 */
export async function decodePicture(bytes: Uint8Array, workingSide = WORKING_SIDE): Promise<DecodedPicture> {
  const kind = sniff(bytes);
  if (kind === 'unknown') throw refuse.notAPicture();
  if (kind === 'refused') throw refuse.unsupported();
  const sharp = loadSharp();
  let width: number;
  let height: number;
  try {
    // Reads the header only; the limit is checked by us, so that the refusal can be named.
    const header = await sharp(bytes, { limitInputPixels: false, pages: 1 }).metadata();
    ({ width, height } = header.autoOrient);
  } catch (error) {
    throw refuse.damaged(error);
  }
  if (width * height > MAX_PIXELS) throw refuse.tooLarge(width, height);
  if (width < MIN_SIDE || height < MIN_SIDE) throw refuse.tooSmall(width, height);
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, pages: 1, failOn: 'error' })
      .autoOrient()
      .resize({ width: workingSide, height: workingSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: { r: 128, g: 128, b: 128 } })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
    return { frame: { width: info.width, height: info.height, channels: 3, data }, width, height };
  } catch (error) {
    throw refuse.damaged(error);
  }
}
