/** How fast a search is, measured beside the loop that one would write first. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import type { FrameReply } from '../../../shared/calls.ts';
import type { CheckInView } from '../../../shared/domain.ts';
import { LintelError } from '../../../shared/errors.ts';
import { Gallery, lengthOf } from '../../gallery/gallery.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { benchVision, type Timing, timingOf } from '../../vision/bench.ts';
import type { VisionModels } from '../../vision/vision.ts';
import { benchLoad, benchStart } from './bench-process.ts';
import { readPicture } from './recognise.ts';
import { type Answer, note, startProgress, type Terminal } from './terminal.ts';

interface GalleryBench {
  readonly templates: number;
  readonly dimensions: number;
  readonly k: number;
  /** True when the searches ran in WebAssembly SIMD. */
  readonly simd: boolean;
  /** Milliseconds per search. */
  readonly gallery: { readonly p50: number; readonly p95: number };
  /** The same in plain JavaScript over the same contiguous array. */
  readonly plain: { readonly p50: number; readonly p95: number };
  /** The same over an array of arrays of numbers, sorted whole. */
  readonly naive: { readonly p50: number; readonly p95: number };
}

/** Random unit vectors from a small generator with a seed: the same on every machine. */
export function randomUnitVectors(dimensions: number, seed = 1): () => Float32Array {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    // Sums of four uniforms are near enough to normal for directions spread evenly.
    const vector = Float32Array.from({ length: dimensions }, () => next() + next() + next() + next() - 2);
    const length = lengthOf(vector);
    return vector.map((x) => x / length);
  };
}

/** Times `runs` searches for the best `k` of `templates` random templates. Takes some seconds and about 1 GB. */
export function benchGallery(templates = 100_000, dimensions = 512, k = 5, runs = 40): GalleryBench {
  const random = randomUnitVectors(dimensions);
  const fast = new Gallery(dimensions);
  const plain = new Gallery(dimensions, { simd: false });
  const naive: { id: string; vector: number[] }[] = [];
  for (let i = 0; i < templates; i++) {
    const vector = random();
    const id = `t${i}`;
    fast.set(id, vector);
    plain.set(id, vector);
    naive.push({ id, vector: [...vector] });
  }
  const probes = Array.from({ length: runs }, random);
  const naiveSearch = (probe: Float32Array): unknown =>
    naive
      .map(({ id, vector }) => ({ id, similarity: vector.reduce((sum, x, i) => sum + x * probe[i], 0) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k);
  return {
    templates,
    dimensions,
    k,
    simd: fast.simd,
    gallery: timed(probes, (probe) => fast.search(probe, k)),
    plain: timed(probes, (probe) => plain.search(probe, k)),
    naive: timed(probes.slice(0, Math.max(3, runs >> 2)), naiveSearch),
  };
}

function timed(
  probes: readonly Float32Array[],
  search: (probe: Float32Array) => unknown,
): { p50: number; p95: number } {
  // The first few let the compiler warm up.
  for (const probe of probes.slice(0, 3)) search(probe);
  const times = probes.map((probe) => {
    const start = performance.now();
    search(probe);
    return performance.now() - start;
  });
  times.sort((a, b) => a - b);
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))];
  return { p50: at(0.5), p95: at(0.95) };
}

// `lintel bench`: how fast it is on this machine, with everything as it runs in a kiosk.

const WIDTH = 640;
const HEIGHT = 480;
const WARM_UP = 20;
const FRAMES = 150;
const ROUNDS = 150;

interface BenchOptions {
  readonly terminal: Terminal;
  readonly root: string;
  /** A picture with one face; null: one of those at hand. */
  readonly picture: string | null;
  /** A kiosk as a host opens it: models in a process of their own. */
  readonly open: (dataDir: string, onVision?: (pid: number) => void) => Promise<Kiosk>;
  /** @throws LintelError `model-missing`, `model-damaged` */
  readonly models: () => Promise<VisionModels>;
}

