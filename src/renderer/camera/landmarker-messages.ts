/** What the page and the landmarker's worker say to each other. */
import type { FaceOval } from './oval.ts';

export type LandmarkerOrder =
  | { readonly type: 'load'; readonly wasmUrl: string; readonly modelUrl: string }
  /** `at`: ms, must rise from picture to picture. */
  | { readonly type: 'look'; readonly picture: ImageBitmap; readonly at: number };

export type LandmarkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'failed' }
  | { readonly type: 'faces'; readonly faces: readonly FaceOval[]; readonly tookMs: number };
