/** The two pictures kept of an embedded face: its aligned crop, and a portrait for people to look at. */
import type { Face } from '../../shared/domain.ts';
import { area, type Box, centre, contains, iou } from '../../shared/geometry.ts';
import { alignInto, CROP } from './alignment.ts';
import { type Detection, type Detector, regionAround, suppress } from './detector.ts';
import type { Embedder } from './embedder.ts';
import type { Fit } from './letterbox.ts';
import { loadSharp } from './picture.ts';
import { qualityOf } from './quality.ts';
import type { AnalyzeOptions, FacePictures, Frame, SeenFace } from './vision.ts';

/** Side of a portrait at most, pixels. */
const PORTRAIT_SIDE = 256;
/** How much wider than the face's box a portrait is: hair and shoulders are what people recognise. */
const AROUND = 1.8;

/** The square around a face, moved and shrunk to lie inside the frame; whole pixels. */
export function portraitSquare(box: Box, width: number, height: number): Box {
  const side = Math.max(1, Math.min(Math.round(Math.max(box.width, box.height) * AROUND), width, height));
  const [cx, cy] = centre(box);
  const place = (middle: number, length: number): number =>
    Math.min(Math.max(Math.round(middle - side / 2), 0), length - side);
  return { x: place(cx, width), y: place(cy, height), width: side, height: side };
}

