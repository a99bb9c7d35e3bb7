/** Turns a face upright and to size: the similarity transform of five landmarks onto ArcFace's template, and its sampling. */
import type { Point } from '../../shared/geometry.ts';
import type { Frame } from './vision.ts';

/** Side of an aligned crop, pixels. */
export const CROP = 112;

/** Where ArcFace expects the five landmarks in a 112x112 crop. */
export const TEMPLATE: readonly Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

/** `x' = a*x - b*y + tx`, `y' = b*x + a*y + ty`: rotation and uniform scale, never a reflection. */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * Least-squares similarity transform from `from` onto `to` (Umeyama 1991). In the plane, with reflections left out, it
 * has this closed form: no SVD is needed. Points that all coincide give a pure translation.
 */
export function similarityOnto(from: readonly Point[], to: readonly Point[]): Similarity {
  const n = from.length;
  let fx = 0;
  let fy = 0;
  let gx = 0;
  let gy = 0;
  for (let i = 0; i < n; i++) {
    fx += from[i]![0];
    fy += from[i]![1];
    gx += to[i]![0];
    gy += to[i]![1];
  }
  fx /= n;
  fy /= n;
  gx /= n;
  gy /= n;
  let dot = 0;
  let cross = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const x = from[i]![0] - fx;
    const y = from[i]![1] - fy;
    const u = to[i]![0] - gx;
    const v = to[i]![1] - gy;
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  }
  const a = spread > 0 ? dot / spread : 1;
  const b = spread > 0 ? cross / spread : 0;
  return { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
}

/**
 * The aligned crop of a face, 112x112 RGB bytes, row by row, into `out` (3 * 112 * 112).
 * Sampled bilinearly at the template's pixels; outside of the frame is black, as cv2.warpAffine leaves it. Where the
 * face is more than twice as large as the crop, several points per pixel are averaged, or fine detail would turn to noise.
 */
export function alignInto(out: Uint8Array, frame: Frame, landmarks: readonly Point[]): void {
  // From crop to frame: the transform is its own kind, so fitting the other way round would weigh errors differently.
  // The fit is made onto the template, as the model was trained, and then inverted.
  const { a, b, tx, ty } = similarityOnto(landmarks, TEMPLATE);
  const norm = a * a + b * b;
  if (!(norm > 0) || !Number.isFinite(norm)) {
    out.fill(0);
    return;
  }
  const ia = a / norm;
  const ib = -b / norm;
  const ix = -(ia * tx - ib * ty);
  const iy = -(ib * tx + ia * ty);
  const reach = 1 / Math.sqrt(norm);
  const points = Math.max(1, Math.min(MAX_POINTS, Math.floor(reach)));
  const { data, width, height, channels } = frame;
  const row = width * channels;
  const share = 1 / (points * points);
  // A face that lies wholly inside of the frame, as nearly every one does, needs no look at the edges.
  const least = 0.5 / points - 0.5;
  const most = CROP - 0.5 - 0.5 / points;
  const inside = [least, most].every((cv) =>
    [least, most].every((cu) => {
      const x = ia * cu - ib * cv + ix;
      const y = ib * cu + ia * cv + iy;
      return x >= 0 && y >= 0 && x < width - 1 && y < height - 1;
    }),
  );
  if (inside) {
    sampleInside(out, data, row, channels, { ia, ib, ix, iy }, points);
    return;
  }
  let to = 0;
  for (let v = 0; v < CROP; v++) {
    for (let u = 0; u < CROP; u++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < points; j++) {
        const cv = v + (j + 0.5) / points - 0.5;
        for (let i = 0; i < points; i++) {
          const cu = u + (i + 0.5) / points - 0.5;
          const x = ia * cu - ib * cv + ix;
          const y = ib * cu + ia * cv + iy;
          const x0 = Math.floor(x);
          const y0 = Math.floor(y);
          if (x0 < -1 || y0 < -1 || x0 >= width || y0 >= height) continue;
          const wx = x - x0;
          const wy = y - y0;
          const at = y0 * row + x0 * channels;
          if (x0 >= 0 && y0 >= 0 && x0 < width - 1 && y0 < height - 1) {
            const w00 = (1 - wx) * (1 - wy);
            const w10 = wx * (1 - wy);
            const w01 = (1 - wx) * wy;
            const w11 = wx * wy;
            const right = at + channels;
            const under = at + row;
            const corner = under + channels;
            red += data[at]! * w00 + data[right]! * w10 + data[under]! * w01 + data[corner]! * w11;
            green += data[at + 1]! * w00 + data[right + 1]! * w10 + data[under + 1]! * w01 + data[corner + 1]! * w11;
            blue += data[at + 2]! * w00 + data[right + 2]! * w10 + data[under + 2]! * w01 + data[corner + 2]! * w11;
            continue;
          }
          // On the frame's edge: the neighbours that exist, the others count as black.
          for (let dy = 0; dy < 2; dy++) {
            for (let dx = 0; dx < 2; dx++) {
              const px = x0 + dx;
              const py = y0 + dy;
              if (px < 0 || py < 0 || px >= width || py >= height) continue;
              const weight = (dx === 0 ? 1 - wx : wx) * (dy === 0 ? 1 - wy : wy);
              const pixel = py * row + px * channels;
              red += data[pixel]! * weight;
              green += data[pixel + 1]! * weight;
              blue += data[pixel + 2]! * weight;
            }
          }
        }
      }
      out[to] = red * share + 0.5;
      out[to + 1] = green * share + 0.5;
      out[to + 2] = blue * share + 0.5;
      to += 3;
    }
  }
}

/** The same sampling where every point has its four neighbours: no branches, and what a row has in common is worked out once. */
function sampleInside(
  out: Uint8Array,
  data: Uint8Array,
  row: number,
  channels: number,
  { ia, ib, ix, iy }: { readonly ia: number; readonly ib: number; readonly ix: number; readonly iy: number },
  points: number,
): void {
  const share = 1 / (points * points);
  let to = 0;
  for (let v = 0; v < CROP; v++) {
    for (let u = 0; u < CROP; u++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < points; j++) {
        const cv = v + (j + 0.5) / points - 0.5;
        const fromX = ix - ib * cv;
        const fromY = iy + ia * cv;
        for (let i = 0; i < points; i++) {
          const cu = u + (i + 0.5) / points - 0.5;
          const x = fromX + ia * cu;
          const y = fromY + ib * cu;
          const x0 = x | 0;
          const y0 = y | 0;
          const wx = x - x0;
          const wy = y - y0;
          const w11 = wx * wy;
          const w10 = wx - w11;
          const w01 = wy - w11;
          const w00 = 1 - wx - w01;
          const at = y0 * row + x0 * channels;
          const right = at + channels;
          const under = at + row;
          const corner = under + channels;
          red += data[at]! * w00 + data[right]! * w10 + data[under]! * w01 + data[corner]! * w11;
          green += data[at + 1]! * w00 + data[right + 1]! * w10 + data[under + 1]! * w01 + data[corner + 1]! * w11;
          blue += data[at + 2]! * w00 + data[right + 2]! * w10 + data[under + 2]! * w01 + data[corner + 2]! * w11;
        }
      }
      out[to] = red * share + 0.5;
      out[to + 1] = green * share + 0.5;
      out[to + 2] = blue * share + 0.5;
      to += 3;
    }
  }
}

/** At most 6x6 points per pixel: enough for a face of 670 pixels; larger ones are sampled more coarsely. */
const MAX_POINTS = 6;
