/** Fits a frame into the detector's input: aspect kept, centred, the rest grey. Plain loops over buffers that are kept. */
import type { Box } from '../../shared/geometry.ts';
import type { Layout } from './session.ts';
import type { Frame } from './vision.ts';

/** The grey around the picture, as YOLOv5 was trained with. */
export const GREY = 114 / 255;

/** Where a frame, or a region of it, lies inside the detector's input: `input = frame * scale + offset`, pixels. */
export interface Fit {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
  /** Size inside the input. */
  readonly width: number;
  readonly height: number;
}

/** Pixels as they lie in a frame: the first one at byte `from`, rows `row` bytes apart. */
interface Pixels {
  readonly data: Uint8Array;
  readonly from: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * Largest centred fit of a frame into `inputWidth` x `inputHeight`, then shrunk by `shrink` (1: as large as it goes).
 * Frames smaller than the input are enlarged, as the reference does.
 */
export function fitInside(
  frame: { readonly width: number; readonly height: number },
  inputWidth: number,
  inputHeight: number,
  shrink = 1,
): Fit {
  const scale = Math.min(inputWidth / frame.width, inputHeight / frame.height) * shrink;
  const width = Math.min(inputWidth, Math.max(1, Math.round(frame.width * scale)));
  const height = Math.min(inputHeight, Math.max(1, Math.round(frame.height * scale)));
  return {
    scale,
    width,
    height,
    x: Math.floor((inputWidth - width) / 2),
    y: Math.floor((inputHeight - height) / 2),
  };
}

const UNIT = 1 / 255;

/**
 * Writes frames into one input buffer of floats 0..1, RGB. Holds everything it needs between frames: after the first
 * frame of a size nothing is allocated, and the grey border is not painted again.
 *
 * Enlarging and mild shrinking are bilinear with half-pixel centres, as cv2.resize. When shrinking to less than half,
 * whole blocks of pixels are averaged first: plain bilinear would skip pixels, and small faces would flicker.
 */
export class Letterbox {
  readonly data: Float32Array;
  readonly #width: number;
  readonly #height: number;
  readonly #layout: Layout;
  #painted: Fit | null = null;
  #reduced = new Uint8Array(0);
  // Per output column: byte offsets of the two source pixels, and the weight of the second.
  #left = new Int32Array(0);
  #right = new Int32Array(0);
  #weight = new Float32Array(0);
  #columnsFor = '';

  constructor(
    width: number,
    height: number,
    layout: Layout,
    data: Float32Array = new Float32Array(3 * width * height),
  ) {
    this.#width = width;
    this.#height = height;
    this.#layout = layout;
    this.data = data;
  }

  /**
   * Writes `frame`, or only a region of it (whole pixels, inside the frame), shrunk by `shrink` inside the largest fit.
   * @returns where the frame lies, also when most of it is outside
   */
  write(frame: Frame, shrink = 1, region: Box = { x: 0, y: 0, width: frame.width, height: frame.height }): Fit {
    const fit = fitInside(region, this.#width, this.#height, shrink);
    const before = this.#painted;
    if (
      before === null ||
      before.x !== fit.x ||
      before.y !== fit.y ||
      before.width !== fit.width ||
      before.height !== fit.height
    ) {
      this.data.fill(GREY);
      this.#painted = fit;
    }
    const { data, channels } = frame;
    const row = frame.width * channels;
    const { width, height } = region;
    const pixels: Pixels = { data, from: region.y * row + region.x * channels, row, width, height, channels };
    const block = Math.floor(1 / fit.scale + 1e-9);
    if (block < 2) this.#place(pixels, fit.scale, fit);
    else this.#place(this.#average(pixels, block), fit.scale * block, fit);
    return { ...fit, x: fit.x - region.x * fit.scale, y: fit.y - region.y * fit.scale };
  }

  /** Means of `block` x `block` pixels, in the RGB buffer `#reduced`. */
  #average({ data, from, row, width, height, channels }: Pixels, block: number): Pixels {
    const across = Math.max(1, Math.floor(width / block));
    const down = Math.max(1, Math.floor(height / block));
    if (this.#reduced.length < across * down * 3) this.#reduced = new Uint8Array(across * down * 3);
    const acrossBlock = Math.min(block, width);
    const downBlock = Math.min(block, height);
    const share = 1 / (acrossBlock * downBlock);
    let out = 0;
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        let r = 0;
        let g = 0;
        let b = 0;
        for (let j = 0; j < downBlock; j++) {
          let at = from + (y * block + j) * row + x * block * channels;
          for (let i = 0; i < acrossBlock; i++, at += channels) {
            r += data[at]!;
            g += data[at + 1]!;
            b += data[at + 2]!;
          }
        }
        this.#reduced[out] = r * share + 0.5;
        this.#reduced[out + 1] = g * share + 0.5;
        this.#reduced[out + 2] = b * share + 0.5;
        out += 3;
      }
    }
    return { data: this.#reduced, from: 0, row: across * 3, width: across, height: down, channels: 3 };
  }

