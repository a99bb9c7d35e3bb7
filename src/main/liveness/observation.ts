/** What one camera frame tells liveness, and the few numbers of a face that answers are read from. */
import { eyeDistance, type MeshPoints } from './depth-motion.ts';
import { LEFT_EYE, MOUTH, POINTS, RIGHT_EYE } from './mesh-points.ts';

/** MediaPipe's blendshape scores, 0 to 1, of those that are asked for. */
export interface Blendshapes {
  readonly eyeBlinkLeft: number;
  readonly eyeBlinkRight: number;
  readonly mouthSmileLeft: number;
  readonly mouthSmileRight: number;
  readonly jawOpen: number;
}

/** One frame with MediaPipe's answer. */
export interface MeshObservation {
  readonly kind: 'mesh';
  /** When the camera took it, ms. */
  readonly at: number;
  /** The face is the one the question was put to: same track, and the embedding agrees where there is one. */
  readonly sameFace: boolean;
  readonly points: MeshPoints;
  readonly blendshapes: Blendshapes;
  /** Degrees; yaw > 0: turned to the picture's right. From MediaPipe's head matrix. */
  readonly yaw: number;
  readonly pitch: number;
}

/** Measures of one face; lengths in eye distances (outer corners, with depth). */
export interface FaceMeasures {
  readonly eyesOpen: number;
  readonly mouthOpen: number;
  readonly mouthWidth: number;
  /** How far the corners of the mouth are above its middle. */
  readonly mouthCornersUp: number;
}

/**
 * MediaPipe's landmarks (normalised: x and z by the picture's width, y by its height) in pixels of a picture.
 * @param landmarks 478 x (x, y, z)
 */
export function meshInPixels(landmarks: Float32Array, width: number, height: number): MeshPoints {
  const points = new Float32Array(POINTS * 3);
  for (let i = 0; i < POINTS; i++) {
    points[i * 3] = landmarks[i * 3]! * width;
    points[i * 3 + 1] = landmarks[i * 3 + 1]! * height;
    points[i * 3 + 2] = landmarks[i * 3 + 2]! * width;
  }
  return points;
}

/** Degrees of yaw and pitch in MediaPipe's 4x4 head matrix (column by column, y up, z towards the camera). */
export function poseOfMatrix(matrix: readonly number[]): { yaw: number; pitch: number } {
  const degrees = 180 / Math.PI;
  const [x, y, z] = [matrix[8] ?? 0, matrix[9] ?? 0, matrix[10] ?? 1];
  return { yaw: Math.atan2(x, z) * degrees, pitch: Math.atan2(y, Math.hypot(x, z)) * degrees };
}

export function measureFace(points: MeshPoints): FaceMeasures {
  const size = eyeDistance(points) || 1;
  const gap = (a: number, b: number): number =>
    Math.hypot(
      points[a * 3]! - points[b * 3]!,
      points[a * 3 + 1]! - points[b * 3 + 1]!,
      points[a * 3 + 2]! - points[b * 3 + 2]!,
    ) / size;
  const lids = [...RIGHT_EYE.lids, ...LEFT_EYE.lids];
  const eyesOpen = lids.reduce((s, [upper, lower]) => s + gap(upper, lower), 0) / lids.length;
  // "Up" of the face in the picture: across the line of the eyes.
  const [ex, ey] = [points[263 * 3]! - points[33 * 3]!, points[263 * 3 + 1]! - points[33 * 3 + 1]!];
  const length = Math.hypot(ex, ey) || 1;
  const height = (i: number): number => (points[i * 3]! * ey - points[i * 3 + 1]! * ex) / length / size;
  const middle = (height(MOUTH.upperOuter) + height(MOUTH.lowerOuter)) / 2;
  return {
    eyesOpen,
    mouthOpen: gap(MOUTH.upperInner, MOUTH.lowerInner),
    mouthWidth: gap(MOUTH.right, MOUTH.left),
    mouthCornersUp: (height(MOUTH.right) + height(MOUTH.left)) / 2 - middle,
  };
}
