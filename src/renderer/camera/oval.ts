/** The outline of a face for the overlay, and whether it holds still. Everything in fractions of the picture, 0 to 1. */
import type { Box } from '../../shared/geometry.ts';

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
