/**
 * The first of a search's two passes: for every row the highest similarity with the probe that it can have, from a quarter of
 * the memory. The second pass reads float32 rows only where that bound reaches the best found so far.
 *
 * A row x is kept as c, int8, and a step s: x' = s c, and the length of what is left out, r = |x - x'|. A probe q becomes
 * q' = t p, p int16. Then q.x = q'.x' + q'.(x - x') + (q - q').x, so by Cauchy and Schwarz
 *
 *     q.x <= s t (c.p) + |q'| r + |q - q'| |x|
 *
 * c.p is exact in int32. r and |q'| are rounded up; `SLACK` covers the rest: the lengths on the right are below 2.002 (rounding to
 * the nearest code never moves a number further than it is from 0), so no term is above 4.1, and nine float32 roundings of at
 * most 2^-24 of that, with the one of the similarity itself, make less than 2e-6.
 *
 * The pass is bound by memory: 512 bytes a row. It runs on all cores once a gallery is so large that waking the others pays;
 * they share the memory, sleep in it between searches (Atomics.wait) and take chunks of 1,024 rows from one counter. The
 * calling thread takes part, and waits only for chunks already begun: some 30 microseconds.
 *
 * Top 5 of 100,000 x 512 on two cores of an EPYC (`npm run bench -- --gallery`, both cores free): 3.3 ms, 8 probes at a time
 * 16.6, the plain float32 scan 64; of 1,000,000 x 512: 29, 153, 884; 583 MB beside 2,048. About 20 float32 rows are read.
 * Looked at instead, each over the same 100,000 int8 rows in one run with two threads: usearch 2.25.3 `exactSearch` 3.3 ms,
 * about as fast, but with no bound, so not exact, and without binaries for Windows or Node 20; onnxruntime-node 1.30.0
 * MatMulInteger 21; SimSIMD 6.5.5, a call a row and one thread, 15; float32 on one thread, as it was here before, 23.
 * Relaxed SIMD dot products halve the arithmetic and gain nothing: 36 ns a row from memory either way.
 *
 * The inner loop is kernel.wat, assembled by the devDependency wabt into `MODULE` (tests/unit/gallery-bounds.test.ts keeps the
 * two the same, and prints what to put here).
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** kernel.wat assembled, base64. */
export const MODULE =
  'AGFzbQEAAAABEQNgBX9/f39/AXtgAX8AYAAAAhIBA2VudgZtZW1vcnkCAwGAgAQDBQQAAQICBxcDBHNjYW4AAQR3b3JrAAIFc2VydmUAAwq6BgTOAwIGfwZ7IAAgAWohCCAIIAFqIQkgCSABaiEKIAogAWohByACQRBqIQUgBSABQQF0aiEGA0AgBy0AABogB0HAAGohByAF/QAEACEPIAX9AAQQIRAgCyAA/QEDACAP/boBIAD9AQMIIBD9ugH9rgH9rgEhCyAMIAj9AQMAIA/9ugEgCP0BAwggEP26Af2uAf2uASEMIA0gCf0BAwAgD/26ASAJ/QEDCCAQ/boB/a4B/a4BIQ0gDiAK/QEDACAP/boBIAr9AQMIIBD9ugH9rgH9rgEhDiAAQRBqIQAgCEEQaiEIIAlBEGohCSAKQRBqIQogBUEgaiIFIAZJDQALIAsgDP0NAAECAxAREhMEBQYHFBUWFyALIAz9DQgJCgsYGRobDA0ODxwdHh/9rgEhDyANIA79DQABAgMQERITBAUGBxQVFhcgDSAO/Q0ICQoLGBkaGwwNDg8cHR4f/a4BIRAgDyAQ/Q0AAQIDBAUGBxAREhMUFRYXIA8gEP0NCAkKCwwNDg8YGRobHB0eH/2uASEPIA/9+gEgA/0ABAD95gEgAv0JAgD95gEgA/0ABIAgIAL9CQIE/eYBIAL9CQII/eQB/eQBIQ8gBCAP/QsEACAPC4ACAQl/QQAoAsgBIQNBACgC1AEhBUEAKALEASAAQQp0QQNra0ECdiEEIARBgAJLBEBBgAIhBAtBACgC0AEgAEEAKALMAWxqIQEgASADQQp0aiECIAJBgMACaiEHA0AgByAIQQR0av0MAACA/wAAgP8AAID/AACA//0LBAAgCEEBaiIIIAVJDQALA0BBACEIQYAIIQkgAkGAwABqIQYDQCAHIAhBBHRqIAcgCEEEdGr9AAQAIAEgAyAJIAIgBhAA/ekB/QsEACAJQQAoAtgBaiEJIAZBgCBqIQYgCEEBaiIIIAVJDQALIAEgA0ECdGohASACQRBqIQIgBEEBayIEDQALC0cBAn8DQEHAAEEB/iUCAEEBayEAIABBAE4EQEEAKALAASEBIAAQAUGAAUEB/h4CAEEBaiABRgRAQYABQQH+AAIAGgsMAQsLCx4BAX8DQEEA/hACACEAEAJBACAAQn/+AQIAGgwACws=';

