/** `lintel encrypt status|on|off|rotate|passphrase` */
import { swapPending } from '../../backup/swap.ts';
import { changeEncryption, type ClosedFolder, type EncryptionChange } from '../../kiosk/closed-folder.ts';
import { realOps } from '../../store/ops.ts';
import { LINTEL_LAYOUT } from '../../vault/layout.ts';
import { strangers } from '../../vault/layout.ts';
import { vaultStatus, type VaultProgress } from '../../vault/vault.ts';
import type { VaultState } from '../../vault/vault-file.ts';
import { note, printable, type Answer, type Terminal } from './terminal.ts';

const STATES: Record<VaultState, string> = {
  plain: 'The data are NOT encrypted: whoever takes this machine or its disk can read them.',
  encrypting: 'The data are being encrypted, or that was interrupted: opening them goes on with it.',
  encrypted: 'The data are encrypted.',
  rotating: 'The data are being encrypted with a new key, or that was interrupted: opening them goes on with it.',
  decrypting: 'The data are being decrypted, or that was interrupted: opening them goes on with it.',
};
const METHODS = {
  passphrase: 'A passphrase opens them.',
  'key-file': 'A key file opens them.',
  'safe-storage': "The system's key store opens them, in the desktop program.",
} as const;

/** Needs no secret. */
export async function encryptionStatus(folder: string): Promise<Answer> {
  const { state, method } = await vaultStatus(folder);
  const restoring = await swapPending(realOps, folder);
  const plain = state === 'plain' ? [] : await strangers(realOps, folder, LINTEL_LAYOUT);
  return {
    json: { state, method, restoring, plain },
    text: [
      STATES[state],
      ...(method === null ? [] : [METHODS[method]]),
      ...(restoring
        ? ['A backup is being put in place, or that was interrupted: start the kiosk to complete it.']
        : []),
      ...plain.map((name) => `Not encrypted, because Lintel does not know it: ${printable(name)}`),
    ],
  };
}

const DONE: Record<EncryptionChange['what'], string> = {
  on: 'Everything in the data folder is encrypted now. Whoever loses the passphrase or the key loses the data: make a backup.',
  off: 'Nothing in the data folder is encrypted any more: whoever takes this machine or its disk can read it.',
  rotated: 'Everything is encrypted with a new key; the old one opens nothing any more.',
  'secret-changed': 'The new passphrase or key opens the data now, and the old one does not.',
};

export async function encrypt(terminal: Terminal, on: ClosedFolder, change: EncryptionChange): Promise<Answer> {
  const { value: plain, notWrittenDown } = await changeEncryption({ ...on, onProgress: progressOf(terminal) }, change);
  const { state, method } = await vaultStatus(on.folder);
  return {
    json: { state, method, plain, ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [
      DONE[change.what],
      ...plain.map((name) => `Not encrypted, because Lintel does not know it: ${printable(name)}`),
      ...(notWrittenDown === null ? [] : [notWrittenDown]),
    ],
  };
}

/** Says a tenth at a time: it may be many files. */
export function progressOf(terminal: Terminal): (progress: VaultProgress) => void {
  let told = 0;
  return ({ state, done, total }) => {
    const tenth = Math.floor((done / Math.max(1, total)) * 10);
    if (tenth <= told || total < 100) return;
    told = tenth;
    note(terminal, `${state} ${done}/${total} files`);
  };
}
