/** What seeing costs: each stage, the pipeline against its two bare model runs, and the supervised process. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { given } from '../../shared/given.ts';
import { openPipeline } from './in-process.ts';
import { ONE_PASS, type Stage, STAGES } from './pipeline.ts';
import type { VisionLaunch } from './process.ts';
import { superviseVision } from './supervisor.ts';
import { defaultThreads } from './session.ts';
import type { BothModels, Frame, SeenFace } from './vision.ts';

/** Milliseconds. */
export interface Timing {
  readonly p50: number;
  readonly p95: number;
}

interface VisionBench {
  readonly threads: number;
  readonly rounds: number;
  readonly faces: number;
  readonly stages: Readonly<Record<Stage, Timing>>;
  /** The models alone, run in turn with the pipeline in the same process. */
  readonly bareDetector: Timing;
  /** The detector alone on a square of 640x640: what machines are compared by. */
  readonly bareSquare: Timing;
  readonly bareEmbedder: Timing;
  /** Frame in, embedding out; the detector's input as the frame is. */
  readonly pipeline: Timing;
  /** The same with the frame letterboxed into a square, as files with a fixed input have it. */
  readonly square: Timing;
  /** The same while the face is followed: looked for around where it was. */
  readonly followed: Timing;
  /** p50 of the pipeline over the sum of the two bare p50s. */
  readonly ratio: number;
  /** Through the vision process; null when no launcher was given. */
  readonly supervised: {
    readonly framesPerSecond: number;
    readonly frame: Timing;
    /** Of the process that asks (the kiosk's main process), while frames are analysed. */
    readonly eventLoopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
  } | null;
}

interface BenchOptions {
  readonly rounds?: number;
  readonly threads?: number;
  readonly launch?: VisionLaunch;
  /** 0 to 1, for a progress bar. */
  readonly onProgress?: (done: number) => void;
}

/** p50 and p95 of some times. */
export function timingOf(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

const WARM_UP = 10;

/**
 * Measures on the caller's frames, in turn. In every round the bare detector, the bare embedder and the whole pipeline run
 * one after the other, so that whatever else the machine does slows all three alike and the ratio stays fair.
 * @param frames camera frames with one face each, e.g. 640x480 RGBA
 * @throws LintelError model-unsupported; RangeError when there are no frames
 */
export async function benchVision(
  models: BothModels,
  frames: readonly Frame[],
  options: BenchOptions = {},
): Promise<VisionBench> {
  if (frames.length === 0) throw new RangeError('the bench needs at least one frame');
  const rounds = options.rounds ?? 200;
  const threads = options.threads ?? defaultThreads();
  const total = rounds * (options.launch === undefined ? 1 : 2);
  const inProcess = await benchPipeline(models, frames, rounds, threads, (done) => options.onProgress?.(done / total));
  const supervised =
    options.launch === undefined
      ? null
      : await benchSupervised(models, frames, rounds, threads, options.launch, (done) =>
          options.onProgress?.((rounds + done) / total),
        );
  return { threads, rounds, ...inProcess, supervised };
}

async function benchPipeline(
  models: BothModels,
  frames: readonly Frame[],
  rounds: number,
  threads: number,
  onRound: (done: number) => void,
): Promise<Omit<VisionBench, 'threads' | 'rounds' | 'supervised'>> {
  const pipeline = await openPipeline(models, { threads });
  const square = await openPipeline(models, { threads, input: 'square' });
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, [] as number[]])) as Record<Stage, number[]>;
  const times = { detector: [], bareSquare: [], embedder: [], whole: [], square: [], followed: [] } as Record<
    string,
    number[]
  >;
  let faces: readonly SeenFace[] = [];
  const time = async (into: string, work: () => Promise<unknown>): Promise<void> => {
    const from = performance.now();
    await work();
    times[into]!.push(performance.now() - from);
  };
  try {
    for (let round = -WARM_UP; round < rounds; round++) {
      const frame = frames[(round + WARM_UP) % frames.length]!;
      if (round === 0) for (const list of Object.values(times)) list.length = 0;
      // The bare run takes the size of the frame that was looked at last.
      pipeline.detector.prepare(frame);
      await time('detector', () => pipeline.detector.run());
      await time('embedder', () => pipeline.embedder.run());
      pipeline.onStage = round < 0 ? null : (stage, ms) => stages[stage].push(ms);
      await time('whole', async () => {
        faces = await pipeline.analyze(frame, { embed: 'largest' }, ONE_PASS);
      });
      pipeline.onStage = null;
      const around = faces[0]?.box;
      await time('followed', () => pipeline.analyze(frame, { embed: 'largest', ...given({ around }) }, ONE_PASS));
      await time('bareSquare', () => square.detector.run());
      await time('square', () => square.analyze(frame, { embed: 'largest' }, ONE_PASS));
      if (round >= 0) onRound(round + 1);
    }
  } finally {
    await pipeline.close();
    await square.close();
  }
  const [bareDetector, bareEmbedder, all] = [
    timingOf(times['detector']!),
    timingOf(times['embedder']!),
    timingOf(times['whole']!),
  ];
  return {
    faces: faces.length,
    stages: Object.fromEntries(STAGES.map((stage) => [stage, timingOf(stages[stage])])) as Record<Stage, Timing>,
    bareDetector,
    bareSquare: timingOf(times['bareSquare']!),
    bareEmbedder,
    pipeline: all,
    square: timingOf(times['square']!),
    followed: timingOf(times['followed']!),
    ratio: all.p50 / (bareDetector.p50 + bareEmbedder.p50),
  };
}

async function benchSupervised(
  models: BothModels,
  frames: readonly Frame[],
  rounds: number,
  threads: number,
  launch: VisionLaunch,
  onRound: (done: number) => void,
): Promise<NonNullable<VisionBench['supervised']>> {
  const vision = superviseVision(models, { launch, threads });
  try {
    await vision.ready();
    for (let round = 0; round < WARM_UP; round++)
      await vision.analyze(frames[round % frames.length]!, { embed: 'largest' });
    // The monitor samples every millisecond and counts that millisecond in; what is left is the delay.
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const times: number[] = [];
    const from = performance.now();
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await vision.analyze(frames[round % frames.length]!, { embed: 'largest' });
      times.push(performance.now() - start);
      onRound(round + 1);
    }
    const seconds = (performance.now() - from) / 1000;
    delay.disable();
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
    return {
      framesPerSecond: rounds / seconds,
      frame: timingOf(times),
      eventLoopDelay: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
    };
  } finally {
    await vision.close();
  }
}
