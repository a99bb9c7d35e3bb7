/**
 * Which of MediaPipe's 478 face points are which. "Right" and "left" are the person's own. Numbers are of MediaPipe's
 * canonical face mesh (google-ai-edge/mediapipe, face_geometry/data/canonical_face_model_uv_visualization.png).
 */
import { MESH_POINTS } from '../../shared/liveness.ts';

export const POINTS = MESH_POINTS;

/** Upper lid point, lower lid point, three pairs an eye; then the two corners. */
export const RIGHT_EYE = {
  lids: [
    [160, 144],
    [159, 145],
    [158, 153],
  ],
  corners: [33, 133],
} as const;
export const LEFT_EYE = {
  lids: [
    [387, 373],
    [386, 374],
    [385, 380],
  ],
  corners: [263, 362],
} as const;

export const MOUTH = { right: 61, left: 291, upperInner: 13, lowerInner: 14, upperOuter: 0, lowerOuter: 17 } as const;

/**
 * Points that sit on bone or gristle and stay where they are on the head when a face speaks, smiles or blinks: forehead and
 * bridge, nose, eye corners, cheekbones. At several depths, as telling a head from a picture needs. No brows, lips, jaw, lids,
 * and no contour: contour points slide over the head as it turns.
 */
export const RIGID: readonly number[] = [
  // forehead and bridge
  10, 151, 9, 8, 168, 6, 108, 337, 69, 299,
  // nose: ridge, tip, wings, base
  197, 195, 5, 4, 1, 19, 94, 2, 98, 327, 64, 294, 48, 278, 129, 358, 49, 279, 131, 360, 198, 420,
  // eye corners and the sides of the bridge
  33, 133, 362, 263, 193, 417, 122, 351, 188, 412,
  // cheekbones
  116, 345, 117, 346, 118, 347, 119, 348, 50, 280, 101, 330, 36, 266, 100, 329, 111, 340,
];
