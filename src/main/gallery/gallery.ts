/** Unit vectors and what is made of them. */
import * as z from 'zod';
import { Bounds, CHUNK_ROWS, MAX_PROBES, ROW_STEP, UNIT_TOLERANCE } from './bounds.ts';

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
 * Rows of float32 in chunks of 1,024, a row per template, kept without holes (the last row moves into the place of a removed
 * one). A similarity is the dot product of the probe with a row, summed in float64 and rounded to float32. A search finds
 * exactly what looking at every row would, equals in the order of their rows, and reads few of them: bounds.ts says of each
 * how similar it can be, and the rows are looked at from the highest bound down until none can be among the best any more.
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

/** Probes of one piece: with 10,000 templates a piece takes some tens of milliseconds. */
const PAIR_PROBES = 32;

export class Gallery {
  readonly dimensions: number;
  /** Floats from one row to the next: `dimensions`, filled up with zeros to what the first pass steps by. */
  readonly #stride: number;
  readonly #ids: string[] = [];
  readonly #rowOf = new Map<string, number>();
  readonly #chunks: Float32Array[] = [];
  /** Null: every row is looked at. */
  #bounds: Bounds | null;
  /** Counts removals: each may move a row. */
  #moves = 0;
  #looked = 0;

  /**
   * @param dimensions numbers in a template
   * @param options.simd false: look at every row, in plain JavaScript, even where WebAssembly SIMD is there (for tests)
   */
  constructor(dimensions = 512, options: { readonly simd?: boolean } = {}) {
    if (!Number.isInteger(dimensions) || dimensions < 1)
      throw new RangeError('dimensions must be a whole number from 1');
    this.dimensions = dimensions;
    this.#stride = Math.ceil(dimensions / ROW_STEP) * ROW_STEP;
    this.#bounds = options.simd === false ? null : Bounds.create(this.#stride);
  }

  get size(): number {
    return this.#ids.length;
  }

  /** True when the first pass runs, in WebAssembly SIMD. */
  get simd(): boolean {
    return this.#bounds !== null;
  }

  /** Threads that a large search runs on; 1 until there was one. */
  get threads(): number {
    return this.#bounds?.threads ?? 1;
  }

  /** Bytes set aside for the first pass, beside the float32 rows. */
  get extraBytes(): number {
    return this.#bounds?.bytes ?? 0;
  }

  /** How many float32 rows the last `topk` looked at, all its probes together. */
  get looked(): number {
    return this.#looked;
  }

  has(id: string): boolean {
    return this.#rowOf.has(id);
  }

