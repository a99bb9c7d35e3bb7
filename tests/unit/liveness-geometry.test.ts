import { describe, expect, it } from 'vitest';
import { depthMotion, parallaxOfLandmarks5, yawOfLandmarks5 } from '../../src/main/liveness/depth-motion.ts';
import {
  applyHomography,
  fitHomography,
  homographyResidual,
  leastSquares,
  solve,
} from '../../src/main/liveness/plane-fit.ts';
import type { Point } from '../../src/shared/geometry.ts';
import { bend, FIVE, head, project, projectFive } from '../support/liveness-head.ts';

describe('least squares', () => {
  it('solves a system worked out by hand', () => {
    // 2x + y = 5, x - 3y = -1 -> x = 2, y = 1
    const x = solve(
      [
        [2, 1],
        [1, -3],
      ],
      [5, -1],
    )!;
    expect(x[0]).toBeCloseTo(2, 12);
    expect(x[1]).toBeCloseTo(1, 12);
  });
  it('refuses columns that depend on each other', () => {
    expect(
      leastSquares(
        [
          [1, 2],
          [2, 4],
          [3, 6],
        ],
        [1, 2, 3],
      ),
    ).toBeNull();
  });
  it('fits a line through points off it by the least squares', () => {
    // y over x = 0, 1, 2: 0, 2, 1 -> slope 1/2, intercept 1/2
    const line = leastSquares(
      [
        [1, 0],
        [1, 1],
        [1, 2],
      ],
      [0, 2, 1],
    )!;
    expect(line[0]).toBeCloseTo(0.5, 12);
    expect(line[1]).toBeCloseTo(0.5, 12);
  });
});

describe('homography', () => {
  const from: Point[] = [
    [100, 100],
    [300, 110],
    [290, 330],
    [110, 320],
    [200, 200],
    [150, 270],
  ];
  const h = [1.1, 0.08, 12, -0.05, 0.95, 30, 2e-4, -1e-4, 1];

  it('finds the one that was used', () => {
    const to = from.map((p) => applyHomography(h, p));
    const found = fitHomography(from, to)!;
    expect(homographyResidual(found, from, to)).toBeLessThan(1e-6);
    const [x, y] = applyHomography(found, [222, 111]);
    const [u, v] = applyHomography(h, [222, 111]);
    expect(x).toBeCloseTo(u, 5);
    expect(y).toBeCloseTo(v, 5);
  });
  it('refuses three points, and points on a line', () => {
    expect(fitHomography(from.slice(0, 3), from.slice(0, 3))).toBeNull();
    const line: Point[] = [0, 1, 2, 3, 4].map((k) => [k * 10, k * 20]);
    expect(fitHomography(line, line)).toBeNull();
  });
});

describe('depth and motion', () => {
  const rest = head();
  const at = (yaw: number, pitch = 0): ReturnType<typeof head> => project(rest, { yaw, pitch });

  it.each([-30, -20, -12, 12, 20, 30])('a head that turns by %d degrees shows a parallax of that turn', (yaw) => {
    const motion = depthMotion(rest, at(yaw));
    expect(Math.abs(motion.parallaxYaw - yaw)).toBeLessThan(0.3 * Math.abs(yaw));
    expect(motion.explained).toBeGreaterThan(0.75);
    expect(motion.planeResidual).toBeGreaterThan(0.02);
  });
  it('looking up is positive pitch', () => {
    expect(depthMotion(rest, at(0, 15)).parallaxPitch).toBeGreaterThan(8);
    expect(depthMotion(rest, at(0, -15)).parallaxPitch).toBeLessThan(-8);
  });
  it.each([
    ['shifted', { x: 60, y: -25 }],
    ['nearer', { z: -250 }],
    ['turned in the picture', { roll: 25 }],
    ['tilted to the side', { yaw: 40 }],
    ['tilted back', { pitch: -35 }],
    ['all at once', { x: 30, z: 100, roll: -15, yaw: 30, pitch: 20 }],
  ])('a flat picture %s is explained by a homography', (_what, pose) => {
    const motion = depthMotion(rest, project(rest, { ...pose, flat: true }));
    expect(motion.planeResidual).toBeLessThan(1e-3);
    expect(Math.abs(motion.parallaxYaw)).toBeLessThan(3);
  });
  it.each([-2, -1, 1, 2])('a picture bent by %d radians and turned does not show the nose of a head', (angle) => {
    const motion = depthMotion(rest, project(bend(rest, angle), { yaw: 25 }));
    // The homography alone would be fooled: a cylinder is not a plane.
    expect(motion.planeResidual).toBeGreaterThan(0.005);
    expect(Math.abs(motion.parallaxYaw)).toBeLessThan(8);
  });
  it('a face of no size gives nothing', () => {
    expect(depthMotion(new Float32Array(478 * 3), rest)).toEqual({
      planeResidual: 0,
      parallaxYaw: 0,
      parallaxPitch: 0,
      explained: 0,
    });
  });
});

describe('five points', () => {
  it.each([-25, -15, 15, 25])('a head turned by %d degrees is read from the nose', (yaw) => {
    const turned = projectFive(FIVE, { yaw });
    expect(Math.abs(yawOfLandmarks5(turned) - yaw)).toBeLessThan(6);
    expect(Math.abs(parallaxOfLandmarks5(projectFive(FIVE, {}), turned) - yaw)).toBeLessThan(8);
  });
  it.each([{ yaw: 40 }, { yaw: -40, roll: 10 }, { pitch: 30, z: -200 }, { x: 80, roll: -30 }])(
    'a flat picture %o has no parallax',
    (pose) => {
      const before = projectFive(FIVE, { flat: true });
      expect(Math.abs(parallaxOfLandmarks5(before, projectFive(FIVE, { ...pose, flat: true })))).toBeLessThan(0.5);
    },
  );
  it('a face in profile without an eye distance gives numbers, not NaN', () => {
    const point: Point = [5, 5];
    expect(parallaxOfLandmarks5([point, point, point, point, point], [point, point, point, point, point])).toBe(0);
    expect(Number.isFinite(yawOfLandmarks5([point, point, point, point, point]))).toBe(true);
  });
});
