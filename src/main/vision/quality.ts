/** How good a face is for recognition: numbers, and for each that is not good enough a reason a person can act on. */
import type { Quality, QualityIssue } from '../../shared/domain.ts';
import { area, type Box, type Point } from '../../shared/geometry.ts';
import { CROP, similarityOnto, TEMPLATE } from './alignment.ts';
import { poseOf } from './pose.ts';

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
