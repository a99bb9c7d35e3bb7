import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/shared/geometry.ts';
import { alignInto, CROP, similarityOnto, TEMPLATE } from '../../src/main/vision/alignment.ts';
import { toUnit, writeCrop } from '../../src/main/vision/embedder.ts';
import type { Frame } from '../../src/main/vision/vision.ts';

describe('similarityOnto', () => {
  it('by hand: turned a quarter, twice as large, moved', () => {
    // (x, y) -> (-2y + 5, 2x + 7)
    const from: Point[] = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 2],
    ];
    const to = from.map(([x, y]): Point => [-2 * y + 5, 2 * x + 7]);
    const { a, b, tx, ty } = similarityOnto(from, to);
    expect(a).toBeCloseTo(0, 12);
    expect(b).toBeCloseTo(2, 12);
    expect(tx).toBeCloseTo(5, 12);
    expect(ty).toBeCloseTo(7, 12);
  });

  it('is the least-squares answer: no small change of it fits better', () => {
    const from: Point[] = [
      [10, 12],
      [52, 9],
      [33, 30],
      [14, 55],
      [49, 60],
    ];
    const error = (a: number, b: number, tx: number, ty: number): number =>
      from.reduce(
        (sum, [x, y], k) =>
          sum + (a * x - b * y + tx - TEMPLATE[k]![0]) ** 2 + (b * x + a * y + ty - TEMPLATE[k]![1]) ** 2,
        0,
      );
    const { a, b, tx, ty } = similarityOnto(from, TEMPLATE);
    const best = error(a, b, tx, ty);
    for (const step of [-1e-3, 1e-3]) {
      expect(error(a + step, b, tx, ty)).toBeGreaterThan(best);
      expect(error(a, b + step, tx, ty)).toBeGreaterThan(best);
      expect(error(a, b, tx + step, ty)).toBeGreaterThan(best);
      expect(error(a, b, tx, ty + step)).toBeGreaterThan(best);
    }
  });

  it('never mirrors: a mirrored face gets a poor fit, not a reflection', () => {
    const mirrored = TEMPLATE.map(([x, y]): Point => [112 - x, y]);
    const { a, b } = similarityOnto(mirrored, TEMPLATE);
    // The determinant of the linear part is a*a + b*b whatever happens; it is the diagonal that would change sign.
    expect(a * a + b * b).toBeGreaterThan(0);
    expect(a * a + b * b).toBeLessThan(0.9);
  });

  it('survives five equal points', () => {
    const point: Point = [3, 4];
    expect(similarityOnto(Array(5).fill(point) as Point[], TEMPLATE)).toMatchObject({ a: 1, b: 0 });
  });
});

