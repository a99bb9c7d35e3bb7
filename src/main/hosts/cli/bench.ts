/** How fast a search is, measured beside the plain scan that says what it must find. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import sharp from 'sharp';
import type { FrameReply } from '../../../shared/calls.ts';
import type { CheckInView } from '../../../shared/domain.ts';
import { LintelError } from '../../../shared/errors.ts';
import { Gallery, lengthOf } from '../../gallery/gallery.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { benchVision, type Timing, timingOf } from '../../vision/bench.ts';
import type { BothModels } from '../../vision/vision.ts';
import { benchLoad, benchStart } from './bench-process.ts';
import { readPicture } from './recognise.ts';
import { type Answer, note, startProgress, type Terminal } from './terminal.ts';

interface GalleryBench {
  readonly templates: number;
  readonly dimensions: number;
  readonly k: number;
  /** True when the first pass ran in WebAssembly SIMD. */
  readonly simd: boolean;
  readonly threads: number;
  /** Milliseconds per search of one probe. */
  readonly gallery: { readonly p50: number; readonly p95: number };
  /** Searches of `probes` at a time: milliseconds of one, and probes a second. */
  readonly batched: { readonly probes: number; readonly p50: number; readonly perSecond: number };
  /** Every float32 row looked at in plain JavaScript, on one thread. */
  readonly plain: { readonly p50: number; readonly p95: number };
  /** How many times as long the plain scan takes, by p50. */
  readonly ratio: number;
  /** Of `probes` searched both ways, alone and batched, so many had the same ids in the same order with the same similarities. */
  readonly exact: { readonly probes: number; readonly same: number };
  /** Float32 rows looked at in a search. */
  readonly looked: { readonly mean: number; readonly most: number };
  /** Seconds in `Gallery.set`, all templates together. */
  readonly fillSeconds: number;
  readonly float32Bytes: number;
  /** Set aside beside the float32 rows for the first pass. */
  readonly extraBytes: number;
}

/** Random unit vectors from a small generator with a seed: the same on every machine. */
export function randomUnitVectors(dimensions: number, seed = 1): () => Float32Array {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return t ^ (t >>> 14);
  };
  return () => {
    const vector = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i++) {
      // Sums of four uniforms (a word's bytes) are near enough to normal for directions spread evenly.
      const word = next();
      vector[i] = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24) - 509.75;
    }
    return toUnitLength(vector);
  };
}

function toUnitLength(vector: Float32Array): Float32Array {
  const length = lengthOf(vector);
  for (let i = 0; i < vector.length; i++) vector[i] /= length;
  return vector;
}

/**
 * People as embeddings see them: every second one drawn evenly from all directions, the others in families of about a hundred
 * whose members have cosines around 0.6 with each other, so that many come close to being among the best.
 */
export function randomPeople(templates: number, dimensions: number, seed = 1): (index: number) => Float32Array {
  const random = randomUnitVectors(dimensions, seed);
  const families = Array.from({ length: Math.ceil(templates / 200) }, random);
  return (index) => {
    const vector = random();
    if (index % 2 === 0) return vector;
    const family = families[(index >> 1) % families.length];
    for (let i = 0; i < dimensions; i++) vector[i] = 0.63 * vector[i] + 0.77 * family[i];
    return toUnitLength(vector);
  };
}

/**
 * Times `runs` searches for the best `k` of `templates` people, and compares them with plain scans. With 1,000,000 it takes a
 * minute and 3 GB.
 */
export async function benchGallery(templates = 100_000, dimensions = 512, k = 5, runs = 40): Promise<GalleryBench> {
  const person = randomPeople(templates, dimensions);
  const gallery = new Gallery(dimensions);
  let fillSeconds = 0;
  for (let i = 0; i < templates; i++) {
    const vector = person(i);
    const start = performance.now();
    gallery.set(`t${i}`, vector);
    fillSeconds += (performance.now() - start) / 1000;
  }
  try {
    // Strangers, more members of families, and some who are enrolled.
    const probes = Array.from(
      { length: runs },
      (_, i) => (i % 4 === 3 ? gallery.get(`t${i}`) : undefined) ?? person(i),
    );
    // The first search starts the threads; they are ready soon after.
    for (const probe of probes.slice(0, 3)) gallery.search(probe, k);
    await new Promise((ready) => setTimeout(ready, 300));
    const looked: number[] = [];
    const searched = timed(probes, (probe) => {
      const hits = gallery.search(probe, k);
      looked.push(gallery.looked);
      return hits;
    });
    const groups = Array.from({ length: Math.floor(runs / GROUP) }, (_, i) => probes.slice(i * GROUP, (i + 1) * GROUP));
    const batched = timed(groups, (group) => gallery.topk(group, k));
    const batchHits = batched.results.flat();
    const plain = timed(probes.slice(0, Math.max(3, runs >> 1)), (probe) => gallery.scan(probe, k));
    const same = plain.results.filter((expected, i) =>
      [searched.results[i], batchHits[i] ?? expected].every((hits) => isDeepStrictEqual(hits, expected)),
    );
    const { simd, threads, extraBytes } = gallery;
    return {
      templates,
      dimensions,
      k,
      simd,
      threads,
      gallery: searched.timing,
      batched: { probes: GROUP, p50: batched.timing.p50, perSecond: (1000 * GROUP) / batched.timing.p50 },
      plain: plain.timing,
      ratio: plain.timing.p50 / searched.timing.p50,
      exact: { probes: plain.results.length, same: same.length },
      looked: { mean: looked.reduce((sum, rows) => sum + rows, 0) / looked.length, most: Math.max(...looked) },
      fillSeconds,
      float32Bytes: 4 * dimensions * templates,
      extraBytes,
    };
  } finally {
    gallery.close();
  }
}

