/** Somebody who walks up, frame by frame, made of one aligned crop: nearer or further, unsteady, blurred, dark, noisy. */
import sharp from 'sharp';
import type { Point } from '../../src/shared/geometry.ts';
import { alignInto, CROP, TEMPLATE } from '../../src/main/vision/alignment.ts';
import { LIMITS, lightOf } from '../../src/main/vision/quality.ts';

/** What spoils a track's frames: ranges of a track, and how far each frame is from its track's. */
export interface Trouble {
  /** The face's size in the camera's picture, as a fraction of the crop's. */
  readonly size: readonly [number, number];
  /** Gaussian blur, pixels of the camera's picture: drawn for each frame. */
  readonly blur: readonly [number, number];
  /** What the light is multiplied with, and by how much it differs from the left edge to the right one. */
  readonly light: readonly [number, number];
  readonly slope: number;
  /** One sigma of a pixel's noise, of 255. */
  readonly noise: number;
  /** One sigma by which each landmark is off, pixels of the crop. */
  readonly shake: number;
}

export const TROUBLES = {
  light: { size: [0.8, 1], blur: [0, 0.8], light: [0.8, 1.2], slope: 0.2, noise: 4, shake: 0.7 },
  heavy: { size: [0.58, 0.8], blur: [0.3, 1.6], light: [0.35, 1.3], slope: 0.8, noise: 12, shake: 1.4 },
} as const satisfies Record<string, Trouble>;

/** Pixels around the crop that are made of its edge, so that a shaken frame has no black border. */
const AROUND = 16;

/**
 * @param crop an aligned crop, encoded
 * @param random [0, 1)
 * @returns aligned crops of `frames` frames, 3 * 112 * 112 RGB bytes; null for one the kiosk would not let vote
 */
export async function trackOf(
  crop: Uint8Array,
  frames: number,
  trouble: Trouble,
  random: () => number,
): Promise<(Uint8Array | null)[]> {
  const between = ([low, high]: readonly [number, number]): number => low + (high - low) * random();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const size = between(trouble.size);
  const [light, slope] = [between(trouble.light), trouble.slope * (2 * random() - 1)];
  const around = await sharp(crop)
    .removeAlpha()
    .extend({ top: AROUND, bottom: AROUND, left: AROUND, right: AROUND, extendWith: 'copy' })
    .png()
    .toBuffer();
  const side = Math.round(size * (CROP + 2 * AROUND));
  const track: (Uint8Array | null)[] = [];
  for (let n = 0; n < frames; n++) {
    const sigma = between(trouble.blur);
    const small = sharp(around).resize(side, side, { kernel: 'linear' });
    const { data } = await (sigma < 0.3 ? small : small.blur(sigma)).raw().toBuffer({ resolveWithObject: true });
    const gain = light * (1 + 0.05 * normal());
    for (let i = 0; i < data.length; i++) {
      const across = (Math.floor(i / 3) % side) / side - 0.5;
      data[i] = Math.max(
        0,
        Math.min(255, Math.round(data[i]! * gain * (1 + slope * across) + trouble.noise * normal())),
      );
    }
    const scale = side / (CROP + 2 * AROUND);
    const shaken = TEMPLATE.map(([x, y]): Point => [
      (x + AROUND + trouble.shake * normal()) * scale,
      (y + AROUND + trouble.shake * normal()) * scale,
    ]);
    const out = new Uint8Array(3 * CROP * CROP);
    alignInto(out, { width: side, height: side, channels: 3, data }, shaken);
    const { sharpness, brightness } = lightOf(out);
    const isGood = sharpness >= LIMITS.sharpness && brightness >= LIMITS.dark && brightness <= LIMITS.bright;
    track.push(isGood ? out : null);
  }
  return track;
}
