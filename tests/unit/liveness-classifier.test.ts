import { describe, expect, it } from 'vitest';
import {
  classifierCardSchema,
  classifierCrop,
  classifierInput,
  classifyLive,
  type ClassifierCard,
} from '../../src/main/liveness/classifier.ts';

const card = (more: Partial<ClassifierCard['input']> = {}, threshold = 0.8): ClassifierCard =>
  classifierCardSchema.parse({
    kind: 'liveness-classifier',
    id: 'minifasnet-v2',
    file: 'minifasnet-v2.onnx',
    sha256: 'a'.repeat(64),
    bytes: 1_700_000,
    licence: 'Apache-2.0',
    input: { size: 80, cropScale: 2.7, channels: 'bgr', mean: 0, scale: 1, ...more },
    output: { classes: 3, live: 1, softmax: false },
    threshold,
  });

const FRAME = { width: 640, height: 480, channels: 4 as const, data: new Uint8Array(640 * 480 * 4) };
for (let i = 0; i < 640 * 480; i++) FRAME.data.set([10, 20, 30, 255], i * 4);

describe('the crop of MiniFASNet', () => {
  it('2.7 times the box about its centre', () => {
    // 60 x 80 at (290, 200): centre (320, 240), 162 x 216.
    expect(classifierCrop({ x: 290, y: 200, width: 60, height: 80 }, 640, 480, 2.7)).toEqual({
      left: 239,
      top: 132,
      right: 401,
      bottom: 348,
    });
  });
  it('is pushed back inside at an edge, its size kept', () => {
    // centre (30, 40): from -51 to 111, pushed to 0..162; from -68 to 148, pushed to 0..216.
    expect(classifierCrop({ x: 0, y: 0, width: 60, height: 80 }, 640, 480, 2.7)).toEqual({
      left: 0,
      top: 0,
      right: 162,
      bottom: 216,
    });
    // centre (610, 440): to 691, pushed back by 52 to 477..639; to 548, pushed back by 69 to 263..479.
    expect(classifierCrop({ x: 580, y: 400, width: 60, height: 80 }, 640, 480, 2.7)).toEqual({
      left: 477,
      top: 263,
      right: 639,
      bottom: 479,
    });
  });
  it('shrinks to what the picture holds: 479 / 240 instead of 4', () => {
    const crop = classifierCrop({ x: 200, y: 120, width: 180, height: 240 }, 640, 480, 4);
    expect(crop.bottom - crop.top).toBe(479);
    expect(crop.right - crop.left).toBeCloseTo(180 * (479 / 240), -0.5);
  });
});

describe('the input', () => {
  it('is planes, in the order of the card, scaled as the card says', () => {
    const face = { x: 290, y: 200, width: 60, height: 80 };
    const bgr = classifierInput(FRAME, face, card());
    expect(bgr).toHaveLength(3 * 80 * 80);
    expect([bgr[0], bgr[6400], bgr[12800]]).toEqual([30, 20, 10]);
    const rgb = classifierInput(FRAME, face, card({ channels: 'rgb', mean: 20, scale: 10 }));
    expect([rgb[0], rgb[6400], rgb[12800]]).toEqual([-1, 0, 1]);
  });
  it('keeps left left and top top', () => {
    const data = new Uint8Array(640 * 480 * 3);
    for (let y = 0; y < 480; y++) for (let x = 0; x < 640; x++) data[(y * 640 + x) * 3] = x < 320 ? 0 : 200;
    const face = { x: 290, y: 200, width: 60, height: 80 };
    const red = classifierInput({ width: 640, height: 480, channels: 3, data }, face, card({ channels: 'rgb' }));
    expect(red[40 * 80 + 5]).toBe(0);
    expect(red[40 * 80 + 75]).toBe(200);
  });
});

describe('the score', () => {
  const face = { x: 290, y: 200, width: 60, height: 80 };
  it('softmax of the raw outputs, the live class, the mean of both networks', async () => {
    const run = (out: number[]) => () => Promise.resolve(Float32Array.from(out));
    // ln 1, ln 8, ln 1: softmax 0.1, 0.8, 0.1. And the other way round: live 0.1.
    const live = await classifyLive(FRAME, face, [{ card: card(), run: run([0, Math.log(8), 0]) }]);
    expect(live.score).toBeCloseTo(0.8, 6);
    const both = await classifyLive(FRAME, face, [
      { card: card(), run: run([0, Math.log(8), 0]) },
      { card: card({ cropScale: 4 }), run: run([Math.log(8), 0, 0]) },
    ]);
    expect(both.score).toBeCloseTo(0.45, 6);
    expect(both.live).toBe(false);
  });
  it('refuses a network that does not do what its card says', async () => {
    const run = (): Promise<Float32Array> => Promise.resolve(Float32Array.of(0, 1));
    await expect(classifyLive(FRAME, face, [{ card: card(), run }])).rejects.toThrow('2 classes');
  });
  it('no network, no living face', async () => {
    expect(await classifyLive(FRAME, face, [])).toEqual({ score: 0, live: false });
  });
  it('a card without a hash, or with a path in its scale, is refused', () => {
    expect(() => classifierCardSchema.parse({ ...card(), sha256: 'x' })).toThrow();
    expect(() => card({ scale: 0 })).toThrow();
  });
});
