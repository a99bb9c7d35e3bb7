/**
 * Pictures that sharp's libvips cannot read, as pixels. HEIC (libheif with libde265) and JPEG XL (jxl-oxide) are decoded by
 * WebAssembly in a thread of its own: started when the first such file comes, ended when none came for a while, and ended
 * at once when a file takes too long, so that no file can hold up the process or take it along. BMP is simple enough.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Mutex } from 'async-mutex';
import { LintelError } from '../../shared/errors.ts';

/** 8 bits a channel, row by row; or a whole PNG (sRGB). Either way turned as the file says, so there is no EXIF to apply. */
export type DecodedForeign =
  | { readonly width: number; readonly height: number; readonly channels: 3 | 4; readonly data: Uint8Array }
  | { readonly width: number; readonly height: number; readonly png: Uint8Array };

/** What a decoder says of a file it gives up. */
export class CannotDecode extends Error {
  readonly why: 'damaged' | 'unsupported' | 'too-large';
  readonly width: number;
  readonly height: number;
  constructor(why: CannotDecode['why'], width = 0, height = 0) {
    super(why);
    [this.why, this.width, this.height] = [why, width, height];
  }
}

/** Longer than the largest picture of a telephone (48 million pixels) takes; one that takes this long is given up. */
const DECODE_SECONDS = 20;
/** The decoder's thread is ended when no picture came for so long: WebAssembly never gives memory back. */
const IDLE_MS = 30_000;

/*
 * The thread's program. As text, for it has to be the same file in the tests, in the built program and inside an asar, where
 * nothing but a module's path is known: `createRequire` finds the decoders, and the thread loads them from there.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { readFileSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const no = (why, width = 0, height = 0) => Object.assign(new Error(why), { why, width, height });
let heif, jxl;

// The primary image, with irot, imir and clap applied by libheif.
function heic(bytes, most) {
  heif ??= require(workerData.heif)({ print() {}, printErr() {} });
  const context = heif.heif_context_alloc();
  let handle;
  try {
    const { Ok, Unsupported_filetype, Unsupported_feature } = {
      Ok: heif.heif_error_code.heif_error_Ok.value,
      Unsupported_filetype: heif.heif_error_code.heif_error_Unsupported_filetype.value,
      Unsupported_feature: heif.heif_error_code.heif_error_Unsupported_feature.value,
    };
    const check = (result) => {
      const code = result?.code?.value ?? (result ? Ok : -1);
      if (code === Ok) return result;
      throw no(code === Unsupported_filetype || code === Unsupported_feature ? 'unsupported' : 'damaged');
    };
    check(heif.heif_context_read_from_memory(context, bytes));
    handle = check(heif.heif_js_context_get_primary_image_handle(context));
    const width = heif.heif_image_handle_get_width(handle);
    const height = heif.heif_image_handle_get_height(handle);
    if (width * height > most) throw no('too-large', width, height);
    const { heif_colorspace_RGB } = heif.heif_colorspace;
    const { heif_chroma_interleaved_RGBA } = heif.heif_chroma;
    const image = check(heif.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGBA));
    const [{ data: rows, stride }] = image.channels;
    const data = new Uint8Array(width * height * 4);
    for (let y = 0; y < height; y++) data.set(rows.subarray(y * stride, y * stride + width * 4), y * width * 4);
    heif.heif_image_release(image.image);
    return { width, height, channels: 4, data };
  } finally {
    if (handle && !handle.code) heif.heif_image_handle_release(handle);
    heif.heif_context_free(context);
  }
}

// The first frame, turned as its header says.
async function jpegXl(bytes, most) {
  if (jxl === undefined) {
    const module = await import(pathToFileURL(workerData.jxl).href);
    module.initSync({ module: readFileSync(workerData.jxlWasm) });
    jxl = module;
  }
  const image = new jxl.JxlImage();
  try {
    image.forceSrgb = true;
    image.feedBytes(bytes);
    if (!image.tryInit()) throw no('damaged');
    const { width, height } = image;
    if (width * height > most) throw no('too-large', width, height);
    if (!image.loaded) throw no('damaged');
    // Encoding frees what was rendered.
    return { width, height, png: image.render(0).encodeToPng() };
  } finally {
    image.free();
  }
}

parentPort.on('message', async ({ kind, bytes, most }) => {
  try {
    const decoded = await (kind === 'HEIC' ? heic : jpegXl)(bytes, most);
    parentPort.postMessage({ decoded }, [(decoded.data ?? decoded.png).buffer]);
  } catch (error) {
    const { why = 'damaged', width = 0, height = 0 } = Object(error);
    parentPort.postMessage({ failed: { why, width, height } });
    // After a trap its memory cannot be trusted.
    if (error instanceof WebAssembly.RuntimeError) process.exit(1);
  }
});
`;

type Reply =
  | { readonly decoded: DecodedForeign }
  | { readonly failed: { readonly why: CannotDecode['why']; readonly width: number; readonly height: number } };

/** Where a module's file is, or one beside it. Inside an asar: its copy outside, where scripts/package.mjs puts the decoders. */
function fileOf(specifier: string, beside?: string): string {
  const file = createRequire(import.meta.url)
    .resolve(specifier)
    .replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');
  return beside === undefined ? file : join(dirname(file), beside);
}

