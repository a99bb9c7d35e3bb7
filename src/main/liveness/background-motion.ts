/**
 * Does the room tremble? A kiosk's camera stands, so behind a living person the room stands too. A screen or a print in a hand brings
 * its own room along, and hands tremble: slowly by some millimetres, which at arm's length are pixels. So the surroundings of the face
 * are laid over those of the first look, as one picture that is shifted, turned and scaled, and when most of what has texture there agrees
 * on the same shift, that is how far the room has gone.
 *
 * Somebody who walks behind, a door, a lamp: only a part moves, and the rest does not agree. Light that changes: each block
 * is compared without its mean. The camera is knocked once: taken out (`restless`). A lens that breathes: scale about the picture's
 * middle is no shift. What does look the same is a camera that shakes itself, or one that crops its picture after a face.
 */
import type { Box } from '../../shared/geometry.ts';
import { type Plane, SHRINK } from './image-motion.ts';

/** One look at the surroundings. */
export interface View {
  /** When the camera took it, ms. */
  readonly at: number;
  /** The luma, shrunk (image-motion.ts). */
  readonly small: Plane;
  /** The face's box, pixels of the full frame. */
  readonly face: Box;
  /** Other people's faces, likewise: they are no part of the room. */
  readonly others?: readonly Box[];
  /** How complete a rectangle stood round the face (`rectangleAround` in passive.ts), 0 to 1. */
  readonly border?: number;
}

/** Looks are this far apart, ms, at the least, ... */
const VIEW_EVERY_MS = 200;
/** ... and at most so many are kept; the oldest go first. */
const VIEWS_KEPT = 24;
/** Older ones are of another time, ms. */
const VIEWS_LAST_MS = 8000;
/** Fewer say nothing: a hand needs about a second to get anywhere. */
const VIEWS_NEEDED = 6;

/** Side of a block, shrunk pixels. */
const BLOCK = 8;
/** Head and hair: so much of the face's box is left out to both sides of its centre and above it. They move with the head, not with the room. */
const [HEAD_ASIDE, HEAD_ABOVE] = [0.9, 1.25];
/** Mean squared gradient across a block above which it has texture, grey levels squared a pixel. */
const TEXTURE = 6;
/** So many blocks with texture are needed, ... */
const BLOCKS_NEEDED = 6;
/** ... spread over this part of the picture's width or height, so that one poster is not the room. */
const SPREAD = 0.25;
/** Camera noise and JPEG as they remain in a shrunk pixel, grey levels squared. */
const NOISE = 1.2;
/** A block has gone along when the shift takes away so much of its difference ... */
const EXPLAINED = 0.5;
/** ... and the room when so much of the blocks has that should show the shift, ... */
const AGREE = 0.5;
/** ... and hardly any of them is still where it was. */
const STANDS = 0.15;
const ROUNDS = 6;
/** Shifts beyond this are not followed, shrunk pixels: whatever moves so far is no tremor. */
const FARTHEST = 6;

/** x' = x + tx + s (x - cx) - r (y - cy), and so on, shrunk pixels: shift, scale less one, turn. */
type Carry = readonly [tx: number, ty: number, s: number, r: number];

interface Block {
  readonly x: number;
  readonly y: number;
}

