/** Unit vectors and what is made of them. */
import * as z from 'zod';
import { PAGE, ROW_STEP, simdKernel, type SimdKernel } from './simd.ts';

/** How far from 1 the length of a "unit" vector may be: float32 rounding over 512 numbers, and a good deal more. */
const UNIT_TOLERANCE = 1e-3;

/** Euclidean length, summed in float64. */
export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

/** Cosine of the angle between two unit vectors of the same length, -1 to 1. */
export function similarity(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError('vectors of different lengths can not be compared');
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return Math.max(-1, Math.min(1, sum));
}

/**
 * A person's template: the mean of their samples' unit vectors, made unit length again.
 * @param samples at least one; each of unit length and of the same number of dimensions
 * @throws RangeError when there is none, when one is not a unit vector, or when they cancel each other out (opposite
 *   vectors have no direction between them; faces of one person never come near that)
 */
export function meanTemplate(samples: readonly Float32Array[]): Float32Array {
  const first = samples[0];
  if (first === undefined) throw new RangeError('a template needs at least one sample');
  const sum = new Float64Array(first.length);
  for (const sample of samples) {
    if (sample.length !== first.length) throw new RangeError('samples of different lengths make no template');
    // Written so that NaN fails too.
    if (!(Math.abs(lengthOf(sample) - 1) <= UNIT_TOLERANCE)) throw new RangeError('a sample is not of unit length');
    for (let i = 0; i < sum.length; i++) sum[i] += sample[i];
  }
  const length = Math.hypot(...sum);
  if (!(length / samples.length > UNIT_TOLERANCE)) throw new RangeError('the samples cancel each other out');
  return Float32Array.from(sum, (x) => x / length);
}

/*
 * All templates, ready to be searched: vectors in, candidates out.
 *
 * One contiguous block of float32, a row per template, grown by doubling and kept without holes (the last row moves into
 * the place of a removed one). A search is the dot product of the probe with every row: exact, no index, nothing to go stale.
 */

/** A template's id and its cosine similarity with the probe, -1 to 1. */
interface Hit {
  readonly id: string;
  readonly similarity: number;
}

/** Two different templates and their cosine similarity; `a` < `b` as strings. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly similarity: number;
}

/** Rows that meet each other in the cache: 256 of 512 float32 are 512 KiB. */
const PAIR_TILE = 256;
/** Probes of one piece: with 10,000 templates a piece takes some tens of milliseconds. */
const PAIR_PROBES = 32;

/** Rows that an empty gallery has room for. */
const FIRST_ROWS = 64;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;

export class Gallery {
  readonly dimensions: number;
  /** Floats from one row to the next: `dimensions`, filled up with zeros to what the kernel steps by. */
  readonly #stride: number;
  readonly #ids: string[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #kernel: SimdKernel | null;
  /** Counts removals: each may move a row. */
  #moves = 0;
  #capacity = 0;
  // In this order in one block: the probe, the scores, the rows.
  #probe = new Float32Array(0);
  #scores = new Float32Array(0);
  #rows = new Float32Array(0);

