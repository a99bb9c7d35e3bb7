/** Small plane geometry shared by vision, the check-in decision and the screen, and what moves. Units are pixels of the frame. */

/** `[x, y]`, x to the right, y down. */
export type Point = readonly [number, number];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const area = (box: Box): number => box.width * box.height;

export const centre = (box: Box): Point => [box.x + box.width / 2, box.y + box.height / 2];

export function contains(box: Box, [x, y]: Point): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Intersection over union of two boxes, 0 (apart) to 1 (equal). Two empty boxes give 0. */
export function iou(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  const shared = w * h;
  return shared / (area(a) + area(b) - shared);
}

/** A box given as fractions of a frame, in pixels of that frame. */
export function scaleBox(fraction: Box, width: number, height: number): Box {
  return {
    x: fraction.x * width,
    y: fraction.y * height,
    width: fraction.width * width,
    height: fraction.height * height,
  };
}

/**
 * Where a face's centre must lie to be looked at, as fractions of the frame. Wide on purpose: it is meant to leave out
 * people at the edge who walk past, not to make anyone line up. The oval on the screen is only a hint within it.
 */
export const GUIDE: Box = { x: 0.12, y: 0.05, width: 0.76, height: 0.9 };

/** What stood still for so long is what movement is measured against, ms: slower than this the detector sees it come. */
const REFERENCE_MS = 500;
/** Luma of 255 by which a cell has to differ: above a sensor's noise, which a cell of 20 x 20 pixels averages out. */
const DIFFERENCE = 10;
/** Cells of 32 x 24 that have to differ: a hand at two metres. */
const LEAST_CELLS = 3;

/** Whether something moves before a camera, from thumbnails of its frames. */
export class Motion {
  #reference: Float32Array | null = null;
  #referenceAt = 0;

  /**
   * @param thumbnail of about 32 x 24 cells, always of the same size: RGB or RGBA bytes
   * @param at ms on any steady clock
   * @returns whether it differs from what was there a moment ago; of the first thumbnail nobody can say, so it does
   */
  look({ data, channels }: { data: Uint8Array | Uint8ClampedArray; channels: 3 | 4 }, at: number): boolean {
    const luma = Float32Array.from({ length: data.length / channels }, (_, i) => {
      const [r = 0, g = 0, b = 0] = data.subarray(channels * i, channels * i + 3);
      return 0.299 * r + 0.587 * g + 0.114 * b;
    });
    const before = this.#reference;
    const moved =
      before?.length !== luma.length ||
      luma.filter((y, i) => Math.abs(y - before[i]!) >= DIFFERENCE).length >= LEAST_CELLS;
    if (moved || at - this.#referenceAt >= REFERENCE_MS) {
      this.#reference = luma;
      this.#referenceAt = at;
    }
    return moved;
  }
}