let thread: Worker | null = null;
let idle: NodeJS.Timeout | undefined;
/** One file at a time: a large one takes some hundred megabytes. */
const mutex = new Mutex();

function running(): Worker {
  if (thread !== null) return thread;
  const worker = new Worker(PROGRAM, {
    eval: true,
    // A decoder that talks must not talk into a terminal's JSON.
    stdout: true,
    stderr: true,
    workerData: {
      heif: fileOf('libheif-js/libheif-wasm/libheif-bundle.js'),
      // Its module is one for `import` only, which `createRequire` does not resolve.
      jxl: fileOf('jxl-oxide-wasm/package.json', 'jxl_oxide_wasm.js'),
      jxlWasm: fileOf('jxl-oxide-wasm/package.json', 'jxl_oxide_wasm_bg.wasm'),
    },
  });
  worker.once('exit', () => {
    if (thread === worker) thread = null;
  });
  return (thread = worker);
}

async function end(worker: Worker): Promise<void> {
  if (thread === worker) thread = null;
  await worker.terminate();
}

/**
 * A HEIC or JPEG XL file as pixels: its primary image or first frame.
 * @param most pixels; with more it is not decoded
 * @throws CannotDecode, LintelError `picture-slow`
 */
export function decodeByThread(kind: 'HEIC' | 'JPEG XL', bytes: Uint8Array, most: number): Promise<DecodedForeign> {
  return mutex.runExclusive(async () => {
    clearTimeout(idle);
    const worker = running();
    worker.ref();
    try {
      return await new Promise<DecodedForeign>((resolve, reject) => {
        const late = setTimeout(() => {
          reject(new LintelError('picture-slow', { seconds: DECODE_SECONDS }));
          void end(worker);
        }, DECODE_SECONDS * 1000);
        const settle = (then: () => void): void => {
          clearTimeout(late);
          worker.removeAllListeners('message').removeAllListeners('error').off('exit', died);
          then();
        };
        const died = (): void => settle(() => reject(new CannotDecode('damaged')));
        worker.once('message', (reply: Reply) =>
          settle(() => {
            if ('decoded' in reply) resolve(reply.decoded);
            else reject(new CannotDecode(reply.failed.why, reply.failed.width, reply.failed.height));
          }),
        );
        worker.once('error', died);
        worker.once('exit', died);
        worker.postMessage({ kind, bytes, most });
      });
    } finally {
      worker.unref();
      idle = setTimeout(() => void end(worker), IDLE_MS).unref();
    }
  });
}

// BMP, as Windows writes it: 1, 4, 8, 16, 24 and 32 bits, run lengths, bit fields, either way up. The layout is that of
// "Bitmap Storage" in the Windows documentation. (bmp-ts ignores where the pixels begin and mixes up the channels of palettes;
// fast-bmp reads version 5 only.)

const [RGB, RLE8, RLE4, FIELDS, ALPHA_FIELDS] = [0, 1, 2, 3, 6];

/**
 * @param most pixels; with more it is not decoded
 * @throws CannotDecode
 */
