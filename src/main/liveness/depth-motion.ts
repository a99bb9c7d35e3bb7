/**
 * Which of MediaPipe's 478 face points are which. "Right" and "left" are the person's own. Numbers are of MediaPipe's
 * canonical face mesh (google-ai-edge/mediapipe, face_geometry/data/canonical_face_model_uv_visualization.png).
 */
import type { Point } from '../../shared/geometry.ts';
import { MESH_POINTS } from '../../shared/liveness.ts';
import { applyHomography, dot, fitHomography, homographyResidual, leastSquares } from './plane-fit.ts';

export const POINTS = MESH_POINTS;

/** Upper lid point, lower lid point, three pairs an eye; then the two corners. */
export const RIGHT_EYE = {
  lids: [
    [160, 144],
    [159, 145],
    [158, 153],
  ],
  corners: [33, 133],
} as const;
export const LEFT_EYE = {
  lids: [
    [387, 373],
    [386, 374],
    [385, 380],
  ],
  corners: [263, 362],
} as const;

export const MOUTH = { right: 61, left: 291, upperInner: 13, lowerInner: 14, upperOuter: 0, lowerOuter: 17 } as const;

/**
 * Points that sit on bone or gristle and stay where they are on the head when a face speaks, smiles or blinks: forehead and
 * bridge, nose, eye corners, cheekbones. At several depths, as telling a head from a picture needs. No brows, lips, jaw, lids,
 * and no contour: contour points slide over the head as it turns.
 */
export const RIGID: readonly number[] = [
  // forehead and bridge
  10, 151, 9, 8, 168, 6, 108, 337, 69, 299,
  // nose: ridge, tip, wings, base
  197, 195, 5, 4, 1, 19, 94, 2, 98, 327, 64, 294, 48, 278, 129, 358, 49, 279, 131, 360, 198, 420,
  // eye corners and the sides of the bridge
  33, 133, 362, 263, 193, 417, 122, 351, 188, 412,
  // cheekbones
  116, 345, 117, 346, 118, 347, 119, 348, 50, 280, 101, 330, 36, 266, 100, 329, 111, 340,
];

/*
 * Is it a head that moved, or a picture of one? Two views of the rigid points of a face answer it twice:
 *
 * - A flat picture, however it is shifted, turned, tilted or zoomed, moves by a homography. What the best homography leaves over is
 *   the parallax of depth (plane and parallax: Irani and Anandan 1996; for faces De Marsico et al., ICB 2012).
 * - A picture bent like a cylinder leaves something over too, but as a smooth function of the place in the picture: bending
 *   does not know where the nose is. A turning head shifts each point by its own depth. So a smooth (quadratic) warp is fitted together with a term
 *   in the depth of each point: the factor of that term is the sine of the turn as the nose and the bridge show it, free of everything that bending,
 *   tilting and zooming can do.
 */

/** 478 x (x, y, z), pixels; z grows away from the camera. */
export type MeshPoints = Float32Array;

export interface DepthMotion {
  /** Root mean square of what the best homography leaves over, in eye distances (outer corners). */
  readonly planeResidual: number;
  /** Degrees of turn that the depth term shows; > 0: to the picture's right. Near 0 for anything flat or bent. */
  readonly parallaxYaw: number;
  /** The same for looking up (> 0) and down. */
  readonly parallaxPitch: number;
  /** How much of what the smooth warp leaves over the depth term explains, 0 to 1. */
  readonly explained: number;
}

const NONE: DepthMotion = { planeResidual: 0, parallaxYaw: 0, parallaxPitch: 0, explained: 0 };

const toDegrees = (sine: number): number => (Math.asin(Math.min(1, Math.max(-1, sine))) * 180) / Math.PI;

/** Distance between the outer corners of the eyes, with depth, pixels: it hardly changes as the head turns. */
export function eyeDistance(points: MeshPoints): number {
  const at = (i: number, k: number): number => points[i * 3 + k]!;
  return Math.hypot(at(33, 0) - at(263, 0), at(33, 1) - at(263, 1), at(33, 2) - at(263, 2));
}

/**
 * What moved between two views of one face.
 * @param before the face at rest; its depths are taken as the face's shape.
 */