function timed<P, R>(probes: readonly P[], search: (probe: P) => R) {
  // The first one lets the compiler warm up.
  for (const probe of probes.slice(0, 1)) search(probe);
  const times: number[] = [];
  const results = probes.map((probe) => {
    const start = performance.now();
    const found = search(probe);
    times.push(performance.now() - start);
    return found;
  });
  return { timing: timingOf(times), results };
}

// `lintel bench`: how fast it is on this machine, with everything as it runs in a kiosk.

const WIDTH = 640;
const HEIGHT = 480;
const WARM_UP = 20;
const FRAMES = 150;
const ROUNDS = 150;

/** Faces of a group photo. */
const GROUP = 8;
const MANY = 1_000_000;
/** The float32 rows, what is beside them, and room for everything else. */
const MANY_NEED_BYTES = 4e9;

interface BenchOptions {
  readonly terminal: Terminal;
  readonly root: string;
  /** A picture with one face; null: one of those at hand. */
  readonly picture: string | null;
  /** Nothing but the gallery: needs neither models nor a picture. */
  readonly galleryOnly: boolean;
  /** A kiosk as a host opens it: models in a process of their own. */
  readonly open: (dataDir: string, onVision?: (pid: number) => void) => Promise<Kiosk>;
  /** @throws LintelError `model-missing`, `model-damaged` */
  readonly models: () => Promise<BothModels>;
}

export async function bench(options: BenchOptions): Promise<Answer> {
  const { terminal } = options;
  if (options.galleryOnly) return benchGalleries(terminal);
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

  // First: a process that has gigabytes takes long to make another.
  note(terminal, 'process start to an answer ...');
  const dataDir = join(tmpdir(), `lintel-bench-${process.pid}-nothing`);
  const start = await benchStart(options.root, resolve(terminal.cwd, picture), dataDir);
  note(terminal, `seeing: ${ROUNDS} rounds ...`);
  const progress = startProgress(terminal, 'rounds', ROUNDS);
  const vision = await benchVision(models, [{ width: WIDTH, height: HEIGHT, channels: 4, data }], {
    rounds: ROUNDS,
    onProgress: () => progress.step(),
  }).finally(() => progress.stop());
  const galleries = await benchGalleries(terminal);
  note(terminal, `camera frame to decision: ${FRAMES} frames ...`);
  const arrival = await withKiosk(options, bytes, (kiosk) => benchArrival(kiosk, data));
  note(terminal, 'processor, idle and busy ...');
  const load = await withKiosk(options, bytes, (kiosk, pid) =>
    benchLoad(kiosk, pid, { width: WIDTH, height: HEIGHT, data }),
  );

  return {
    json: {
      picture: basename(picture),
      models: { detector: models.detector.id, embedder: models.embedder.id },
      vision,
      ...galleries.json,
      frameToDecision: arrival,
      start,
      cpuSecondsPerMinute: load,
    },
    text: [
      `In short, milliseconds (p50), where the bare detector takes ${ms(vision.bareSquare.p50)} at 640x640:`,
      `  a frame of ${WIDTH}x${HEIGHT} with one face, camera to decision  ${ms(arrival.latencyMs.p50)}`,
      ...galleries.short,
      `  process start to an answer of identify  ${ms(start.identify.p50)}`,
      '',
      `Milliseconds, p50 / p95. ${models.detector.id}, ${models.embedder.id}, ${vision.threads} threads.`,
      `Seeing, one frame of ${WIDTH}x${HEIGHT} (${vision.faces} face${vision.faces === 1 ? '' : 's'}), in one process: ${both(vision.pipeline)}`,
      ...Object.entries(vision.stages).map(([stage, timing]) => `  ${stage.padEnd(10)} ${both(timing)}`),
      `  the bare models: detector ${both(vision.bareDetector)}, embedder ${both(vision.bareEmbedder)}`,
      `  ratio of the pipeline to the bare models: ${vision.ratio.toFixed(3)}`,
      `  frames a second, by these p50: letterboxed into a square ${rate(vision.square.p50)} (${both(vision.square)}), ` +
        `as the frame is ${rate(vision.pipeline.p50)}, while a face is followed ${rate(vision.followed.p50)} (${both(vision.followed)})`,
      ...galleries.text,
      `Camera frame (${WIDTH}x${HEIGHT}) to decision, models in their own process: ${both(arrival.latencyMs)}, ` +
        `${arrival.framesPerSecond.toFixed(1)} frames a second (${arrival.outcome})`,
      `  delay of the main process's event loop meanwhile: ${both(arrival.eventLoopDelayMs)}, longest ${ms(arrival.eventLoopDelayMs.max)}`,
      `Process start to an answer of identify, ${start.runs} runs: ${both(start.identify)}; an empty node ${both(start.emptyNode)}`,
      load === null
        ? 'CPU seconds a minute: this system does not say'
        : `CPU seconds a minute, kiosk and models: idle, five frames a second ${load.idle.toFixed(1)}; ` +
          `a face followed, ${load.busyFramesPerSecond.toFixed(1)} frames a second ${load.busy.toFixed(1)}`,
    ],
    failed: galleries.failed,
  };
}