  /**
   * @param dimensions numbers in a template
   * @param options.simd false: plain JavaScript even where WebAssembly SIMD is there (for tests)
   */
  constructor(dimensions = 512, options: { readonly simd?: boolean } = {}) {
    if (!Number.isInteger(dimensions) || dimensions < 1)
      throw new RangeError('dimensions must be a whole number from 1');
    this.dimensions = dimensions;
    const step = ROW_STEP / FLOAT;
    this.#stride = Math.ceil(dimensions / step) * step;
    this.#kernel = options.simd === false ? null : simdKernel(1);
    this.#reserve(FIRST_ROWS);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** True when searches run in WebAssembly SIMD. */
  get simd(): boolean {
    return this.#kernel !== null;
  }

  has(id: string): boolean {
    return this.#rowOf.has(id);
  }

  /** A copy of the template, or undefined. */
  get(id: string): Float32Array | undefined {
    const row = this.#rowOf.get(id);
    if (row === undefined) return undefined;
    return this.#rows.slice(row * this.#stride, row * this.#stride + this.dimensions);
  }

  ids(): readonly string[] {
    return [...this.#ids];
  }

  /**
   * Adds a template or replaces the one of this id.
   * @param template a unit vector of `dimensions` numbers; it is copied
   * @throws RangeError for any other: a template that is not of unit length would win or lose every comparison
   */
  set(id: string, template: Float32Array): void {
    this.#check(template);
    let row = this.#rowOf.get(id);
    if (row === undefined) {
      row = this.#ids.length;
      if (row === this.#capacity) this.#reserve(this.#capacity * 2);
      this.#ids.push(id);
      this.#rowOf.set(id, row);
    }
    this.#rows.set(template, row * this.#stride);
  }

  /** @returns whether there was one */
  delete(id: string): boolean {
    const row = this.#rowOf.get(id);
    if (row === undefined) return false;
    const last = this.#ids.length - 1;
    const moved = this.#ids[last];
    this.#rows.copyWithin(row * this.#stride, last * this.#stride, (last + 1) * this.#stride);
    // What was removed must not stay in memory behind the last row.
    this.#rows.fill(0, last * this.#stride, (last + 1) * this.#stride);
    this.#ids[row] = moved;
    this.#rowOf.set(moved, row);
    this.#ids.pop();
    this.#moves++;
    this.#rowOf.delete(id);
    return true;
  }

  clear(): void {
    this.#rows.fill(0, 0, this.#ids.length * this.#stride);
    this.#ids.length = 0;
    this.#moves++;
    this.#rowOf.clear();
  }

  /**
   * The `k` templates most similar to `probe` (fewer when there are fewer), most similar first; of equals the one
   * whose row comes first.
   * @param probe a unit vector of `dimensions` numbers
   * @throws RangeError when it is not one
   */
  search(probe: Float32Array, k: number): Hit[] {
    this.#check(probe);
    if (!Number.isInteger(k) || k < 0) throw new RangeError('k must be a whole number from 0');
    const count = this.#ids.length;
    const want = Math.min(k, count);
    if (want === 0) return [];
    this.#probe.set(probe);
    if (this.#kernel === null) dots(this.#probe, this.#rows, count, this.#stride, this.#scores);
    else {
      const [p, rows, out] = [this.#probe.byteOffset, this.#rows.byteOffset, this.#scores.byteOffset];
      this.#kernel.dots(p, rows, count, this.#stride * FLOAT, out);
    }
    return top(this.#scores, count, want).map((row) => ({
      id: this.#ids[row],
      similarity: Math.max(-1, Math.min(1, this.#scores[row])),
    }));
  }

  /**
   * All pairs of templates at least `threshold` similar, each once, in no order. Done piece by piece: after each the
   * generator yields what it found, so that the caller can let others have the thread. The gallery may change meanwhile: a
   * pair of templates that were there all along is never missed, and one of the two may have changed since it was found.
   *
   * Tile by tile: some hundred rows stay in the processor's cache while every probe of the piece meets them, and each pair
   * is looked at once, so 10,000 templates take some seconds and not a minute.
   */
  *pairs(threshold: number): Generator<readonly Pair[], void> {
    const ids = [...this.#ids];
    const seen = new Set<string>();
    const version = this.#moves;
    for (let start = 0; start < ids.length; start += PAIR_PROBES) {
      const found: Pair[] = [];
      const probes = ids.slice(start, start + PAIR_PROBES).flatMap((id) => this.#rowOf.get(id) ?? []);
      // While no row has moved, whatever lies above a probe has met it already.
      const first = this.#moves === version ? start : 0;
      for (let tile = first; tile < this.#ids.length; tile += PAIR_TILE) {
        const count = Math.min(PAIR_TILE, this.#ids.length - tile);
        for (const probe of probes) {
          this.#score(probe, tile, count);
          for (let i = 0; i < count; i++) {
            const row = tile + i;
            const similarity = this.#scores[i];
            if (similarity < threshold || row === probe || (first > 0 && row < probe)) continue;
            const [a, b] = [this.#ids[probe], this.#ids[row]].sort() as [string, string];
            const key = `${a}\n${b}`;
            if (seen.has(key)) continue;
            seen.add(key);
            found.push({ a, b, similarity: Math.min(1, similarity) });
          }
        }
      }
      yield found;
    }
  }

  /** The dot products of a row with `count` rows from `first` on, into the first scores. */
  #score(probe: number, first: number, count: number): void {
    const stride = this.#stride;
    const row = this.#rows.subarray(probe * stride, (probe + 1) * stride);
    if (this.#kernel === null) dots(row, this.#rows.subarray(first * stride), count, stride, this.#scores);
    else {
      const rows = this.#rows.byteOffset + first * stride * FLOAT;
      this.#kernel.dots(row.byteOffset, rows, count, stride * FLOAT, this.#scores.byteOffset);
    }
  }

  #check(vector: Float32Array): void {
    if (vector.length !== this.dimensions)
      throw new RangeError(`a vector of ${this.dimensions} numbers is needed, not of ${vector.length}`);
    // Written so that NaN and infinities fail too.
    if (!(Math.abs(lengthOf(vector) - 1) <= UNIT_TOLERANCE)) throw new RangeError('the vector is not of unit length');
  }

  /** Room for `capacity` rows, keeping what is there. */
  #reserve(capacity: number): void {
    const scoresAt = this.#stride;
    const rowsAt = scoresAt + Math.ceil(capacity / 8) * 8;
    const floats = rowsAt + capacity * this.#stride;
    const used = this.#rows.subarray(0, this.#ids.length * this.#stride);
    let block: ArrayBuffer;
    if (this.#kernel === null) {
      block = new ArrayBuffer(floats * FLOAT);
      new Float32Array(block).set(used, rowsAt);
    } else {
      const { memory } = this.#kernel;
      const from = this.#rows.byteOffset;
      const bytes = used.byteLength;
      const more = Math.ceil((floats * FLOAT) / PAGE) - memory.buffer.byteLength / PAGE;
      // Grows in place: V8 has set the addresses aside. The views on the old buffer end here.
      if (more > 0) memory.grow(more);
      block = memory.buffer;
      new Uint8Array(block).copyWithin(rowsAt * FLOAT, from, from + bytes);
    }
    this.#probe = new Float32Array(block, 0, this.#stride);
    this.#scores = new Float32Array(block, scoresAt * FLOAT, capacity);
    this.#rows = new Float32Array(block, rowsAt * FLOAT, capacity * this.#stride);
    // Old rows may lie where the scores now are.
    this.#scores.fill(0);
    this.#capacity = capacity;
  }
}

/** The same as the kernel's `dots`, in plain JavaScript. Eight sums, so that one addition need not wait for the last. */
function dots(probe: Float32Array, rows: Float32Array, count: number, stride: number, out: Float32Array): void {
  for (let row = 0, at = 0; row < count; row++) {
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < stride; i += 8, at += 8) {
      a += probe[i] * rows[at];
      b += probe[i + 1] * rows[at + 1];
      c += probe[i + 2] * rows[at + 2];
      d += probe[i + 3] * rows[at + 3];
      e += probe[i + 4] * rows[at + 4];
      f += probe[i + 5] * rows[at + 5];
      g += probe[i + 6] * rows[at + 6];
      h += probe[i + 7] * rows[at + 7];
    }
    out[row] = a + b + (c + d) + (e + f) + (g + h);
  }
}

/** The places of the `k` largest of the first `count` scores, largest first. k is small: a short sorted list will do. */
function top(scores: Float32Array, count: number, k: number): number[] {
  const best: number[] = [];
  let least = -Infinity;
  for (let row = 0; row < count; row++) {
    const score = scores[row];
    if (best.length === k && score <= least) continue;
    if (best.length === k) best.pop();
    let at = best.length;
    while (at > 0 && scores[best[at - 1]] < score) at--;
    best.splice(at, 0, row);
    least = scores[best[best.length - 1]];
  }
  return best;
}

// From candidates to a decision.

/**
 * How much more similar than the second candidate the first must be, in cosine.
 * The threshold answers "is this somebody?"; the margin answers "is it this one and not that one?". Two look-alikes whom the
 * threshold would both let pass lie closer together than one more picture moves them. On 24 people with templates of five
 * pictures (galleries of 3, 8 and 23, both embedders) no genuine probe that passed the threshold was refused by 0.05, and
 * 1 in 250 was by 0.08; of strangers' probes half have a gap below 0.05 to 0.07, so it also stops some that pass by luck.
 */
export const MARGIN = 0.05;

export type Decision = 'match' | 'unknown' | 'ambiguous';

/**
 * `unknown` when no candidate reaches the threshold; `ambiguous` when the first does but the second is closer to it than
 * the margin; `match` otherwise, so also when there is no second.
 * @param candidates most similar first, of different people
 */
export function decide(
  candidates: readonly { readonly similarity: number }[],
  threshold: number,
  margin: number = MARGIN,
): Decision {
  const [first, second] = candidates;
  // Written so that NaN is unknown.
  if (first === undefined || !(first.similarity >= threshold)) return 'unknown';
  if (second !== undefined && first.similarity - second.similarity < margin) return 'ambiguous';
  return 'match';
}

/** Which embedder made a vector: vectors of different models are never compared. */
export const modelRefSchema = z.object({ id: z.string(), sha256: z.string() });
export type ModelRef = z.infer<typeof modelRefSchema>;
export const sameModel = (a: ModelRef, b: ModelRef): boolean => a.sha256 === b.sha256;

export const DIMENSIONS = 512;
const VECTOR_BYTES = DIMENSIONS * 4;
/** Vectors on disk: base64 of 512 little-endian float32. */
export const vectorSchema = z.string().length(Math.ceil(VECTOR_BYTES / 3) * 4);

/** @param vector 512 float32 */
export function packVector(vector: Float32Array): string {
  const bytes = Buffer.alloc(VECTOR_BYTES);
  for (let i = 0; i < DIMENSIONS; i++) bytes.writeFloatLE(vector[i] ?? 0, i * 4);
  return bytes.toString('base64');
}

export function unpackVector(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  const vector = new Float32Array(DIMENSIONS);
  for (let i = 0; i < DIMENSIONS; i++) vector[i] = bytes.readFloatLE(i * 4);
  return vector;
}