  /** A copy of the template, or undefined. */
  get(id: string): Float32Array | undefined {
    const row = this.#rowOf.get(id);
    return row === undefined ? undefined : this.#row(row).slice(0, this.dimensions);
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
      if (row === this.#chunks.length * CHUNK_ROWS) this.#chunks.push(new Float32Array(CHUNK_ROWS * this.#stride));
      if (this.#bounds?.reserve(row + 1) === false) this.#withoutBounds();
      this.#ids.push(id);
      this.#rowOf.set(id, row);
    }
    const place = this.#row(row);
    place.set(template);
    this.#bounds?.set(row, place);
  }

  /** @returns whether there was one */
  delete(id: string): boolean {
    const row = this.#rowOf.get(id);
    if (row === undefined) return false;
    const last = this.#ids.length - 1;
    const moved = this.#ids[last];
    this.#row(row).set(this.#row(last));
    // What was removed must not stay in memory behind the last row.
    this.#row(last).fill(0);
    this.#bounds?.move(last, row);
    this.#ids[row] = moved;
    this.#rowOf.set(moved, row);
    this.#ids.pop();
    this.#moves++;
    this.#rowOf.delete(id);
    // One chunk too many may stay, so that coming and going at its edge costs nothing.
    if (this.#chunks.length * CHUNK_ROWS >= last + 2 * CHUNK_ROWS) this.#chunks.pop();
    return true;
  }

  clear(): void {
    for (const chunk of this.#chunks) chunk.fill(0);
    this.#bounds?.clear(this.#ids.length);
    this.#chunks.length = 0;
    this.#ids.length = 0;
    this.#moves++;
    this.#rowOf.clear();
  }

  /** Ends the threads of large searches; what is here can still be searched. */
  close(): void {
    this.#bounds?.close();
  }

  /** As `topk` for one probe. */
  search(probe: Float32Array, k: number): Hit[] {
    return this.topk([probe], k)[0];
  }

  /**
   * For each probe the `k` templates most similar to it (fewer when there are fewer), most similar first; of equals the one
   * whose row comes first. Eight probes share one pass over the rows.
   * @param probes unit vectors of `dimensions` numbers
   * @throws RangeError when one is not
   */
  topk(probes: readonly Float32Array[], k: number): Hit[][] {
    const padded = probes.map((probe) => this.#padded(probe));
    if (!Number.isInteger(k) || k < 0) throw new RangeError('k must be a whole number from 0');
    const want = Math.min(k, this.size);
    this.#looked = 0;
    if (want === 0) return probes.map(() => []);
    const hits: Hit[][] = [];
    for (let i = 0; i < padded.length; i += MAX_PROBES) {
      const some = padded.slice(i, i + MAX_PROBES);
      this.#bounds?.load(some, this.size);
      if (this.#bounds?.scanAll() === false) this.#withoutBounds();
      hits.push(...some.map((probe, index) => this.#best(probe, index, want)));
    }
    return hits;
  }

  /** What `search` finds, by looking at every row in plain JavaScript: what it is tested and measured against. */
  scan(probe: Float32Array, k: number): Hit[] {
    const best = new Best(Math.min(k, this.size));
    this.#lookAtAll(this.#padded(probe), best);
    return this.#hits(best);
  }

  #best(probe: Float32Array, index: number, want: number): Hit[] {
    const best = new Best(want);
    if (this.#bounds === null) this.#lookAtAll(probe, best);
    else {
      const greatest = this.#chunksInUse().map((chunk) => this.#bounds?.greatest(index, chunk) ?? 0);
      const order = [...greatest.keys()].sort((a, b) => greatest[b] - greatest[a]);
      for (const chunk of order) {
        if (greatest[chunk] < best.least) break;
        const bounds = this.#bounds.of(index, chunk);
        const rows: number[] = [];
        for (let i = 0; i < bounds.length; i++) if (bounds[i] >= best.least) rows.push(i);
        rows.sort((a, b) => bounds[b] - bounds[a]);
        for (const row of rows) {
          // Equal is not below: a row as similar as the last of the best may come before it.
          if (bounds[row] < best.least) break;
          best.offer(chunk * CHUNK_ROWS + row, dot(probe, this.#chunks[chunk], row * this.#stride));
          this.#looked++;
        }
      }
    }
    return this.#hits(best);
  }

  #lookAtAll(probe: Float32Array, best: Best): void {
    this.#looked += this.size;
    for (let row = 0; row < this.size; row++) best.offer(row, this.#similarity(probe, row));
  }

  #hits(best: Best): Hit[] {
    return best.rows.map((row, i) => ({ id: this.#ids[row], similarity: clamp(best.scores[i]) }));
  }

  /**
   * All pairs of templates at least `threshold` similar, each once, in no order. Done piece by piece: after each the
   * generator yields what it found, so that the caller can let others have the thread. The gallery may change meanwhile: a
   * pair of templates that were there all along is never missed, and one of the two may have changed since it was found.
   *
   * A chunk at a time: its rows stay in the processor's cache while several probes of the piece meet them, and each pair is
   * looked at once, so 10,000 templates take a second or two.
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
      for (const [probe, row] of this.#near(probes, first, threshold)) {
        if (row === probe || (first > 0 && row < probe)) continue;
        const similarity = this.#similarity(this.#row(probe), row);
        if (similarity < threshold) continue;
        const [a, b] = [this.#ids[probe], this.#ids[row]].sort() as [string, string];
        const key = `${a}\n${b}`;
        if (seen.has(key)) continue;
        seen.add(key);
        found.push({ a, b, similarity: clamp(similarity) });
      }
      yield found;
    }
  }

  /** Pairs of a probe's row and one from `first` on (or a few before it) that may be at least `threshold` similar. */
  *#near(probes: readonly number[], first: number, threshold: number): Generator<[number, number], void> {
    for (let i = 0; i < probes.length; i += MAX_PROBES) {
      const some = probes.slice(i, i + MAX_PROBES);
      const vectors = some.map((probe) => this.#row(probe));
      this.#bounds?.load(vectors, this.size);
      for (const chunk of this.#chunksInUse().slice(Math.floor(first / CHUNK_ROWS))) {
        this.#bounds?.scan(chunk);
        for (const [index, probe] of some.entries()) {
          if (this.#bounds !== null && this.#bounds.greatest(index, chunk) < threshold) continue;
          const bounds = this.#bounds?.of(index, chunk);
          const rows = Math.min(CHUNK_ROWS, this.size - chunk * CHUNK_ROWS);
          for (let row = 0; row < rows; row++)
            if (bounds === undefined || bounds[row] >= threshold) yield [probe, chunk * CHUNK_ROWS + row];
        }
      }
    }
  }

  #chunksInUse(): number[] {
    return Array.from({ length: Math.ceil(this.size / CHUNK_ROWS) }, (_, chunk) => chunk);
  }

  #row(row: number): Float32Array {
    const at = (row % CHUNK_ROWS) * this.#stride;
    return this.#chunks[Math.floor(row / CHUNK_ROWS)].subarray(at, at + this.#stride);
  }

  #similarity(probe: Float32Array, row: number): number {
    return dot(probe, this.#chunks[Math.floor(row / CHUNK_ROWS)], (row % CHUNK_ROWS) * this.#stride);
  }

  /** No memory for the bounds, or a thread is gone: from now on every row is looked at. */
  #withoutBounds(): void {
    this.#bounds?.close();
    this.#bounds = null;
  }

  #padded(probe: Float32Array): Float32Array {
    this.#check(probe);
    const padded = new Float32Array(this.#stride);
    padded.set(probe);
    return padded;
  }

  #check(vector: Float32Array): void {
    if (vector.length !== this.dimensions)
      throw new RangeError(`a vector of ${this.dimensions} numbers is needed, not of ${vector.length}`);
    // Written so that NaN and infinities fail too.
    if (!(Math.abs(lengthOf(vector) - 1) <= UNIT_TOLERANCE)) throw new RangeError('the vector is not of unit length');
  }
}

/** The dot product with the row that begins at `at`. Eight sums, so that one addition need not wait for the last. */
function dot(probe: Float32Array, rows: Float32Array, at: number): number {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < probe.length; i += 8, at += 8) {
    a += probe[i] * rows[at];
    b += probe[i + 1] * rows[at + 1];
    c += probe[i + 2] * rows[at + 2];
    d += probe[i + 3] * rows[at + 3];
    e += probe[i + 4] * rows[at + 4];
    f += probe[i + 5] * rows[at + 5];
    g += probe[i + 6] * rows[at + 6];
    h += probe[i + 7] * rows[at + 7];
  }
  return Math.fround(a + b + (c + d) + (e + f) + (g + h));
}

const clamp = (cosine: number): number => Math.max(-1, Math.min(1, cosine));

/** The rows with the highest scores of those offered, in any order, highest first; of equals the one with the lower number. */
class Best {
  readonly rows: number[] = [];
  readonly scores: number[] = [];
  readonly #want: number;

  constructor(want: number) {
    this.#want = want;
  }

  /** What a row must reach to be taken, and exceed if its number is higher than that of the last one. */
  get least(): number {
    return this.rows.length < this.#want ? -Infinity : this.scores[this.rows.length - 1];
  }

  offer(row: number, score: number): void {
    if (score < this.least) return;
    const { rows, scores } = this;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scores[middle] > score || (scores[middle] === score && rows[middle] < row)) low = middle + 1;
      else high = middle;
    }
    rows.splice(low, 0, row);
    scores.splice(low, 0, score);
    if (rows.length > this.#want) {
      rows.pop();
      scores.pop();
    }
  }
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
