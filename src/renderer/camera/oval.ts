import type { FaceLandmarkerResult } from '@mediapipe/tasks-vision';
import type { Box } from '../../shared/geometry.ts';
import { type Blendshapes, type FaceMesh, MESH_POINTS } from '../../shared/liveness.ts';

/** What the page and the landmarker's worker say to each other. */
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

// The outline of a face for the overlay, and whether it holds still. Everything in fractions of the picture, 0 to 1.

/** MediaPipe's face oval, in drawing order (FaceLandmarker.FACE_LANDMARKS_FACE_OVAL as one ring). */
const RING = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136,
  172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;

export interface FaceOval {
  /** The outline as a ring of x, y pairs. */
  readonly points: readonly (readonly [number, number])[];
  readonly box: Box;
}

export function boxOf(points: readonly (readonly [number, number])[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** @param landmarks 478 points of one face, as FaceLandmarker gives them. */
export function ovalOf(landmarks: readonly { readonly x: number; readonly y: number }[]): FaceOval {
  const points = RING.map((i) => [landmarks[i]?.x ?? 0, landmarks[i]?.y ?? 0] as const);
  return { points, box: boxOf(points) };
}

/** A YOLOv5-face box, given in fractions, as an outline: an ellipse stands in for the contour it does not know. */
export function ovalOfBox(box: Box): FaceOval {
  const steps = 36;
  const points = Array.from({ length: steps }, (_, i) => {
    const angle = (2 * Math.PI * i) / steps;
    return [box.x + (box.width / 2) * (1 + Math.sin(angle)), box.y + (box.height / 2) * (1 - Math.cos(angle))] as const;
  });
  return { points, box };
}

/**
 * Whether a face moved little between two looks: its centre by less than 4 % of its width for each 100 ms, its size by
 * less than 8 %.
 */
export function isStill(before: FaceOval, now: FaceOval, elapsedMs: number): boolean {
  const a = before.box;
  const b = now.box;
  if (a.width <= 0 || b.width <= 0) return false;
  const moved = Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
  const steps = Math.max(1, elapsedMs / 100);
  return moved / b.width < 0.04 * steps && Math.abs(a.width / b.width - 1) < 0.08;
}

// Draws the overlay: a soft outline of the face that is looked at, fainter ones of others.

interface OverlayLook {
  /** CSS colour of the outline. */
  readonly colour: string;
  /** 0 to 1. */
  readonly strength: number;
}

export function drawOvals(canvas: HTMLCanvasElement, ovals: readonly FaceOval[], look: OverlayLook): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.lineJoin = 'round';
  ovals.forEach((oval, i) => {
    if (oval.points.length < 3) return;
    context.globalAlpha = i === 0 ? look.strength : look.strength * 0.35;
    context.strokeStyle = look.colour;
    context.lineWidth = Math.max(2, oval.box.width * width * 0.012);
    context.beginPath();
    // Through the middles of the edges, so that the ring of points becomes one smooth line.
    const at = (k: number): readonly [number, number] => {
      const [x, y] = oval.points[k % oval.points.length] ?? [0, 0];
      return [x * width, y * height];
    };
    for (let k = 0; k <= oval.points.length; k += 1) {
      const [x, y] = at(k);
      const [nextX, nextY] = at(k + 1);
      if (k === 0) context.moveTo((x + nextX) / 2, (y + nextY) / 2);
      else context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.stroke();
  });
  context.globalAlpha = 1;
}

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