const inside = (box: Box, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;

/** Head and body of a face, shrunk pixels: what is below the head belongs to whoever it is. */
function person(face: Box): readonly [head: Box, body: Box] {
  const [w, h] = [face.width / SHRINK, face.height / SHRINK];
  const [cx, cy] = [face.x / SHRINK + w / 2, face.y / SHRINK + h / 2];
  const head = {
    x: cx - w * HEAD_ASIDE,
    y: cy - h * HEAD_ABOVE,
    width: 2 * w * HEAD_ASIDE,
    height: h * (HEAD_ABOVE + 1),
  };
  return [head, { x: cx - 1.6 * w, y: cy + 0.4 * h, width: 3.2 * w, height: 1e4 }];
}

/** The blocks of the first view that have texture and are nobody in any of the views. */
function blocksOf(views: readonly View[]): Block[] {
  const { width, height, data } = views[0]!.small;
  const people = views.flatMap(({ face, others = [] }) => [face, ...others].flatMap(person));
  const blocks: Block[] = [];
  for (let y = 1; y + BLOCK < height; y += BLOCK)
    for (let x = 1; x + BLOCK < width; x += BLOCK) {
      const corners = [x, x + BLOCK].flatMap((u) => [y, y + BLOCK].map((v) => [u, v] as const));
      if (people.some((box) => corners.some(([u, v]) => inside(box, u, v)))) continue;
      let power = 0;
      for (let v = y; v < y + BLOCK; v++)
        for (let u = x; u < x + BLOCK; u++) {
          const k = v * width + u;
          power += ((data[k + 1]! - data[k - 1]!) / 2) ** 2 + ((data[k + width]! - data[k - width]!) / 2) ** 2;
        }
      if (power / (BLOCK * BLOCK) >= TEXTURE) blocks.push({ x, y });
    }
  return blocks;
}

/** A block of `before` as `after` shows it when it is carried along: differences and gradients, without the mean. */
interface Read {
  readonly difference: Float32Array;
  /** Sum of squares of the difference. */
  readonly power: number;
}

function readBlock(before: Plane, after: Plane, block: Block, carry: Carry): Read | null {
  const { width, height } = before;
  const [tx, ty, s, r] = carry;
  const [cx, cy] = [width / 2, height / 2];
  const difference = new Float32Array(BLOCK * BLOCK);
  let sum = 0;
  for (let j = 0; j < BLOCK; j++)
    for (let i = 0; i < BLOCK; i++) {
      const [x, y] = [block.x + i, block.y + j];
      const u = x + tx + s * (x - cx) - r * (y - cy);
      const v = y + ty + s * (y - cy) + r * (x - cx);
      if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) return null;
      const [x0, y0] = [Math.floor(u), Math.floor(v)];
      const [fx, fy] = [u - x0, v - y0];
      const k = y0 * width + x0;
      const d = after.data;
      const top = d[k]! + (d[k + 1]! - d[k]!) * fx;
      const low = d[k + width]! + (d[k + width + 1]! - d[k + width]!) * fx;
      const value = top + (low - top) * fy - before.data[y * width + x]!;
      difference[j * BLOCK + i] = value;
      sum += value;
    }
  const mean = sum / difference.length;
  let power = 0;
  for (let i = 0; i < difference.length; i++) {
    difference[i]! -= mean;
    power += difference[i]! ** 2;
  }
  return { difference, power };
}

/** Solves the 4x4 system `a x = b` (symmetric, positive); null when it has no one answer. */
function solve(a: Float64Array, b: Float64Array): number[] | null {
  const m = Array.from({ length: 4 }, (_, i) => [...a.subarray(i * 4, i * 4 + 4), b[i]!]);
  for (let i = 0; i < 4; i++) {
    const pivot = m[i]![i]!;
    if (!(Math.abs(pivot) > 1e-6)) return null;
    for (let j = 0; j < 4; j++) {
      if (j === i) continue;
      const factor = m[j]![i]! / pivot;
      for (let k = i; k < 5; k++) m[j]![k]! -= factor * m[i]![k]!;
    }
  }
  return m.map((row, i) => row[4]! / row[i]!);
}

/** The carry that lays most blocks of `before` over `after`: Lucas and Kanade's steps, blocks that do not fit counting less. */
function carryOf(before: Plane, after: Plane, blocks: readonly Block[], from: Carry): Carry | null {
  const { width, height } = before;
  const [cx, cy] = [width / 2, height / 2];
  let carry: Carry = from;
  for (let round = 0; round < ROUNDS; round++) {
    const a = new Float64Array(16);
    const b = new Float64Array(4);
    for (const block of blocks) {
      const read = readBlock(before, after, block, carry);
      if (read === null) continue;
      const weight = 1 / (1 + read.power / (BLOCK * BLOCK) / (4 * NOISE));
      for (let j = 0; j < BLOCK; j++)
        for (let i = 0; i < BLOCK; i++) {
          const [x, y] = [block.x + i, block.y + j];
          const k = y * width + x;
          const gx = (before.data[k + 1]! - before.data[k - 1]!) / 2;
          const gy = (before.data[k + width]! - before.data[k - width]!) / 2;
          const row = [gx, gy, gx * (x - cx) + gy * (y - cy), gy * (x - cx) - gx * (y - cy)];
          const t = read.difference[j * BLOCK + i]!;
          for (let p = 0; p < 4; p++) {
            b[p]! -= weight * row[p]! * t;
            for (let q = 0; q < 4; q++) a[p * 4 + q]! += weight * row[p]! * row[q]!;
          }
        }
    }
    // Damping: where texture has one direction only, the other must not run away.
    a[0]! += 50;
    a[5]! += 50;
    a[10]! += 50 * width * width;
    a[15]! += 50 * width * width;
    const step = solve(a, b);
    if (step === null) return null;
    carry = carry.map((v, i) => v + step[i]!) as unknown as Carry;
    if (Math.hypot(carry[0], carry[1]) > FARTHEST || Math.abs(carry[2]) > 0.1 || Math.abs(carry[3]) > 0.1) return null;
    if (Math.hypot(step[0]!, step[1]!) < 0.005) break;
  }
  return carry;
}

