/** What one camera frame tells liveness, out of MediaPipe's answer. */
import { LintelError } from '../../shared/errors.ts';
import type { Blendshapes, FaceMesh } from '../../shared/liveness.ts';
import { type Landmarks5, type MeshPoints, POINTS } from './depth-motion.ts';

export type { Blendshapes };

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
  /** The detector's five points in the same frame, pixels: a second witness of turns, which knows nothing of the mesh. */
  readonly five?: Landmarks5;
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

/**
 * A face mesh that came with a frame, as an observation.
 * @param frame the size of the picture it was made of, pixels, and when the camera took it, ms
 * @throws LintelError bad-input when a number in it is not one
 */
export function meshObservation(
  mesh: FaceMesh,
  frame: { readonly width: number; readonly height: number; readonly capturedAt: number },
  sameFace: boolean,
): MeshObservation {
  const view = new DataView(mesh.landmarks.buffer, mesh.landmarks.byteOffset, mesh.landmarks.byteLength);
  const landmarks = Float32Array.from({ length: POINTS * 3 }, (_, i) => view.getFloat32(i * 4, true));
  const pose = poseOfMatrix(mesh.matrix);
  if (!landmarks.every(Number.isFinite) || !Number.isFinite(pose.yaw) || !Number.isFinite(pose.pitch))
    throw new LintelError('bad-input.mesh');
  return {
    kind: 'mesh',
    at: frame.capturedAt,
    sameFace,
    points: meshInPixels(landmarks, frame.width, frame.height),
    blendshapes: mesh.blendshapes,
    ...pose,
  };
}
