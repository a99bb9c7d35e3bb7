/**
 * SYNTHESISED: one photograph of a person laid over a head of formulas (an oval skull, a nose), which then turns. What the
 * detector's five points show of it is what they show of a head; nothing finer is meant to be true.
 */
import sharp from 'sharp';
import { drawTriangles, fromBytes } from '../../scripts/pad/raster.mjs';
import type { FrameMessage } from '../../src/shared/domain.ts';
import type { Point } from '../../src/shared/geometry.ts';

const WIDTH = 640;
const HEIGHT = 480;
const COLUMNS = 60;
const ROWS = 72;

/** Depth in eye distances, nearer is more negative; x to the picture's right and y down from between the eyes. */
const depthAt = (x: number, y: number): number =>
  0.42 * x * x + 0.12 * (y - 0.4) ** 2 - 0.8 * Math.exp(-((x / 0.26) ** 2) - ((y - 0.66) / 0.32) ** 2);

/**
 * Camera frames of whoever is in `file`, 640x480.
 * @param landmarks the detector's five points in it
 * @returns a frame with the head turned by so many degrees, > 0 to the picture's right; `flat`: as a bent picture would show it,
 *   squeezed as much but without depth
 */
export async function turningHead(
  file: string,
  landmarks: readonly Point[],
): Promise<(degrees: number, flat?: boolean) => FrameMessage> {
  const bytes = await sharp(file).resize(WIDTH, HEIGHT).removeAlpha().raw().toBuffer();
  const [a, b] = landmarks as [Point, Point];
  const [ex, ey, eye] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, Math.hypot(b[0] - a[0], b[1] - a[1])];
  const triangles: number[] = [];
  const uv: number[] = [];
  for (let row = 0; row <= ROWS; row++)
    for (let column = 0; column <= COLUMNS; column++) {
      uv.push(ex + ((column / COLUMNS) * 2.6 - 1.3) * eye, ey + ((row / ROWS) * 3.6 - 1.5) * eye);
      if (row === ROWS || column === COLUMNS) continue;
      const k = row * (COLUMNS + 1) + column;
      triangles.push(k, k + 1, k + COLUMNS + 1, k + 1, k + COLUMNS + 2, k + COLUMNS + 1);
    }
  return (degrees, flat = false) => {
    const turn = (degrees * Math.PI) / 180;
    const at: number[] = [];
    for (let k = 0; k < uv.length; k += 2) {
      const [x, y] = [(uv[k]! - ex) / eye, (uv[k + 1]! - ey) / eye];
      // The neck is an eye distance and a bit behind the face.
      const z = (flat ? 0 : depthAt(x, y)) - 1.1;
      // Where the grid ends it stays with the shoulders and the room.
      const follow =
        Math.min(1, Math.max(0, 1.9 - y) / 0.5, (y + 1.5) / 0.5) * Math.min(1, Math.max(0, 1.3 - Math.abs(x)) / 0.25);
      const turned = x * Math.cos(turn) - z * Math.sin(turn) * (flat ? 0 : 1);
      at.push(ex + (x + (turned - x) * follow) * eye, uv[k + 1]!, x * Math.sin(turn) + z * Math.cos(turn));
    }
    const texture = fromBytes(WIDTH, HEIGHT, bytes);
    const target = fromBytes(WIDTH, HEIGHT, bytes);
    drawTriangles(target, texture, triangles, at, uv, new Float32Array(WIDTH * HEIGHT).fill(Infinity));
    const data = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
    for (let i = 0; i < WIDTH * HEIGHT; i++) for (let c = 0; c < 3; c++) data[i * 4 + c] = target.data[i * 3 + c]!;
    return { width: WIDTH, height: HEIGHT, capturedAt: 0, data };
  };
}
