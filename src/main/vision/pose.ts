/** Where a head points, from five landmarks: a generic face in three dimensions, fitted under weak perspective. */
import type { Point } from '../../shared/geometry.ts';
import { similarityOnto, TEMPLATE } from './alignment.ts';

export interface Pose {
  /** Degrees; > 0: turned to the picture's right. */
  readonly yaw: number;
  /** Degrees; > 0: looking up. */
  readonly pitch: number;
  /** Degrees; > 0: clockwise as seen in the picture. */
  readonly roll: number;
}

/**
 * The generic face: x to the picture's right, y down, z towards the camera, in units of ArcFace's template, whose eyes
 * are 35.2 apart (a grown-up's are 63 mm, so 1 mm is 0.56). Eyes and mouth are that template, made symmetric. The nose
 * is where YOLOv5-face puts it on people who look straight ahead, 4 units lower than the template (median of our test
 * pictures). Depths are those of a usual face: the nose's tip stands 30 mm before the eyes' centres, the corners of the
 * mouth 4 mm.
 */
export const GENERIC_FACE: readonly (readonly [number, number, number])[] = [
  [-17.62, -22.31, 0],
  [17.62, -22.31, 0],
  [0, 1.8, 16.8],
  [-14.59, 18.37, 2.2],
  [14.59, 18.37, 2.2],
];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pseudo-inverse of the centred generic face (3 x 5): centred picture coordinates times this give the 2 x 3 fit. */
const SOLVE = (() => {
  const centre = [0, 1, 2].map((axis) => mean(GENERIC_FACE.map((point) => point[axis]!)));
  const rows = GENERIC_FACE.map((point) => point.map((value, axis) => value - centre[axis]!));
  const gram = [0, 1, 2].map((i) => [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)));
  const g = (i: number, j: number): number => gram[i % 3]![j % 3]!;
  // Inverse of the symmetric 3x3 by cofactors.
  const cofactor = (i: number, j: number): number =>
    g(i + 1, j + 1) * g(i + 2, j + 2) - g(i + 1, j + 2) * g(i + 2, j + 1);
  const determinant = g(0, 0) * cofactor(0, 0) + g(0, 1) * cofactor(0, 1) + g(0, 2) * cofactor(0, 2);
  return [0, 1, 2].map((i) =>
    rows.map((row) => [0, 1, 2].reduce((sum, j) => sum + (cofactor(j, i) / determinant) * row[j]!, 0)),
  );
})();

const degrees = (radians: number): number => (radians * 180) / Math.PI;

/**
 * How much of the nod that the landmarks show is believed. Only the nose tells up from down, and a long nose looks like a
 * bowed head: over people who look straight ahead it varies by 10 degrees (one sigma), about as much as heads at a kiosk
 * really nod. The best guess is then somewhat more than half of what is seen.
 */
const NOD_BELIEVED = 0.65;

/**
 * Pose from five landmarks in the usual order, any units: yaw and pitch relative to the head's own upright. The
 * landmarks are turned upright, the best 2x3 matrix from the generic face to them is found by least squares and replaced
 * by the nearest scaled rotation. Faces differ from the generic one: expect a few degrees of error in yaw, ten in pitch,
 * and less pitch than there is (see `NOD_BELIEVED`). Compare pitches of one person, not of two.
 */
export function poseOf(landmarks: readonly Point[]): Pose {
  const { a, b } = similarityOnto(landmarks, TEMPLATE);
  const upright = Math.hypot(a, b);
  if (!(upright > 0)) return { yaw: 0, pitch: 0, roll: 0 };
  const mx = mean(landmarks.map((point) => point[0]));
  const my = mean(landmarks.map((point) => point[1]));
  const p = [0, 0, 0];
  const q = [0, 0, 0];
  for (let k = 0; k < 5; k++) {
    const dx = landmarks[k]![0] - mx;
    const dy = landmarks[k]![1] - my;
    const x = (a * dx - b * dy) / upright;
    const y = (b * dx + a * dy) / upright;
    for (let axis = 0; axis < 3; axis++) {
      p[axis]! += SOLVE[axis]![k]! * x;
      q[axis]! += SOLVE[axis]![k]! * y;
    }
  }
  q[2]! *= NOD_BELIEVED;
  // Nearest orthonormal rows: (M Mt)^(-1/2) M, where the root of a 2x2 has a closed form.
  const aa = p[0]! ** 2 + p[1]! ** 2 + p[2]! ** 2;
  const bb = q[0]! ** 2 + q[1]! ** 2 + q[2]! ** 2;
  const ab = p[0]! * q[0]! + p[1]! * q[1]! + p[2]! * q[2]!;
  const root = Math.sqrt(Math.max(aa * bb - ab * ab, 0));
  const trace = Math.sqrt(aa + bb + 2 * root);
  if (!(root > 0)) return { yaw: 0, pitch: 0, roll: 0 };
  // sqrt(S) = (S + root I) / trace; its inverse is the adjugate over its determinant, which is `root`.
  const s11 = (bb + root) / (trace * root);
  const s22 = (aa + root) / (trace * root);
  const s12 = -ab / (trace * root);
  const right = p.map((value, axis) => s11 * value + s12 * q[axis]!);
  const down = p.map((value, axis) => s12 * value + s22 * q[axis]!);
  // Third row of the rotation, then its columns: where the face's own axes point.
  const near = [0, 1, 2].map(
    (i) => right[(i + 1) % 3]! * down[(i + 2) % 3]! - right[(i + 2) % 3]! * down[(i + 1) % 3]!,
  );
  const yaw = Math.atan2(right[2]!, near[2]!);
  const pitch = Math.atan2(-down[2]!, Math.hypot(right[2]!, near[2]!));
  // Roll is the angle of the face's x axis once yaw and pitch are undone.
  const x = right[0]! * Math.cos(yaw) - near[0]! * Math.sin(yaw);
  const y = down[0]! * Math.cos(pitch) + (right[0]! * Math.sin(yaw) + near[0]! * Math.cos(yaw)) * Math.sin(pitch);
  // The template's eyes lie level but for a third of a degree, which is left as it is.
  return { yaw: degrees(yaw), pitch: degrees(pitch), roll: degrees(Math.atan2(y, x) - Math.atan2(b, a)) };
}
