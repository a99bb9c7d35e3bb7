/**
 * Is it a head that moved, or a picture of one? Two views of the rigid points of a face answer it twice:
 *
 * - A flat picture, however it is shifted, turned, tilted or zoomed, moves by a homography. What the best homography leaves over is
 *   the parallax of depth (plane and parallax: Irani and Anandan 1996; for faces De Marsico et al., ICB 2012).
 * - A picture bent like a cylinder leaves something over too, but as a smooth function of the place in the picture: bending
 *   does not know where the nose is. A turning head shifts each point by its own depth. So a smooth (quadratic) warp is fitted together with a term
 *   in the depth of each point: the factor of that term is the sine of the turn as the nose and the bridge show it, free of everything that bending,
 *   tilting and zooming can do.
 */
import type { Point } from '../../shared/geometry.ts';
import { fitHomography, homographyResidual } from './homography.ts';
import { dot, leastSquares } from './least-squares.ts';
import { RIGID } from './mesh-points.ts';

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
