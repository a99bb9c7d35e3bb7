/** YOLOv5-face's numbers turned into faces. The formulas are those of its own `Detect` layer. */
import type * as ort from 'onnxruntime-node';
import { type Box, centre, iou, type Point } from '../../shared/geometry.ts';
import { type Fit, Letterbox } from './letterbox.ts';
import {
  elements,
  floatsOf,
  floatTensor,
  type ImageInput,
  imageInputOf,
  openSession,
  tensorShape,
  unsupported,
} from './session.ts';
import type { ModelFile } from '../models/file.ts';
import type { Frame } from './vision.ts';

/** A face as the detector sees it, in pixels of the detector's input (or of the picture, once mapped back). */
export interface Detection {
  readonly box: Box;
  /** Eye on the picture's left, eye on its right, nose, mouth corner on the left, on the right. */
  readonly landmarks: readonly Point[];
  readonly score: number;
}

/** Numbers per anchor: box (4), objectness, landmarks (10), class. */
export const ROW = 16;

/** Anchors (width, height) by stride, as the detector was trained. */
export const ANCHORS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  8: [
    [4, 5],
    [8, 10],
    [13, 16],
  ],
  16: [
    [23, 29],
    [43, 55],
    [73, 105],
  ],
  32: [
    [146, 217],
    [231, 300],
    [335, 433],
  ],
};

/** A raw head: `[1, anchors, rows, columns, 16]`, values before the sigmoid. */
export interface RawHead {
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  readonly data: Float32Array;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logit = (p: number): number => Math.log(p / (1 - p));

/**
 * Faces scoring at least `minScore` (0 < minScore < 1) in one raw head, appended to `found`. The score is a product of
 * two sigmoids, so either of them below `minScore` rules the anchor out: almost every anchor is dropped by comparing its
 * raw objectness with one number, before any exponential.
 */
export function decodeHead(head: RawHead, minScore: number, found: Detection[]): void {
  const { stride, columns, rows, data } = head;
  const anchors = ANCHORS[stride];
  if (anchors === undefined) throw new RangeError(`no anchors for stride ${stride}`);
  const least = logit(minScore);
  const cells = columns * rows;
  const end = anchors.length * cells * ROW;
  for (let at = 0; at < end; at += ROW) {
    if (!(data[at + 4]! >= least) || !(data[at + 15]! >= least)) continue;
    const score = sigmoid(data[at + 4]!) * sigmoid(data[at + 15]!);
    if (score < minScore) continue;
    const index = at / ROW;
    const [aw, ah] = anchors[Math.floor(index / cells)]!;
    const cell = index % cells;
    const gx = cell % columns;
    const gy = Math.floor(cell / columns);
    const width = (sigmoid(data[at + 2]!) * 2) ** 2 * aw;
    const height = (sigmoid(data[at + 3]!) * 2) ** 2 * ah;
    const cx = (sigmoid(data[at]!) * 2 - 0.5 + gx) * stride;
    const cy = (sigmoid(data[at + 1]!) * 2 - 0.5 + gy) * stride;
    const landmarks: Point[] = [];
    for (let k = 0; k < 5; k++) {
      landmarks.push([data[at + 5 + 2 * k]! * aw + gx * stride, data[at + 6 + 2 * k]! * ah + gy * stride]);
    }
    found.push({ box: { x: cx - width / 2, y: cy - height / 2, width, height }, landmarks, score });
  }
}

/**
 * Faces scoring at least `minScore` in one decoded tensor `[1, N, 16]`: centre, size, objectness, landmarks and class
 * are already in pixels and probabilities, as the upstream export writes them.
 */
export function decodeFlat(data: Float32Array, minScore: number, found: Detection[]): void {
  for (let at = 0; at + ROW <= data.length; at += ROW) {
    if (!(data[at + 4]! >= minScore)) continue;
    const score = data[at + 4]! * data[at + 15]!;
    if (!(score >= minScore)) continue;
    const width = data[at + 2]!;
    const height = data[at + 3]!;
    const landmarks: Point[] = [];
    for (let k = 0; k < 5; k++) landmarks.push([data[at + 5 + 2 * k]!, data[at + 6 + 2 * k]!]);
    found.push({ box: { x: data[at]! - width / 2, y: data[at + 1]! - height / 2, width, height }, landmarks, score });
  }
}

/** Two boxes overlapping at least this much (intersection over union) are the same face. */
const SAME_FACE_IOU = 0.5;

/** Greedy non-maximum suppression: best score first, whatever overlaps a kept one by more than `limit` is dropped. */
export function suppress(found: readonly Detection[], limit = SAME_FACE_IOU): Detection[] {
  const kept: Detection[] = [];
  for (const face of [...found].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => iou(other.box, face.box) <= limit)) kept.push(face);
  }
  return kept;
}

