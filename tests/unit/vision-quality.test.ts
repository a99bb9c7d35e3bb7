import { describe, expect, it } from 'vitest';
import { CROP, TEMPLATE } from '../../src/main/vision/alignment.ts';
import { chosen, portraitSquare } from '../../src/main/vision/pipeline.ts';
import {
  GENERIC_FACE,
  lightOf,
  LIMITS,
  outsideOf,
  poseOf,
  qualityOf,
  truncationOf,
} from '../../src/main/vision/quality.ts';
import { QUALITY_ISSUES } from '../../src/shared/domain.ts';
import type { Point } from '../../src/shared/geometry.ts';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * The generic face as a camera far away sees it. Forward, the nose, points to (sin yaw, -sin pitch) in the picture, whose
 * y runs down; roll turns it clockwise; then it is made larger and moved.
 */
function project(yaw: number, pitch: number, roll: number): Point[] {
  const [y, p, r] = [radians(yaw), radians(pitch), radians(roll)];
  return GENERIC_FACE.map(([fx, fy, fz]): Point => {
    // Nod about the ears' axis, then turn about the vertical.
    const ny = fy * Math.cos(p) - fz * Math.sin(p);
    const nz = fy * Math.sin(p) + fz * Math.cos(p);
    const tx = fx * Math.cos(y) + nz * Math.sin(y);
    return [3 * (tx * Math.cos(r) - ny * Math.sin(r)) + 300, 3 * (tx * Math.sin(r) + ny * Math.cos(r)) + 260];
  });
}

const mirrored = (points: readonly Point[]): Point[] => {
  const flip = (k: number): Point => [640 - points[k]![0], points[k]![1]];
  return [flip(1), flip(0), flip(2), flip(4), flip(3)];
};

describe('poseOf', () => {
  it('looks straight ahead: all three are nothing', () => {
    const { yaw, pitch, roll } = poseOf(project(0, 0, 0));
    expect(Math.abs(yaw)).toBeLessThan(0.5);
    expect(Math.abs(pitch)).toBeLessThan(0.5);
    expect(Math.abs(roll)).toBeLessThan(0.5);
  });

  it.each([-40, -20, -8, 8, 20, 40])('yaw %i is found to a few degrees, its sign is where the nose points', (yaw) => {
    const pose = poseOf(project(yaw, 0, 0));
    expect(Math.abs(pose.yaw - yaw)).toBeLessThan(4);
    expect(Math.abs(pose.pitch)).toBeLessThan(3);
  });

  it.each([-25, -10, 10, 25])('pitch %i has its sign (up is positive) and more than half of its size', (pitch) => {
    const pose = poseOf(project(0, pitch, 0));
    expect(pose.pitch / pitch).toBeGreaterThan(0.5);
    expect(pose.pitch / pitch).toBeLessThan(1);
    expect(Math.abs(pose.yaw)).toBeLessThan(3);
  });

  it.each([-60, -20, 20, 60])('roll %i, clockwise positive, to a few degrees', (roll) => {
    const pose = poseOf(project(0, 0, roll));
    expect(Math.abs(pose.roll - roll)).toBeLessThan(1);
    expect(Math.abs(pose.yaw)).toBeLessThan(2);
  });

  it('a roll does not turn a yaw into a nod', () => {
    const pose = poseOf(project(25, 0, 30));
    expect(Math.abs(pose.yaw - 25)).toBeLessThan(5);
    expect(Math.abs(pose.pitch)).toBeLessThan(8);
  });

  it('in the mirror yaw and roll change sign, pitch does not', () => {
    const face = project(18, 9, -12);
    const here = poseOf(face);
    const there = poseOf(mirrored(face));
    expect(there.yaw).toBeCloseTo(-here.yaw, 0);
    expect(Math.abs(there.roll + here.roll)).toBeLessThan(1);
    expect(Math.abs(there.pitch - here.pitch)).toBeLessThan(1);
  });

  it('survives points that are no face', () => {
    expect(poseOf(Array(5).fill([4, 4]) as Point[])).toEqual({ yaw: 0, pitch: 0, roll: 0 });
  });
});

const plain = (grey: number): Uint8Array => new Uint8Array(3 * CROP * CROP).fill(grey);
/** A chequered crop: as sharp as it gets. */
const chequered = (low: number, high: number): Uint8Array =>
  Uint8Array.from({ length: 3 * CROP * CROP }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ((pixel % CROP) + Math.floor(pixel / CROP)) % 2 === 0 ? low : high;
  });

describe('lightOf', () => {
  it('a plain crop has its brightness and no sharpness', () => {
    const { sharpness, brightness } = lightOf(plain(90));
    expect(brightness).toBeCloseTo(90, 2);
    expect(sharpness).toBeCloseTo(0, 3);
  });

  it('a chequered crop by hand: every Laplacian is plus or minus 4 times the step', () => {
    const { sharpness, brightness } = lightOf(chequered(100, 110));
    expect(brightness).toBeCloseTo(105, 2);
    expect(sharpness).toBeCloseTo(1600, 0);
  });

  it('weighs colours as the eye does', () => {
    const green = plain(0);
    for (let i = 1; i < green.length; i += 3) green[i] = 100;
    expect(lightOf(green).brightness).toBeCloseTo(58.7, 2);
  });
});

