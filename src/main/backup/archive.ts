/**
 * From a passphrase to the key of one backup file.
 *
 *     master = scrypt(passphrase, salt)          once, and may be kept (sealed) by a kiosk that makes backups on its own
 *     key    = HKDF-SHA256(master, file salt)    another for every file, so that a counter will do as its nonce
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { checkPassphrase, deriveKey, SCRYPT_COST, type ScryptCost, scryptCostSchema } from '../storage/secret.ts';

const base64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/); // 32 bytes

/** What a kiosk keeps in order to make backups unattended. `master` opens every backup made with it: keep it encrypted. */
export const backupKeySchema = z.strictObject({ salt: base64, cost: scryptCostSchema, master: base64 });
export type BackupKey = z.infer<typeof backupKeySchema>;

/** @throws LintelError `passphrase-short` */
export async function newBackupKey(passphrase: string, cost: ScryptCost = SCRYPT_COST): Promise<BackupKey> {
  checkPassphrase(passphrase);
  const salt = randomBytes(32);
  const master = await deriveKey(passphrase, salt, cost);
  return { salt: salt.toString('base64'), cost, master: master.toString('base64') };
}

/** What stands, unencrypted, at the start of a backup. */
const headerSchema = z.strictObject({ salt: base64, cost: scryptCostSchema, fileSalt: base64 });
type Header = z.infer<typeof headerSchema>;

export function newHeader(key: BackupKey): Header {
  return { salt: key.salt, cost: key.cost, fileSalt: randomBytes(32).toString('base64') };
}

/** Either the passphrase, or the key that was kept. */
export type BackupSecret = { readonly passphrase: string } | { readonly key: BackupKey };

/** @returns 32 bytes. Whether they are right shows in opening the file. */
async function fileKey(secret: BackupSecret, { salt, cost, fileSalt }: Header): Promise<Buffer> {
  const master =
    'key' in secret
      ? Buffer.from(secret.key.master, 'base64')
      : await deriveKey(secret.passphrase, Buffer.from(salt, 'base64'), cost);
  return Buffer.from(hkdfSync('sha256', master, Buffer.from(fileSalt, 'base64'), 'lintel backup 1', 32));
}

/*
 * A backup file: bytes in chunks, each encrypted and authenticated, in a row that can not be cut, mixed or mended.
 *
 *     "LINTELBK" | version, 1 byte | length of header, 2 bytes LE | header (JSON) | tag, 16 | chunk | chunk | ... | last chunk
 *
 * The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: AES-256-GCM per chunk of 64 KiB of
 * plain bytes, its nonce an 11 byte counter and one byte that is 1 in the last chunk only; so a file that was cut between
 * two chunks has no last one. Every tag covers everything before the first chunk. The tag after the header seals nothing:
 * it tells a wrong passphrase from a damaged file.
 */

const MAGIC = Buffer.from('LINTELBK', 'latin1');
const VERSION = 1;
const FRONT = MAGIC.byteLength + 3;
const TAG = 16;
const CHUNK = 64 * 1024;
const HEADER_MAX = 4096;

type Bytes = AsyncIterable<Uint8Array>;

/** @param plain bytes in pieces of any size */
export async function* encryptStream(plain: Bytes, header: Header, secret: BackupSecret): AsyncGenerator<Uint8Array> {
  const key = await fileKey(secret, header);
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const front = Buffer.alloc(FRONT);
  MAGIC.copy(front);
  front[MAGIC.byteLength] = VERSION;
  front.writeUInt16LE(json.byteLength, MAGIC.byteLength + 1);
  const start = Buffer.concat([front, json]);
  yield Buffer.concat([start, encrypt(key, start, CHECK, Buffer.alloc(0))]);
  let index = 0;
  let held: Buffer | null = null;
  for await (const chunk of pieces(plain, CHUNK)) {
    if (held !== null) yield encrypt(key, start, nonceOf(index++, false), held);
    held = chunk;
  }
  yield encrypt(key, start, nonceOf(index, true), held ?? Buffer.alloc(0));
}

/**
 * The plain bytes, each chunk only after its tag was found right; the end only when it is the end.
 * @throws LintelError `backup-damaged`, `backup-newer`, `passphrase-wrong`
 */
export async function* decryptStream(stored: Bytes, secret: BackupSecret): AsyncGenerator<Uint8Array> {
  const reader = new Reader(stored);
  try {
    const front = await reader.take(FRONT);
    if (front.byteLength < FRONT || !front.subarray(0, MAGIC.byteLength).equals(MAGIC)) throw damaged('no-backup');
    const version = front[MAGIC.byteLength] ?? 0;
    if (version > VERSION) throw newer();
    const length = front.readUInt16LE(MAGIC.byteLength + 1);
    if (version < 1 || length > HEADER_MAX) throw damaged('header');
    const json = await reader.take(length);
    const start = Buffer.concat([front, json]);
    const key = await fileKey(secret, parseHeader(json));
    try {
      decrypt(key, start, CHECK, await reader.take(TAG));
    } catch (error) {
      throw new LintelError('passphrase-wrong.backup', undefined, { cause: error });
    }
    let chunk = await reader.take(CHUNK + TAG);
    for (let index = 0; ; index++) {
      const next = await reader.take(CHUNK + TAG);
      const last = next.byteLength === 0;
      let plain: Buffer;
      try {
        plain = decrypt(key, start, nonceOf(index, last), chunk);
      } catch (error) {
        throw damaged(last ? 'end' : 'part', error);
      }
      yield plain;
      if (last) return;
      chunk = next;
    }
  } finally {
    await reader.close();
  }
}

