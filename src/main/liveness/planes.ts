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
