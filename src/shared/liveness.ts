/** What the screen sends so that main can tell a person from a picture, and what it may ask. */
import * as z from 'zod';

/** What a person can be asked to do. Left and right are the person's own, as the mirrored picture on the screen shows them. */
export const LIVENESS_ACTIONS = ['blink', 'turn-left', 'turn-right', 'smile', 'open-mouth'] as const;
export const livenessActionSchema = z.enum(LIVENESS_ACTIONS);
export type LivenessAction = z.infer<typeof livenessActionSchema>;

/** MediaPipe's face mesh has this many points. */
export const MESH_POINTS = 478;

const score = z.number().min(0).max(1);

/** Of MediaPipe's 52 blendshape scores those that answers are read from. */
const blendshapesSchema = z.object({
  eyeBlinkLeft: score,
  eyeBlinkRight: score,
  mouthSmileLeft: score,
  mouthSmileRight: score,
  jawOpen: score,
});
export type Blendshapes = z.infer<typeof blendshapesSchema>;

/** MediaPipe's answer about one face in one frame: about 6 kB. It must be of the very picture it travels with. */
export const faceMeshSchema = z.object({
  /** 478 x (x, y, z) float32, little-endian, as MediaPipe gives them: x and z in picture widths, y in picture heights. */
  landmarks: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength === MESH_POINTS * 3 * 4),
  blendshapes: blendshapesSchema,
  /** The 4x4 head matrix, column by column. */
  matrix: z.array(z.number()).length(16),
});
export type FaceMesh = z.infer<typeof faceMeshSchema>;
