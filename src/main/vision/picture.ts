/** Encoded pictures in, upright RGB pixels out. Everything that is not a picture we can use is refused by name. */
import { createRequire } from 'node:module';
import type sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { Turn } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { isRead, type PictureKind, pictureKind, type RefusedKind } from '../../shared/picture-kinds.ts';
import { CannotDecode, decodeBmp, decodeByThread, type DecodedForeign } from './decoders.ts';
import type { Frame } from './vision.ts';

/**
 * sharp, loaded when there is a picture: a process that is only given frames does without. As CommonJS, which takes a third of the
 * time that the same as modules takes.
 */
export const loadSharp = (): typeof sharp => createRequire(import.meta.url)('sharp') as typeof sharp;

/** More pixels than any camera makes; beyond it a small file could claim more memory than the machine has. */
export const MAX_PIXELS = 100_000_000;
/** Fewer pixels than this on a side hold no face. */
const MIN_SIDE = 16;
/** Long side of the pixels faces are looked for in. Larger pictures are shrunk on the way in. */
export const WORKING_SIDE = 2560;

/** A decoded picture: its pixels, perhaps shrunk, and its full size, both turned as the file says. */
interface DecodedPicture {
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
}

const refuse = {
  unsupported: (kind: RefusedKind) => new LintelError('picture-unsupported', { kind }),
  unusual: (kind: PictureKind) =>
    new LintelError('picture-unsupported.unusual', { kind: kind === 'heif' ? 'HEIF' : kind }),
  damaged: (cause: unknown) => new LintelError('picture-truncated', undefined, { cause }),
  tooLarge: (width: number, height: number) =>
    new LintelError('picture-too-large', { width, height, megapixels: MAX_PIXELS / 1e6 }),
  tooSmall: (width: number, height: number) => new LintelError('picture-too-small', { width, height, side: MIN_SIDE }),
};

/** A picture that sharp can go on with, and its size; `header` reads no more than is needed to know that. */
interface Source {
  readonly width: number;
  readonly height: number;
  readonly open: () => Sharp;
}

function foreign(decoded: DecodedForeign): Source {
  const { width, height } = decoded;
  if ('png' in decoded)
    return { width, height, open: () => loadSharp()(decoded.png, { limitInputPixels: MAX_PIXELS }) };
  const { data, channels } = decoded;
  const raw = { width, height, channels };
  return { width, height, open: () => loadSharp()(data, { raw, limitInputPixels: MAX_PIXELS }) };
}

/** What libvips says of a whole picture for which it has no decoder; all else is damage. */
const UNUSUAL =
  /JPEG data precision|marker type 0x(c[3567bdf]|f7)|support is not configured|decoding is not implemented|samples out of range|bad labq format/;

/** libvips knows an AVIF by its major brand alone; animations and some makers' pictures have it among the others. */
function withKnownBrand(bytes: Uint8Array): Uint8Array {
  const brand = Buffer.from('avif');
  if (brand.equals(bytes.subarray(8, 12))) return bytes;
  const known = Uint8Array.from(bytes);
  known.set(brand, 8);
  return known;
}

async function sourceOf(given: Uint8Array, kind: PictureKind): Promise<Source> {
  // Perhaps a brand of HEIF that is HEVC inside: the decoder knows.
  if (!isRead(kind) && kind !== 'heif') throw refuse.unsupported(kind);
  try {
    if (kind === 'BMP') return foreign(decodeBmp(given, MAX_PIXELS));
    if (kind === 'HEIC' || kind === 'heif') return foreign(await decodeByThread('HEIC', given, MAX_PIXELS));
    if (kind === 'JPEG XL') return foreign(await decodeByThread(kind, given, MAX_PIXELS));
  } catch (error) {
    if (!(error instanceof CannotDecode)) throw error;
    if (error.why === 'too-large') throw refuse.tooLarge(error.width, error.height);
    throw error.why === 'unsupported' ? refuse.unusual(kind) : refuse.damaged(error);
  }
  const bytes = kind === 'AVIF' ? withKnownBrand(given) : given;
  try {
    // Reads the header only; the limit is checked by us, so that the refusal can be named.
    const { autoOrient, depth } = await loadSharp()(bytes, { limitInputPixels: false, pages: 1 }).metadata();
    // Of floats and 32 bits nobody says what is white.
    if (depth !== 'uchar' && depth !== 'ushort') throw refuse.unusual(kind);
    return {
      ...autoOrient,
      // Of an AVIF, libvips has applied irot and imir by then, and tells of no EXIF orientation.
      open: () => loadSharp()(bytes, { limitInputPixels: MAX_PIXELS, pages: 1, failOn: 'error' }).autoOrient(),
    };
  } catch (error) {
    throw refused(error, kind);
  }
}

