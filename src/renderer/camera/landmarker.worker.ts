import './block-network.ts';
import './filter-console.ts';
import { FaceLandmarker, type FaceLandmarkerResult, FilesetResolver } from '@mediapipe/tasks-vision';
import { type Blendshapes, type FaceMesh, MESH_POINTS } from '../../shared/liveness.ts';
import { type LandmarkerAnswer, type LandmarkerOrder, ovalOf } from './oval.ts';

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

// MediaPipe FaceLandmarker away from the main thread: its inference must never make the screen stutter.

const say = (answer: LandmarkerAnswer): void => self.postMessage(answer);

let landmarker: FaceLandmarker | null = null;
let meshes = false;

async function load(wasmUrl: string, modelUrl: string): Promise<void> {
  try {
    // The module build: a module worker has no importScripts.
    const files = await FilesetResolver.forVisionTasks(wasmUrl, true);
    // CPU: the overlay is small, and a kiosk's graphics are often none (software GL would take a core).
    landmarker = await FaceLandmarker.createFromOptions(files, {
      baseOptions: { modelAssetPath: modelUrl, delegate: 'CPU' },
      runningMode: 'VIDEO',
      // One face only is smoothed by MediaPipe; what liveness expects was measured so (scripts/pad/landmarker.mjs).
      numFaces: meshes ? 1 : 2,
      outputFaceBlendshapes: meshes,
      outputFacialTransformationMatrixes: meshes,
    });
    say({ type: 'ready' });
  } catch {
    say({ type: 'failed' });
  }
}

function look(picture: ImageBitmap, at: number): void {
  const began = performance.now();
  try {
    const found = landmarker?.detectForVideo(picture, at);
    say({
      type: 'faces',
      faces: (found?.faceLandmarks ?? []).map(ovalOf),
      mesh: meshes && found !== undefined ? faceMeshOf(found) : null,
      tookMs: performance.now() - began,
    });
  } catch {
    say({ type: 'failed' });
  } finally {
    picture.close();
  }
}

self.onmessage = (event: MessageEvent<LandmarkerOrder>) => {
  const order = event.data;
  if (order.type === 'load') {
    meshes = order.meshes;
    void load(order.wasmUrl, order.modelUrl);
  } else look(order.picture, order.at);
};