export function depthMotion(before: MeshPoints, after: MeshPoints, indices: readonly number[] = RIGID): DepthMotion {
  const size = eyeDistance(before);
  const sizeAfter = eyeDistance(after);
  if (!(size > 0) || !(sizeAfter > 0)) return NONE;
  const pick = (points: MeshPoints, i: number): Point => [points[i * 3]!, points[i * 3 + 1]!];
  const from = indices.map((i) => pick(before, i));
  const to = indices.map((i) => pick(after, i));
  const h = fitHomography(from, to);
  if (h === null) return NONE;
  const planeResidual = homographyResidual(h, from, to) / sizeAfter;

  const n = indices.length;
  const mean = [0, 1, 2].map((k) => indices.reduce((s, i) => s + before[i * 3 + k]!, 0) / n);
  const smooth = indices.map((i) => {
    const x = (before[i * 3]! - mean[0]!) / size;
    const y = (before[i * 3 + 1]! - mean[1]!) / size;
    return [1, x, y, x * x, x * y, y * y];
  });
  const depth = indices.map((i) => (before[i * 3 + 2]! - mean[2]!) / size);
  const flat = leastSquares(smooth, depth);
  if (flat === null) return NONE;
  // The part of the depth that no smooth warp of the picture can imitate.
  const own = depth.map((z, r) => z - dot(smooth[r]!, flat));
  const ownPower = dot(own, own);
  if (ownPower < 1e-9) return { ...NONE, planeResidual };
  let left = 0;
  let taken = 0;
  const shift = [0, 1].map((k) => {
    const moved = to.map((p) => p[k]! / sizeAfter);
    const warp = leastSquares(smooth, moved);
    if (warp === null) return 0;
    const rest = moved.map((v, r) => v - dot(smooth[r]!, warp));
    const factor = dot(rest, own) / ownPower;
    left += dot(rest, rest);
    taken += factor * factor * ownPower;
    return factor;
  });
  return {
    planeResidual,
    // A near point (small z) goes to the right when the head turns to the right, and up when it looks up.
    parallaxYaw: toDegrees(-shift[0]!),
    parallaxPitch: toDegrees(shift[1]!),
    explained: left > 0 ? taken / left : 0,
  };
}

/*
 * A head turn out of the detector's five points, for when MediaPipe's landmarker is not there. Eyes and mouth corners lie near one plane,
 * and four points fix that plane's homography exactly; the nose stands out of it. Whatever a picture does, its nose goes where the
 * homography of its other four points says. A head's nose does not, and by how much is the turn.
 */

/** Eye on the picture's left, eye on its right, nose, mouth corner on the left, on the right; pixels. */
export type Landmarks5 = readonly Point[];

/** One frame with the detector's points. */
export interface Landmarks5Observation {
  readonly kind: 'five';
  /** When the camera took it, ms. */
  readonly at: number;
  readonly sameFace: boolean;
  readonly landmarks: Landmarks5;
}

/** How far the tip of the nose stands out of the plane of eyes and mouth, in distances between the pupils: about 31 of 62 mm. */
const NOSE = 0.5;
const DEGREES = 180 / Math.PI;
const PLANE = [0, 1, 3, 4] as const;

/** Degrees that the head looks to the picture's right (> 0) or left, from one frame: the nose against the line between eyes and mouth. */
export function yawOfLandmarks5(points: Landmarks5): number {
  const [a, b, nose, c, d] = points as [Point, Point, Point, Point, Point];
  const [ex, ey] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [mx, my] = [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2];
  const length = Math.hypot(mx - ex, my - ey) || 1;
  const aside = ((nose[0] - ex) * (my - ey) - (nose[1] - ey) * (mx - ex)) / length;
  return Math.atan2(aside / (Math.hypot(b[0] - a[0], b[1] - a[1]) || 1), NOSE) * DEGREES;
}

/** Degrees of turn between two views that the nose's parallax shows; > 0: to the picture's right. 0 when the points are on one line. */
export function parallaxOfLandmarks5(before: Landmarks5, after: Landmarks5): number {
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
export function shapeOfLandmarks5(points: Landmarks5): number {
  const [a, b, , c, d] = points as [Point, Point, Point, Point, Point];
  const height = Math.hypot((a[0] + b[0] - c[0] - d[0]) / 2, (a[1] + b[1] - c[1] - d[1]) / 2);
  return Math.hypot(b[0] - a[0], b[1] - a[1]) / (height || 1);
}