// The face detector: a frame in, detections out, in pixels of the frame.

/** Long side of the input for files that leave its size open, and both sides where they leave only one open. */
const LONG_SIDE = 640;
/** Sides of the input are multiples of the coarsest stride. */
const STEP = 32;
/** Side of the picture on which a file that leaves its sizes open is tried. */
const TRIAL_SIDE = 64;
/** Sizes whose buffers are kept: a camera has one or two, pictures have any. */
const PLANS_KEPT = 4;

/**
 * Narrower than this in the detector's own pixels, a "face" is a guess: on ordinary backgrounds those it reports there are
 * mostly pictures on walls and patterns, and none could be recognised.
 */
const LEAST_WIDTH = 12;

/** What the outputs of a detector are, seen from their shapes. */
type DetectorOutputs =
  | { readonly kind: 'heads'; readonly heads: readonly { readonly index: number; readonly stride: number }[] }
  | { readonly kind: 'flat'; readonly index: number };

/**
 * Tells three raw heads `[1,3,H/s,W/s,16]` from one decoded tensor `[1,N,16]`. Some exports carry both; the decoded one
 * is then taken, as it needs no knowledge of anchors.
 * @throws LintelError model-unsupported when it is neither.
 */
export function detectorOutputs(
  shapes: readonly (readonly (number | string)[])[],
  inputWidth: number,
  id = 'detector',
): DetectorOutputs {
  const flat = shapes.findIndex((shape) => shape.length === 3 && shape[2] === ROW);
  if (flat >= 0) return { kind: 'flat', index: flat };
  const heads = shapes.flatMap((shape, index) => {
    const columns = shape[3];
    if (shape.length !== 5 || shape[4] !== ROW || typeof columns !== 'number') return [];
    const stride = inputWidth / columns;
    return ANCHORS[stride]?.length === shape[1] ? [{ index, stride }] : [];
  });
  if (heads.length === Object.keys(ANCHORS).length) return { kind: 'heads', heads };
  throw unsupported(id, 'outputs', shapes.map((shape) => `[${shape.join(',')}]`).join(' '));
}

/** Back from the detector's input to the frame. */
export function toFrame(face: Detection, fit: Fit): Detection {
  const x = (value: number): number => (value - fit.x) / fit.scale;
  const y = (value: number): number => (value - fit.y) / fit.scale;
  return {
    box: {
      x: x(face.box.x),
      y: y(face.box.y),
      width: face.box.width / fit.scale,
      height: face.box.height / fit.scale,
    },
    landmarks: face.landmarks.map(([px, py]) => [x(px), y(py)] as const),
    score: face.score,
  };
}

/** How large the detector's input is made when its file leaves that open. */
export type InputShape =
  /** As the frame is, its long side `LONG_SIDE`, both sides multiples of 32: nothing of the work is spent on grey. */
  | 'frame'
  /** `LONG_SIDE` both ways, the frame letterboxed, as files with a fixed input have it. */
  | 'square';

/** The smallest input that holds `frame` with its long side at `LONG_SIDE * shrink`: multiples of 32. */
export function inputFor(
  frame: { readonly width: number; readonly height: number },
  shrink = 1,
): { readonly width: number; readonly height: number } {
  const scale = (LONG_SIDE * shrink) / Math.max(frame.width, frame.height);
  const side = (length: number): number => Math.max(1, Math.ceil(Math.round(length * scale) / STEP)) * STEP;
  return { width: side(frame.width), height: side(frame.height) };
}

