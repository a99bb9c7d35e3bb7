/** Where a head points, from five landmarks: a generic face in three dimensions, fitted under weak perspective. */
import type { Quality, QualityIssue } from '../../shared/domain.ts';
import { area, type Box, type Point } from '../../shared/geometry.ts';
import { CROP, similarityOnto, TEMPLATE } from './alignment.ts';

interface Pose {
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

/** Five landmarks in the detector's order: eye, eye, nose, corner of the mouth, corner of the mouth; any units, y down. */
type Landmarks5 = readonly Point[];

/**
 * Whether landmarks lie as those of an upright face do, turned by 45 degrees at most: eyes above the mouth, the nose between
 * them, each left point left of its right one. It is not enough to tell which way up a picture is: the detector puts upright
 * landmarks into a face that stands on its head. See `upright.ts`.
 */
export function isUpright(landmarks: Landmarks5): boolean {
  const [eyeLeft, eyeRight, nose, mouthLeft, mouthRight] = landmarks;
  if (!eyeLeft || !eyeRight || !nose || !mouthLeft || !mouthRight) return false;
  const eyes = [(eyeLeft[0] + eyeRight[0]) / 2, (eyeLeft[1] + eyeRight[1]) / 2] as const;
  const down = [(mouthLeft[0] + mouthRight[0]) / 2 - eyes[0], (mouthLeft[1] + mouthRight[1]) / 2 - eyes[1]] as const;
  const length = Math.hypot(...down);
  if (!(length > 0) || down[1] < length * Math.SQRT1_2) return false;
  const along = ((nose[0] - eyes[0]) * down[0] + (nose[1] - eyes[1]) * down[1]) / length ** 2;
  const across = Math.hypot(eyeRight[0] - eyeLeft[0], eyeRight[1] - eyeLeft[1]) / length;
  return eyeLeft[0] < eyeRight[0] && mouthLeft[0] < mouthRight[0] && along > 0.1 && along < 0.95 && across < 2.5;
}

/** The width of the mouth over the distance of the eyes: 0.82 to 0.88 in most upright faces, 0.68 to 0.83 in those on their heads. */
export function mouthToEyes(landmarks: Landmarks5): number {
  const [eyeLeft, eyeRight, , mouthLeft, mouthRight] = landmarks;
  if (!eyeLeft || !eyeRight || !mouthLeft || !mouthRight) return 0;
  const eyes = Math.hypot(eyeRight[0] - eyeLeft[0], eyeRight[1] - eyeLeft[1]);
  return eyes > 0 ? Math.hypot(mouthRight[0] - mouthLeft[0], mouthRight[1] - mouthLeft[1]) / eyes : 0;
}

// How good a face is for recognition: numbers, and for each that is not good enough a reason a person can act on.

/**
 * Where a face stops being good enough. What is said of blur and light was measured on the frames of 16 people at a
 * kiosk, spoilt on purpose: the cosine of the spoilt face's embedding with the clean one's says what it costs.
 */
export const LIMITS = {
  /** Pixels between the eyes. ArcFace's crop has 35; below 20 more than two thirds of its pixels are made up. */
  eyeDistance: 20,
  /** Good frames have 500 to 2000. Gaussian blur of 2 px leaves 60 (cosine 0.95), of 3 px 20 (cosine 0.84). */
  sharpness: 35,
  /** Faces in ordinary rooms have 60 to 190. At 40 the cosine is still 0.92, at 20 it is 0.79 and falls fast. */
  dark: 32,
  /** A frame exposed twice as long has 210 on average, much of it burnt out: cosine 0.56. */
  bright: 210,
  /** Degrees. Beyond, one eye is half hidden and the embedding says less about the person than about the profile. */
  yaw: 30,
  /** Degrees as `poseOf` gives them, which is cautious. People who look straight ahead have -16 to 17. */
  pitch: 25,
  /** Degrees. Alignment turns the crop upright; this much is still well within what the detector was trained on. */
  roll: 30,
  /**
   * Fraction cut off, see `truncationOf`. Portraits that are nothing but a face lose up to 0.40 all around and are
   * recognised all the same; a face cut by one side has lost its likeness by 0.44 (cosine 0.62).
   */
  truncated: 0.42,
} as const;

/** Rec. 601 luma of an RGB crop, 0..255, into a buffer that is kept. */
function lumaInto(out: Float32Array, crop: Uint8Array): void {
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    out[i] = 0.299 * crop[at]! + 0.587 * crop[at + 1]! + 0.114 * crop[at + 2]!;
  }
}

