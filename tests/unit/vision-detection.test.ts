/** The detector's arithmetic against numbers worked out by hand from the formulas. */
import { describe, expect, it } from 'vitest';
import {
  ANCHORS,
  decodeFlat,
  decodeHead,
  type Detection,
  detectorOutputs,
  inputFor,
  type RawHead,
  ROW,
  suppress,
  toFrame,
} from '../../src/main/vision/detector.ts';
import { imageInputOf } from '../../src/main/vision/session.ts';

const logit = (p: number): number => Math.log(p / (1 - p));

/** A head of `columns` x `rows` cells in which nothing is a face. */
function emptyHead(stride: number, columns: number, rows: number): RawHead {
  const data = new Float32Array(ANCHORS[stride]!.length * columns * rows * ROW);
  for (let at = 0; at < data.length; at += ROW) {
    data[at + 4] = -10;
    data[at + 15] = -10;
  }
  return { stride, columns, rows, data };
}

const rowOf = (head: RawHead, anchor: number, gx: number, gy: number): Float32Array => {
  const at = (anchor * head.rows * head.columns + gy * head.columns + gx) * ROW;
  return head.data.subarray(at, at + ROW);
};

describe('decodeHead', () => {
  it('one anchor by hand: stride 16, second anchor (43 x 55), cell (3, 2)', () => {
    const head = emptyHead(16, 5, 4);
    const row = rowOf(head, 1, 3, 2);
    // s(0) = 0.5: centre = (1 - 0.5 + 3) * 16 = 56, (0.5 + 2) * 16 = 40; size = 1^2 * 43, and s(ln 3) = 0.75: 1.5^2 * 55.
    row.set([0, 0, 0, Math.log(3), logit(0.9)]);
    // Landmarks: t * anchor + cell * stride = 48 + 43 t, 32 + 55 t.
    row.set([-0.2, -0.4, 0.5, -0.4, 0.1, 0.1, -0.1, 0.6, 0.4, 0.6], 5);
    row[15] = logit(0.8);
    const found: Detection[] = [];
    decodeHead(head, 0.5, found);
    expect(found).toHaveLength(1);
    const { box, landmarks, score } = found[0]!;
    expect(score).toBeCloseTo(0.72, 5);
    expect(box.width).toBeCloseTo(43, 4);
    expect(box.height).toBeCloseTo(123.75, 4);
    expect(box.x).toBeCloseTo(56 - 21.5, 4);
    expect(box.y).toBeCloseTo(40 - 61.875, 4);
    const expected = [
      [39.4, 10],
      [69.5, 10],
      [52.3, 37.5],
      [43.7, 65],
      [65.2, 65],
    ];
    landmarks.forEach(([x, y], k) => {
      expect(x).toBeCloseTo(expected[k]![0]!, 4);
      expect(y).toBeCloseTo(expected[k]![1]!, 4);
    });
  });

  it('asks for the product of both scores, not for each alone', () => {
    const head = emptyHead(8, 2, 2);
    const row = rowOf(head, 0, 1, 1);
    row[4] = logit(0.7);
    row[15] = logit(0.7);
    const at = (least: number): number => {
      const found: Detection[] = [];
      decodeHead(head, least, found);
      return found.length;
    };
    expect(at(0.5)).toBe(0);
    expect(at(0.48)).toBe(1);
  });

  it('drops what is not a number', () => {
    const head = emptyHead(8, 1, 1);
    head.data.fill(NaN);
    const found: Detection[] = [];
    decodeHead(head, 0.1, found);
    expect(found).toEqual([]);
  });

  it('agrees with the decoded export of the same numbers', () => {
    const head = emptyHead(32, 3, 3);
    for (const [anchor, gx, gy] of [
      [0, 0, 0],
      [1, 2, 1],
      [2, 1, 2],
    ] as const) {
      const row = rowOf(head, anchor, gx, gy);
      for (let i = 0; i < ROW; i++) row[i] = Math.sin(anchor * 7 + i);
      row[4] = 2;
      row[15] = 3;
    }
    const raw: Detection[] = [];
    decodeHead(head, 0.3, raw);
    expect(raw).toHaveLength(3);
    // What the export would write: centre, size, probabilities.
    const flat = new Float32Array(raw.length * ROW);
    raw.forEach(({ box, landmarks }, i) => {
      flat.set([box.x + box.width / 2, box.y + box.height / 2, box.width, box.height, 1 / (1 + Math.exp(-2))], i * ROW);
      flat.set(landmarks.flat(), i * ROW + 5);
      flat[i * ROW + 15] = 1 / (1 + Math.exp(-3));
    });
    const decoded: Detection[] = [];
    decodeFlat(flat, 0.3, decoded);
    expect(decoded).toHaveLength(3);
    decoded.forEach((face, i) => {
      expect(face.score).toBeCloseTo(raw[i]!.score, 5);
      for (const key of ['x', 'y', 'width', 'height'] as const) expect(face.box[key]).toBeCloseTo(raw[i]!.box[key], 2);
      expect(face.landmarks[4]![1]).toBeCloseTo(raw[i]!.landmarks[4]![1], 2);
    });
  });
});

