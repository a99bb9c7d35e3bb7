/**
 * Is there a rectangle round the face: the edge of a screen or of a print? Long, straight, unbroken edges on three of the four
 * sides, close round the head and reaching past it, where in front of a real frame on the wall shoulders and hair would
 * break them. After the "bezel" cue of Patel, Han and Jain (TIFS 2016, "Secure face unlock").
 */
import type { Box } from '../../shared/geometry.ts';
import type { Plane } from './planes.ts';

/** An edge is a step in luma of at least this much over two pixels of the half-size picture. */
const STEP = 14;
/** How far an edge may lean, as a slope: a tablet held at an angle of eight degrees. */
const LEAN = 0.14;
const SLOPES = 15;

/** Where the picture, at half its size, steps up (1) or down (-1) across a line: one map for upright lines, one for level ones. */
interface Steps {
  readonly width: number;
  readonly height: number;
  readonly upright: Int8Array;
  readonly level: Int8Array;
}

function stepsOf(plane: Plane): Steps {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const small = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const k = 2 * y * plane.width + 2 * x;
      const d = plane.data;
      small[y * width + x] = (d[k]! + d[k + 1]! + d[k + plane.width]! + d[k + plane.width + 1]!) / 4;
    }
  const upright = new Int8Array(width * height);
  const level = new Int8Array(width * height);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const k = y * width + x;
      const across = small[k + 1]! - small[k - 1]!;
      const along = small[k + width]! - small[k - width]!;
      upright[k] = across > STEP ? 1 : across < -STEP ? -1 : 0;
      level[k] = along > STEP ? 1 : along < -STEP ? -1 : 0;
    }
  return { width, height, upright, level };
}

/**
 * Of all lines that cross the middle of `from..to` between `low` and `high`, the best: the part of its length (0 to 1) where the picture
 * steps across it, the same way up or down. All in pixels of `steps`.
 */
function bestEdge(steps: Steps, vertical: boolean, low: number, high: number, from: number, to: number): number {
  const { width, height } = steps;
  const map = vertical ? steps.upright : steps.level;
  const [stride, across, limit, length] = vertical ? [width, 1, width, height] : [1, width, height, width];
  const middle = (from + to) / 2;
  const [start, end] = [Math.max(1, Math.ceil(from)), Math.min(length - 2, Math.floor(to))];
  let best = 0;
  for (let at = Math.ceil(low); at <= high; at++)
    for (let s = 0; s < SLOPES; s++) {
      const slope = LEAN * ((2 * s) / (SLOPES - 1) - 1);
      let up = 0;
      let down = 0;
      let seen = 0;
      for (let t = start; t <= end; t++) {
        const side = Math.round(at + slope * (t - middle));
        if (side < 1 || side > limit - 2) continue;
        seen++;
        const step = map[t * stride + side * across]!;
        if (step > 0) up++;
        else if (step < 0) down++;
      }
      // An edge mostly outside the picture says nothing.
      if (seen >= (to - from) * 0.6) best = Math.max(best, Math.max(up, down) / seen);
    }
  return best;
}

/**
 * How complete a rectangle stands round the face, 0 to 1: the third best of its four sides (the fourth is often out of the picture or
 * under a hand), each the part of its length where there is an edge.
 */
export function rectangleAround(plane: Plane, box: Box): number {
  const steps = stepsOf(plane);
  const [x, y, w, h] = [box.x / 2, box.y / 2, box.width / 2, box.height / 2];
  const [right, bottom] = [steps.width - 2, steps.height - 2];
  const clamp = (v: number, high: number): number => Math.min(Math.max(v, 1), high);
  const [top, low] = [clamp(y - 0.35 * h, bottom), clamp(y + 1.35 * h, bottom)];
  const [leftEnd, rightEnd] = [clamp(x - 0.5 * w, right), clamp(x + 1.5 * w, right)];
  const sides = [
    bestEdge(steps, true, clamp(x - 1.4 * w, right), clamp(x - 0.22 * w, right), top, low),
    bestEdge(steps, true, clamp(x + 1.22 * w, right), clamp(x + 2.4 * w, right), top, low),
    bestEdge(steps, false, clamp(y - 1.2 * h, bottom), clamp(y - 0.3 * h, bottom), leftEnd, rightEnd),
    bestEdge(steps, false, clamp(y + 1.15 * h, bottom), clamp(y + 2 * h, bottom), leftEnd, rightEnd),
  ];
  return sides.sort((a, b) => b - a)[2]!;
}