/** Where the room is against the first view, shrunk pixels and radians; all 0 where it stands or does not agree. */
function gone(before: Plane, after: Plane, blocks: readonly Block[], from: Carry): Carry {
  const still: Carry = [0, 0, 0, 0];
  const carry = carryOf(before, after, blocks, from);
  if (carry === null) return still;
  const [tx, ty, s, r] = carry;
  const { width, height } = before;
  let [shows, along, stands] = [0, 0, 0];
  const [xs, ys]: [number[], number[]] = [[], []];
  for (const block of blocks) {
    // What the difference should be when the room is where `carry` says and the block with it; without the mean, as differences are.
    let expected = 0;
    let sum = 0;
    for (let j = 0; j < BLOCK; j++)
      for (let i = 0; i < BLOCK; i++) {
        const [x, y] = [block.x + i, block.y + j];
        const k = y * width + x;
        const gx = (before.data[k + 1]! - before.data[k - 1]!) / 2;
        const gy = (before.data[k + width]! - before.data[k - width]!) / 2;
        const u = tx + s * (x - width / 2) - r * (y - height / 2);
        const v = ty + s * (y - height / 2) + r * (x - width / 2);
        expected += (gx * u + gy * v) ** 2;
        sum += gx * u + gy * v;
      }
    expected -= sum ** 2 / (BLOCK * BLOCK);
    if (expected < BLOCK * BLOCK * 2 * NOISE) continue;
    const [stood, moved] = [readBlock(before, after, block, still), readBlock(before, after, block, carry)];
    if (stood === null || moved === null) continue;
    shows++;
    if (stood.power <= moved.power) stands++;
    if (moved.power > EXPLAINED * stood.power) continue;
    along++;
    xs.push(block.x);
    ys.push(block.y);
  }
  if (along < BLOCKS_NEEDED || along < AGREE * shows || stands > STANDS * shows) return still;
  const wide = (Math.max(...xs) - Math.min(...xs)) / width;
  const high = (Math.max(...ys) - Math.min(...ys)) / height;
  return Math.max(wide, high) >= SPREAD ? carry : still;
}

/** The views with one more, when it is time for one. */
export function withView(views: readonly View[], { at, small, face, others = [], border = 0 }: View): readonly View[] {
  const last = views.at(-1);
  if (last !== undefined && at - last.at < VIEW_EVERY_MS) return views;
  return [...views.filter((view) => at - view.at <= VIEWS_LAST_MS), { at, small, face, others, border }].slice(
    -VIEWS_KEPT,
  );
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * How restless a way through places is: the median distance from where it rests, when it may change its place once (a camera that was
 * knocked) for nothing.
 */
function restless(way: readonly (readonly number[])[]): number {
  let best = Infinity;
  for (let cut = 0; cut < way.length; cut++) {
    const apart = [way.slice(0, cut), way.slice(cut)].flatMap((part) => {
      const middle = (part[0] ?? []).map((_, k) => median(part.map((place) => place[k]!)));
      return part.map((place) => Math.hypot(...place.map((v, k) => v - middle[k]!)));
    });
    best = Math.min(best, median(apart));
  }
  return best;
}

/**
 * How far the room wanders, pixels of the full frame: the median over the views.
 * @param views in order of time, `VIEW_EVERY_MS` apart or more
 * @returns null when there are too few of them, or too little to see beside the person
 */
export function backgroundMotion(views: readonly View[]): number | null {
  if (views.length < VIEWS_NEEDED) return null;
  const { small } = views[0]!;
  if (views.some((view) => view.small.width !== small.width || view.small.height !== small.height)) return null;
  const blocks = blocksOf(views);
  if (blocks.length < BLOCKS_NEEDED) return null;
  let from: Carry = [0, 0, 0, 0];
  const way = views.map((view, i) => {
    if (i === 0) return [0, 0, 0];
    from = gone(small, view.small, blocks, from);
    // A turn about the picture's middle counts as what it does halfway out.
    return [from[0] * SHRINK, from[1] * SHRINK, (from[3] * small.width * SHRINK) / 4];
  });
  return restless(way);
}
