/** MediaPipe's answer about a picture, made small for its way to main with that same picture. */
import type { FaceLandmarkerResult } from '@mediapipe/tasks-vision';
import { MESH_POINTS, type Blendshapes, type FaceMesh } from '../../shared/liveness.ts';

const SHAPES = [
  'eyeBlinkLeft',
  'eyeBlinkRight',
  'mouthSmileLeft',
  'mouthSmileRight',
  'jawOpen',
] as const satisfies readonly (keyof Blendshapes)[];

/**
 * The first face of a result. The landmarker must have been made with `outputFaceBlendshapes` and
 * `outputFacialTransformationMatrixes`.
 * @returns null when there is no face, or an option was left out
 */
export function faceMeshOf(result: FaceLandmarkerResult): FaceMesh | null {
  const points = result.faceLandmarks[0];
  const scores = result.faceBlendshapes[0]?.categories;
  const matrix = result.facialTransformationMatrixes[0]?.data;
  if (points?.length !== MESH_POINTS || scores === undefined || matrix?.length !== 16) return null;
  const landmarks = new Uint8Array(MESH_POINTS * 3 * 4);
  const view = new DataView(landmarks.buffer);
  points.forEach((p, i) => [p.x, p.y, p.z].forEach((v, k) => view.setFloat32((i * 3 + k) * 4, v, true)));
  const blendshapes = Object.fromEntries(
    SHAPES.map((name) => {
      const found = scores.find((category) => category.categoryName === name)?.score ?? 0;
      return [name, Math.min(1, Math.max(0, found))];
    }),
  ) as Blendshapes;
  return { landmarks, blendshapes, matrix: [...matrix] };
}