  #place(pixels: Pixels, scale: number, fit: Fit): void {
    if (pixels.width === fit.width && pixels.height === fit.height) this.#copy(pixels, fit);
    else this.#resize(pixels, scale, fit);
  }

  /** No scaling: bytes become floats at their place. A loop for each layout, with steps the compiler knows. */
  #copy({ data, from, row, width, height, channels }: Pixels, fit: Fit): void {
    const out = this.data;
    if (this.#layout === 'nhwc') {
      for (let y = 0; y < height; y++) {
        let at = from + y * row;
        let to = ((fit.y + y) * this.#width + fit.x) * 3;
        for (const end = to + 3 * width; to < end; to += 3, at += channels) {
          out[to] = data[at]! * UNIT;
          out[to + 1] = data[at + 1]! * UNIT;
          out[to + 2] = data[at + 2]! * UNIT;
        }
      }
      return;
    }
    const green = this.#width * this.#height;
    const blue = 2 * green;
    for (let y = 0; y < height; y++) {
      let at = from + y * row;
      let to = (fit.y + y) * this.#width + fit.x;
      for (const end = to + width; to < end; to++, at += channels) {
        out[to] = data[at]! * UNIT;
        out[to + green] = data[at + 1]! * UNIT;
        out[to + blue] = data[at + 2]! * UNIT;
      }
    }
  }

  #resize({ data, from: first, row, width, height, channels }: Pixels, scale: number, fit: Fit): void {
    this.#prepareColumns(width, channels, scale, fit.width);
    const out = this.data;
    const left = this.#left;
    const right = this.#right;
    const weight = this.#weight;
    const plane = this.#layout === 'nchw' ? this.#width * this.#height : 1;
    const step = this.#layout === 'nchw' ? 1 : 3;
    for (let y = 0; y < fit.height; y++) {
      const from = Math.min(Math.max((y + 0.5) / scale - 0.5, 0), height - 1);
      const upper = Math.floor(from);
      const down = (from - upper) / 255;
      const up = 1 / 255 - down;
      const a = first + upper * row;
      const b = first + Math.min(upper + 1, height - 1) * row;
      let to = ((fit.y + y) * this.#width + fit.x) * step;
      for (let x = 0; x < fit.width; x++) {
        const l = left[x]!;
        const r = right[x]!;
        const w = weight[x]!;
        const al = a + l;
        const ar = a + r;
        const bl = b + l;
        const br = b + r;
        let over = data[al]!;
        let under = data[bl]!;
        out[to] = (over + (data[ar]! - over) * w) * up + (under + (data[br]! - under) * w) * down;
        over = data[al + 1]!;
        under = data[bl + 1]!;
        out[to + plane] = (over + (data[ar + 1]! - over) * w) * up + (under + (data[br + 1]! - under) * w) * down;
        over = data[al + 2]!;
        under = data[bl + 2]!;
        out[to + 2 * plane] = (over + (data[ar + 2]! - over) * w) * up + (under + (data[br + 2]! - under) * w) * down;
        to += step;
      }
    }
  }

  #prepareColumns(width: number, channels: number, scale: number, count: number): void {
    const key = `${width} ${channels} ${scale} ${count}`;
    if (key === this.#columnsFor) return;
    if (this.#left.length < count) {
      this.#left = new Int32Array(count);
      this.#right = new Int32Array(count);
      this.#weight = new Float32Array(count);
    }
    for (let x = 0; x < count; x++) {
      const from = Math.min(Math.max((x + 0.5) / scale - 0.5, 0), width - 1);
      const l = Math.floor(from);
      this.#left[x] = l * channels;
      this.#right[x] = Math.min(l + 1, width - 1) * channels;
      this.#weight[x] = from - l;
    }
    this.#columnsFor = key;
  }
}