const luma = new Float32Array(CROP * CROP);

/** Variance of the Laplacian and mean of the luma of an aligned 112x112 RGB crop. */
export function lightOf(crop: Uint8Array): { sharpness: number; brightness: number } {
  lumaInto(luma, crop);
  let total = 0;
  for (let i = 0; i < luma.length; i++) total += luma[i]!;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < CROP - 1; y++) {
    for (let x = 1; x < CROP - 1; x++) {
      const at = y * CROP + x;
      const edge = luma[at - CROP]! + luma[at + CROP]! + luma[at - 1]! + luma[at + 1]! - 4 * luma[at]!;
      sum += edge;
      squares += edge * edge;
    }
  }
  const count = (CROP - 2) * (CROP - 2);
  return { sharpness: squares / count - (sum / count) ** 2, brightness: total / luma.length };
}

/** Fraction of a box outside a picture, 0 to 1. */
export function outsideOf(box: Box, width: number, height: number): number {
  const w = Math.min(box.x + box.width, width) - Math.max(box.x, 0);
  const h = Math.min(box.y + box.height, height) - Math.max(box.y, 0);
  const whole = area(box);
  return whole > 0 ? Math.max(0, 1 - (Math.max(w, 0) * Math.max(h, 0)) / whole) : 1;
}

/** Points per side of the grid that `truncationOf` counts. */
const GRID = 16;

/**
 * How much of a face is cut off by the picture's border, 0 to 1: of its box or of its aligned crop, whichever lost more.
 * The detector shrinks a cut face's box to what is visible, so the box alone would say that nothing is missing.
 */
export function truncationOf(box: Box, landmarks: readonly Point[], width: number, height: number): number {
  const { a, b, tx, ty } = similarityOnto(landmarks, TEMPLATE);
  const norm = a * a + b * b;
  let outside = 0;
  for (let j = 0; j < GRID; j++) {
    for (let i = 0; i < GRID; i++) {
      const u = ((i + 0.5) * CROP) / GRID - tx;
      const v = ((j + 0.5) * CROP) / GRID - ty;
      const x = (a * u + b * v) / norm;
      const y = (a * v - b * u) / norm;
      if (!(x >= 0 && y >= 0 && x <= width && y <= height)) outside++;
    }
  }
  return Math.max(outsideOf(box, width, height), outside / (GRID * GRID));
}

/**
 * Quality of a face. `box` and `landmarks` in pixels of a picture of `width` x `height`; `crop` is its aligned crop
 * (3 * 112 * 112 RGB bytes).
 */
export function qualityOf(
  box: Box,
  landmarks: readonly Point[],
  crop: Uint8Array,
  width: number,
  height: number,
): Quality {
  const [left, right] = [landmarks[0]!, landmarks[1]!];
  const eyeDistance = Math.hypot(right[0] - left[0], right[1] - left[1]);
  const { sharpness, brightness } = lightOf(crop);
  const pose = poseOf(landmarks);
  const truncated = truncationOf(box, landmarks, width, height);
  const turn = Math.max(Math.abs(pose.yaw) / LIMITS.yaw, Math.abs(pose.pitch) / LIMITS.pitch);
  const issues: QualityIssue[] = [];
  // In the order of QUALITY_ISSUES: what to say first.
  if (truncated > LIMITS.truncated) issues.push('truncated');
  if (eyeDistance < LIMITS.eyeDistance) issues.push('too-small');
  if (brightness < LIMITS.dark) issues.push('too-dark');
  if (brightness > LIMITS.bright) issues.push('too-bright');
  if (turn > 1) issues.push('turned');
  if (Math.abs(pose.roll) > LIMITS.roll) issues.push('tilted');
  if (sharpness < LIMITS.sharpness) issues.push('blurred');
  const clamp = (value: number): number => Math.min(Math.max(value, 0), 1);
  // Each part is 1 at twice its limit (or none of the trouble at all), 0.5 at the limit and 0 far beyond it.
  const score = Math.min(
    clamp(1 - truncated / (2 * LIMITS.truncated)),
    clamp(eyeDistance / (2 * LIMITS.eyeDistance)),
    clamp(brightness / (2 * LIMITS.dark)),
    clamp((255 - brightness) / (2 * (255 - LIMITS.bright))),
    clamp(1 - turn / 2),
    clamp(1 - Math.abs(pose.roll) / (2 * LIMITS.roll)),
    clamp(sharpness / (2 * LIMITS.sharpness)),
  );
  return { score, eyeDistance, sharpness, brightness, pose, truncated, issues };
}