describe('alignInto', () => {
  const gradient = (width: number, height: number, channels: 3 | 4): Frame => {
    const data = new Uint8Array(width * height * channels);
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set([x, y, 77], (y * width + x) * channels);
    return { width, height, channels, data };
  };
  const pixel = (crop: Uint8Array, x: number, y: number): number[] => [
    ...crop.subarray((y * CROP + x) * 3).subarray(0, 3),
  ];

  it.each([3, 4] as const)('takes a face that is the template as it is (%i channels)', (channels) => {
    const crop = new Uint8Array(3 * CROP * CROP);
    alignInto(crop, gradient(CROP, CROP, channels), TEMPLATE);
    expect(pixel(crop, 0, 0)).toEqual([0, 0, 77]);
    expect(pixel(crop, 50, 20)).toEqual([50, 20, 77]);
    expect(pixel(crop, 111, 111)).toEqual([111, 111, 77]);
  });

  it('turns a face that lies on its side upright', () => {
    // Turned a quarter clockwise in a 112 frame: (x, y) of the template lies at (111 - y, x).
    const crop = new Uint8Array(3 * CROP * CROP);
    alignInto(
      crop,
      gradient(CROP, CROP, 3),
      TEMPLATE.map(([x, y]): Point => [111 - y, x]),
    );
    expect(pixel(crop, 30, 40)).toEqual([71, 30, 77]);
  });

  it('samples between pixels, by hand', () => {
    const crop = new Uint8Array(3 * CROP * CROP);
    alignInto(
      crop,
      gradient(CROP + 2, CROP + 2, 3),
      TEMPLATE.map(([x, y]): Point => [x + 0.5, y + 1]),
    );
    // Half way between 10 and 11 rounds up; whole rows stay.
    expect(pixel(crop, 10, 10)).toEqual([11, 11, 77]);
  });

  it('leaves what lies outside of the frame black', () => {
    const crop = new Uint8Array(3 * CROP * CROP).fill(9);
    alignInto(
      crop,
      gradient(CROP, CROP, 4),
      TEMPLATE.map(([x, y]): Point => [x - 60, y]),
    );
    expect(pixel(crop, 59, 50)).toEqual([0, 0, 0]);
    expect(pixel(crop, 60, 50)).toEqual([0, 50, 77]);
  });

  it('averages a large face instead of picking pixels', () => {
    const side = CROP * 4;
    const data = new Uint8Array(side * side * 3);
    for (let i = 0; i < side * side; i++) data.fill(i % 2 === 0 ? 0 : 200, i * 3, i * 3 + 3);
    const crop = new Uint8Array(3 * CROP * CROP);
    alignInto(
      crop,
      { width: side, height: side, channels: 3, data },
      TEMPLATE.map(([x, y]): Point => [x * 4, y * 4]),
    );
    for (let x = 10; x < 100; x++) expect(Math.abs(pixel(crop, x, 50)[0]! - 100)).toBeLessThanOrEqual(2);
  });

  it('survives landmarks that are no face at all', () => {
    const crop = new Uint8Array(3 * CROP * CROP).fill(9);
    alignInto(crop, gradient(20, 20, 3), Array(5).fill([NaN, NaN]) as Point[]);
    expect(crop.every((byte) => byte === 0)).toBe(true);
  });
});

describe('writeCrop', () => {
  const crop = new Uint8Array(3 * CROP * CROP);
  crop.set([10, 20, 30], 0); // top left
  crop.set([40, 50, 60], (CROP - 1) * 3); // top right
  const plane = CROP * CROP;
  const usual = { channels: 'rgb', mean: 127.5, scale: 128 } as const;
  const value = (byte: number): number => Math.fround((byte - 127.5) / 128);

  it('planes, RGB, second picture of two', () => {
    const into = new Float32Array(2 * 3 * plane);
    writeCrop(into, 1, crop, { layout: 'nchw' }, usual);
    expect(into[0]).toBe(0);
    expect([into[3 * plane], into[4 * plane], into[5 * plane]].map((v) => v!)).toEqual([10, 20, 30].map(value));
  });

  it('pixels, BGR, other numbers', () => {
    const into = new Float32Array(3 * plane);
    writeCrop(into, 0, crop, { layout: 'nhwc' }, { channels: 'bgr', mean: 0, scale: 10 });
    expect([...into.subarray(0, 3)]).toEqual([3, 2, 1]);
  });

  it.each(['nchw', 'nhwc'] as const)('mirrored, %s', (layout) => {
    const into = new Float32Array(3 * plane);
    writeCrop(into, 0, crop, { layout }, usual, true);
    const first = layout === 'nchw' ? [into[0], into[plane], into[2 * plane]] : [...into.subarray(0, 3)];
    expect(first).toEqual([40, 50, 60].map(value));
  });
});

describe('toUnit', () => {
  it('3 4 becomes 0.6 0.8, and no direction is refused', () => {
    expect([...toUnit(Float32Array.of(3, 4))].map((v) => v.toFixed(6))).toEqual(['0.600000', '0.800000']);
    expect(() => toUnit(new Float32Array(4))).toThrow(RangeError);
    expect(() => toUnit(Float32Array.of(1, NaN))).toThrow(RangeError);
  });
});