export async function bench(options: BenchOptions): Promise<Answer> {
  const { terminal } = options;
  const picture = options.picture ?? pictureAtHand(options.root);
  const bytes = await readPicture(terminal.cwd, picture);
  const frame = await sharp(bytes)
    .rotate()
    .resize({ width: WIDTH, height: HEIGHT, fit: 'cover' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer()
    .catch((error: unknown) => {
      throw new LintelError('not-a-picture.bench', undefined, { cause: error });
    });

  const data = new Uint8Array(frame);
  const models = await options.models();

  note(terminal, `seeing: ${ROUNDS} rounds ...`);
  const progress = startProgress(terminal, 'rounds', ROUNDS);
  const vision = await benchVision(models, [{ width: WIDTH, height: HEIGHT, channels: 4, data }], {
    rounds: ROUNDS,
    onProgress: () => progress.step(),
  }).finally(() => progress.stop());
  note(terminal, 'gallery: 100,000 templates ...');
  const gallery = benchGallery();
  note(terminal, `camera frame to decision: ${FRAMES} frames ...`);
  const arrival = await benchArrival(options, bytes, data);
  const { start, load } = await benchProcesses(options, resolve(terminal.cwd, picture), bytes, data);

  return {
    json: {
      picture: basename(picture),
      models: { detector: models.detector.id, embedder: models.embedder.id },
      vision,
      gallery,
      frameToDecision: arrival,
      start,
      cpuSecondsPerMinute: load,
    },
    text: [
      `Milliseconds, p50 / p95. ${models.detector.id}, ${models.embedder.id}, ${vision.threads} threads.`,
      `Seeing, one frame of ${WIDTH}x${HEIGHT} (${vision.faces} face${vision.faces === 1 ? '' : 's'}), in one process: ${both(vision.pipeline)}`,
      ...Object.entries(vision.stages).map(([stage, timing]) => `  ${stage.padEnd(10)} ${both(timing)}`),
      `  the bare models: detector ${both(vision.bareDetector)}, embedder ${both(vision.bareEmbedder)}`,
      `  ratio of the pipeline to the bare models: ${vision.ratio.toFixed(3)}`,
      `  frames a second, by these p50: letterboxed into a square ${rate(vision.square.p50)} (${both(vision.square)}), ` +
        `as the frame is ${rate(vision.pipeline.p50)}, while a face is followed ${rate(vision.followed.p50)} (${both(vision.followed)})`,
      `Gallery, top ${gallery.k} of ${gallery.templates} x ${gallery.dimensions}: ${both(gallery.gallery)}`,
      `  the same in plain JavaScript ${both(gallery.plain)}; naive, array of arrays ${both(gallery.naive)}`,
      `Camera frame (${WIDTH}x${HEIGHT}) to decision, models in their own process: ${both(arrival.latencyMs)}, ` +
        `${arrival.framesPerSecond.toFixed(1)} frames a second (${arrival.outcome})`,
      `  delay of the main process's event loop meanwhile: ${both(arrival.eventLoopDelayMs)}, longest ${ms(arrival.eventLoopDelayMs.max)}`,
      `Process start to an answer of identify, ${start.runs} runs: ${both(start.identify)}; an empty node ${both(start.emptyNode)}`,
      load === null
        ? 'CPU seconds a minute: this system does not say'
        : `CPU seconds a minute, kiosk and models: idle, five frames a second ${load.idle.toFixed(1)}; ` +
          `a face followed, ${load.busyFramesPerSecond.toFixed(1)} frames a second ${load.busy.toFixed(1)}`,
    ],
  };
}

/** Frames of a person who is enrolled, sent as a window sends them: the next when the answer to the last is there. */
async function benchArrival(options: BenchOptions, bytes: Uint8Array, data: Uint8Array) {
  const dataDir = mkdtempSync(join(tmpdir(), 'lintel-bench-'));
  try {
    const kiosk = await options.open(dataDir);
    try {
      await kiosk.pictures.enroll([{ name: 'Bench', consentAt: Date.now(), pictures: [{ file: 'bench', bytes }] }]);
      // A question would make whoever is in the picture wait for an answer that never comes.
      await kiosk.updateSettings({ liveness: 'off' });
      let view = { phase: 'idle' } as CheckInView;
      const connection = kiosk.connect((name, payload) => {
        if (name === 'view') view = payload as CheckInView;
      });
      const submit = (): Promise<FrameReply> =>
        connection.call('submitFrame', {
          width: WIDTH,
          height: HEIGHT,
          capturedAt: Date.now(),
          data,
        }) as Promise<FrameReply>;
      let last = await submit();
      for (let i = 1; i < WARM_UP; i++) last = await submit();
      const times: number[] = [];
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const started = performance.now();
      for (let i = 0; i < FRAMES; i++) {
        const before = performance.now();
        last = await submit();
        times.push(performance.now() - before);
      }
      const seconds = (performance.now() - started) / 1000;
      delay.disable();
      return {
        frames: FRAMES,
        faces: last.faces.length,
        outcome: view.phase,
        framesPerSecond: FRAMES / seconds,
        latencyMs: timingOf(times),
        // The monitor samples every millisecond and counts that millisecond in; what is left is the delay.
        eventLoopDelayMs: {
          p50: Math.max(0, delay.percentile(50) / 1e6 - 1),
          p95: Math.max(0, delay.percentile(95) / 1e6 - 1),
          max: Math.max(0, delay.max / 1e6 - 1),
        },
      };
    } finally {
      await kiosk.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What a start takes, and the processor while nobody and while somebody is there. */
async function benchProcesses(options: BenchOptions, picture: string, bytes: Uint8Array, data: Uint8Array) {
  const { terminal, root, open } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'lintel-bench-'));
  try {
    note(terminal, 'process start to an answer ...');
    const start = await benchStart(root, picture, join(dataDir, 'nothing'));
    note(terminal, 'processor, idle and busy ...');
    let pid: number | null = null;
    const kiosk = await open(join(dataDir, 'kiosk'), (started) => (pid = started));
    try {
      await kiosk.pictures.enroll([{ name: 'Bench', consentAt: Date.now(), pictures: [{ file: 'bench', bytes }] }]);
      await kiosk.updateSettings({ liveness: 'off' });
      const load = await benchLoad(kiosk, () => pid, { width: WIDTH, height: HEIGHT, data });
      return { start, load };
    } finally {
      await kiosk.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function pictureAtHand(root: string): string {
  const scenes = resolve(root, '../shared/data/scenes/person-01');
  const demo = join(root, 'node_modules/@vladmandic/face-api/demo');
  for (const folder of [scenes, demo]) {
    const name = existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .find((file) => /\.jpe?g$/.test(file))
      : undefined;
    if (name !== undefined) return join(folder, name);
  }
  throw new LintelError('not-found.bench-picture');
}

const rate = (milliseconds: number): string => (1000 / milliseconds).toFixed(1);
const ms = (value: number): string => value.toFixed(2);
const both = ({ p50, p95 }: Timing): string => `${ms(p50)} / ${ms(p95)}`;