/** No chunk has this nonce: their last byte is 0 or 1. */
const CHECK = Buffer.alloc(12, 0xff);

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

function encrypt(key: Buffer, covered: Buffer, nonce: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(covered);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, covered: Buffer, nonce: Buffer, stored: Buffer): Buffer {
  if (stored.byteLength < TAG) throw new Error('cut short');
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(covered);
  decipher.setAuthTag(stored.subarray(stored.byteLength - TAG));
  return Buffer.concat([decipher.update(stored.subarray(0, stored.byteLength - TAG)), decipher.final()]);
}

function parseHeader(json: Buffer): Header {
  try {
    return headerSchema.parse(JSON.parse(json.toString('utf8')));
  } catch (error) {
    throw damaged('header', error);
  }
}

/** Pieces of exactly `size` bytes; the last may be shorter, and is never empty. */
async function* pieces(source: Bytes, size: number): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  try {
    for (;;) {
      const piece = await reader.take(size);
      if (piece.byteLength > 0) yield piece;
      if (piece.byteLength < size) return;
    }
  } finally {
    await reader.close();
  }
}

/** Bytes out of pieces of any size. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  #length = 0;
  #ended = false;

  constructor(source: Bytes) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Lets go of what is read, an open file say, also before its end. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** The next `size` bytes, or as many as there are still. */
  async take(size: number): Promise<Buffer> {
    while (this.#length < size && !this.#ended) {
      const { value, done } = await this.#source.next();
      if (done === true) this.#ended = true;
      else {
        this.#held.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
        this.#length += value.byteLength;
      }
    }
    const all = this.#held.length === 1 ? (this.#held[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#held);
    const taken = all.subarray(0, size);
    this.#held = all.byteLength > size ? [all.subarray(size)] : [];
    this.#length = Math.max(0, all.byteLength - size);
    return taken;
  }
}

export function damaged(why: Phrase<'backup'>, cause?: unknown): LintelError {
  return new LintelError('backup-damaged', { why }, { cause });
}

export function newer(): LintelError {
  return new LintelError('backup-newer');
}

/*
 * What is inside a backup: files one after the other, then the manifest that says which files there should have been.
 *
 *     record = type, 1 byte | length, 4 bytes LE | payload
 *     file   = BEGIN {"path"} , DATA*, END {"size","sha256"}
 *     backup = file*, MANIFEST {...}
 *
 * Written and read from front to end, so it takes little memory, whatever its size. Contents are plain here (the stream
 * around it encrypts), and the same whether or not the kiosk's own data are encrypted, under whatever key.
 */

const BEGIN = 1;
const DATA = 2;
const END = 3;
const MANIFEST = 4;
const DATA_MAX = 256 * 1024;
const JSON_MAX = 64 * 1024 * 1024;

const count = z.int().min(0);
const time = z.number().nullable();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const countsSchema = z.object({
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

const aboutSchema = z.object({
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

/** A file to put in: `kindOfPath` must know its path. */
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
type TakeFile = (path: string, content: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Hands every file to `take`, and returns the manifest when everything in it was there and right, and nothing else was.
 * @throws LintelError `backup-damaged`, `backup-newer`, and what `take` and the stream throw
 */
export async function readArchive(plain: AsyncIterable<Uint8Array>, take: TakeFile): Promise<Manifest> {
  const reader = new Reader(plain);
  const found = new Map<string, { size: number; sha256: string }>();
  try {
    for (;;) {
      const { type, payload } = await next(reader);
      if (type === MANIFEST) {
        if ((await reader.take(1)).byteLength > 0) throw damaged('behind');
        return checkManifest(payload, found);
      }
      if (type !== BEGIN) throw damaged('disorder');
      const { path } = parse(payload, z.object({ path: z.string().max(300) }));
      if (found.has(path)) throw damaged('twice');
      const content = contentOf(reader);
      await take(path, content.pieces());
      found.set(path, content.result());
    }
  } finally {
    await reader.close();
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
          if (said.size !== size || said.sha256 !== hash.digest('hex')) throw damaged('not-whole');
          done = said;
          return;
        } else throw damaged('disorder');
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
  if (!all || manifest.files.length !== found.size) throw damaged('list');
  return manifest;
}

async function next(reader: Reader): Promise<{ type: number; payload: Buffer }> {
  const front = await reader.take(5);
  if (front.byteLength < 5) throw damaged('no-list');
  const type = front[0] ?? 0;
  const length = front.readUInt32LE(1);
  if (length > (type === DATA ? DATA_MAX : JSON_MAX)) throw damaged('too-long');
  const payload = await reader.take(length);
  if (payload.byteLength < length) throw damaged('cut');
  return { type, payload };
}

function parse<T>(payload: Buffer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(payload.toString('utf8')));
  } catch (error) {
    throw damaged('unreadable', error);
  }
}

function record(type: number, payload: Uint8Array): Uint8Array {
  const front = Buffer.alloc(5);
  front[0] = type;
  front.writeUInt32LE(payload.byteLength, 1);
  return Buffer.concat([front, payload]);
}
