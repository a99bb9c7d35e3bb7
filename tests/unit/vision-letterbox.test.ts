import { describe, expect, it } from 'vitest';
import { fitInside, GREY, Letterbox } from '../../src/main/vision/letterbox.ts';
import type { Frame } from '../../src/main/vision/vision.ts';

/** A frame from a function of place; values 0..255 per channel. */
function frameOf(
  width: number,
  height: number,
  channels: 3 | 4,
  pixel: (x: number, y: number) => readonly [number, number, number],
): Frame {
  const data = new Uint8Array(width * height * channels).fill(7);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * channels);
  return { width, height, channels, data };
}

describe('fitInside', () => {
  it('keeps the aspect and centres, by hand', () => {
    expect(fitInside({ width: 640, height: 480 }, 640, 640)).toEqual({
      scale: 1,
      x: 0,
      y: 80,
      width: 640,
      height: 480,
    });
    expect(fitInside({ width: 720, height: 1280 }, 640, 640)).toEqual({
      scale: 0.5,
      x: 140,
      y: 0,
      width: 360,
      height: 640,
    });
    expect(fitInside({ width: 160, height: 160 }, 640, 640, 0.5)).toEqual({
      scale: 2,
      x: 160,
      y: 160,
      width: 320,
      height: 320,
    });
  });

  it('never loses a very thin frame', () => {
    expect(fitInside({ width: 10_000, height: 16 }, 640, 640).height).toBe(1);
  });
});

describe('Letterbox', () => {
  const colours = (x: number, y: number): [number, number, number] => [x * 10, y * 10, 255];

  it.each([3, 4] as const)('copies without scaling from %i channels, grey around, alpha ignored', (channels) => {
    const box = new Letterbox(6, 6, 'nchw');
    const fit = box.write(frameOf(6, 4, channels, colours));
    expect(fit).toEqual({ scale: 1, x: 0, y: 1, width: 6, height: 4 });
    const at = (plane: number, x: number, y: number): number => box.data[plane * 36 + y * 6 + x]!;
    expect(at(0, 0, 0)).toBeCloseTo(GREY, 6);
    expect(at(2, 5, 5)).toBeCloseTo(GREY, 6);
    expect(at(0, 3, 1)).toBeCloseTo(30 / 255, 6);
    expect(at(1, 3, 4)).toBeCloseTo(30 / 255, 6);
    expect(at(2, 3, 2)).toBe(1);
  });

  it('writes the same picture in both layouts', () => {
    const planes = new Letterbox(8, 8, 'nchw');
    const pixels = new Letterbox(8, 8, 'nhwc');
    for (const frame of [
      frameOf(8, 6, 4, colours),
      frameOf(5, 3, 3, colours),
      frameOf(20, 16, 3, (x, y) => [x, y, 9]),
    ]) {
      planes.write(frame);
      pixels.write(frame);
      for (let i = 0; i < 64; i++)
        for (let c = 0; c < 3; c++) expect(pixels.data[i * 3 + c]).toBe(planes.data[c * 64 + i]);
    }
  });

  it('enlarges bilinearly with half-pixel centres, by hand', () => {
    const box = new Letterbox(4, 4, 'nchw');
    // Two columns, 0 and 200: at 4 columns the centres fall on -0.25, 0.25, 0.75, 1.25 -> 0, 50, 150, 200.
    box.write(frameOf(2, 2, 3, (x) => [x * 200, 0, 0]));
    const row = [...box.data.subarray(0, 4)].map((value) => Math.round(value * 255));
    expect(row).toEqual([0, 50, 150, 200]);
  });

  it('averages blocks when shrinking to half: stripes become their mean, not noise', () => {
    const box = new Letterbox(4, 4, 'nchw');
    box.write(frameOf(8, 8, 4, (x) => [x % 2 === 0 ? 0 : 200, 0, 0]));
    expect([...box.data.subarray(0, 16)].map((value) => Math.round(value * 255))).toEqual(Array(16).fill(100));
  });

  it('paints the border again when another size leaves something behind', () => {
    const box = new Letterbox(4, 4, 'nchw');
    box.write(frameOf(4, 4, 3, () => [255, 255, 255]));
    box.write(frameOf(4, 2, 3, () => [0, 0, 0]));
    expect([...box.data.subarray(0, 4)].every((value) => Math.abs(value - GREY) < 1e-6)).toBe(true);
    box.write(
      frameOf(4, 4, 3, () => [255, 255, 255]),
      0.5,
    );
    expect(box.data[5]).toBe(1);
    expect(box.data[0]).toBeCloseTo(GREY, 6);
  });

  it('takes frames of odd sizes and one pixel strips', () => {
    const box = new Letterbox(16, 16, 'nchw');
    for (const [width, height] of [
      [37, 53],
      [1, 400],
      [400, 1],
      [33, 16],
    ] as const) {
      const fit = box.write(frameOf(width, height, 3, () => [51, 51, 51]));
      // A plain picture stays plain, to its last corner.
      expect(box.data[fit.y * 16 + fit.x]).toBeCloseTo(0.2, 5);
      expect(box.data[(fit.y + fit.height - 1) * 16 + fit.x + fit.width - 1]).toBeCloseTo(0.2, 5);
    }
  });
});
