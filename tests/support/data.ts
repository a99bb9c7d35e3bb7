/** Where tests find models and, for the larger suites, the real pictures and other weights beside the project. */
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
export const projectRoot = root;
/** Our own detector and embedder: all that a clone has, and what every test uses but those of tests/shared/. */
export const modelDirs: readonly string[] = [resolve(root, 'models')];

/** Real photographs and weights for the larger suites (tests/shared/); never committed, only beside the project on our machines. */
export const sharedData = resolve(root, '../shared/data');
export const sharedModels = resolve(root, '../shared/models');
