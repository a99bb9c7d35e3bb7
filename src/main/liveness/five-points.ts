/**
 * A head turn out of the detector's five points, for when MediaPipe's landmarker is not there. Eyes and mouth corners lie near one plane,
 * and four points fix that plane's homography exactly; the nose stands out of it. Whatever a picture does, its nose goes where the
 * homography of its other four points says. A head's nose does not, and by how much is the turn.
 */
import type { Point } from '../../shared/geometry.ts';
import { applyHomography, fitHomography } from './homography.ts';

/** Eye on the picture's left, eye on its right, nose, mouth corner on the left, on the right; pixels. */
export type FivePoints = readonly Point[];

/** One frame with the detector's points. */
export interface FiveObservation {
  readonly kind: 'five';
  /** When the camera took it, ms. */
  readonly at: number;
  readonly sameFace: boolean;
  readonly landmarks: FivePoints;
}

/** How far the tip of the nose stands out of the plane of eyes and mouth, in distances between the pupils: about 31 of 62 mm. */
const NOSE = 0.5;
const DEGREES = 180 / Math.PI;
const PLANE = [0, 1, 3, 4] as const;

/** Degrees that the head looks to the picture's right (> 0) or left, from one frame: the nose against the line between eyes and mouth. */
export function yawOfFive(points: FivePoints): number {
  const [a, b, nose, c, d] = points as [Point, Point, Point, Point, Point];
  const [ex, ey] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [mx, my] = [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2];
  const length = Math.hypot(mx - ex, my - ey) || 1;
  const aside = ((nose[0] - ex) * (my - ey) - (nose[1] - ey) * (mx - ex)) / length;
  return Math.atan2(aside / (Math.hypot(b[0] - a[0], b[1] - a[1]) || 1), NOSE) * DEGREES;
}

/** Degrees of turn between two views that the nose's parallax shows; > 0: to the picture's right. 0 when the points are on one line. */
export function parallaxOfFive(before: FivePoints, after: FivePoints): number {
  const h = fitHomography(
    PLANE.map((i) => before[i]!),
    PLANE.map((i) => after[i]!),
  );
  if (h === null) return 0;
  const flat = applyHomography(h, before[2]!);
  const eyes = Math.hypot(after[1]![0] - after[0]![0], after[1]![1] - after[0]![1]) || 1;
  const [ux, uy] = [(after[1]![0] - after[0]![0]) / eyes, (after[1]![1] - after[0]![1]) / eyes];
  const aside = (after[2]![0] - flat[0]) * ux + (after[2]![1] - flat[1]) * uy;
  return Math.atan2(aside / eyes, NOSE) * DEGREES;
}

/** Eye distance against the height between eyes and mouth: a head that turns makes it smaller by the cosine of the turn. */
export function shapeOfFive(points: FivePoints): number {
  const [a, b, , c, d] = points as [Point, Point, Point, Point, Point];
  const height = Math.hypot((a[0] + b[0] - c[0] - d[0]) / 2, (a[1] + b[1] - c[1] - d[1]) / 2);
  return Math.hypot(b[0] - a[0], b[1] - a[1]) / (height || 1);
}
