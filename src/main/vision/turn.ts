/** Which way up a camera's picture is: the way up in which the detector is surest of the face in it. */
import type { CameraTurn } from '../../shared/domain.ts';
import { isUpright } from './quality.ts';
import type { Frame, SeenFace } from './vision.ts';

const TURNS = [0, 90, 180, 270] as const;
/** A face is looked for at this size or less, long side in pixels: whoever wants to check in stands near. */
const LOOK_SIDE = 400;
/** Upright faces score 0.75 to 0.92, on their heads 0.45 to 0.79, on their sides below 0.5; the same face always differs by 0.1. */
const SURE = 0.72;
const MARGIN = 0.06;
/** No face that is not upright scores this much, and most upright ones do. */
export const SURELY_UPRIGHT = 0.82;

/** RGB, turned clockwise, and so many times smaller: each pixel the mean of `shrink` x `shrink`. */
export function turnedFrame(frame: Frame, turn: CameraTurn, shrink = 1): Frame {
  const { width, height, channels, data } = frame;
  const [w, h] = [Math.floor(width / shrink), Math.floor(height / shrink)];
  const [outWidth, outHeight] = turn % 180 === 0 ? [w, h] : [h, w];
  const out = new Uint8Array(outWidth * outHeight * 3);
  // Where the pixel (0, 0) of the small frame goes, and how far one step along its row or down its column leads.
  const [first, right, down] = {
    0: [0, 1, outWidth],
    90: [outWidth - 1, outWidth, -1],
    180: [outWidth * outHeight - 1, -1, -outWidth],
    270: [outWidth * (outHeight - 1), -outWidth, 1],
  }[turn] as [number, number, number];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const to = 3 * (first + x * right + y * down);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < shrink; j++)
          for (let i = 0; i < shrink; i++) sum += data[((y * shrink + j) * width + x * shrink + i) * channels + c]!;
        out[to + c] = sum / shrink ** 2;
      }
    }
  }
  return { width: outWidth, height: outHeight, channels: 3, data: out };
}

/**
 * @param look faces of a frame, as `Vision.analyze` gives them
 * @returns by how much the frame must be turned clockwise so that the face in it is upright; null: there is none, or it can not
 * be told
 */
export async function uprightTurn(
  frame: Frame,
  look: (frame: Frame) => Promise<readonly SeenFace[]>,
): Promise<CameraTurn | null> {
  const shrink = Math.max(1, Math.round(Math.max(frame.width, frame.height) / LOOK_SIDE));
  const scores: { readonly turn: CameraTurn; readonly score: number }[] = [];
  for (const turn of TURNS) {
    const faces = await look(turnedFrame(frame, turn, shrink));
    scores.push({ turn, score: Math.max(0, ...faces.filter((f) => isUpright(f.landmarks)).map((f) => f.score)) });
  }
  const [best, second] = scores.sort((a, b) => b.score - a.score);
  return best !== undefined && best.score >= SURE && best.score - (second?.score ?? 0) >= MARGIN ? best.turn : null;
}
