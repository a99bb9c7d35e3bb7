/** The face detector: a frame in, detections out, in pixels of the frame. */
import type * as ort from 'onnxruntime-node';
import { ANCHORS, decodeFlat, decodeHead, ROW, suppress, type Detection, type RawHead } from './detection.ts';
import { Letterbox, type Fit } from './letterbox.ts';
import { elements, floatsOf, floatTensor, imageInputOf, openSession, tensorShape, unsupported } from './session.ts';
import type { Frame, ModelFile } from './vision.ts';

/** Input side for files that leave it open. */
const OPEN_SIDE = 640;

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

export class Detector {
  readonly width: number;
  readonly height: number;
  readonly #session: ort.InferenceSession;
  readonly #letterbox: Letterbox;
  readonly #feeds: Record<string, ort.Tensor>;
  readonly #fetches: Record<string, ort.Tensor>;
  readonly #heads: readonly RawHead[];
  readonly #flat: Float32Array | null;

  private constructor(session: ort.InferenceSession, id: string) {
    this.#session = session;
    const input = imageInputOf(tensorShape(session.inputMetadata, 0, id), OPEN_SIDE, id);
    this.width = input.width;
    this.height = input.height;
    const shape =
      input.layout === 'nchw' ? [1, 3, input.height, input.width] : ([1, input.height, input.width, 3] as const);
    const tensor = floatTensor(shape);
    this.#letterbox = new Letterbox(input.width, input.height, input.layout, floatsOf(tensor));
    this.#feeds = { [session.inputNames[0]!]: tensor };

    const shapes = session.outputMetadata.map((_, index) => tensorShape(session.outputMetadata, index, id));
    const outputs = detectorOutputs(shapes, input.width, id);
    // Open dimensions are worked out from the input's size, so that the buffers can be made once.
    const make = (index: number, dims: readonly number[]): Float32Array => {
      const declared = shapes[index]!;
      if (declared.some((dim, i) => typeof dim === 'number' && dim !== dims[i]))
        throw unsupported(id, `an output is [${declared.join(',')}], expected [${dims.join(',')}]`);
      const output = floatTensor(dims);
      this.#fetches[session.outputNames[index]!] = output;
      return floatsOf(output);
    };
    this.#fetches = {};
    if (outputs.kind === 'flat') {
      this.#heads = [];
      this.#flat = make(outputs.index, [1, anchorsOf(input.width, input.height), ROW]);
    } else {
      this.#flat = null;
      this.#heads = outputs.heads.map(({ index, stride }) => {
        const columns = input.width / stride;
        const rows = input.height / stride;
        return { stride, columns, rows, data: make(index, [1, ANCHORS[stride]!.length, rows, columns, ROW]) };
      });
    }
  }

  /** @throws LintelError model-unsupported */
  static async open(model: ModelFile, threads: number): Promise<Detector> {
    return new Detector(await openSession(model, threads), model.id);
  }

  /** Writes the frame into the detector's input; see `Letterbox.write`. */
  prepare(frame: Frame, shrink = 1): Fit {
    return this.#letterbox.write(frame, shrink);
  }

  /** Runs the model on what `prepare` wrote. Its outputs land in buffers that are kept. */
  async run(): Promise<void> {
    await this.#session.run(this.#feeds, this.#fetches);
  }

  /** Faces in what `run` left, in pixels of the frame that was prepared; best score first. */
  read(fit: Fit, minScore: number): Detection[] {
    const found: Detection[] = [];
    if (this.#flat !== null) decodeFlat(this.#flat, minScore, found);
    for (const head of this.#heads) decodeHead(head, minScore, found);
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
}

/** Anchors of all heads together: 25,200 for 640 x 640. */
const anchorsOf = (width: number, height: number): number =>
  Object.entries(ANCHORS).reduce(
    (sum, [stride, anchors]) => sum + anchors.length * elements([width / Number(stride), height / Number(stride)]),
    0,
  );
