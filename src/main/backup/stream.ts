/**
 * A backup file: bytes in chunks, each encrypted and authenticated, in a row that can not be cut, mixed or mended.
 *
 *     "LINTELBK" | version, 1 byte | length of header, 2 bytes LE | header (JSON) | tag, 16 | chunk | chunk | ... | last chunk
 *
 * The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015), as age uses it: AES-256-GCM per chunk of 64 KiB of
 * plain bytes, its nonce an 11 byte counter and one byte that is 1 in the last chunk only; so a file that was cut between
 * two chunks has no last one. Every tag covers everything before the first chunk. The tag after the header seals nothing:
 * it tells a wrong passphrase from a damaged file.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { LintelError } from '../../shared/errors.ts';
import { fileKey, headerSchema, type BackupSecret, type Header } from './key.ts';

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
  const front = await reader.take(FRONT);
  if (front.byteLength < FRONT || !front.subarray(0, MAGIC.byteLength).equals(MAGIC)) throw damaged('it is no backup');
  const version = front[MAGIC.byteLength] ?? 0;
  if (version > VERSION) throw newer();
  const length = front.readUInt16LE(MAGIC.byteLength + 1);
  if (version < 1 || length > HEADER_MAX) throw damaged('its header is unreadable');
  const json = await reader.take(length);
  const start = Buffer.concat([front, json]);
  const key = await fileKey(secret, parseHeader(json));
  try {
    decrypt(key, start, CHECK, await reader.take(TAG));
  } catch (error) {
    throw new LintelError('passphrase-wrong', 'That passphrase does not open this backup.', {
      kept: 'Nothing was changed.',
      todo: 'Try again with the passphrase in use when this backup was made. Without it the backup can not be read.',
      cause: error,
    });
  }
  let chunk = await reader.take(CHUNK + TAG);
  for (let index = 0; ; index++) {
    const next = await reader.take(CHUNK + TAG);
    const last = next.byteLength === 0;
    let plain: Buffer;
    try {
      plain = decrypt(key, start, nonceOf(index, last), chunk);
    } catch (error) {
      throw damaged(last ? 'its end is missing or changed' : 'a part of it was changed', error);
    }
    yield plain;
    if (last) return;
    chunk = next;
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
    throw damaged('its header is unreadable', error);
  }
}

/** Pieces of exactly `size` bytes; the last may be shorter, and is never empty. */
async function* pieces(source: Bytes, size: number): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  for (;;) {
    const piece = await reader.take(size);
    if (piece.byteLength > 0) yield piece;
    if (piece.byteLength < size) return;
  }
}

/** Bytes out of pieces of any size. */
export class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  #length = 0;
  #ended = false;

  constructor(source: Bytes) {
    this.#source = source[Symbol.asyncIterator]();
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

export function damaged(why: string, cause?: unknown): LintelError {
  return new LintelError('backup-damaged', `This backup can not be used: ${why}.`, {
    kept: 'Nothing was changed.',
    todo: 'Copy it again from where it was made, or take another backup.',
    cause,
  });
}

export function newer(): LintelError {
  return new LintelError('backup-newer', 'This backup was made by a newer version of Lintel.', {
    kept: 'Nothing was changed.',
    todo: 'Update this Lintel, then restore it.',
  });
}
