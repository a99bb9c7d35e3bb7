/** The store's `Codec`, with keys. */
import { LintelError } from '../../shared/errors.ts';
import type { Codec } from '../store/codec.ts';
import { keyIdOf, openSealed, sealBytes, type DataKey } from './sealed.ts';

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
const vaultClosed = (): LintelError =>
  new LintelError('vault-locked', 'The data are encrypted, and the kiosk has been closed.', {
    kept: 'Everything in the data folder.',
    todo: 'Open the kiosk again.',
  });

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
  return new LintelError('vault-broken', `${name} is encrypted with a key that is not in vault.json.`, {
    kept: 'Nothing was changed.',
    todo: 'Put back the vault.json that belongs to these files, or restore a backup.',
    params: { file: name },
  });
}
