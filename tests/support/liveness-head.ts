/** A face in three dimensions made of formulas, for tests: 478 points with a nose that stands out, turned and seen by a pinhole camera. */
import { LEFT_EYE, MOUTH, POINTS, RIGHT_EYE, RIGID } from '../../src/main/liveness/depth-motion.ts';
import type { Point } from '../../src/shared/geometry.ts';

const FOCAL = 800;
const CENTRE: Point = [320, 240];

/** Where the named points lie, in eye distances from between the eyes: x to the picture's right, y down. */
const PLACES: Record<number, Point> = {
  33: [-0.5, 0],
  133: [-0.17, 0.01],
  362: [0.17, 0.01],
  263: [0.5, 0],
  61: [-0.28, 0.78],
  291: [0.28, 0.78],
  13: [0, 0.775],
  14: [0, 0.785],
  0: [0, 0.7],
  17: [0, 0.86],
};

/** A smooth face with a narrow nose on it: depth in eye distances, nearer is more negative. */
function depthAt(x: number, y: number): number {
  const skull = 0.55 * (x * x) + 0.12 * (y - 0.3) ** 2;
  const nose = -0.36 * Math.exp(-((x / 0.15) ** 2) - ((y - 0.42) / 0.2) ** 2);
  return skull + nose;
}

/** 478 x (x, y, z) pixels, at rest, eyes open, mouth closed; eye distance 110 px. */
export function head(size = 110): Float32Array {
  const points = new Float32Array(POINTS * 3);
  const put = (i: number, [x, y]: Point): void => {
    points.set([CENTRE[0] + x * size, CENTRE[1] + (y - 0.35) * size, depthAt(x, y) * size], i * 3);
  };
  // A sunflower spreads what has no name over the face.
  for (let i = 0; i < POINTS; i++) {
    const r = 0.75 * Math.sqrt((i + 0.5) / POINTS);
    put(i, [r * Math.cos(i * 2.4), 0.4 + 1.2 * r * Math.sin(i * 2.4)]);
  }
  // The rigid ones by a finer sunflower, so that the nose gets its share.
  RIGID.forEach((i, k) => {
    const r = 0.6 * ((k + 0.5) / RIGID.length) ** 0.8;
    put(i, [r * Math.cos(k * 2.4), 0.38 + 0.9 * r * Math.sin(k * 2.4)]);
  });
  for (const [i, place] of Object.entries(PLACES)) put(Number(i), place);
  for (const eye of [RIGHT_EYE, LEFT_EYE])
    eye.lids.forEach(([upper, lower], k) => {
      const x = (eye === RIGHT_EYE ? -0.33 : 0.33) + (k - 1) * 0.07;
      put(upper, [x, -0.06]);
      put(lower, [x, 0.06]);
    });
  return points;
}

export interface Pose {
  readonly yaw?: number;
  readonly pitch?: number;
  readonly roll?: number;
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  /** The depths are ironed out: a photograph. */
  readonly flat?: boolean;
}

function place([x0, y0, z0]: readonly [number, number, number], pose: Pose): [number, number, number] {
  const rad = Math.PI / 180;
  const turn = (a: number, b: number, angle: number): [number, number] => [
    a * Math.cos(angle) - b * Math.sin(angle),
    a * Math.sin(angle) + b * Math.cos(angle),
  ];
  let [x, y, z] = [x0 - CENTRE[0], y0 - CENTRE[1], pose.flat === true ? 0 : z0];
  [x, y] = turn(x, y, (pose.roll ?? 0) * rad);
  // Up is -y and near is -z: looking up brings the chin forward.
  [z, y] = turn(z, y, (pose.pitch ?? 0) * rad);
  [x, z] = turn(x, z, (pose.yaw ?? 0) * rad);
  const d = FOCAL + z + (pose.z ?? 0);
  return [((x + (pose.x ?? 0)) * FOCAL) / d + CENTRE[0], ((y + (pose.y ?? 0)) * FOCAL) / d + CENTRE[1], z];
}

/** The points as a camera sees them after the head has moved. */
export function project(points: Float32Array, pose: Pose): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) out.set(place([points[i]!, points[i + 1]!, points[i + 2]!], pose), i);
  return out;
}

/** The face as a picture on a sheet that is bent like a cylinder about the upright axis, `angle` radians over two eye distances. */
export function bend(points: Float32Array, angle: number): Float32Array {
  const width = 220;
  const radius = width / angle;
  const out = Float32Array.from(points);
  for (let i = 0; i < out.length; i += 3) {
    const s = (points[i]! - CENTRE[0]) / radius;
    out[i] = CENTRE[0] + Math.sin(s) * radius;
    out[i + 2] = (1 - Math.cos(s)) * radius;
  }
  return out;
}

/** Eye, eye, nose, mouth corner, mouth corner with depths, pixels: the nose stands out by half a distance of the pupils (70 px). */
export const FIVE: readonly (readonly [number, number, number])[] = [
  [285, 200, 0],
  [355, 200, 0],
  [320, 240, -35],
  [292, 285, 0],
  [348, 285, 0],
];

export const projectFive = (five: typeof FIVE, pose: Pose): Point[] =>
  five.map((point) => {
    const [x, y] = place(point, pose);
    return [x, y];
  });

/** Moves points of a face: `[index, dx, dy]` in eye distances of 110 px. */
export function moved(points: Float32Array, shifts: readonly (readonly [number, number, number])[]): Float32Array {
  const out = Float32Array.from(points);
  for (const [i, dx, dy] of shifts) {
    out[i * 3]! += dx * 110;
    out[i * 3 + 1]! += dy * 110;
  }
  return out;
}

export const closedEyes = (points: Float32Array): Float32Array =>
  moved(
    points,
    [...RIGHT_EYE.lids, ...LEFT_EYE.lids].map(([upper]) => [upper, 0, 0.1]),
  );
export const openMouth = (points: Float32Array): Float32Array =>
  moved(points, [
    [MOUTH.lowerInner, 0, 0.2],
    [MOUTH.lowerOuter, 0, 0.2],
  ]);
export const smile = (points: Float32Array): Float32Array =>
  moved(points, [
    [MOUTH.right, -0.05, -0.05],
    [MOUTH.left, 0.05, -0.05],
  ]);
