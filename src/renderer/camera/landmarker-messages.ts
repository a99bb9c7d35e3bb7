/** What the page and the landmarker's worker say to each other. */
import type { FaceMesh } from '../../shared/liveness.ts';
import type { FaceOval } from './oval.ts';

export type LandmarkerOrder =
  /** `meshes`: one face, with all that liveness reads of it; else outlines of two. */
  | { readonly type: 'load'; readonly wasmUrl: string; readonly modelUrl: string; readonly meshes: boolean }
  /** `at`: ms, must rise from picture to picture. */
  | { readonly type: 'look'; readonly picture: ImageBitmap; readonly at: number };

export type LandmarkerAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'failed' }
  | {
      readonly type: 'faces';
      readonly faces: readonly FaceOval[];
      /** Null: no face, or not asked for. */
      readonly mesh: FaceMesh | null;
      readonly tookMs: number;
    };
