/** The embedder: aligned crops in, unit vectors out. */
import type * as ort from 'onnxruntime-node';
import { CROP } from './alignment.ts';
import {
  floatsOf,
  floatTensor,
  imageInputOf,
  openSession,
  tensorShape,
  unsupported,
  type ImageInput,
} from './session.ts';
import type { ModelFile } from '../models/file.ts';

/** Length of an embedding. */
const DIMENSIONS = 512;

/** Crops per run for models that take any number: beyond this nothing is gained and memory grows. */
const MAX_BATCH = 16;

/** What `(x - mean) / scale` and the channel order are for a model; see its manifest entry. */
type Normalisation = NonNullable<ModelFile['input']>;

/** ArcFace's own, used by nearly every face embedder. */
const USUAL: Normalisation = { channels: 'rgb', mean: 127.5, scale: 128 };

/**
 * Writes one 112x112 RGB crop into an input tensor at picture `slot`, normalised, in the model's layout and channel
 * order; `mirrored` swaps left and right.
 */
export function writeCrop(
  into: Float32Array,
  slot: number,
  crop: Uint8Array,
  input: Pick<ImageInput, 'layout'>,
  { channels, mean, scale }: Normalisation,
  mirrored = false,
): void {
  const pixels = CROP * CROP;
  const planar = input.layout === 'nchw';
  const step = planar ? 1 : 3;
  const plane = planar ? pixels : 1;
  const base = slot * 3 * pixels;
  const first = channels === 'rgb' ? base : base + 2 * plane;
  const last = channels === 'rgb' ? base + 2 * plane : base;
  const factor = 1 / scale;
  let from = 0;
  for (let y = 0; y < CROP; y++) {
    let at = y * CROP * step + (mirrored ? (CROP - 1) * step : 0);
    const move = mirrored ? -step : step;
    for (let x = 0; x < CROP; x++) {
      into[first + at] = (crop[from]! - mean) * factor;
      into[base + plane + at] = (crop[from + 1]! - mean) * factor;
      into[last + at] = (crop[from + 2]! - mean) * factor;
      from += 3;
      at += move;
    }
  }
}

/**
 * Makes `vector` unit length, in place.
 * @throws RangeError when it has no direction (zero or not finite): a model that says so is broken.
 */
export function toUnit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * vector[i]!;
  if (!(sum > 0) || !Number.isFinite(sum)) throw new RangeError('an embedding has no direction');
  const factor = 1 / Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! * factor;
  return vector;
}

interface Batch {
  readonly input: Float32Array;
  readonly feeds: Record<string, ort.Tensor>;
  readonly output: Float32Array;
  readonly fetches: Record<string, ort.Tensor>;
}

export class Embedder {
  readonly #session: ort.InferenceSession;
  readonly #input: ImageInput;
  readonly #normalisation: Normalisation;
  readonly #batches = new Map<number, Batch>();

  private constructor(session: ort.InferenceSession, model: ModelFile) {
    this.#session = session;
    this.#normalisation = model.input ?? USUAL;
    this.#input = imageInputOf(tensorShape(session.inputMetadata, 0, model.id), CROP, model.id);
    if (this.#input.width !== CROP || this.#input.height !== CROP)
      throw unsupported(model.id, 'crop', `${this.#input.width} x ${this.#input.height} ≠ ${CROP} x ${CROP}`);
    const output = tensorShape(session.outputMetadata, 0, model.id);
    const length = output[1];
    if (output.length !== 2 || (typeof length === 'number' && length !== DIMENSIONS))
      throw unsupported(model.id, 'embedding', `[${output.join(',')}] ≠ ${DIMENSIONS}`);
  }

  /** @throws LintelError model-unsupported */
  static async open(model: ModelFile, threads: number): Promise<Embedder> {
    return new Embedder(await openSession(model, threads), model);
  }

  /**
   * Embeddings of aligned crops (each 3 * 112 * 112 RGB bytes): 512 float32 of unit length, in the same order.
   * With `mirror`, the mean of the crop's and its mirror image's embedding, made unit length again.
   */
  async embed(crops: readonly Uint8Array[], mirror = false): Promise<Float32Array[]> {
    const jobs = crops.flatMap((crop) =>
      mirror
        ? [
            { crop, mirrored: false },
            { crop, mirrored: true },
          ]
        : [{ crop, mirrored: false }],
    );
    const raw: Float32Array[] = [];
    const most = this.#input.anyBatch ? MAX_BATCH : 1;
    for (let start = 0; start < jobs.length; start += most) {
      const part = jobs.slice(start, start + most);
      const batch = this.#batch(part.length);
      part.forEach(({ crop, mirrored }, slot) =>
        writeCrop(batch.input, slot, crop, this.#input, this.#normalisation, mirrored),
      );
      await this.run(part.length);
      for (let slot = 0; slot < part.length; slot++) {
        raw.push(toUnit(batch.output.slice(slot * DIMENSIONS, (slot + 1) * DIMENSIONS)));
      }
    }
    if (!mirror) return raw;
    return crops.map((_, index) => {
      const mean = raw[2 * index]!;
      const other = raw[2 * index + 1]!;
      for (let i = 0; i < DIMENSIONS; i++) mean[i] = mean[i]! + other[i]!;
      return toUnit(mean);
    });
  }

  /** Runs the model on what the buffer for `size` crops holds. By itself only of use to the bench. */
  async run(size = 1): Promise<void> {
    const batch = this.#batch(size);
    await this.#session.run(batch.feeds, batch.fetches);
  }

  /** Input and output buffers for `size` pictures, made once. */
  #batch(size: number): Batch {
    const known = this.#batches.get(size);
    if (known !== undefined) return known;
    const input = floatTensor(this.#input.layout === 'nchw' ? [size, 3, CROP, CROP] : [size, CROP, CROP, 3]);
    const output = floatTensor([size, DIMENSIONS]);
    const batch: Batch = {
      input: floatsOf(input),
      feeds: { [this.#session.inputNames[0]!]: input },
      output: floatsOf(output),
      fetches: { [this.#session.outputNames[0]!]: output },
    };
    this.#batches.set(size, batch);
    return batch;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
