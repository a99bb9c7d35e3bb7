/** A quality with nothing to find fault with, for samples that nobody looks at. */
import type { Quality } from '../../src/shared/domain.ts';

export const GOOD_QUALITY: Quality = {
  score: 1,
  eyeDistance: 60,
  sharpness: 100,
  brightness: 120,
  pose: { yaw: 0, pitch: 0, roll: 0 },
  truncated: 0,
  issues: [],
};
