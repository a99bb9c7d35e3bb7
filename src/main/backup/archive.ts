/**
 * What is inside a backup: files one after the other, then the manifest that says which files there should have been.
 *
 *     record = type, 1 byte | length, 4 bytes LE | payload
 *     file   = BEGIN {"path"} , DATA*, END {"size","sha256"}
 *     backup = file*, MANIFEST {...}
 *
 * Written and read from front to end, so it takes little memory, whatever its size. Contents are plain here (the stream
 * around it encrypts), and the same whether or not the kiosk's own data are encrypted, under whatever key.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { damaged, newer, Reader } from './stream.ts';

const BEGIN = 1;
const DATA = 2;
const END = 3;
const MANIFEST = 4;
const DATA_MAX = 256 * 1024;
const JSON_MAX = 64 * 1024 * 1024;

const count = z.int().min(0);
const time = z.number().nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const countsSchema = z.object({
  people: count,
  samples: count,
  pictures: count,
  checkIns: count,
  /** First and last check-in, Unix ms. */
  firstCheckIn: time,
  lastCheckIn: time,
  auditLines: count,
  /** Lines and pictures that could not be read when the backup was made, and so are not in it. */
  unreadable: count,
});
export type Counts = z.infer<typeof countsSchema>;

export const aboutSchema = z.object({
  /** Of what is in a backup; 1. */
  format: z.int(),
  /** Unix ms. */
  createdAt: z.number(),
  /** Version of Lintel. */
  lintel: z.string().max(100),
  kiosk: z.string().max(200),
  counts: countsSchema,
});
export type About = z.infer<typeof aboutSchema>;
export const FORMAT = 1;

const manifestSchema = aboutSchema.extend({
  files: z.array(z.object({ path: z.string(), size: count, sha256 })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** A file to put in: its path is one of `paths.ts`. */
export interface ArchiveFile {
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * @param about asked at the end, when everything was counted
 */
export async function* writeArchive(files: AsyncIterable<ArchiveFile>, about: () => About): AsyncGenerator<Uint8Array> {
  const listed: Manifest['files'] = [];
  for await (const { path, content } of files) {
    yield record(BEGIN, Buffer.from(JSON.stringify({ path })));
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of content) {
      for (let at = 0; at < piece.byteLength; at += DATA_MAX) {
        const part = Buffer.from(piece.buffer, piece.byteOffset + at, Math.min(DATA_MAX, piece.byteLength - at));
        hash.update(part);
        size += part.byteLength;
        yield record(DATA, part);
      }
    }
    const end = { size, sha256: hash.digest('hex') };
    listed.push({ path, ...end });
    yield record(END, Buffer.from(JSON.stringify(end)));
  }
  yield record(MANIFEST, Buffer.from(JSON.stringify({ ...about(), files: listed })));
}

/** Takes a file out. It must read `content` to its end, and may keep what it holds only when `readArchive` has returned. */
export type TakeFile = (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Hands every file to `take`, and returns the manifest when everything in it was there and right, and nothing else was.
 * @throws LintelError `backup-damaged`, `backup-newer`, and what `take` and the stream throw
 */
export async function readArchive(plain: AsyncIterable<Uint8Array>, take: TakeFile): Promise<Manifest> {
  const reader = new Reader(plain);
  const found = new Map<string, { size: number; sha256: string }>();
  for (;;) {
    const { type, payload } = await next(reader);
    if (type === MANIFEST) {
      if ((await reader.take(1)).byteLength > 0) throw damaged('something stands behind its end');
      return checkManifest(payload, found);
    }
    if (type !== BEGIN) throw damaged('its files are in disorder');
    const { path } = parse(payload, z.object({ path: z.string().max(300) }));
    if (found.has(path)) throw damaged('a file is in it twice');
    const content = contentOf(reader);
    await take(path, content.pieces());
    found.set(path, content.result());
  }
}

/** The content of one file, checked against what its END says. */
function contentOf(reader: Reader): {
  pieces: () => AsyncGenerator<Uint8Array>;
  result: () => { size: number; sha256: string };
} {
  let done: { size: number; sha256: string } | null = null;
  return {
    async *pieces() {
      const hash = createHash('sha256');
      let size = 0;
      for (;;) {
        const { type, payload } = await next(reader);
        if (type === DATA) {
          hash.update(payload);
          size += payload.byteLength;
          yield payload;
        } else if (type === END) {
          const said = parse(payload, z.object({ size: count, sha256 }));
          if (said.size !== size || said.sha256 !== hash.digest('hex')) throw damaged('a file in it is not whole');
          done = said;
          return;
        } else throw damaged('its files are in disorder');
      }
    },
    result() {
      if (done === null) throw new Error('the file was not read to its end');
      return done;
    },
  };
}

function checkManifest(payload: Buffer, found: ReadonlyMap<string, { size: number; sha256: string }>): Manifest {
  const { format } = parse(payload, z.object({ format: z.int() }));
  if (format > FORMAT) throw newer();
  const manifest = parse(payload, manifestSchema);
  const all = manifest.files.every(({ path, size, sha256: hash }) => {
    const file = found.get(path);
    return file !== undefined && file.size === size && file.sha256 === hash;
  });
  if (!all || manifest.files.length !== found.size) throw damaged('its files are not those of its list');
  return manifest;
}

async function next(reader: Reader): Promise<{ type: number; payload: Buffer }> {
  const front = await reader.take(5);
  if (front.byteLength < 5) throw damaged('its list of files is missing');
  const type = front[0] ?? 0;
  const length = front.readUInt32LE(1);
  if (length > (type === DATA ? DATA_MAX : JSON_MAX)) throw damaged('a part of it is too long');
  const payload = await reader.take(length);
  if (payload.byteLength < length) throw damaged('it is cut short');
  return { type, payload };
}

function parse<T>(payload: Buffer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(payload.toString('utf8')));
  } catch (error) {
    throw damaged('a part of it is unreadable', error);
  }
}

function record(type: number, payload: Uint8Array): Uint8Array {
  const front = Buffer.alloc(5);
  front[0] = type;
  front.writeUInt32LE(payload.byteLength, 1);
  return Buffer.concat([front, payload]);
}
