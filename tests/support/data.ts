/** Where tests find real pictures and weights, and how they say that they were skipped when those are absent. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
export const projectRoot = root;
/** Real photographs for development; never committed, only beside the project on our machines. */
export const sharedData = resolve(root, '../shared/data');
export const sharedModels = process.env['LINTEL_MODELS_DIR'] ?? resolve(root, '../shared/models');
export const hasSharedData = existsSync(sharedData);
export const hasDetector = existsSync(resolve(sharedModels, 'yolov5n-0.5-face.onnx'));
export const hasLandmarker = existsSync(resolve(sharedModels, 'face_landmarker.task'));

/** Say once, in the test's own name, what was skipped and why. */
export const needs = (what: string, present: boolean): string =>
  present ? what : `${what} (SKIPPED: ../shared is absent)`;
