/** The two pictures kept of every sample: `<sample>.jpg`, a portrait for people, and `<sample>.aligned.jpg` for models. */
import type { Codec } from '../storage/envelope.ts';
import type { FileOps } from '../storage/file-ops.ts';
import { Thumbnails } from '../storage/images.ts';
import { given } from '../../shared/given.ts';
import { HEAD_BYTES, pictureKind } from '../../shared/picture-kinds.ts';

/** A sample's pictures, JPEG; null when it was erased before the vector was. */
export interface KeptPictures {
  readonly portrait: Uint8Array | null;
  readonly aligned: Uint8Array | null;
}

/** Stands nowhere else in one without a preview. */
const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

export const portraitName = (sampleId: string): string => `${sampleId}.jpg`;
export const alignedName = (sampleId: string): string => `${sampleId}.aligned.jpg`;

/** A JPEG as it travels inside a message. */
export const pictureUrl = (jpeg: Uint8Array): string =>
  `data:image/jpeg;base64,${Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).toString('base64')}`;

export class SamplePictures {
  readonly #blobs: Thumbnails;

  constructor(folder: string, options: { readonly ops?: FileOps; readonly codec?: Codec }) {
    this.#blobs = new Thumbnails({
      folder,
      ...given({ ops: options.ops, codec: options.codec }),
    });
  }

  /** Resolves when both pictures of every sample are durable. */
  async putAll(samples: ReadonlyMap<string, KeptPictures>): Promise<void> {
    const blobs = [...samples].flatMap(([id, { portrait, aligned }]): [string, Uint8Array][] => [
      ...(portrait === null ? [] : [[portraitName(id), portrait] as [string, Uint8Array]]),
      ...(aligned === null ? [] : [[alignedName(id), aligned] as [string, Uint8Array]]),
    ]);
    if (blobs.length > 0) await this.#blobs.putAll(blobs);
  }

  /** One picture by its name; null when it is not (or no longer) there, or can not be read: pictures are not essential. */
  async get(name: string): Promise<Uint8Array | null> {
    try {
      return await this.#blobs.get(name);
    } catch {
      return null;
    }
  }

  /** The same, where it matters which of it: `damaged` also what is no picture, and a JPEG without its end. */
  async look(name: string): Promise<Uint8Array | 'damaged' | null> {
    try {
      const bytes = await this.#blobs.get(name);
      if (bytes === null) return null;
      const kind = pictureKind(bytes.subarray(0, HEAD_BYTES));
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      return kind === null || (kind === 'JPEG' && !whole.includes(END_OF_JPEG)) ? 'damaged' : bytes;
    } catch {
      return 'damaged';
    }
  }

  async url(sampleId: string): Promise<string | null> {
    const jpeg = await this.get(portraitName(sampleId));
    return jpeg === null ? null : pictureUrl(jpeg);
  }

  /** The names of all pictures, see `portraitName` and `alignedName`. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set(await this.#blobs.list());
  }

  /** Of how many samples there are pictures. */
  async count(): Promise<number> {
    return (await this.#samples()).size;
  }

  /** The samples of which there are pictures. */
  ids(): Promise<ReadonlySet<string>> {
    return this.#samples();
  }

  async remove(sampleIds: readonly string[]): Promise<void> {
    for (const id of sampleIds) {
      await this.#blobs.delete(portraitName(id));
      await this.#blobs.delete(alignedName(id));
    }
  }

  /** Removes the pictures of every sample not in `known`, and what writes that were cut short left. */
  async sweep(known: ReadonlySet<string>): Promise<void> {
    await this.#blobs.sweep();
    await this.remove([...(await this.#samples())].filter((id) => !known.has(id)));
  }

  async #samples(): Promise<Set<string>> {
    return new Set((await this.#blobs.list()).map((name) => name.slice(0, name.indexOf('.'))));
  }
}
