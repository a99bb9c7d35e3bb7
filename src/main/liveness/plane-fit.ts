/** Small dense least squares, for fits with a handful of unknowns over some dozens of points. */
import type { Point } from '../../shared/geometry.ts';

/**
 * Solves `A x = b` in place by Gaussian elimination with row pivoting. `a` is n rows of n numbers.
 * @returns x, or null when the matrix is singular (to 1e-12 of its largest pivot).
 */
export function solve(a: number[][], b: number[]): number[] | null {
  const n = b.length;
  let largest = 0;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[best]![k]!)) best = i;
    [a[k], a[best]] = [a[best]!, a[k]!];
    [b[k], b[best]] = [b[best]!, b[k]!];
    const pivot = a[k]![k]!;
    largest = Math.max(largest, Math.abs(pivot));
    if (!(Math.abs(pivot) > 1e-12 * largest)) return null;
    for (let i = k + 1; i < n; i++) {
      const f = a[i]![k]! / pivot;
      if (f === 0) continue;
      for (let j = k; j < n; j++) a[i]![j]! -= f * a[k]![j]!;
      b[i]! -= f * b[k]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    let sum = b[k]!;
    for (let j = k + 1; j < n; j++) sum -= a[k]![j]! * b[j]!;
    b[k] = sum / a[k]![k]!;
  }
  return b;
}

/**
 * Coefficients c that make `rows . c` nearest to `targets` in the sense of least squares (normal equations).
 * @returns null when the columns depend on each other.
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] | null {
  const n = rows[0]?.length ?? 0;
  if (n === 0 || rows.length < n) return null;
  const ata = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const atb = new Array<number>(n).fill(0);
  rows.forEach((row, r) => {
    for (let i = 0; i < n; i++) {
      atb[i]! += row[i]! * targets[r]!;
      for (let j = i; j < n; j++) ata[i]![j]! += row[i]! * row[j]!;
    }
  });
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) ata[i]![j] = ata[j]![i]!;
  return solve(ata, atb);
}

export const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);

// The plane-to-plane homography between two views of points, and what it leaves unexplained.

/** Nine numbers, row by row: (x, y, 1) goes to (h0 x + h1 y + h2, h3 x + h4 y + h5) / (h6 x + h7 y + h8). */
type Homography = readonly number[];

interface Normalised {
  readonly points: Point[];
  readonly centre: Point;
  readonly scale: number;
}

/** Centroid to the origin, mean distance to the square root of two (Hartley 1997, "In defence of the eight-point algorithm"). */
function normalise(points: readonly Point[]): Normalised {
  const n = points.length;
  const cx = points.reduce((s, p) => s + p[0], 0) / n;
  const cy = points.reduce((s, p) => s + p[1], 0) / n;
  const spread = points.reduce((s, p) => s + Math.hypot(p[0] - cx, p[1] - cy), 0) / n;
  const scale = spread > 0 ? Math.SQRT2 / spread : 1;
  return { points: points.map(([x, y]) => [(x - cx) * scale, (y - cy) * scale]), centre: [cx, cy], scale };
}

const multiply = (a: readonly number[], b: readonly number[]): number[] =>
  [0, 1, 2].flatMap((r) =>
    [0, 1, 2].map((c) => a[r * 3]! * b[c]! + a[r * 3 + 1]! * b[3 + c]! + a[r * 3 + 2]! * b[6 + c]!),
  );

/**
 * The homography that carries `from` nearest to `to` (pixels): the direct linear transform on normalised points with h8 = 1 (a face in view is
 * never on the horizon line), then reweighted twice so that it is the distance in the picture that is made small.
 * @returns null for fewer than four points or points all on one line.
 */
export function fitHomography(from: readonly Point[], to: readonly Point[]): Homography | null {
  if (from.length < 4 || from.length !== to.length) return null;
  const a = normalise(from);
  const b = normalise(to);
  let h: number[] | null = null;
  for (let round = 0; round < 3; round++) {
    const ata = Array.from({ length: 8 }, () => new Array<number>(8).fill(0));
    const atb = new Array<number>(8).fill(0);
    for (let i = 0; i < a.points.length; i++) {
      const [x, y] = a.points[i]!;
      const [u, v] = b.points[i]!;
      const w = h === null ? 1 : 1 / (h[6]! * x + h[7]! * y + 1) ** 2;
      for (const [row, target] of [
        [[x, y, 1, 0, 0, 0, -u * x, -u * y], u],
        [[0, 0, 0, x, y, 1, -v * x, -v * y], v],
      ] as const)
        for (let r = 0; r < 8; r++) {
          atb[r]! += w * row[r]! * target;
          for (let c = 0; c < 8; c++) ata[r]![c]! += w * row[r]! * row[c]!;
        }
    }
    const next = solve(ata, atb);
    if (next === null) return null;
    h = next;
  }
  const into = [a.scale, 0, -a.scale * a.centre[0], 0, a.scale, -a.scale * a.centre[1], 0, 0, 1];
  const out = [1 / b.scale, 0, b.centre[0], 0, 1 / b.scale, b.centre[1], 0, 0, 1];
  return multiply(multiply(out, [...h!, 1]), into);
}

export function applyHomography(h: Homography, [x, y]: Point): Point {
  const w = h[6]! * x + h[7]! * y + h[8]!;
  return [(h[0]! * x + h[1]! * y + h[2]!) / w, (h[3]! * x + h[4]! * y + h[5]!) / w];
}

/** Root mean square distance (pixels) between `to` and where the homography puts `from`. */
export function homographyResidual(h: Homography, from: readonly Point[], to: readonly Point[]): number {
  let sum = 0;
  from.forEach((p, i) => {
    const [x, y] = applyHomography(h, p);
    sum += (x - to[i]![0]) ** 2 + (y - to[i]![1]) ** 2;
  });
  return Math.sqrt(sum / from.length);
}
