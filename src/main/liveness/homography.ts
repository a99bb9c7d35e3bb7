/** The plane-to-plane homography between two views of points, and what it leaves unexplained. */
import type { Point } from '../../shared/geometry.ts';
import { solve } from './least-squares.ts';

/** Nine numbers, row by row: (x, y, 1) goes to (h0 x + h1 y + h2, h3 x + h4 y + h5) / (h6 x + h7 y + h8). */
export type Homography = readonly number[];

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
