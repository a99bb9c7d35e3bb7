/** What opens encrypted data in the desktop program: the system's key store, or a file given when it is started. */
import type { EncryptionChange } from '../../kiosk/closed-folder.ts';
import type { Unlock } from '../../kiosk/trust.ts';
import { passphraseFromFile, type SafeStorageLike } from '../../vault/secret.ts';
import { LintelError } from '../../../shared/errors.ts';

export interface SecretFiles {
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
        if (files.passphrase === null) throw locked('passphrase');
        return { method, passphrase: await passphraseFromFile(files.passphrase) };
      case 'key-file':
        if (files.key === null) throw locked('key');
        return { method, path: files.key };
    }
  };
}

/**
 * What `--encrypt on|off|rotate` asks for, with the system's key store: the terminal can not reach it.
 * @throws LintelError `bad-input`
 */
export function changeAsked(word: string, safeStorage: SafeStorageLike): EncryptionChange {
  if (word === 'on') return { what: 'on', secret: { method: 'safe-storage', safeStorage } };
  if (word === 'key-store') return { what: 'secret-changed', secret: { method: 'safe-storage', safeStorage } };
  if (word === 'off') return { what: 'off' };
  if (word === 'rotate') return { what: 'rotated' };
  throw new LintelError('bad-input', 'After --encrypt stands on, off, rotate or key-store.', {
    kept: 'Nothing was changed.',
  });
}

const locked = (kind: 'passphrase' | 'key'): LintelError =>
  new LintelError('vault-locked', `The data in this folder is encrypted, and a ${kind} opens it.`, {
    kept: 'Nothing was changed.',
    todo: `Start with --${kind}-file FILE, or name it in LINTEL_${kind.toUpperCase()}_FILE.`,
  });