describe('suppress', () => {
  const face = (x: number, score: number): Detection => ({
    box: { x, y: 0, width: 100, height: 100 },
    landmarks: [],
    score,
  });

  it('keeps the best of those that overlap by more than half, by hand', () => {
    // Shifted by d, two 100 x 100 boxes overlap by (100 - d) / (100 + d): 0.538 at 30, 0.481 at 35.
    expect(suppress([face(0, 0.7), face(30, 0.9)]).map((kept) => kept.score)).toEqual([0.9]);
    expect(suppress([face(0, 0.7), face(35, 0.9)]).map((kept) => kept.score)).toEqual([0.9, 0.7]);
  });

  it('lets a face live whose only rival was itself suppressed', () => {
    // 0 beats 30, and 30 would have beaten 60; 0 and 60 overlap by 0.25 only.
    expect(suppress([face(0, 0.9), face(30, 0.8), face(60, 0.7)]).map((kept) => kept.box.x)).toEqual([0, 60]);
  });
});

describe('the input that follows the frame', () => {
  it.each([
    [640, 480, 1, 640, 480],
    [640, 360, 1, 640, 384],
    [1280, 720, 1, 640, 384],
    [448, 296, 1, 640, 448],
    [480, 640, 1, 480, 640],
    [640, 480, 0.5, 320, 256],
    [640, 480, 0.3, 192, 160],
    [16, 4000, 1, 32, 640],
  ])('%i x %i, shrunk by %f: %i x %i', (width, height, shrink, inputWidth, inputHeight) => {
    expect(inputFor({ width, height }, shrink)).toEqual({ width: inputWidth, height: inputHeight });
  });
});

describe('what a model file says of itself', () => {
  const heads = [
    [1, 3, 80, 80, 16],
    [1, 3, 40, 40, 16],
    [1, 3, 20, 20, 16],
  ];

  it('three raw heads, in any order', () => {
    const outputs = detectorOutputs([...heads].reverse(), 640);
    expect(outputs).toEqual({
      kind: 'heads',
      heads: [
        { index: 0, stride: 32 },
        { index: 1, stride: 16 },
        { index: 2, stride: 8 },
      ],
    });
  });

  it('one decoded tensor, alone or beside its heads', () => {
    expect(detectorOutputs([[1, 25200, 16]], 640)).toEqual({ kind: 'flat', index: 0 });
    expect(detectorOutputs([...heads, [1, 25200, 16]], 640)).toEqual({ kind: 'flat', index: 3 });
  });

  it('refuses anything else', () => {
    expect(() => detectorOutputs([[1, 25200, 6]], 640)).toThrow(/neither/);
    expect(() => detectorOutputs(heads.slice(0, 2), 640)).toThrow(/neither/);
  });

  it('layout, size and batch from the shape of the input', () => {
    expect(imageInputOf([1, 3, 480, 640], 0)).toEqual({ layout: 'nchw', width: 640, height: 480, anyBatch: false });
    expect(imageInputOf(['batch', 112, 112, 3], 0)).toEqual({
      layout: 'nhwc',
      width: 112,
      height: 112,
      anyBatch: true,
    });
    expect(imageInputOf(['n', 3, 'h', 'w'], 640)).toEqual({ layout: 'nchw', width: 640, height: 640, anyBatch: true });
    expect(() => imageInputOf([1, 1, 112, 112], 0)).toThrow(/three channels/);
    expect(() => imageInputOf([1, 512], 0)).toThrow(/three channels/);
  });

  it('maps a face back from the input to the frame', () => {
    // A 1280x720 frame in 640x640: scale 0.5, 140 rows of grey above.
    const face = toFrame(
      { box: { x: 100, y: 240, width: 50, height: 60 }, landmarks: [[110, 250]], score: 1 },
      { scale: 0.5, x: 0, y: 140, width: 640, height: 360 },
    );
    expect(face.box).toEqual({ x: 200, y: 200, width: 100, height: 120 });
    expect(face.landmarks).toEqual([[220, 220]]);
  });
});
