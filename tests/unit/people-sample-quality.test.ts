import { describe, expect, it } from 'vitest';
import { captureProblems, fileProblems, poseFits } from '../../src/main/people/sample-quality.ts';
import type { SeenFace } from '../../src/main/vision/vision.ts';
import type { Quality } from '../../src/shared/domain.ts';

describe('posed samples', () => {
  const pose = (yaw: number, pitch: number): Quality['pose'] => ({ yaw, pitch, roll: 0 });
  it.each([
    ['straight', pose(5, 5), null, true],
    ['straight', pose(20, 0), null, false],
    // A person's left is the camera picture's right.
    ['left', pose(15, 0), null, true],
    ['left', pose(-15, 0), null, false],
    ['right', pose(-15, 0), null, true],
    ['left', pose(3, 0), null, false],
    ['left', pose(60, 0), null, false],
    ['up', pose(0, 10), null, true],
    ['down', pose(0, 10), null, false],
    ['down', pose(0, -10), null, true],
    // Measured from where the head was when it looked straight.
    ['up', pose(0, 2), pose(0, -8), true],
    ['left', pose(12, 0), pose(10, 0), false],
  ] as const)('%s with %j after %j: %s', (asked, given, straight, fits) => {
    expect(poseFits(asked, given, straight)).toBe(fits);
  });
});

describe('faces for a sample', () => {
  const face = (width: number, quality: Partial<Quality> = {}): SeenFace => ({
    box: { x: 0, y: 0, width, height: width },
    landmarks: [],
    score: 0.9,
    quality: {
      score: 1,
      eyeDistance: 40,
      sharpness: 100,
      brightness: 120,
      pose: { yaw: 0, pitch: 0, roll: 0 },
      truncated: 0,
      issues: [],
      ...quality,
    },
  });
  it.each([
    [[], ['no-face']],
    [[face(100)], []],
    [[face(100), face(90)], ['several-faces']],
    [[face(100), face(40)], []],
    [[face(100, { issues: ['too-dark', 'blurred'] })], ['too-dark', 'blurred']],
    [[face(100, { issues: ['turned'] })], []],
  ])('%# from the camera', (faces, problems) => {
    expect(captureProblems(faces, 'straight', null)).toEqual(problems);
  });
  it('from a file much more is taken', () => {
    expect(fileProblems([face(100, { issues: ['too-small', 'blurred'], eyeDistance: 20, sharpness: 20 })])).toEqual([]);
    expect(fileProblems([face(100, { eyeDistance: 5 })])).toEqual(['too-small']);
    expect(fileProblems([face(100), face(99)])).toEqual(['several-faces']);
  });
});