describe('outsideOf', () => {
  it.each([
    [{ x: 10, y: 10, width: 20, height: 20 }, 0],
    [{ x: -10, y: 10, width: 20, height: 20 }, 0.5],
    [{ x: 90, y: 90, width: 20, height: 20 }, 0.75],
    [{ x: 200, y: 0, width: 20, height: 20 }, 1],
  ])('%o', (box, share) => {
    expect(outsideOf(box, 100, 100)).toBeCloseTo(share, 10);
  });
});

describe('truncationOf', () => {
  it('counts the crop where the box hides that something is missing', () => {
    // A face that is the template, its right half beyond a picture 56 pixels wide; the box ends at the border.
    const box = { x: 20, y: 10, width: 36, height: 90 };
    expect(truncationOf(box, TEMPLATE, 112, 112)).toBe(0);
    expect(truncationOf(box, TEMPLATE, 56, 112)).toBe(0.5);
    expect(truncationOf({ ...box, x: -27 }, TEMPLATE, 112, 112)).toBe(0.75);
  });
});

describe('qualityOf', () => {
  const box = { x: 220, y: 110, width: 80, height: 100 };
  const upright = project(0, 0, 0);
  const good = chequered(100, 115);

  it('a good face has no issue and a high score', () => {
    const quality = qualityOf({ x: 150, y: 80, width: 100, height: 140 }, upright, good, 640, 480);
    expect(quality.issues).toEqual([]);
    expect(quality.score).toBeGreaterThan(0.9);
    expect(quality.eyeDistance).toBeCloseTo(3 * 35.24, 3);
  });

  it.each([
    ['truncated', { x: -50, y: 0, width: 100, height: 100 }, upright, good],
    ['too-small', box, TEMPLATE.map(([x, y]): Point => [x / 2, y / 2]), good],
    ['too-dark', box, upright, chequered(15, 30)],
    ['too-bright', box, upright, chequered(235, 255)],
    ['turned', box, project(45, 0, 0), good],
    ['turned', box, project(0, -50, 0), good],
    ['tilted', box, project(0, 0, 40), good],
    ['blurred', box, upright, plain(120)],
  ] as const)('%s', (issue, where, landmarks, crop) => {
    const quality = qualityOf(where, landmarks, crop, 640, 480);
    expect(quality.issues).toEqual([issue]);
    expect(quality.score).toBeLessThanOrEqual(0.5);
  });

  it('names several issues in the order in which to say them', () => {
    const tiny = project(60, 0, 50).map(([x, y]): Point => [x / 10, y / 10]);
    const { issues } = qualityOf({ x: -30, y: 0, width: 50, height: 50 }, tiny, plain(3), 640, 480);
    expect(issues).toEqual(['truncated', 'too-small', 'too-dark', 'turned', 'tilted', 'blurred']);
    expect([...issues].sort((a, b) => QUALITY_ISSUES.indexOf(a) - QUALITY_ISSUES.indexOf(b))).toEqual(issues);
  });

  it('at every limit the score is about a half', () => {
    const edge = qualityOf(box, upright, chequered(LIMITS.dark - 7, LIMITS.dark + 7), 640, 480);
    expect(edge.score).toBeCloseTo(0.5, 1);
  });
});

describe('which faces get an embedding', () => {
  const at = (x: number) => ({
    box: { x, y: 0, width: 10, height: 10 },
    landmarks: [],
    score: 1,
    quality: qualityOf({ x, y: 0, width: 10, height: 10 }, TEMPLATE, plain(100), 100, 100),
  });
  const faces = [at(80), at(0), at(40)];
  const within = { x: 0, y: 0, width: 60, height: 60 };

  it('none, the first (largest), all; only those whose centre is within', () => {
    expect(chosen(faces, { embed: 'none' })).toEqual([]);
    expect(chosen(faces, { embed: 'largest' })).toEqual([0]);
    expect(chosen(faces, { embed: 'all' })).toEqual([0, 1, 2]);
    expect(chosen(faces, { embed: 'largest', within })).toEqual([1]);
    expect(chosen(faces, { embed: 'all', within })).toEqual([1, 2]);
  });
});

describe('portraitSquare', () => {
  it('is 1.8 times the face, moved inside the frame', () => {
    expect(portraitSquare({ x: 200, y: 200, width: 80, height: 100 }, 640, 480)).toEqual({
      x: 150,
      y: 160,
      width: 180,
      height: 180,
    });
    expect(portraitSquare({ x: -20, y: 400, width: 80, height: 100 }, 640, 480)).toEqual({
      x: 0,
      y: 300,
      width: 180,
      height: 180,
    });
    expect(portraitSquare({ x: 0, y: 0, width: 900, height: 900 }, 640, 480)).toEqual({
      x: 160,
      y: 0,
      width: 480,
      height: 480,
    });
  });
});
