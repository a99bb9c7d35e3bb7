/**
 * How data stand in a file: one JSON object, so that any tool can read it, whose head tells what it is.
 *
 *     {"schemaVersion":1,"generation":17,"savedAt":1767225600000,"sha256":"<64 hex>","data":{...}}
 *
 * The SHA-256 is over the head's three numbers and the very bytes of `data`: a flipped bit is found even where the
 * JSON would still parse, as it would in a digit of a vector.
 */
import { createHash } from 'node:crypto';
import { LintelError } from '../../shared/errors.ts';

export interface Envelope {
  readonly schemaVersion: number;
  /** Counts the writes of this file. */
  readonly generation: number;
  /** Unix ms. */
  readonly savedAt: number;
}

/** What was found to be wrong with a file. */
export type Damage = 'empty' | 'truncated' | 'unreadable' | 'checksum' | 'shape';

export type Opened =
  | { readonly kind: 'whole'; readonly head: Envelope; readonly data: unknown }
  /** Sound JSON of ours whose checksum does not fit: an editor was at it, or the disk was. */
  | { readonly kind: 'altered'; readonly head: Envelope; readonly data: unknown }
  | { readonly kind: 'newer'; readonly schemaVersion: number }
  | { readonly kind: 'damaged'; readonly damage: Damage };

const HEAD =
  /^\{"schemaVersion":(\d{1,9}),"generation":(\d{1,15}),"savedAt":(\d{1,15}),"sha256":"([0-9a-f]{64})","data":/;
const END = '}\n';

const digest = (head: Envelope, body: Uint8Array): string =>
  createHash('sha256').update(`${head.schemaVersion} ${head.generation} ${head.savedAt}\n`).update(body).digest('hex');

/** The bytes of a file that holds `data`. @param name the file's plain name, for the codec */
export function seal(head: Envelope, data: unknown, codec: Codec, name: string): Uint8Array {
  const body = Buffer.from(JSON.stringify(data), 'utf8');
  const { schemaVersion, generation, savedAt } = head;
  const front = JSON.stringify({ schemaVersion, generation, savedAt, sha256: digest(head, body) }).slice(0, -1);
  return codec.encode(
    Buffer.concat([Buffer.from(`${front},"data":`, 'latin1'), body, Buffer.from(END, 'latin1')]),
    name,
  );
}

/**
 * What the bytes of a file hold; never trusts them.
 * @param version the newest schema version that this program knows
 * @throws LintelError only what the codec itself throws as one
 */
export function unseal(stored: Uint8Array, version: number, codec: Codec, name: string): Opened {
  if (stored.byteLength === 0) return { kind: 'damaged', damage: 'empty' };
  let bytes: Buffer;
  let text: string;
  try {
    bytes = Buffer.from(codec.decode(stored, name));
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof LintelError) throw error;
    return { kind: 'damaged', damage: 'unreadable' };
  }
  const match = HEAD.exec(text);
  if (match?.[4] !== undefined && text.endsWith(END)) {
    const head = { schemaVersion: Number(match[1]), generation: Number(match[2]), savedAt: Number(match[3]) };
    const body = bytes.subarray(match[0].length, bytes.byteLength - END.length);
    if (digest(head, body) === match[4]) {
      if (head.schemaVersion > version) return { kind: 'newer', schemaVersion: head.schemaVersion };
      return { kind: 'whole', head, data: JSON.parse(body.toString('utf8')) as unknown };
    }
  }
  return altered(text, version);
}

/** Bytes that `seal` did not make: by a newer program (which may lay the file out otherwise), by an editor, or broken. */
function altered(text: string, version: number): Opened {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return {
      kind: 'damaged',
      damage: text.startsWith('{') && !text.trimEnd().endsWith('}') ? 'truncated' : 'unreadable',
    };
  }
  if (typeof found !== 'object' || found === null) return { kind: 'damaged', damage: 'unreadable' };
  const { schemaVersion, generation, savedAt, data } = found as Record<string, unknown>;
  if (typeof schemaVersion !== 'number' || !Number.isInteger(schemaVersion))
    return { kind: 'damaged', damage: 'shape' };
  if (schemaVersion > version) return { kind: 'newer', schemaVersion };
  if (data === undefined) return { kind: 'damaged', damage: 'shape' };
  const count = (value: unknown): number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
  return { kind: 'altered', head: { schemaVersion, generation: count(generation), savedAt: count(savedAt) }, data };
}

/** Bytes on their way to and from the disk. Encryption at rest is a codec; without one they go as they are. */
export interface Codec {
  /**
   * @param name what the bytes are, so that they can not be put in another's place: `people.json` (its `.bak` too),
   * `checkins-2026-01.ndjson` for each of its lines, `thumbnails/s_4f2a.jpg`
   */
  encode(plain: Uint8Array, name: string): Uint8Array;
  /**
   * @throws when the bytes are not what `encode` made under that name: a LintelError (a wrong key, say) goes to the caller
   * as it is and nothing on disk is touched; anything else the store takes for damage.
   */
  decode(stored: Uint8Array, name: string): Uint8Array;
  /** A journal line that was written without a codec is then damage: else anyone could slip one in. */
  readonly refusesPlain?: boolean;
}

export const plain: Codec = { encode: (bytes) => bytes, decode: (bytes) => bytes };
