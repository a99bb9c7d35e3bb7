/** The face detector: a frame in, detections out, in pixels of the frame. */
import type * as ort from 'onnxruntime-node';
import { ANCHORS, decodeFlat, decodeHead, ROW, suppress, type Detection, type RawHead } from './detection.ts';
import { Letterbox, type Fit } from './letterbox.ts';
import {
  elements,
  floatsOf,
  floatTensor,
  imageInputOf,
  openSession,
  tensorShape,
  unsupported,
  type ImageInput,
} from './session.ts';
import type { Frame, ModelFile } from './vision.ts';

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
export const LEAST_WIDTH = 12;

/** What the outputs of a detector are, seen from their shapes. */
export type DetectorOutputs =
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
  throw unsupported(id, 'its outputs are neither three raw YOLOv5-face heads nor one decoded tensor');
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
    const error = unsupported(id, `it cannot be run on ${width} x ${height} pixels`);
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
      throw unsupported(id, `an output is [${shapes[index]!.join(',')}], expected [${dims.join(',')}]`);
}

/** Anchors of all heads together: 25,200 for 640 x 640. */
const anchorsOf = (width: number, height: number): number =>
  Object.entries(ANCHORS).reduce(
    (sum, [stride, anchors]) => sum + anchors.length * elements([width / Number(stride), height / Number(stride)]),
    0,
  );
