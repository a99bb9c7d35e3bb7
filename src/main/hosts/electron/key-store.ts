/** What opens encrypted data in the desktop program: the system's key store, or a file given when it is started. */
import { LintelError } from '../../../shared/errors.ts';
import type { EncryptionChange } from '../../server/maintenance.ts';
import type { Unlock } from '../../server/security.ts';
import { passphraseFromFile, type SafeStorageLike } from '../../storage/secret.ts';

interface SecretFiles {
  /** Absolute; null: not given. */
  readonly passphrase: string | null;
  readonly key: string | null;
}

/** @param safeStorage of no use before the app is ready */
export function unlockElectron(safeStorage: SafeStorageLike, files: SecretFiles): Unlock {
  return async (method) => {
    switch (method) {
      case 'safe-storage':
        return { method, safeStorage };
      case 'passphrase':
        // It is asked for on the screen.
        if (files.passphrase === null) return null;
        return { method, passphrase: await passphraseFromFile(files.passphrase) };
      case 'key-file':
        if (files.key === null) throw keyNeeded();
        return { method, path: files.key };
    }
  };
}

/**
 * What `--encrypt on|off|rotate` asks for, with the system's key store: the terminal can not reach it.
 * @throws LintelError `encrypt-option`
 */
export function changeAsked(word: string, safeStorage: SafeStorageLike): EncryptionChange {
  if (word === 'on') return { what: 'on', secret: { method: 'safe-storage', safeStorage } };
  if (word === 'key-store') return { what: 'secret-changed', secret: { method: 'safe-storage', safeStorage } };
  if (word === 'off') return { what: 'off' };
  if (word === 'rotate') return { what: 'rotated' };
  throw new LintelError('encrypt-option');
}

const keyNeeded = (): LintelError => new LintelError('vault-locked.give-key-file');
