/** A model file: whether it is the one the manifest means, and its bytes, ready to be run. */
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LintelError } from '../../shared/errors.ts';
import { codeOf, readPlain } from '../storage/file-ops.ts';

/** A model file and what its card says that the file itself cannot. */
export interface ModelFile {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  /** Embedders only: channel order and the numbers in (x - mean) / scale. */
  readonly input?: { readonly channels: 'rgb' | 'bgr'; readonly mean: number; readonly scale: number };
}

/** What is known of a file, and what it looked like then. In memory only: a start always looks at the bytes. */
interface Known {
  readonly seen: string;
  readonly sha256: Promise<string>;
  /** For a moment, for who runs it next: then the file is read and hashed once. */
  bytes: Uint8Array | null;
}
const known = new Map<string, Known>();

/** How long the bytes of a file that was hashed are kept; ms. Where another process runs the models nobody comes for them. */
const KEPT_MS = 2000;

const look = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string => `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of a file as lower-case hex. */
export const sha256Of = async (path: string): Promise<string> => hashOf(await readPlain(path));

export type FileState = 'ready' | 'missing' | 'damaged';

/** Whether `path` is a file of `bytes` bytes with that SHA-256. Asking again costs one `stat` while it is unchanged. */
export async function checkFile(path: string, bytes: number, sha256: string): Promise<FileState> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return 'missing';
    if (info.size !== bytes) return 'damaged';
    let entry = known.get(path);
    if (entry?.seen !== look(info)) {
      const read = readPlain(path);
      const made: Known = { seen: look(info), sha256: read.then(hashOf), bytes: null };
      read.then(
        (content) => {
          made.bytes = content;
          setTimeout(() => (made.bytes = null), KEPT_MS).unref();
        },
        // A failed reading must not be remembered as the answer.
        () => known.delete(path),
      );
      known.set(path, (entry = made));
    }
    return (await entry.sha256) === sha256 ? 'ready' : 'damaged';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(codeOf(error)) ? 'missing' : 'damaged';
  }
}

/** The bytes that were hashed when the file was chosen, if they are still here and the file is as it was then. */
async function hashedBefore({ path, sha256 }: ModelFile): Promise<Uint8Array | null> {
  const entry = known.get(path);
  if (entry === undefined || entry.bytes === null) return null;
  if ((await entry.sha256) !== sha256 || look(await stat(path)) !== entry.seen) return null;
  // Whoever takes them changes them.
  const { bytes } = entry;
  entry.bytes = null;
  return bytes;
}

/**
 * The model's bytes, once their SHA-256 is that of the manifest, ready to be run: see `flushDenormals`. A model with altered
 * weights would load, and take strangers for members: the vision process looks again each time it starts.
 * @param model with an empty `sha256` when nobody knows what it should be (benches, tests): then nothing is compared
 * @throws LintelError model-damaged, model-missing
 */
export async function readModel(model: ModelFile): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const before = await hashedBefore(model);
    bytes = before ?? (await readPlain(model.path));
    if (before === null && model.sha256 !== '' && hashOf(bytes) !== model.sha256)
      throw new LintelError('model-damaged.changed', { model: model.id });
  } catch (cause) {
    if (cause instanceof LintelError) throw cause;
    throw new LintelError('model-missing.unreadable', { model: model.id }, { cause });
  }
  flushDenormals(bytes);
  return bytes;
}

/** Numbers of the fields of onnx.proto on the way from a model to its weights. */
const FIELDS = { graph: 7, node: 1, attribute: 5, tensor: 5, initializer: 5, dataType: 2, floatData: 4, rawData: 9 };
const FLOAT = 1;

/**
 * Makes the float32 weights of an ONNX file that are denormal (below 1.2e-38) zero, in place: to a result they are nothing, to
 * some processors each is a trap of a hundred cycles.
 * @returns how many there were; 0 also for what is no ONNX file, which onnxruntime will refuse
 */
export function flushDenormals(bytes: Uint8Array): number {
  let flushed = 0;
  const flush = (from: number, to: number): void => {
    for (let at = from; at + 4 <= to; at += 4) {
      // Little-endian: sign and exponent are the last byte and the top bit of the one before. Nearly every weight has some.
      if ((bytes[at + 3]! & 0x7f) !== 0 || (bytes[at + 2]! & 0x80) !== 0) continue;
      if ((bytes[at]! | bytes[at + 1]! | bytes[at + 2]!) === 0) continue;
      bytes.fill(0, at, at + 4);
      flushed++;
    }
  };
  const tensor = (from: number, to: number): void => {
    let type = FLOAT;
    const data: [number, number][] = [];
    for (const field of fieldsOf(bytes, from, to)) {
      if (field.number === FIELDS.dataType) type = field.value;
      if (field.number === FIELDS.rawData || field.number === FIELDS.floatData) data.push([field.from, field.to]);
    }
    if (type === FLOAT) for (const [start, end] of data) flush(start, end);
  };
  const inside = (from: number, to: number, number: number, visit: (from: number, to: number) => void): void => {
    for (const field of fieldsOf(bytes, from, to))
      if (field.number === number && field.to > field.from) visit(field.from, field.to);
  };
  inside(0, bytes.length, FIELDS.graph, (from, to) => {
    inside(from, to, FIELDS.initializer, tensor);
    inside(from, to, FIELDS.node, (a, b) =>
      inside(a, b, FIELDS.attribute, (c, d) => inside(c, d, FIELDS.tensor, tensor)),
    );
  });
  return flushed;
}

/** The fields of a protobuf message between two bytes; ends at the first that makes no sense. `value`: of a varint. */
function* fieldsOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): Generator<{ number: number; value: number; from: number; to: number }> {
  let at = start;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; at < end; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < end) {
    const tag = varint();
    const kind = tag & 7;
    let value = 0;
    if (kind === 0) value = varint();
    else if (kind !== 1 && kind !== 2 && kind !== 5) return;
    const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : 0;
    const from = at;
    at += length;
    if (at > end) return;
    yield { number: Math.floor(tag / 8), value, from, to: at };
  }
}