function refused(error: unknown, kind: PictureKind): LintelError {
  if (error instanceof LintelError) return error;
  return error instanceof Error && UNUSUAL.test(error.message) ? refuse.unusual(kind) : refuse.damaged(error);
}

/**
 * Decodes a picture: turned as EXIF or its container say, first page or primary image of several, any colour space and depth
 * brought to 8-bit sRGB, transparency laid on grey.
 * @param workingSide the long side of the pixels at most
 * @throws LintelError not-a-picture, picture-unsupported, picture-truncated, picture-too-large, picture-too-small, picture-slow
 */
export async function decodePicture(bytes: Uint8Array, workingSide = WORKING_SIDE): Promise<DecodedPicture> {
  if (bytes.length === 0) throw new LintelError('not-a-picture.empty');
  const kind = pictureKind(bytes);
  if (kind === null) throw new LintelError('not-a-picture');
  const { width, height, open } = await sourceOf(bytes, kind);
  if (width * height > MAX_PIXELS) throw refuse.tooLarge(width, height);
  if (width < MIN_SIDE || height < MIN_SIDE) throw refuse.tooSmall(width, height);
  try {
    const { data, info } = await open()
      .resize({ width: workingSide, height: workingSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: { r: 128, g: 128, b: 128 } })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
    return { frame: { width: info.width, height: info.height, channels: 3, data }, width, height };
  } catch (error) {
    throw refused(error, kind);
  }
}

/** Pictures whose decoding has begun, by their bytes. */
const ahead = new WeakMap<Uint8Array, Promise<DecodedPicture>>();

/** Begins to decode a picture that `decodedPicture` will soon be asked for, in other threads, while this one has models to load or run. */
export function decodeAhead(bytes: Uint8Array): void {
  const decoding = decodePicture(bytes);
  // What is wrong with it is told whoever asks.
  decoding.catch(() => undefined);
  ahead.set(bytes, decoding);
}

/** `decodePicture`, or what was begun of it; once, as the pixels are not kept. */
export function decodedPicture(bytes: Uint8Array): Promise<DecodedPicture> {
  const begun = ahead.get(bytes);
  ahead.delete(bytes);
  return begun ?? decodePicture(bytes);
}

/** The same pixels, turned clockwise. */
export function turnedFrame(frame: Frame, turn: Turn): Frame {
  if (turn === 0) return frame;
  const { width, height, channels, data } = frame;
  const turned = new Uint8Array(data.length);
  const [w, h] = turn === 180 ? [width, height] : [height, width];
  // Where the pixel (0, 0) goes, and how far one step along its row or down its column leads.
  const [first, right, down] = {
    90: [w - 1, w, -1] as const,
    180: [w * h - 1, -1, -w] as const,
    270: [w * (h - 1), -w, 1] as const,
  }[turn];
  for (let y = 0, from = 0; y < height; y++) {
    let to = channels * (first + y * down);
    for (let x = 0; x < width; x++, to += channels * right)
      for (let c = 0; c < channels; c++) turned[to + c] = data[from++]!;
  }
  return { width: w, height: h, channels, data: turned };
}

/** RGB, so many times smaller: each pixel the mean of `by` x `by`. */
export function shrunkFrame({ width, height, channels, data }: Frame, by: number): Frame {
  const [w, h] = [Math.floor(width / by), Math.floor(height / by)];
  const shrunk = new Uint8Array(w * h * 3);
  for (let y = 0, to = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let c = 0; c < 3; c++, to++) {
        let sum = 0;
        for (let j = 0; j < by; j++)
          for (let i = 0; i < by; i++) sum += data[((y * by + j) * width + x * by + i) * channels + c]!;
        shrunk[to] = sum / by ** 2;
      }
  return { width: w, height: h, channels: 3, data: shrunk };
}