/** Long side of the input a region is looked at in. */
const REGION_SIDE = 320;
/** A region is this much wider than the face it is for: as far as a face moves between two frames. */
const REGION_AROUND = 2.2;

/**
 * Where around a face it is looked for again, inside the frame; whole pixels. At full resolution while that fits into
 * `REGION_SIDE`, a near face in less: it fills the region as it fills a frame half as large. Null: nothing would be saved.
 */
export function regionAround(face: Box, frame: { readonly width: number; readonly height: number }): Box | null {
  if (Math.max(frame.width, frame.height) <= REGION_SIDE) return null;
  const side = Math.max(REGION_SIDE, Math.round(Math.max(face.width, face.height) * REGION_AROUND));
  const [width, height] = [Math.min(side, frame.width), Math.min(side, frame.height)];
  const [cx, cy] = centre(face);
  const place = (middle: number, length: number, whole: number): number =>
    Math.min(Math.max(Math.round(middle - length / 2), 0), whole - length);
  return { x: place(cx, width, frame.width), y: place(cy, height, frame.height), width, height };
}

/** Buffers for one size of input: what goes in and what comes out, made once. */
interface Plan {
  readonly letterbox: Letterbox;
  readonly feeds: Record<string, ort.Tensor>;
  readonly fetches: Record<string, ort.Tensor>;
  readonly heads: readonly RawHead[];
  readonly flat: Float32Array | null;
}

export class Detector {
  readonly #session: ort.InferenceSession;
  readonly #input: ImageInput;
  readonly #outputs: DetectorOutputs;
  /** Whether the input follows the frame: only then is a smaller look a cheaper one. */
  readonly follows: boolean;
  /** By size, last used last. */
  readonly #plans = new Map<string, Plan>();
  #plan: Plan;

  private constructor(session: ort.InferenceSession, input: ImageInput, outputs: DetectorOutputs, follows: boolean) {
    this.#session = session;
    this.#input = input;
    this.#outputs = outputs;
    this.follows = follows;
    this.#plan = this.#planFor(input.width, input.height);
  }

