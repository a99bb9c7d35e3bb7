/** The built page and what it loads, for a host over a scripted kiosk. */
import { resolve } from 'node:path';
import { projectRoot } from './data.ts';

export const screenAssets = {
  rendererDir: resolve(projectRoot, 'out/renderer'),
  resourcesDir: resolve(projectRoot, 'resources'),
  mediapipeDir: resolve(projectRoot, 'node_modules/@mediapipe/tasks-vision/wasm'),
  landmarker: () => null,
};