/** The gallery with 100,000 people and, where there is memory for them, with 1,000,000. Failed when a search is not exact. */
async function benchGalleries(terminal: Terminal) {
  note(terminal, 'gallery: 100,000 templates ...');
  const gallery = await benchGallery();
  const free = process.availableMemory();
  const enough = free >= MANY_NEED_BYTES;
  if (enough) note(terminal, 'gallery: 1,000,000 templates ...');
  const many = enough ? await benchGallery(MANY, 512, 5, 24) : null;
  return {
    json: { gallery, galleryOfMillion: many },
    short: [gallery, many].flatMap((each) =>
      each === null
        ? []
        : [`  exact top ${each.k} of ${count(each.templates)} x ${each.dimensions}  ${ms(each.gallery.p50)}`],
    ),
    text: [
      ...galleryLines(gallery),
      ...(many === null
        ? [
            `Gallery of 1,000,000: not measured, it needs ${MANY_NEED_BYTES / 1e9} GB and ${(free / 1e9).toFixed(1)} are free`,
          ]
        : galleryLines(many)),
    ],
    failed: [gallery, many].some((each) => each !== null && each.exact.same < each.exact.probes),
  };
}

const galleryLines = (bench: GalleryBench): string[] => [
  `Gallery, top ${bench.k} of ${count(bench.templates)} x ${bench.dimensions}, ${bench.threads} threads: ${both(bench.gallery)}`,
  `  exact in ${bench.exact.same} of ${bench.exact.probes} probes; the plain float32 scan ${both(bench.plain)}, ` +
    `${bench.ratio.toFixed(1)} times as long`,
  `  ${bench.batched.probes} probes at a time ${ms(bench.batched.p50)}, ${bench.batched.perSecond.toFixed(0)} probes a second; ` +
    `float32 rows looked at ${bench.looked.mean.toFixed(0)} a search, at most ${bench.looked.most}`,
  `  filled in ${bench.fillSeconds.toFixed(1)} s; ${mb(bench.extraBytes)} MB beside ${mb(bench.float32Bytes)} MB of float32`,
];

/** A kiosk of its own in which the face of a picture is enrolled, for as long as `work` takes. */
async function withKiosk<T>(
  { open }: BenchOptions,
  bytes: Uint8Array,
  work: (kiosk: Kiosk, visionPid: () => number | null) => Promise<T>,
): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lintel-bench-'));
  try {
    let pid: number | null = null;
    const kiosk = await open(dataDir, (started) => (pid = started));
    try {
      await kiosk.pictures.enroll([{ name: 'Bench', consentAt: Date.now(), pictures: [{ file: 'bench', bytes }] }]);
      // A question would make whoever is in the picture wait for an answer that never comes.
      await kiosk.updateSettings({ liveness: 'off' });
      return await work(kiosk, () => pid);
    } finally {
      await kiosk.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Frames of a person who is enrolled, sent as a window sends them: the next when the answer to the last is there. */
async function benchArrival(kiosk: Kiosk, data: Uint8Array) {
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
const count = (value: number): string => value.toLocaleString('en');
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
const ms = (value: number): string => value.toFixed(2);
const both = ({ p50, p95 }: Timing): string => `${ms(p50)} / ${ms(p95)}`;
