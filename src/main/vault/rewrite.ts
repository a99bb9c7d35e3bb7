/**
 * The bytes of one file, as they should stand under another key or under none. Pure: bytes in, bytes out.
 *
 * A journal line is sealed by itself, as the store does it (see [Note: journal lines]). A line that can not be read is
 * sealed whole, behind a mark, so that it stays as damaged as it was, gives nothing away, and comes back as it was.
 */
import { crc32 } from 'node:zlib';
import type { Codec } from '../store/codec.ts';
import { decodeLine } from '../store/journal.ts';
import { keyIdOf, openSealed, salvage, sealBytes, type DataKey } from './sealed.ts';
import type { DataEntry } from './layout.ts';

export interface Rewriting {
  /** Every key the bytes may be under. */
  readonly keys: ReadonlyMap<string, DataKey>;
  /** The key they should be under; null: none. */
  readonly target: DataKey | null;
}

/** Sealed with a key that is not there, or changed since: it must not be touched. */
export class Unreadable extends Error {}

export interface Rewritten {
  /** Null: they are as they should be. */
  readonly bytes: Uint8Array | null;
  /** Some of what was found is not sealed, and a program would take it for genuine. */
  readonly foundPlain: boolean;
}

/** @throws Unreadable */
export function rewrite(stored: Uint8Array, entry: DataEntry, how: Rewriting): Rewritten {
  return entry.kind === 'journal' ? rewriteJournal(stored, entry.name, how) : rewriteWhole(stored, entry, how);
}

function rewriteWhole(stored: Uint8Array, { name, aside }: DataEntry, { keys, target }: Rewriting): Rewritten {
  const id = keyIdOf(stored);
  if (id === null) return { bytes: target === null ? null : sealBytes(stored, target, name), foundPlain: !aside };
  const key = keys.get(id);
  if (key === undefined) {
    // Damage may have hit the key's id itself.
    if (aside) return { bytes: null, foundPlain: false };
    throw new Unreadable('sealed with another key');
  }
  let plain: Uint8Array;
  try {
    plain = openSealed(stored, key, name);
  } catch (error) {
    if (!aside) throw new Unreadable('changed since it was sealed', { cause: error });
    plain = salvage(stored, key);
  }
  if (id === target?.id) return { bytes: null, foundPlain: false };
  return { bytes: target === null ? plain : sealBytes(plain, target, name), foundPlain: false };
}

const NEWLINE = 0x0a;
const MARK = Buffer.from('damaged line: ', 'latin1');
const SEALED = /^\{"crc":"[0-9a-f]{8}","sealed":"([A-Za-z0-9+/=]*)"\}$/;

function rewriteJournal(stored: Uint8Array, name: string, how: Rewriting): Rewritten {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const out: Uint8Array[] = [];
  let changed = false;
  let foundPlain = false;
  for (let from = 0; from < bytes.byteLength;) {
    const at = bytes.indexOf(NEWLINE, from);
    const line = bytes.subarray(from, at < 0 ? bytes.byteLength : at);
    from = at < 0 ? bytes.byteLength : at + 1;
    if (line.byteLength > 0) {
      const now = rewriteLine(line, name, how);
      foundPlain ||= now.foundPlain;
      changed ||= now.bytes !== null;
      out.push(now.bytes ?? line);
    }
    out.push(Uint8Array.of(NEWLINE));
    // A torn tail gets its line break here and is from then on a damaged line.
    changed ||= at < 0;
  }
  return { bytes: changed ? Buffer.concat(out) : null, foundPlain };
}

function rewriteLine(line: Buffer, name: string, { keys, target }: Rewriting): Rewritten {
  const sealed = SEALED.exec(line.toString('latin1'));
  if (sealed === null) {
    const sound = decodeLine(line, undefined, name) !== undefined;
    if (target === null) return { bytes: null, foundPlain: sound };
    const body = sound ? line.subarray(ENTRY_FRONT.length, -1) : Buffer.concat([MARK, line]);
    return { bytes: lineOf(body, name, target), foundPlain: sound };
  }
  const body = Buffer.from(sealed[1] ?? '', 'base64');
  const id = keyIdOf(body);
  const key = id === null ? undefined : keys.get(id);
  if (id !== null && key === undefined && decodeLine(line, anything, name) !== undefined)
    throw new Unreadable('a line is sealed with another key');
  let plain: Uint8Array | null = null;
  try {
    if (key !== undefined) plain = openSealed(body, key, name);
  } catch {
    // A flipped bit: this line is lost, the others are not. It is kept as it is, below.
  }
  if (plain !== null && id === target?.id) return { bytes: null, foundPlain: false };
  if (plain !== null) return { bytes: lineOf(plain, name, target), foundPlain: false };
  if (target === null) return { bytes: null, foundPlain: false };
  return { bytes: lineOf(Buffer.concat([MARK, line]), name, target), foundPlain: false };
}

/** Only for asking whether a sealed line's checksum is right: takes whatever stands in it. */
const anything: Codec = { encode: (bytes) => bytes, decode: () => Buffer.from('true', 'latin1') };

const ENTRY_FRONT = '{"crc":"........","entry":';

/** A line, without its line break, around the JSON (as it stood) or the marked bytes in `body`. */
function lineOf(body: Uint8Array, name: string, target: DataKey | null): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (target === null && bytes.subarray(0, MARK.byteLength).equals(MARK)) return bytes.subarray(MARK.byteLength);
  const inside =
    target === null
      ? bytes
      : Buffer.from(`"${Buffer.from(sealBytes(bytes, target, name)).toString('base64')}"`, 'latin1');
  const crc = crc32(inside).toString(16).padStart(8, '0');
  const front = `{"crc":"${crc}","${target === null ? 'entry' : 'sealed'}":`;
  return Buffer.concat([Buffer.from(front, 'latin1'), inside, Buffer.from('}', 'latin1')]);
}