export function decodeBmp(bytes: Uint8Array, most: number): DecodedForeign {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return bmp(view, most);
  } catch (error) {
    // Read past its end: cut short.
    throw error instanceof RangeError ? new CannotDecode('damaged') : error;
  }
}

function bmp(view: DataView, most: number): DecodedForeign {
  const header = view.getUint32(14, true);
  const old = header === 12;
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const tall = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(tall);
  const bits = view.getUint16(old ? 24 : 28, true);
  const packed = old ? RGB : view.getUint32(30, true);
  if (width <= 0 || height === 0) throw new CannotDecode('damaged');
  if (width * height > most) throw new CannotDecode('too-large', width, height);
  const isRuns = (packed === RLE8 && bits === 8) || (packed === RLE4 && bits === 4);
  const isFields = (packed === FIELDS || packed === ALPHA_FIELDS) && (bits === 16 || bits === 32);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || (packed !== RGB && !isRuns && !isFields))
    throw new CannotDecode('unsupported');

  const data = new Uint8Array(width * height * 3);
  const start = view.getUint32(10, true);
  /** Where a stored row goes; rows are stored from the bottom unless the height is negative. */
  const rowAt = (row: number): number => (tall < 0 ? row : height - 1 - row) * width * 3;

  if (bits <= 8) {
    const entry = old ? 3 : 4;
    const used = old ? 0 : view.getUint32(46, true);
    const colours = Math.min(used === 0 ? 1 << bits : used, 1 << bits);
    const palette = 14 + header;
    const put = (index: number, at: number): void => {
      // An index beyond the palette is black, as everybody shows it.
      if (index >= colours) return;
      for (let c = 0; c < 3; c++) data[at + c] = view.getUint8(palette + index * entry + 2 - c);
    };
    if (isRuns) runs(view, start, bits, width, height, (x, y, index) => put(index, rowAt(y) + x * 3));
    else {
      const stride = Math.ceil((width * bits) / 32) * 4;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const bit = x * bits;
          const byte = view.getUint8(start + y * stride + (bit >> 3));
          put((byte >> (8 - bits - (bit & 7))) & ((1 << bits) - 1), rowAt(y) + x * 3);
        }
    }
    return { width, height, channels: 3, data };
  }

  const usual = bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
  const masks = isFields ? [54, 58, 62].map((at) => view.getUint32(at, true)) : usual;
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, full: (mask >>> shift) | 0 };
  });
  const size = bits / 8;
  const stride = Math.ceil((width * size) / 4) * 4;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = start + y * stride + x * size;
      const at = rowAt(y) + x * 3;
      if (size === 3) for (let c = 0; c < 3; c++) data[at + c] = view.getUint8(from + 2 - c);
      else {
        const pixel = size === 2 ? view.getUint16(from, true) : view.getUint32(from, true);
        fields.forEach(({ mask, shift, full }, c) => {
          data[at + c] = full === 0 ? 0 : Math.round((((pixel & mask) >>> shift) * 255) / full);
        });
      }
    }
  return { width, height, channels: 3, data };
}

/** Run lengths of palette indices: a count and a value; or 0 and 0 (row ends), 1 (all ends), 2 (moves by x and y), or so many as they are. */
function runs(
  view: DataView,
  from: number,
  bits: number,
  width: number,
  height: number,
  put: (x: number, y: number, index: number) => void,
): void {
  let at = from;
  let x = 0;
  let y = 0;
  const next = (): number => view.getUint8(at++);
  const half = (byte: number, i: number): number => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  const draw = (index: number): void => {
    if (x < width && y < height) put(x, y, index);
    x++;
  };
  while (y < height) {
    const count = next();
    const value = next();
    if (count > 0) for (let i = 0; i < count; i++) draw(half(value, i));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) return;
    else if (value === 2) [x, y] = [x + next(), y + next()];
    else {
      let byte = 0;
      for (let i = 0; i < value; i++) {
        if (bits === 8 || i % 2 === 0) byte = next();
        draw(half(byte, i));
      }
      // Padded to whole words.
      if ((at - from) % 2 === 1) at++;
    }
  }
}
