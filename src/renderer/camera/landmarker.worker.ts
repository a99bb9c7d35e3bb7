import './sandbox-mediapipe.ts';
import { FaceLandmarker, FilesetResolver } from '@mediapipe/tasks-vision';
import { faceMeshOf, type LandmarkerAnswer, type LandmarkerOrder, ovalOf } from './oval.ts';

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
