/**
 * Encrypted bytes as they stand on disk.
 *
 *     F5 'L' 'V' 01 | key id, 8 | nonce, 12 | AES-256-GCM ciphertext | tag, 16
 *
 * The tag also covers the 12 bytes in front and the name of what is sealed, so one file can not be put in the place of
 * another. The nonce is random: with 96 bits, a key is good for 2^32 seals (NIST SP 800-38D, 8.3). F5 starts no UTF-8
 * text, JPEG, PNG or JSON, so plain and sealed can be told apart by their first bytes.
 */
import { createCipheriv, createDecipheriv, randomBytes, type DecipherGCM } from 'node:crypto';

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