/** @param crop the aligned crop, 3 * 112 * 112 RGB bytes */
async function picturesOf(frame: Frame, box: Box, crop: Uint8Array): Promise<FacePictures> {
  const sharp = loadSharp();
  const square = portraitSquare(box, frame.width, frame.height);
  const [aligned, portrait] = await Promise.all([
    sharp(crop, { raw: { width: CROP, height: CROP, channels: 3 } })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toBuffer(),
    sharp(frame.data, { raw: { width: frame.width, height: frame.height, channels: frame.channels } })
      .extract({ left: square.x, top: square.y, width: square.width, height: square.height })
      .removeAlpha()
      .resize({ width: PORTRAIT_SIDE, height: PORTRAIT_SIDE, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer(),
  ]);
  return { aligned, portrait };
}

// A frame's way from pixels to faces, in one place: detect, detect again, align, assess, embed.

/** Faces the detector is less sure of than this are left out, unless the caller says otherwise. */
const MIN_SCORE = 0.5;

/**
 * A picture that is nothing but a face is larger than the biggest anchor: it is missed, or found with a low score and a
 * poor box. Shrunk inside the detector's input it is a face like any other, so there the detector looks again.
 */
interface FurtherPasses {
  /** How much the frame is shrunk in each further pass, in turn. */
  readonly shrinks: readonly number[];
  /** No further pass once a face scores this much. 0: as soon as anything was found. */
  readonly untilSure: number;
}

/** For pictures: of 40 tight portraits the first pass misses 9 and has doubts (0.5 to 0.65) about 9; sure ones have 0.75. */
export const PICTURE_PASSES: FurtherPasses = { shrinks: [0.5, 0.3], untilSure: 0.7 };
/** For camera frames that were empty for a while, see `LOOK_AGAIN_EVERY`. */
export const FRAME_PASSES: FurtherPasses = { shrinks: [0.5], untilSure: 0 };
export const ONE_PASS: FurtherPasses = { shrinks: [], untilSure: 0 };

export const STAGES = ['letterbox', 'detector', 'decode', 'align', 'quality', 'embed'] as const;
export type Stage = (typeof STAGES)[number];
/** Told what each stage took, in milliseconds. For the bench; nobody else listens. */
type StageListener = (stage: Stage, ms: number) => void;

/** Not safe for two frames at once: its buffers are reused. `openVision` puts callers in line. */
export class Pipeline {
  readonly detector: Detector;
  readonly embedder: Embedder;
  onStage: StageListener | null = null;
  /** One crop buffer per face of a frame; grows to the most faces ever seen in one. */
  readonly #crops: Uint8Array[] = [];

  constructor(detector: Detector, embedder: Embedder) {
    this.detector = detector;
    this.embedder = embedder;
  }

  /** Faces of a frame, largest first. `passes`: what to do when the first pass leaves doubt. */
  async analyze(frame: Frame, options: AnalyzeOptions, passes: FurtherPasses): Promise<SeenFace[]> {
    const minScore = options.minScore ?? MIN_SCORE;
    let found = options.around === undefined ? null : await this.#detectAround(frame, minScore, options.around);
    found ??= await this.#detect(minScore, () => this.detector.prepare(frame));
    for (const shrink of passes.shrinks) {
      if (found.some((face) => face.score >= passes.untilSure)) break;
      const more = await this.#detect(minScore, () => this.detector.prepare(frame, shrink));
      if (more.length > 0) found = suppress([...found, ...more]);
    }
    found.sort((a, b) => area(b.box) - area(a.box));
    const faces = found.map((detection, index) => this.#assess(frame, detection, index));
    return this.#embed(frame, faces, options);
  }

  /** The face at `face`, found in its region; null: not to be found there alone, which says nothing about the frame. */
  async #detectAround(frame: Frame, minScore: number, face: Box): Promise<Detection[] | null> {
    const region = this.detector.follows ? regionAround(face, frame) : null;
    if (region === null) return null;
    const found = await this.#detect(minScore, () => this.detector.prepareRegion(frame, region));
    const isThere = found.some(({ box }) => iou(box, face) >= STILL_IOU);
    return isThere && !found.some(({ box }) => isCut(box, region, frame)) ? found : null;
  }

  async #detect(minScore: number, prepare: () => Fit): Promise<Detection[]> {
    let from = this.onStage === null ? 0 : performance.now();
    const fit = prepare();
    from = this.#stage('letterbox', from);
    await this.detector.run();
    from = this.#stage('detector', from);
    const found = this.detector.read(fit, minScore);
    this.#stage('decode', from);
    return found;
  }

  #assess(frame: Frame, { box, landmarks, score }: Detection, index: number): Face {
    let from = this.onStage === null ? 0 : performance.now();
    const crop = (this.#crops[index] ??= new Uint8Array(3 * CROP * CROP));
    alignInto(crop, frame, landmarks);
    from = this.#stage('align', from);
    const quality = qualityOf(box, landmarks, crop, frame.width, frame.height);
    this.#stage('quality', from);
    return { box, landmarks: landmarks.map(([x, y]): [number, number] => [x, y]), score, quality };
  }

  async #embed(frame: Frame, faces: Face[], options: AnalyzeOptions): Promise<SeenFace[]> {
    const wanted = chosen(faces, options);
    if (wanted.length === 0) return faces;
    const from = this.onStage === null ? 0 : performance.now();
    const embeddings = await this.embedder.embed(
      wanted.map((index) => this.#crops[index]!),
      options.mirror ?? false,
    );
    this.#stage('embed', from);
    const seen: SeenFace[] = [...faces];
    for (const [k, index] of wanted.entries()) {
      const face = faces[index]!;
      const embedding = embeddings[k]!;
      seen[index] =
        options.pictures === true
          ? { ...face, embedding, pictures: await picturesOf(frame, face.box, this.#crops[index]!) }
          : { ...face, embedding };
    }
    return seen;
  }

  #stage(stage: Stage, from: number): number {
    if (this.onStage === null) return 0;
    const now = performance.now();
    this.onStage(stage, now - from);
    return now;
  }

  async close(): Promise<void> {
    await this.detector.close();
    await this.embedder.close();
  }
}

/** A face overlaps so much (intersection over union) with itself a frame ago. */
const STILL_IOU = 0.3;

/** Whether the edge of a region that is not one of the frame runs through a box: the face goes on outside. */
function isCut(box: Box, region: Box, { width, height }: Frame): boolean {
  return (
    (region.x > 0 && box.x < region.x) ||
    (region.y > 0 && box.y < region.y) ||
    (region.x + region.width < width && box.x + box.width > region.x + region.width) ||
    (region.y + region.height < height && box.y + box.height > region.y + region.height)
  );
}

/** Which of the faces (largest first) get an embedding. */
export function chosen(faces: readonly Face[], { embed, within, onlyGood }: AnalyzeOptions): number[] {
  if (embed === 'none') return [];
  const inside = faces.flatMap((face, index) =>
    within === undefined || contains(within, centre(face.box)) ? [index] : [],
  );
  const wanted = embed === 'all' ? inside : inside.slice(0, 1);
  return onlyGood === true ? wanted.filter((index) => faces[index]!.quality.issues.length === 0) : wanted;
}