  /** @throws LintelError model-unsupported */
  static async open(model: ModelFile, threads: number, shape: InputShape = 'frame'): Promise<Detector> {
    const session = await openSession(model, threads);
    try {
      const declared = tensorShape(session.inputMetadata, 0, model.id);
      const input = imageInputOf(declared, LONG_SIDE, model.id);
      const open = declared.slice(1).filter((dim) => typeof dim !== 'number').length === 2;
      // What leaves its sizes open says them when it is run.
      const side = open ? { ...input, width: TRIAL_SIDE, height: TRIAL_SIDE } : input;
      const shapes = await outputShapes(session, side, model.id);
      const outputs = detectorOutputs(shapes, side.width, model.id);
      checkOutputs(outputs, shapes, side, model.id);
      return new Detector(session, input, outputs, open && shape === 'frame');
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** Writes the frame into the detector's input; see `Letterbox.write`. */
  prepare(frame: Frame, shrink = 1): Fit {
    if (!this.follows) return this.#plan.letterbox.write(frame, shrink);
    const { width, height } = inputFor(frame, shrink);
    this.#plan = this.#planFor(width, height);
    return this.#plan.letterbox.write(frame);
  }

  /** Writes only a region, see `regionAround`. Only where the input `follows`. */
  prepareRegion(frame: Frame, region: Box): Fit {
    const { width, height } = inputFor(region, REGION_SIDE / LONG_SIDE);
    this.#plan = this.#planFor(width, height);
    return this.#plan.letterbox.write(frame, 1, region);
  }

  /** Runs the model on what `prepare` wrote. Its outputs land in buffers that are kept. */
  async run(): Promise<void> {
    await this.#session.run(this.#plan.feeds, this.#plan.fetches);
  }

  /** Faces in what `run` left, in pixels of the frame that was prepared; best score first. */
  read(fit: Fit, minScore: number): Detection[] {
    const found: Detection[] = [];
    const { flat, heads } = this.#plan;
    if (flat !== null) decodeFlat(flat, minScore, found);
    for (const head of heads) decodeHead(head, minScore, found);
    return suppress(found.filter((face) => face.box.width >= LEAST_WIDTH)).map((face) => toFrame(face, fit));
  }

  /** All three in one: faces of a frame. */
  async detect(frame: Frame, minScore: number, shrink = 1): Promise<Detection[]> {
    const fit = this.prepare(frame, shrink);
    await this.run();
    return this.read(fit, minScore);
  }

  async close(): Promise<void> {
    await this.#session.release();
  }

  #planFor(width: number, height: number): Plan {
    const size = `${width}x${height}`;
    const plan = this.#plans.get(size) ?? this.#makePlan(width, height);
    this.#plans.delete(size);
    this.#plans.set(size, plan);
    const oldest = this.#plans.keys().next().value!;
    if (this.#plans.size > PLANS_KEPT) this.#plans.delete(oldest);
    return plan;
  }

  #makePlan(width: number, height: number): Plan {
    const { layout } = this.#input;
    const { inputNames, outputNames } = this.#session;
    const tensor = floatTensor(layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3]);
    const fetches: Record<string, ort.Tensor> = {};
    const make = (index: number, dims: readonly number[]): Float32Array => {
      const output = floatTensor(dims);
      fetches[outputNames[index]!] = output;
      return floatsOf(output);
    };
    const outputs = this.#outputs;
    const flat = outputs.kind === 'flat' ? make(outputs.index, flatShape(width, height)) : null;
    const heads =
      outputs.kind === 'flat'
        ? []
        : outputs.heads.map(({ index, stride }) => {
            const [columns, rows] = [width / stride, height / stride];
            return { stride, columns, rows, data: make(index, headShape(stride, width, height)) };
          });
    const feeds = { [inputNames[0]!]: tensor };
    return { letterbox: new Letterbox(width, height, layout, floatsOf(tensor)), feeds, fetches, heads, flat };
  }
}

const headShape = (stride: number, width: number, height: number): number[] => [
  1,
  ANCHORS[stride]!.length,
  height / stride,
  width / stride,
  ROW,
];

const flatShape = (width: number, height: number): number[] => [1, anchorsOf(width, height), ROW];

/** Shapes of all outputs; where the file leaves some open, those that a run on grey of this size gives. */
async function outputShapes(
  session: ort.InferenceSession,
  { layout, width, height }: ImageInput,
  id: string,
): Promise<readonly (readonly (number | string)[])[]> {
  const shapes = session.outputMetadata.map((_, index) => tensorShape(session.outputMetadata, index, id));
  if (shapes.every((shape) => shape.every((dim) => typeof dim === 'number'))) return shapes;
  const grey = floatTensor(layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3]);
  try {
    const results = await session.run({ [session.inputNames[0]!]: grey });
    return session.outputNames.map((name) => results[name]!.dims);
  } catch (cause) {
    const error = unsupported(id, 'run', `${width} x ${height}`);
    error.cause = cause;
    throw error;
  }
}

/** @throws LintelError model-unsupported when an output is not as large as the input's size makes it */
function checkOutputs(
  outputs: DetectorOutputs,
  shapes: readonly (readonly (number | string)[])[],
  { width, height }: ImageInput,
  id: string,
): void {
  const wanted =
    outputs.kind === 'flat'
      ? [{ index: outputs.index, dims: flatShape(width, height) }]
      : outputs.heads.map(({ index, stride }) => ({ index, dims: headShape(stride, width, height) }));
  for (const { index, dims } of wanted)
    if (shapes[index]!.some((dim, i) => dim !== dims[i]))
      throw unsupported(id, 'output-size', `[${shapes[index]!.join(',')}] ≠ [${dims.join(',')}]`);
}

/** Anchors of all heads together: 25,200 for 640 x 640. */
const anchorsOf = (width: number, height: number): number =>
  Object.entries(ANCHORS).reduce(
    (sum, [stride, anchors]) => sum + anchors.length * elements([width / Number(stride), height / Number(stride)]),
    0,
  );
