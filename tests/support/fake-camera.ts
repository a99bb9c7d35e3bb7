/**
 * A fake camera for Chromium: an MJPEG file (`--use-file-for-fake-video-capture`), which is JPEG files one after the
 * other. Chromium plays it at 30 frames a second, over and over.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import sharp from 'sharp';

export interface Shot {
  /** A picture file, its bytes, or null for an empty scene (plain grey). */
  readonly picture: string | Uint8Array | null;
  readonly seconds: number;
}

const FRAMES_PER_SECOND = 30;

/**
 * One camera frame as a JPEG.
 * @param fit 'cover' fills the frame and cuts what stands over; 'contain' shows the whole picture on grey
 */
export async function cameraFrame(
  picture: Shot['picture'],
  size: { readonly width: number; readonly height: number } = { width: 640, height: 480 },
  fit: 'cover' | 'contain' = 'cover',
): Promise<Buffer> {
  const background = { r: 128, g: 128, b: 128 };
  const image =
    picture === null
      ? sharp({ create: { ...size, channels: 3, background } })
      : sharp(picture)
          .rotate()
          .flatten({ background })
          .resize({ ...size, fit, background })
          .toColourspace('srgb');
  // Chromium's MJPEG reader wants ordinary baseline JPEGs with 4:2:0 chroma.
  return image.jpeg({ quality: 92, chromaSubsampling: '4:2:0', progressive: false }).toBuffer();
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
      const frame = await cameraFrame(picture, size, fit);
      for (let i = 0; i < Math.max(1, Math.round(seconds * FRAMES_PER_SECOND)); i++) writeSync(out, frame);
    }
  } finally {
    closeSync(out);
  }
}
