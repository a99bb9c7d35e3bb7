/** A camera frame as the grey planes the passive cues read. */
import type { Box } from '../../shared/geometry.ts';

/** One number a pixel, 0 to 255, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export interface PassiveFrame {
  /** When the camera took it, ms. */
  readonly at: number;
  readonly luma: Plane;
  /** Green against magenta: (2 G - R - B) / 4 + 128. A screen's coloured stripes show here and a face hardly does. */
  readonly chroma: Plane;
  /** The face's box, pixels of the planes. */
  readonly face: Box;
  /** The other faces in the frame, likewise. */
  readonly others?: readonly Box[];
}

/**
 * The planes of a frame of `channels` bytes a pixel (3 or 4, RGB first).
 * @param data width * height * channels bytes; not kept
 */
export function passiveFrame(
  frame: { width: number; height: number; channels: 3 | 4; data: Uint8Array },
  face: Box,
  at: number,
  others: readonly Box[] = [],
): PassiveFrame {
  const { width, height, channels, data } = frame;
  const luma = new Float32Array(width * height);
  const chroma = new Float32Array(width * height);
  for (let i = 0, p = 0; i < luma.length; i++, p += channels) {
    const r = data[p]!;
    const g = data[p + 1]!;
    const b = data[p + 2]!;
    luma[i] = 0.299 * r + 0.587 * g + 0.114 * b;
    chroma[i] = (2 * g - r - b) / 4 + 128;
  }
  return { at, luma: { width, height, data: luma }, chroma: { width, height, data: chroma }, face, others };
}

/*
 * Does what surrounds the face move with it? A person's face moves before a wall that stands; a print or a screen in a hand carries
 * its background along. After Anjos and Marcel, "Counter-measures to photo attacks in face recognition" (IJCB 2011).
 */

export const SHRINK = 4;

/** Every fourth pixel of the mean of its 4x4 block. */
export function shrink(plane: Plane): Plane {
  const width = Math.floor(plane.width / SHRINK);
  const height = Math.floor(plane.height / SHRINK);
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let j = 0; j < SHRINK; j++) {
      const row = (y * SHRINK + j) * plane.width;
      for (let x = 0; x < width; x++) {
        const k = row + x * SHRINK;
        data[y * width + x]! +=
          (plane.data[k]! + plane.data[k + 1]! + plane.data[k + 2]! + plane.data[k + 3]!) / (SHRINK * SHRINK);
      }
    }
  return { width, height, data };
}

/**
 * The shift (pixels) that carries the part of `before` where `inside` holds onto `after`, by Lucas and Kanade's least squares, three
 * rounds; null where there is nothing to see (a blank wall).
 */
export function shiftOf(
  before: Plane,
  after: Plane,
  inside: (x: number, y: number) => boolean,
): readonly [number, number] | null {
  const { width, height } = before;
  let [dx, dy] = [0, 0];
  for (let round = 0; round < 3; round++) {
    let [xx, xy, yy, xt, yt, count] = [0, 0, 0, 0, 0, 0];
    for (let y = 1; y < height - 1; y++)
      for (let x = 1; x < width - 1; x++) {
        if (!inside(x, y)) continue;
        const u = x + dx;
        const v = y + dy;
        if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) continue;
        const k = y * width + x;
        const gx = (before.data[k + 1]! - before.data[k - 1]!) / 2;
        const gy = (before.data[k + width]! - before.data[k - width]!) / 2;
        const x0 = Math.floor(u);
        const y0 = Math.floor(v);
        const fx = u - x0;
        const fy = v - y0;
        const j = y0 * width + x0;
        const top = after.data[j]! + (after.data[j + 1]! - after.data[j]!) * fx;
        const low = after.data[j + width]! + (after.data[j + width + 1]! - after.data[j + width]!) * fx;
        const t = top + (low - top) * fy - before.data[k]!;
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
        xt += gx * t;
        yt += gy * t;
        count++;
      }
    const det = xx * yy - xy * xy;
    // Less than about two grey levels of texture a pixel in its poorest direction: the shift would be noise.
    if (count < 30 || det / (xx + yy + 1e-9) / count < 4) return null;
    dx -= (yy * xt - xy * yt) / det;
    dy -= (xx * yt - xy * xt) / det;
  }
  return Math.abs(dx) > 8 || Math.abs(dy) > 8 ? null : [dx, dy];
}

const within = (box: Box, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;

/** A box about its centre, times `sx` and `sy`. */
const grown = (box: Box, sx: number, sy: number): Box => ({
  x: box.x - (box.width * (sx - 1)) / 2,
  y: box.y - (box.height * (sy - 1)) / 2,
  width: box.width * sx,
  height: box.height * sy,
});

interface SharedMotion {
  /** Factor of the surroundings' motion on the face's: about 0 before a standing wall, about 1 when they move as one. Null: too little motion to say. */
  readonly ratio: number | null;
  /** Root mean square shift of the face between frames, pixels of the full frame. */
  readonly faceMotion: number;
}

/** @param frames in order of time, from one camera, at least two; `small` the luma shrunk, `face` in pixels of the full frame */
export function sharedMotion(frames: readonly { readonly small: Plane; readonly face: Box }[]): SharedMotion {
  const small = frames.map((f) => f.small);
  let [ff, fr, pairs] = [0, 0, 0];
  for (let i = 1; i < frames.length; i++) {
    const face = grown(frames[i - 1]!.face, 1 / SHRINK, 1 / SHRINK);
    const box: Box = {
      x: frames[i - 1]!.face.x / SHRINK,
      y: frames[i - 1]!.face.y / SHRINK,
      width: face.width,
      height: face.height,
    };
    const core = grown(box, 0.8, 0.8);
    // Head, hair and neck are left out; what is beside and above them is the surroundings.
    const [inner, outer] = [grown(box, 1.9, 2), grown(box, 3.4, 2.6)];
    const a = shiftOf(small[i - 1]!, small[i]!, (x, y) => within(core, x, y));
    const b = shiftOf(
      small[i - 1]!,
      small[i]!,
      (x, y) => within(outer, x, y) && !within(inner, x, y) && y < box.y + box.height,
    );
    if (a === null || b === null) continue;
    ff += a[0] * a[0] + a[1] * a[1];
    fr += a[0] * b[0] + a[1] * b[1];
    pairs++;
  }
  const faceMotion = pairs === 0 ? 0 : Math.sqrt(ff / pairs) * SHRINK;
  return { ratio: pairs >= 3 && faceMotion > 0.6 ? fr / ff : null, faceMotion };
}
