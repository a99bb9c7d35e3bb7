/** One ONNX model, opened once: its shapes are read from the file, and its output buffers are made once and reused. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, posix } from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { type ModelFile, readModel } from '../models/file.ts';

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

// How many threads a model gets: what the machine has, and how much of it is this process's to use.

/** What is asked of the system. */
interface System {
  /** Processors as the scheduler counts them, of those this process may run on: a core with two hardware threads is two. */
  readonly processors: number;
  /** x64 off Linux says nothing of its cores, and nearly all of its kind have two hardware threads in each. */
  readonly twoPerCore: boolean;
  /** A small text file of the system; null where there is none. */
  read(path: string): string | null;
}

const thisSystem = (): System => ({
  processors: availableParallelism(),
  twoPerCore: process.arch === 'x64' && process.platform !== 'linux',
  read(path) {
    if (process.platform !== 'linux') return null;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
});

/**
 * Threads a model may use. Both models are small: on two cores a second thread makes the detector about 1.6 times as fast, and
 * beyond four the hand-over costs more than it brings. They are as many as there are physical cores, as two hardware threads of one
 * core share what multiplies; at most half of the processors and one, as the rest is for the camera and the screen; and all of that
 * of the processors this process may use: its affinity, and the quota of its container (cgroup 2 and 1). How busy others keep the
 * machine does not count: a model keeps its threads until the kiosk ends, and while one opens (the system starting, a build) says
 * nothing about the day. They do not spin, so that others get what they leave.
 */
export function defaultThreads(system = thisSystem()): number {
  const quota = cpuQuota(system);
  const processors = Math.min(system.processors, quota === null ? Infinity : Math.max(1, Math.floor(quota)));
  return Math.max(1, Math.min(4, physicalCores(system), processors, Math.floor(processors / 2) + 1));
}

/** Physical cores among the processors this process may run on. Linux: Documentation/admin-guide/cputopology.rst. */
function physicalCores({ processors, twoPerCore, read }: System): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '')?.[1];
  const cores = cpuList(allowed ?? '').map((cpu) =>
    read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`)?.trim(),
  );
  if (cores.length === 0 || cores.includes(undefined))
    return twoPerCore && processors > 2 ? Math.ceil(processors / 2) : processors;
  return new Set(cores).size;
}

/** The numbers of a list as Linux writes it: `0-3,8`. */
export const cpuList = (text: string): number[] =>
  text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    if (part === '' || first === undefined || last === undefined || !(last >= first)) return [];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

/**
 * Processors' worth of time that the cgroups of this process allow, the least of them and those around them; null: as much as there
 * is. cgroup 2 says `cpu.max` (Documentation/admin-guide/cgroup-v2.rst), cgroup 1 `cpu.cfs_quota_us` and `cpu.cfs_period_us`.
 */
export function cpuQuota({ read }: Pick<System, 'read'>): number | null {
  const quotas: number[] = [];
  for (const [, controllers = '', path = '/'] of (read('/proc/self/cgroup') ?? '').matchAll(/^\d+:([^:]*):(.*)$/gm)) {
    const two = controllers === '';
    if (!two && !controllers.split(',').includes('cpu')) continue;
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = parts.length; depth >= 0; depth--) {
      // In a container the path is often that outside, and only the root is there to be read.
      const folder = posix.join(two ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu', ...parts.slice(0, depth));
      const text = two
        ? read(`${folder}/cpu.max`)
        : `${read(`${folder}/cpu.cfs_quota_us`) ?? ''} ${read(`${folder}/cpu.cfs_period_us`) ?? ''}`;
      const [quota = NaN, period = NaN] = (text ?? '').trim().split(/\s+/).map(Number);
      if (quota > 0 && period > 0) quotas.push(quota / period);
    }
  }
  return quotas.length === 0 ? null : Math.min(...quotas);
}

// Sessions.

let runtime: typeof Ort | null = null;

/**
 * Only for whoever runs a model: it is 20 MB of native code, and whatever else a kiosk does must not want it. As the CommonJS that it
 * is: imported, each of its files would first be read through for the names that it exports.
 */
function loadRuntime(): typeof Ort {
  try {
    return (runtime ??= createRequire(import.meta.url)('onnxruntime-node') as typeof Ort);
  } catch (cause) {
    throw new LintelError('vision-runtime', undefined, { cause });
  }
}

/**
 * Loads a model file.
 * @throws LintelError model-damaged or model-missing when it is not the file that was chosen, model-unsupported when
 *   onnxruntime cannot load it, vision-runtime when onnxruntime itself is not here.
 */
export async function openSession(model: ModelFile, threads: number): Promise<Ort.InferenceSession> {
  const bytes = await readModel(model);
  const { InferenceSession } = loadRuntime();
  try {
    return await InferenceSession.create(bytes, {
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableCpuMemArena: true,
      enableMemPattern: true,
      // By default idle threads spin, waiting for the next run: measured, 13 ms of CPU burnt after every run on two
      // cores. Those belong to the camera and the screen, and where they are busy a spinning model is also slower.
      // Denormal numbers that come up on the way are zero too, see `flushDenormals`; from then on in all of this thread.
      extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
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
export function tensorShape(metadata: readonly Ort.InferenceSession.ValueMetadata[], index: number, id: string): Shape {
  const value = metadata[index];
  if (!value?.isTensor || value.type !== 'float32')
    throw unsupported(id, 'not-floats', value?.isTensor === true ? value.type : '-');
  return value.shape;
}

export const elements = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

export function floatTensor(shape: readonly number[]): Ort.TypedTensor<'float32'> {
  const { Tensor } = loadRuntime();
  return new Tensor('float32', new Float32Array(elements(shape)), [...shape]);
}

/** The floats of a tensor. */
export const floatsOf = (tensor: Ort.Tensor): Float32Array => tensor.data as Float32Array;
