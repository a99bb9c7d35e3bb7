/** MediaPipe FaceLandmarker away from the main thread: its inference must never make the screen stutter. */
import './fence.ts';
import './quiet.ts';
import { FaceLandmarker, FilesetResolver } from '@mediapipe/tasks-vision';
import type { LandmarkerAnswer, LandmarkerOrder } from './landmarker-messages.ts';
import { ovalOf } from './oval.ts';

const say = (answer: LandmarkerAnswer): void => self.postMessage(answer);

let landmarker: FaceLandmarker | null = null;

async function load(wasmUrl: string, modelUrl: string): Promise<void> {
  try {
    // The module build: a module worker has no importScripts.
    const files = await FilesetResolver.forVisionTasks(wasmUrl, true);
    // CPU: the overlay is small, and a kiosk's graphics are often none (software GL would take a core).
    landmarker = await FaceLandmarker.createFromOptions(files, {
      baseOptions: { modelAssetPath: modelUrl, delegate: 'CPU' },
      runningMode: 'VIDEO',
      numFaces: 2,
    });
    say({ type: 'ready' });
  } catch {
    say({ type: 'failed' });
  }
}

function look(picture: ImageBitmap, at: number): void {
  const began = performance.now();
  try {
    const found = landmarker?.detectForVideo(picture, at).faceLandmarks ?? [];
    say({ type: 'faces', faces: found.map(ovalOf), tookMs: performance.now() - began });
  } catch {
    say({ type: 'failed' });
  } finally {
    picture.close();
  }
}

self.onmessage = (event: MessageEvent<LandmarkerOrder>) => {
  const order = event.data;
  if (order.type === 'load') void load(order.wasmUrl, order.modelUrl);
  else look(order.picture, order.at);
};
