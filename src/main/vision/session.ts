/** A model file is what it was when it was chosen, also when the vision process loads it again hours later. */
import { basename } from 'node:path';
import type * as ort from 'onnxruntime-node';
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { sha256Of } from '../models/find.ts';
import type { ModelFile } from './vision.ts';

/**
 * Reads the file and compares its SHA-256 with that of the manifest. A model with altered weights would load, and take
 * strangers for members.
 * @param model with an empty `sha256` when nobody knows what it should be (benches, tests): then nothing is compared
 * @throws LintelError model-damaged, model-missing
 */
export async function refuseDamaged(model: ModelFile): Promise<void> {
  if (model.sha256 === '') return;
  const sha256 = await sha256Of(model.path).catch((cause: unknown) => {
    throw new LintelError('model-missing.unreadable', { model: model.id }, { cause });
  });
  if (sha256 !== model.sha256) throw new LintelError('model-damaged.changed', { model: model.id });
}

// One ONNX model, opened once: its shapes are read from the file, and its output buffers are made once and reused.

/** How an image tensor is laid out: planes (`[N,3,H,W]`) or pixels (`[N,H,W,3]`). */
export type Layout = 'nchw' | 'nhwc';

export interface ImageInput {
  readonly layout: Layout;
  readonly width: number;
  readonly height: number;
  /** True when the file leaves N open; false when it was exported for one picture at a time. */
  readonly anyBatch: boolean;
}

/** A shape as onnxruntime gives it: numbers, and names for open dimensions. */
type Shape = readonly (number | string)[];

/**
 * What an image input of this shape holds. Open height and width become `fallback`.
 * @throws LintelError model-unsupported when it is not a 4-D tensor with three channels.
 */
export function imageInputOf(shape: Shape, fallback: number, id = 'model'): ImageInput {
  const size = (dim: number | string | undefined): number => (typeof dim === 'number' && dim > 0 ? dim : fallback);
  const anyBatch = shape[0] !== 1;
  if (shape.length === 4 && shape[1] === 3)
    return { layout: 'nchw', height: size(shape[2]), width: size(shape[3]), anyBatch };
  if (shape.length === 4 && shape[3] === 3)
    return { layout: 'nhwc', height: size(shape[1]), width: size(shape[2]), anyBatch };
  throw unsupported(id, 'input', `[${shape.join(',')}]`);
}

export function unsupported(id: string, why: Phrase<'modelFault'>, detail: string): LintelError {
  return new LintelError('model-unsupported', { model: id, why, detail });
}

/**
 * Threads a model may use. Both models are small: on two cores a second thread makes the detector about 1.6 times as
 * fast, and beyond four the hand-over costs more than it brings. The rest of the machine is left for camera and screen.
 */
export const defaultThreads = (cores: number): number => Math.max(1, Math.min(4, cores, Math.floor(cores / 2) + 1));

let runtime: typeof ort | null = null;

/** Only for whoever runs a model: it is 20 MB of native code, and whatever else a kiosk does must not want it. */
async function loadRuntime(): Promise<typeof ort> {
  try {
    const loaded: typeof ort & { readonly default?: typeof ort } = await import('onnxruntime-node');
    return (runtime ??= loaded.default ?? loaded);
  } catch (cause) {
    throw new LintelError('vision-runtime', undefined, { cause });
  }
}

/**
 * Loads a model file.
 * @throws LintelError model-damaged or model-missing when it is not the file that was chosen, model-unsupported when
 *   onnxruntime cannot load it, vision-runtime when onnxruntime itself is not here.
 */
export async function openSession(model: ModelFile, threads: number): Promise<ort.InferenceSession> {
  await refuseDamaged(model);
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(model.path, {
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableCpuMemArena: true,
      enableMemPattern: true,
      // By default idle threads spin, waiting for the next run: measured, 13 ms of CPU burnt after every run on two
      // cores. Those belong to the camera and the screen, and where they are busy a spinning model is also slower.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      // Warnings about unused initialisers in exported files are of no use to anyone at a kiosk.
      logSeverityLevel: 3,
    });
  } catch (error) {
    // onnxruntime's own message names paths and operators; it is kept as the cause, not shown.
    const wrapped = unsupported(model.id, 'runtime', basename(model.path));
    wrapped.cause = error;
    throw wrapped;
  }
}

/** Shape of the named input or output. @throws LintelError model-unsupported when it is not a tensor of floats. */
export function tensorShape(metadata: readonly ort.InferenceSession.ValueMetadata[], index: number, id: string): Shape {
  const value = metadata[index];
  if (!value?.isTensor || value.type !== 'float32')
    throw unsupported(id, 'not-floats', value?.isTensor === true ? value.type : '-');
  return value.shape;
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

export function floatTensor(shape: readonly number[]): ort.TypedTensor<'float32'> {
  if (runtime === null) throw new LintelError('vision-runtime');
  return new runtime.Tensor('float32', new Float32Array(elements(shape)), [...shape]);
}

/** The floats of a tensor. */
export const floatsOf = (tensor: ort.Tensor): Float32Array => tensor.data as Float32Array;