interface Kernel {
  /** The bounds of this chunk's rows. */
  readonly scan: (chunk: number) => void;
  /** The same for whichever chunks are still to be taken. */
  readonly work: () => void;
}

/** Rows that are scanned, and looked through, together. */
export const CHUNK_ROWS = 1024;
/** Probes that one pass over the rows can serve. */
export const MAX_PROBES = 8;
/** How far from 1 the length of a "unit" vector may be: float32 rounding over 512 numbers, and a good deal more. */
export const UNIT_TOLERANCE = 1e-3;
/** Numbers in a row are a multiple of this. */
export const ROW_STEP = 16;

const SLACK = 2e-6;
/** A double so multiplied is, as a float32, not below what it was. */
const UP = 1 + 2 ** -22;
/** With fewer rows one thread is done before a second one is awake. */
const THREADS_FROM = 16 * CHUNK_ROWS;
/** Memory has no more to give to more threads than that. */
const MAX_THREADS = 8;
/** A chunk takes some microseconds: a thread that has not done its last one by then never will. */
const LONGEST_WAIT_MS = 10_000;
/** WebAssembly's page, and how many of them 32-bit addresses reach: 4 GiB, 7.7 million rows of 512. */
const PAGE = 65_536;
const MAX_PAGES = 65_536;

// The header, in int32s; kernel.wat has the same in bytes.
const JOB = 0;
const LEFT = 16;
const DONE = 32;
const CHUNKS = 48;
const ROWS = 49;
const ROW_BYTES = 50;
const CHUNK_BYTES = 51;
const FIRST_CHUNK = 52;
const PROBES = 53;
const PROBE_BYTES = 54;
const PROBES_AT = 1024;

let compiled: WebAssembly.Module | null | undefined;
/** Compiled once, or null where there is no WebAssembly SIMD or no shared memory. */
function kernelModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    const bytes = Buffer.from(MODULE, 'base64');
    compiled = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  }
  return compiled;
}

/** A thread needs no file: a bundle, an asar archive and a test on sources would each have it elsewhere. */
const THREAD = `
const { module, memory } = require('node:worker_threads').workerData;
new WebAssembly.Instance(module, { env: { memory } }).exports.serve();`;

export class Bounds {
  /** Numbers in a row: a multiple of `ROW_STEP`. */
  readonly #stride: number;
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #kernel: Kernel;
  readonly #chunkBytes: number;
  readonly #firstChunk: number;
  /** The largest code of a probe: the sum of `stride` products with 127 stays below 2^31. */
  readonly #largest: number;
  #bytes = new Int8Array(0);
  #floats = new Float32Array(0);
  #header = new Int32Array(0);
  #threads: Worker[] | null = null;
  #closed = false;

  /** @returns null where there is no WebAssembly SIMD, or no memory for it */
  static create(stride: number): Bounds | null {
    try {
      const module = kernelModule();
      return module === null ? null : new Bounds(stride, module);
    } catch {
      return null;
    }
  }

