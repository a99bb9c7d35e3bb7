/**
 * Encrypted bytes as they stand on disk.
 *
 *     F5 'L' 'V' 01 | key id, 8 | nonce, 12 | AES-256-GCM ciphertext | tag, 16
 *
 * The tag also covers the 12 bytes in front and the name of what is sealed, so one file can not be put in the place of
 * another. The nonce is random: with 96 bits, a key is good for 2^32 seals (NIST SP 800-38D, 8.3). F5 starts no UTF-8
 * text, JPEG, PNG or JSON, so plain and sealed can be told apart by their first bytes.
 */
import { createCipheriv, createDecipheriv, type DecipherGCM, randomBytes } from 'node:crypto';
import { LintelError } from '../../shared/errors.ts';
import type { Codec } from './envelope.ts';

const MAGIC = Buffer.from([0xf5, 0x4c, 0x56, 0x01]);
const ID_LENGTH = 8;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const FRONT_LENGTH = MAGIC.byteLength + ID_LENGTH;
/** How many bytes sealing adds. */
export const OVERHEAD = FRONT_LENGTH + NONCE_LENGTH + TAG_LENGTH;

/** A data key: 256 random bits, and the id by which sealed bytes say which key they need. */
export interface DataKey {
  /** 16 hex digits. */
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

export function newDataKey(): DataKey {
  return { id: randomBytes(ID_LENGTH).toString('hex'), bytes: randomBytes(32) };
}

/** @param name see `Codec.encode` */
export function sealBytes(plain: Uint8Array, key: DataKey, name: string): Uint8Array {
  const front = Buffer.concat([MAGIC, Buffer.from(key.id, 'hex')]);
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_LENGTH });
  cipher.setAAD(covered(front, name));
  return Buffer.concat([front, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The id of the key that `stored` was sealed with, or null when it is not sealed. */
export function keyIdOf(stored: Uint8Array): string | null {
  if (stored.byteLength < FRONT_LENGTH) return null;
  const bytes = view(stored);
  if (!bytes.subarray(0, MAGIC.byteLength).equals(MAGIC)) return null;
  return bytes.toString('hex', MAGIC.byteLength, FRONT_LENGTH);
}

/**
 * What `sealBytes` was given.
 * @throws Error when the bytes, the key or the name are not the same as then
 */
export function openSealed(stored: Uint8Array, key: DataKey, name: string): Uint8Array {
  if (stored.byteLength < OVERHEAD) throw new Error('sealed bytes are cut short');
  const decipher = decipherOf(stored, key);
  decipher.setAAD(covered(view(stored).subarray(0, FRONT_LENGTH), name));
  decipher.setAuthTag(view(stored).subarray(stored.byteLength - TAG_LENGTH));
  const body = view(stored).subarray(FRONT_LENGTH + NONCE_LENGTH, stored.byteLength - TAG_LENGTH);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/**
 * What can be made of sealed bytes that are damaged: decrypted without asking whether they are genuine. Only for files
 * that were kept aside because they are damaged, and only to keep them as they are under another key.
 */
export function salvage(stored: Uint8Array, key: DataKey): Uint8Array {
  if (stored.byteLength < OVERHEAD) return new Uint8Array(0);
  const body = view(stored).subarray(FRONT_LENGTH + NONCE_LENGTH, stored.byteLength - TAG_LENGTH);
  return decipherOf(stored, key).update(body);
}

function decipherOf(stored: Uint8Array, key: DataKey): DecipherGCM {
  const nonce = view(stored).subarray(FRONT_LENGTH, FRONT_LENGTH + NONCE_LENGTH);
  return createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_LENGTH });
}

const covered = (front: Uint8Array, name: string): Buffer => Buffer.concat([front, Buffer.from(name, 'utf8')]);

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// The store's `Codec`, with keys.

/** Seals with `key`, and takes nothing that was not sealed with it. */
export function codecOf(key: DataKey): Codec {
  return {
    refusesPlain: true,
    encode(plain, name) {
      // Sealed with an erased key, it could never be read again: better no write than such a one.
      if (isErased(key)) throw vaultClosed();
      return sealBytes(plain, key, name);
    },
    decode(stored, name) {
      if (isErased(key)) throw vaultClosed();
      const id = keyIdOf(stored);
      // Anything else than sealed bytes is damage: the store then turns to its backup and keeps this aside.
      if (id === null) throw new Error('not encrypted, though it should be');
      if (id !== key.id) throw anotherKey(name);
      return openSealed(stored, key, name);
    },
  };
}

const isErased = (key: DataKey): boolean => key.bytes.every((byte) => byte === 0);

/** A LintelError, so that nobody takes the file for damaged. */
const vaultClosed = (): LintelError => new LintelError('vault-locked.closed');

/** For reading beside whoever owns the folder. @param plainToo while that one turns encryption on or off */
export function readingCodec(keys: ReadonlyMap<string, DataKey>, plainToo: boolean): Codec {
  return {
    refusesPlain: !plainToo,
    encode() {
      throw new Error('this codec is only for reading');
    },
    decode(stored, name) {
      const id = keyIdOf(stored);
      if (id === null && plainToo) return stored;
      if (id === null) throw new Error('not encrypted, though it should be');
      const key = keys.get(id);
      if (key === undefined) throw anotherKey(name);
      return openSealed(stored, key, name);
    },
  };
}

/**
 * A line of a journal carries a checksum of its own, so there the key's id is what was written: it is no damage, and to
 * step over every line as if it were would show an empty journal. In other files it may be a flipped bit.
 */
function anotherKey(name: string): Error {
  if (!name.endsWith('.ndjson')) return new Error('sealed with another key, or damaged');
  return new LintelError('vault-broken.other-key', { file: name });
}
