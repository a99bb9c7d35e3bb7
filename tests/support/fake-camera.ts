/**
 * A fake camera for Chromium: an MJPEG file (`--use-file-for-fake-video-capture`), which is JPEG files one after the
 * other. Chromium plays it at 30 frames a second, over and over.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import sharp from 'sharp';

export interface Shot {
  /** A picture file, its bytes, or null for an empty room. */
  readonly picture: string | Uint8Array | null;
  readonly seconds: number;
}

const FRAMES_PER_SECOND = 30;
/** A sensor never gives the same picture twice: so many differ by nothing but noise. */
const NOISES = 5;
/** On either side, of 255. */
const NOISE = 3;

/** A wall, its floor, a door and a window: nobody is there. */
const ROOM = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480">
  <linearGradient id="wall" x2="1"><stop stop-color="#a9a294"/><stop offset="1" stop-color="#d8d3c7"/></linearGradient>
  <rect width="640" height="480" fill="url(#wall)"/><rect y="400" width="640" height="80" fill="#6d5d4b"/>
  <rect x="60" y="110" width="130" height="290" fill="#7d6a55"/><rect x="400" y="90" width="170" height="150" fill="#dfe9f2"/>
</svg>`);

/** 0 to 1, always the same row of numbers. */
function* randoms(): Generator<number, never> {
  for (let state = 1; ;) yield (state = Math.imul(state, 48271) & 0x7fffffff) / 0x7fffffff;
}

/**
 * A few camera frames of one picture, as JPEGs.
 * @param fit 'cover' fills the frame and cuts what stands over; 'contain' shows the whole picture on grey
 */
async function cameraFrames(
  picture: Shot['picture'],
  size: { readonly width: number; readonly height: number },
  fit: 'cover' | 'contain',
): Promise<Buffer[]> {
  const background = { r: 128, g: 128, b: 128 };
  const { data, info } = await sharp(picture ?? ROOM)
    .rotate()
    .flatten({ background })
    .resize({ ...size, fit, background })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const random = randoms();
  return Promise.all(
    Array.from({ length: NOISES }, () => {
      const noisy = Uint8ClampedArray.from(data, (value) => value + (random.next().value * 2 - 1) * NOISE);
      // Chromium's MJPEG reader wants ordinary baseline JPEGs with 4:2:0 chroma.
      return sharp(noisy, { raw: info })
        .jpeg({ quality: 92, chromaSubsampling: '4:2:0', progressive: false })
        .toBuffer();
    }),
  );
}

/** Writes the shots one after the other to `file` (name it `.mjpeg`: Chromium goes by the ending). */
export async function writeFakeCamera(
  file: string,
  shots: readonly Shot[],
  size = { width: 640, height: 480 },
  fit: 'cover' | 'contain' = 'cover',
): Promise<void> {
  const out = openSync(file, 'w');
  try {
    for (const { picture, seconds } of shots) {
      const frames = await cameraFrames(picture, size, fit);
      for (let i = 0; i < Math.max(1, Math.round(seconds * FRAMES_PER_SECOND)); i++)
        writeSync(out, frames[i % NOISES]!);
    }
  } finally {
    closeSync(out);
  }
}
