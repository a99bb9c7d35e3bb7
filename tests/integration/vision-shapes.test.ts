/** The detector's input as the frame is, at half size, and as a square: the same faces, on real pictures and our own weights. */
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iou } from '../../src/shared/geometry.ts';
import { Detector } from '../../src/main/vision/detector.ts';
import { openPipeline } from '../../src/main/vision/in-process.ts';
import { ONE_PASS } from '../../src/main/vision/pipeline.ts';
import type { Frame } from '../../src/main/vision/vision.ts';
import { projectRoot } from '../support/data.ts';

const model = {
  id: 'yolov5n-0.5-face-lintel',
  path: resolve(projectRoot, 'models/yolov5n-0.5-face-lintel.onnx'),
  sha256: '',
};
const embedder = {
  id: 'ghostfacenet-v1-1.3-2',
  path: resolve(projectRoot, 'models/ghostfacenet-v1-1.3-2.onnx'),
  sha256: '',
};
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const picture = (name: string): string => join(projectRoot, 'node_modules/@vladmandic/face-api/demo', name);

async function frameOf(name: string, width: number, height: number): Promise<Frame> {
  const data = await sharp(picture(name)).resize({ width, height, fit: 'contain' }).ensureAlpha().raw().toBuffer();
  return { width, height, channels: 4, data: new Uint8Array(data) };
}

describe('sizes of the input', () => {
  let square: Detector;
  let following: Detector;
  beforeAll(async () => {
    square = await Detector.open(model, 2, 'square');
    following = await Detector.open(model, 2);
  });
  afterAll(async () => {
    await square.close();
    await following.close();
  });

  it.each([
    ['sample1.jpg', 640, 480, 3],
    ['sample3.jpg', 640, 360, 3],
    ['sample4.jpg', 480, 640, 4],
    ['sample5.jpg', 1000, 300, 5],
    ['sample6.jpg', 1280, 720, 4],
    ['sample6.jpg', 333, 517, 4],
  ])('%s at %i x %i has %i faces, wherever the input ends', async (name, width, height, count) => {
    const frame = await frameOf(name, width, height);
    const wanted = await square.detect(frame, 0.5);
    const found = await following.detect(frame, 0.5);
    expect(wanted).toHaveLength(count);
    expect(found).toHaveLength(count);
    for (const face of found) expect(Math.max(...wanted.map(({ box }) => iou(box, face.box)))).toBeGreaterThan(0.8);
  });

  it('half the size finds what is near, at the same place', async () => {
    const frame = await frameOf('sample6.jpg', 640, 480);
    const whole = await following.detect(frame, 0.5);
    const half = await following.detect(frame, 0.5, 0.5);
    expect(half).toHaveLength(whole.length);
    for (const face of half) expect(Math.max(...whole.map(({ box }) => iou(box, face.box)))).toBeGreaterThan(0.7);
  });

  it('around a face that is followed, it is found where the whole frame shows it, and compares the same', async () => {
    const pipeline = await openPipeline({ detector: model, embedder }, { threads: 2 });
    try {
      for (const name of ['sample1.jpg', 'sample3.jpg', 'sample4.jpg', 'sample6.jpg']) {
        const frame = await frameOf(name, 640, 480);
        const whole = await pipeline.analyze(frame, { embed: 'all' }, ONE_PASS);
        for (const face of whole) {
          // As far as somebody moves between two frames.
          const around = { ...face.box, x: face.box.x + 0.2 * face.box.width, y: face.box.y - 0.1 * face.box.height };
          const found = await pipeline.analyze(frame, { embed: 'all', around }, ONE_PASS);
          const same = found.find(({ box }) => iou(box, face.box) > 0.75);
          expect(same, `${name} ${JSON.stringify(face.box)}`).toBeDefined();
          expect(dot(same!.embedding!, face.embedding!)).toBeGreaterThan(0.9);
        }
      }
    } finally {
      await pipeline.close();
    }
  });

  it('who left the place, or is cut by its edge, is looked for in the whole frame', async () => {
    const pipeline = await openPipeline({ detector: model, embedder }, { threads: 2 });
    try {
      const frame = await frameOf('sample6.jpg', 1280, 960);
      const whole = await pipeline.analyze(frame, { embed: 'none' }, ONE_PASS);
      const [first, ...others] = whole.map(({ box }) => box);
      const away = await pipeline.analyze(
        frame,
        { embed: 'none', around: { x: 0, y: 0, width: 60, height: 80 } },
        ONE_PASS,
      );
      expect(away.map(({ box }) => box)).toEqual(whole.map(({ box }) => box));
      // Its region ends in the middle of the neighbour.
      const beside = others.sort((a, b) => Math.abs(a.x - first!.x) - Math.abs(b.x - first!.x))[0]!;
      const between = await pipeline.analyze(frame, { embed: 'none', around: beside }, ONE_PASS);
      for (const { box } of between) expect(Math.max(...whole.map((face) => iou(face.box, box)))).toBeGreaterThan(0.75);
    } finally {
      await pipeline.close();
    }
  });

  it('buffers are right again when a size comes back after others', async () => {
    const frame = await frameOf('sample3.jpg', 640, 480);
    const first = await following.detect(frame, 0.5);
    for (const [width, height] of [
      [640, 360],
      [320, 640],
      [500, 500],
      [640, 200],
      [200, 640],
    ] as const)
      await following.detect(await frameOf('sample3.jpg', width, height), 0.5);
    expect(await following.detect(frame, 0.5)).toEqual(first);
  });
});
