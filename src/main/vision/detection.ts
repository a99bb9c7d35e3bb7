/** YOLOv5-face's numbers turned into faces. The formulas are those of design.md, "The mathematics, exactly". */
import { iou, type Box, type Point } from '../../shared/geometry.ts';

/** A face as the detector sees it, in pixels of the detector's input (or of the picture, once mapped back). */
export interface Detection {
  readonly box: Box;
  /** Eye on the picture's left, eye on its right, nose, mouth corner on the left, on the right. */
  readonly landmarks: readonly Point[];
  readonly score: number;
}

/** Numbers per anchor: box (4), objectness, landmarks (10), class. */
export const ROW = 16;

/** Anchors (width, height) by stride, as the detector was trained. */
export const ANCHORS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  8: [
    [4, 5],
    [8, 10],
    [13, 16],
  ],
  16: [
    [23, 29],
    [43, 55],
    [73, 105],
  ],
  32: [
    [146, 217],
    [231, 300],
    [335, 433],
  ],
};

/** A raw head: `[1, anchors, rows, columns, 16]`, values before the sigmoid. */
export interface RawHead {
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * Faces scoring at least `minScore` (0 < minScore < 1) in one raw head, appended to `found`. The score is a product of
 * two sigmoids, so either of them below `minScore` rules the anchor out: almost every anchor is dropped by comparing its
 * raw objectness with one number, before any exponential.
 */
export function decodeHead(head: RawHead, minScore: number, found: Detection[]): void {
  const { stride, columns, rows, data } = head;
  const anchors = ANCHORS[stride];
  if (anchors === undefined) throw new RangeError(`no anchors for stride ${stride}`);
  const least = logit(minScore);
  const cells = columns * rows;
  const end = anchors.length * cells * ROW;
  for (let at = 0; at < end; at += ROW) {
    if (!(data[at + 4]! >= least) || !(data[at + 15]! >= least)) continue;
    const score = sigmoid(data[at + 4]!) * sigmoid(data[at + 15]!);
    if (score < minScore) continue;
    const index = at / ROW;
    const [aw, ah] = anchors[Math.floor(index / cells)]!;
    const cell = index % cells;
    const gx = cell % columns;
    const gy = Math.floor(cell / columns);
    const width = (sigmoid(data[at + 2]!) * 2) ** 2 * aw;
    const height = (sigmoid(data[at + 3]!) * 2) ** 2 * ah;
    const cx = (sigmoid(data[at]!) * 2 - 0.5 + gx) * stride;
    const cy = (sigmoid(data[at + 1]!) * 2 - 0.5 + gy) * stride;
    const landmarks: Point[] = [];
    for (let k = 0; k < 5; k++) {
      landmarks.push([data[at + 5 + 2 * k]! * aw + gx * stride, data[at + 6 + 2 * k]! * ah + gy * stride]);
    }
    found.push({ box: { x: cx - width / 2, y: cy - height / 2, width, height }, landmarks, score });
  }
}

/**
 * Faces scoring at least `minScore` in one decoded tensor `[1, N, 16]`: centre, size, objectness, landmarks and class
 * are already in pixels and probabilities, as the upstream export writes them.
 */
export function decodeFlat(data: Float32Array, minScore: number, found: Detection[]): void {
  for (let at = 0; at + ROW <= data.length; at += ROW) {
    if (!(data[at + 4]! >= minScore)) continue;
    const score = data[at + 4]! * data[at + 15]!;
    if (!(score >= minScore)) continue;
    const width = data[at + 2]!;
    const height = data[at + 3]!;
    const landmarks: Point[] = [];
    for (let k = 0; k < 5; k++) landmarks.push([data[at + 5 + 2 * k]!, data[at + 6 + 2 * k]!]);
    found.push({ box: { x: data[at]! - width / 2, y: data[at + 1]! - height / 2, width, height }, landmarks, score });
  }
}

/** Two boxes overlapping at least this much (intersection over union) are the same face. */
export const SAME_FACE_IOU = 0.5;

/** Greedy non-maximum suppression: best score first, whatever overlaps a kept one by more than `limit` is dropped. */
export function suppress(found: readonly Detection[], limit = SAME_FACE_IOU): Detection[] {
  const kept: Detection[] = [];
  for (const face of [...found].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => iou(other.box, face.box) <= limit)) kept.push(face);
  }
  return kept;
}
