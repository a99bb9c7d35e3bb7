/** Following faces from frame to frame, so that what was learnt about one face is never credited to another. */
import { area, centre, iou, type Box } from '../../shared/geometry.ts';

export interface Followed {
  readonly id: number;
  readonly box: Box;
  /** Monotonic ms of the last frame this face was in. */
  readonly seenAt: number;
}

/** Overlap above which two boxes of consecutive frames are the same face. Two people side by side overlap far less. */
const SAME_IOU = 0.3;
/** Without overlap (a quick step at a low frame rate): centres nearer than this many face sizes ... */
const NEAR = 0.75;
/** ... and sizes within this ratio of each other. */
const SIZE_RATIO = 1.6;
/** A face not seen for this long is gone, ms. Shorter gaps are a missed detection or a blink of the detector. */
export const LOST_AFTER_MS = 400;
/** Two frames further apart than this cannot be linked at all, ms: anybody may have stepped in between. */
const FOLLOW_WITHIN_MS = 1000;

const side = (box: Box): number => Math.sqrt(Math.max(area(box), 1e-9));

/** How likely two boxes are the same face: overlap first, nearness second; 0: not the same. */
function likeness(a: Box, b: Box): number {
  const overlap = iou(a, b);
  if (overlap >= SAME_IOU) return 1 + overlap;
  const size = (side(a) + side(b)) / 2;
  const ratio = side(a) > side(b) ? side(a) / side(b) : side(b) / side(a);
  const [ax, ay] = centre(a);
  const [bx, by] = centre(b);
  const distance = Math.hypot(ax - bx, ay - by) / size;
  return ratio <= SIZE_RATIO && distance < NEAR ? 1 - distance : 0;
}

/**
 * Which known face each box of a new frame continues: for each box the index into `known`, or -1 for a new face.
 * The best pairs are linked first; no known face is continued twice. Times are monotonic ms.
 */
export function follow(known: readonly Followed[], boxes: readonly Box[], at: number): number[] {
  const pairs: { from: number; to: number; likeness: number }[] = [];
  known.forEach((track, from) => {
    if (at - track.seenAt > FOLLOW_WITHIN_MS) return;
    boxes.forEach((box, to) => {
      const score = likeness(track.box, box);
      if (score > 0) pairs.push({ from, to, likeness: score });
    });
  });
  pairs.sort((a, b) => b.likeness - a.likeness);
  const result = boxes.map(() => -1);
  const taken = new Set<number>();
  for (const pair of pairs) {
    if (taken.has(pair.from) || result[pair.to] !== -1) continue;
    taken.add(pair.from);
    result[pair.to] = pair.from;
  }
  return result;
}
