/** Vision in this very process: for the terminal, for tests, and inside the process that a kiosk supervises. */
import { Mutex } from 'async-mutex';
import { LintelError } from '../../shared/errors.ts';
import { CROP } from './alignment.ts';
import { Detector, type InputShape } from './detector.ts';
import { Embedder } from './embedder.ts';
import { decodedPicture } from './picture.ts';
import { FRAME_PASSES, ONE_PASS, PICTURE_PASSES, Pipeline } from './pipeline.ts';
import { defaultThreads } from './session.ts';
import { uprightFaces } from './upright.ts';
import {
  type AnalyzeOptions,
  type BothModels,
  checkFrame,
  type Frame,
  type SeenFace,
  type SeenPicture,
  type Vision,
  type VisionModels,
} from './vision.ts';

interface OpenOptions {
  /** Threads each model may use. Default: see `defaultThreads`. */
  readonly threads?: number;
  /** Default `frame`. The bench compares both. */
  readonly input?: InputShape;
}

/**
 * A camera looks at an empty room most of the day, and a second look costs as much as the first. So only every so many
 * empty frames in a row get one: someone leaning right into the camera is still seen within a fraction of a second.
 */
const LOOK_AGAIN_EVERY = 4;

/**
 * Loads both models into this process.
 * @throws LintelError model-unsupported
 */
export async function openVision(models: VisionModels, options: OpenOptions = {}): Promise<Vision> {
  const { detector, embedder } = models;
  if (detector !== null) return new InProcessVision(models, await openPipeline({ detector, embedder }, options));
  const threads = options.threads ?? defaultThreads();
  return new InProcessVision(models, { embedder: await Embedder.open(embedder, threads) });
}

/** The bare pipeline, without a line to stand in: for the bench. Same errors. */
export async function openPipeline(models: BothModels, options: OpenOptions = {}): Promise<Pipeline> {
  const threads = options.threads ?? defaultThreads();
  const detector = await Detector.open(models.detector, threads, options.input);
  const embedder = await Embedder.open(models.embedder, threads).catch(async (error: unknown) => {
    await detector.close();
    throw error;
  });
  return new Pipeline(detector, embedder);
}

class InProcessVision implements Vision {
  readonly models: VisionModels;
  readonly #opened: Pipeline | { readonly embedder: Embedder };
  #empty = 0;
  #closed = false;
  /** Buffers are shared, so one frame at a time. */
  readonly #mutex = new Mutex();

  constructor(models: VisionModels, opened: Pipeline | { readonly embedder: Embedder }) {
    this.models = models;
    this.#opened = opened;
  }

  get #pipeline(): Pipeline {
    if (this.#opened instanceof Pipeline) return this.#opened;
    throw new LintelError('model-missing');
  }

  async analyze(frame: Frame, options: AnalyzeOptions): Promise<readonly SeenFace[]> {
    checkFrame(frame);
    return this.#inLine(async () => {
      if (options.once === true) return this.#pipeline.analyze(frame, options, ONE_PASS);
      const again = this.#empty % LOOK_AGAIN_EVERY === LOOK_AGAIN_EVERY - 1;
      const faces = await this.#pipeline.analyze(frame, options, again ? FRAME_PASSES : ONE_PASS);
      this.#empty = faces.length === 0 ? this.#empty + 1 : again && this.#empty > 0 ? LOOK_AGAIN_EVERY - 1 : 0;
      return faces;
    });
  }

  async analyzePicture(bytes: Uint8Array, options: AnalyzeOptions): Promise<SeenPicture> {
    const { frame, width, height } = await decodedPicture(bytes);
    const factor = width / frame.width;
    // The region is given in pixels of the picture, faces are looked for in what may be a smaller copy of it.
    const scaled = options.within === undefined ? options : { ...options, within: times(options.within, 1 / factor) };
    const look = (turned: Frame, how: AnalyzeOptions) => this.#pipeline.analyze(turned, how, PICTURE_PASSES);
    const { turned, faces } = await this.#inLine(() => uprightFaces(frame, scaled, look));
    const size = turned % 180 === 0 ? { width, height } : { width: height, height: width };
    return { turned, ...size, faces: factor === 1 ? faces : faces.map((face) => enlarged(face, factor)) };
  }

  async embedAligned(
    pictures: readonly Uint8Array[],
    options: { readonly mirror?: boolean } = {},
  ): Promise<readonly Float32Array[]> {
    const crops: Uint8Array[] = [];
    for (const bytes of pictures) {
      const { frame } = await decodedPicture(bytes);
      if (frame.width !== CROP || frame.height !== CROP)
        throw new LintelError('picture-unsupported.crop', { width: frame.width, height: frame.height, side: CROP });
      crops.push(frame.data);
    }
    return this.#inLine(() => this.#opened.embedder.embed(crops, options.mirror ?? false));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#mutex.waitForUnlock();
    await (this.#opened instanceof Pipeline ? this.#opened : this.#opened.embedder).close();
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new LintelError('vision-stopped.closed'));
    return this.#mutex.runExclusive(work);
  }
}

const times = (box: SeenFace['box'], factor: number): SeenFace['box'] => ({
  x: box.x * factor,
  y: box.y * factor,
  width: box.width * factor,
  height: box.height * factor,
});

/** A face found in a shrunk copy, in pixels of the full picture. */
const enlarged = (face: SeenFace, factor: number): SeenFace => ({
  ...face,
  box: times(face.box, factor),
  landmarks: face.landmarks.map(([x, y]): [number, number] => [x * factor, y * factor]),
  quality: { ...face.quality, eyeDistance: face.quality.eyeDistance * factor },
});