  private constructor(stride: number, module: WebAssembly.Module) {
    this.#stride = stride;
    this.#module = module;
    this.#chunkBytes = CHUNK_ROWS * (stride + 4 + 4 + 4 * MAX_PROBES) + 16 * MAX_PROBES;
    const probeBytes = 16 + 2 * stride;
    this.#firstChunk = PROBES_AT + Math.ceil((MAX_PROBES * probeBytes) / 64) * 64;
    this.#largest = Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * stride)));
    const initial = Math.ceil(this.#bytesFor(1) / PAGE);
    this.#memory = new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true });
    this.#kernel = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as unknown as Kernel;
    this.#view();
    this.#header[ROW_BYTES] = stride;
    this.#header[CHUNK_BYTES] = this.#chunkBytes;
    this.#header[FIRST_CHUNK] = this.#firstChunk;
    this.#header[PROBE_BYTES] = probeBytes;
  }

  /** Bytes set aside; those never written to are not in memory yet. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Threads that take part in a large search, the calling one included. */
  get threads(): number {
    return 1 + (this.#threads?.length ?? 0);
  }

  /** @returns whether there is room for so many rows now; the memory grows in place */
  reserve(rows: number): boolean {
    const bytes = this.#bytesFor(rows);
    const pages = Math.ceil(bytes / PAGE) - this.bytes / PAGE;
    if (pages <= 0) return true;
    try {
      // An eighth more than needed, so that it need not grow often.
      const spare = Math.min(Math.floor(bytes / PAGE / 8), MAX_PAGES - this.bytes / PAGE - pages);
      this.#memory.grow(pages + Math.max(0, spare));
    } catch {
      return false;
    }
    this.#view();
    return true;
  }

  #bytesFor(rows: number): number {
    // The kernel touches four rows more than there are.
    return this.#chunkAt(Math.ceil(rows / CHUNK_ROWS)) + 4 * this.#stride;
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.#bytes = new Int8Array(buffer);
    this.#floats = new Float32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
    this.#header = new Int32Array(buffer, 0, PROBES_AT / 4);
  }

  #chunkAt(chunk: number): number {
    return this.#firstChunk + chunk * this.#chunkBytes;
  }
  #codesAt(row: number): number {
    return this.#chunkAt(Math.floor(row / CHUNK_ROWS)) + (row % CHUNK_ROWS) * this.#stride;
  }
  /** Where in `#floats` a row's step is; its error is `CHUNK_ROWS` further on. */
  #stepAt(row: number): number {
    return (this.#chunkAt(Math.floor(row / CHUNK_ROWS)) + CHUNK_ROWS * this.#stride) / 4 + (row % CHUNK_ROWS);
  }

  /** @param vector of unit length, zeros behind its dimensions up to `stride`; there must be room for the row */
  set(row: number, vector: Float32Array): void {
    const at = this.#codesAt(row);
    const { step, error } = quantise(vector, 127, this.#bytes.subarray(at, at + this.#stride));
    const stepAt = this.#stepAt(row);
    this.#floats[stepAt] = step;
    this.#floats[stepAt + CHUNK_ROWS] = error * UP;
  }

  /** Row `from` takes the place of `to`, and its own becomes zeros: what was removed does not stay in memory. */
  move(from: number, to: number): void {
    const [codes, step] = [this.#codesAt(from), this.#stepAt(from)];
    this.#bytes.copyWithin(this.#codesAt(to), codes, codes + this.#stride);
    this.#bytes.fill(0, codes, codes + this.#stride);
    for (const meta of [0, CHUNK_ROWS]) {
      this.#floats[this.#stepAt(to) + meta] = this.#floats[step + meta];
      this.#floats[step + meta] = 0;
    }
  }

  /** Zeros where the first `rows` rows, their bounds and the last probes are. */
  clear(rows: number): void {
    this.#bytes.fill(0, PROBES_AT, this.#chunkAt(Math.ceil(rows / CHUNK_ROWS)));
  }

  /** @param probes 1 to `MAX_PROBES` unit vectors as in `set`: what the next passes compare the first `rows` rows with */
  load(probes: readonly Float32Array[], rows: number): void {
    const probeBytes = this.#header[PROBE_BYTES];
    probes.forEach((probe, index) => {
      const at = PROBES_AT + index * probeBytes;
      const codes = new Int16Array(this.#memory.buffer, at + 16, this.#stride);
      const { step, error, length } = quantise(probe, this.#largest, codes);
      this.#floats[at / 4] = step;
      this.#floats[at / 4 + 1] = length * UP;
      this.#floats[at / 4 + 2] = (error * (1 + UNIT_TOLERANCE) + SLACK) * UP;
    });
    this.#header[PROBES] = probes.length;
    this.#header[ROWS] = rows;
    this.#header[CHUNKS] = Math.ceil(rows / CHUNK_ROWS);
  }

  /** The bounds of one chunk, on this thread. */
  scan(chunk: number): void {
    this.#kernel.scan(chunk);
  }

  /**
   * The bounds of all rows, with the help of the other threads where there are many.
   * @returns false when one of them has died, and nothing here can be relied on any more
   */
  scanAll(): boolean {
    const header = this.#header;
    const chunks = header[CHUNKS];
    if (header[ROWS] < THREADS_FROM || this.#start().length === 0) {
      for (let chunk = 0; chunk < chunks; chunk++) this.#kernel.scan(chunk);
      return true;
    }
    Atomics.store(header, DONE, 0);
    // From here on whoever is awake takes part.
    Atomics.store(header, LEFT, chunks);
    Atomics.add(header, JOB, 1);
    Atomics.notify(header, JOB);
    this.#kernel.work();
    for (let done: number; (done = Atomics.load(header, DONE)) < chunks;)
      if (Atomics.wait(header, DONE, done, LONGEST_WAIT_MS) === 'timed-out') return false;
    return true;
  }

  /** The bounds that the last pass found for a chunk: a view, for rows up to the last one. */
  of(probe: number, chunk: number): Float32Array {
    const at = this.#chunkAt(chunk) + CHUNK_ROWS * (this.#stride + 8 + 4 * probe);
    const rows = Math.min(CHUNK_ROWS, this.#header[ROWS] - chunk * CHUNK_ROWS);
    return this.#floats.subarray(at / 4, at / 4 + rows);
  }

  /** None of a chunk's bounds is above this. */
  greatest(probe: number, chunk: number): number {
    const at = (this.#chunkAt(chunk) + CHUNK_ROWS * (this.#stride + 8 + 4 * MAX_PROBES) + 16 * probe) / 4;
    const f = this.#floats;
    return Math.max(f[at], f[at + 1], f[at + 2], f[at + 3]);
  }

  /** The threads end; searches go on, on the calling one. */
  close(): void {
    this.#closed = true;
    for (const thread of this.#threads ?? []) void thread.terminate();
    this.#threads = [];
  }

  /** Starts the other threads, once. Nobody waits for them: one that is ready takes chunks. */
  #start(): readonly Worker[] {
    if (this.#threads !== null || this.#closed) return this.#threads ?? [];
    const count = Math.min(MAX_THREADS, availableParallelism()) - 1;
    const workerData = { module: this.#module, memory: this.#memory };
    this.#threads = Array.from({ length: count }, () => {
      const thread = new Worker(THREAD, { eval: true, execArgv: [], workerData });
      // One that can not start is not missed.
      thread.on('error', () => undefined);
      thread.unref();
      return thread;
    });
    return this.#threads;
  }
}

/**
 * The nearest multiples of a step that reaches the largest number with the code `largest`.
 * @param codes takes the codes
 * @returns the step (a float32), the length of the difference, and the length of what the codes stand for
 */
function quantise(vector: Float32Array, largest: number, codes: Int8Array | Int16Array) {
  let most = 0;
  for (let i = 0; i < vector.length; i++) {
    const size = Math.abs(vector[i]);
    if (size > most) most = size;
  }
  const step = Math.fround(most / largest);
  const perStep = 1 / step;
  let errors = 0;
  let squares = 0;
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i];
    const code = Math.round(x * perStep);
    const value = code * step;
    const error = x - value;
    codes[i] = code;
    errors += error * error;
    squares += value * value;
  }
  return { step, error: Math.sqrt(errors), length: Math.sqrt(squares) };
}
