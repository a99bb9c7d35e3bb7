/**
 * What opens the vault, and the key-encryption key (KEK) that comes of it. Three ways:
 * - `passphrase`: scrypt (RFC 7914) of what somebody types, or of a file only its owner can read.
 * - `key-file`: 256 random bits in a file only its owner can read, kept away from the data folder.
 * - `safe-storage`: random bits that the system's own key store keeps (Electron's `safeStorage`).
 * Changing the way, or the passphrase, makes a new KEK and wraps the same data keys again.
 */
import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import * as z from 'zod';
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { codeOf, realOps } from './file-ops.ts';

/** The part of Electron's `safeStorage` that is needed; the Electron host hands it in. */
export interface SafeStorageLike {
  isEncryptionAvailable(): boolean;
  /** Linux only. `basic_text` is a password known to everybody. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}

export type Secret =
  | { readonly method: 'passphrase'; readonly passphrase: string }
  | { readonly method: 'key-file'; readonly path: string }
  | { readonly method: 'safe-storage'; readonly safeStorage: SafeStorageLike };
export type Method = Secret['method'];

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** scrypt's costs. Bounded: a file that was tampered with must not make Lintel take all memory there is. */
export const scryptCostSchema = z.object({
  N: z
    .int()
    .min(2)
    .max(2 ** 19)
    .refine((n) => (n & (n - 1)) === 0),
  r: z.int().min(1).max(8),
  p: z.int().min(1).max(4),
});
export type ScryptCost = z.infer<typeof scryptCostSchema>;

/** 128 MB and about half a second: what OWASP's password storage cheat sheet asks of scrypt (N = 2^17, r = 8, p = 1). */
export const SCRYPT_COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** How the KEK is come by, as `vault.json` says it: nothing in it is secret. */
export const recipeSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('passphrase'), salt: base64, cost: scryptCostSchema }),
  z.object({ method: z.literal('key-file') }),
  z.object({ method: z.literal('safe-storage'), kept: base64 }),
]);
export type Recipe = z.infer<typeof recipeSchema>;

const PASSPHRASE_MIN = 10;

/** 256 bits by scrypt. The passphrase is normalised (NFKC): keyboards differ in how they compose a letter. */
export function deriveKey(passphrase: string, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  const { N, r, p } = cost;
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize('NFKC'), salt, 32, { N, r, p, maxmem: 256 * N * r + (1 << 20) }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );
}

/** @throws LintelError `passphrase-short` for a passphrase that is too short to be one */
export function checkPassphrase(passphrase: string): void {
  if ([...passphrase.normalize('NFKC')].length < PASSPHRASE_MIN)
    throw new LintelError('passphrase-short', { least: PASSPHRASE_MIN });
}

/**
 * A new KEK for `secret`, and the recipe to come by it again.
 * @throws LintelError `passphrase-short`, `key-file-inside`, `key-store-missing`, or what reading a key file throws
 */
export async function newKek(
  secret: Secret,
  dataFolder: string,
  cost: ScryptCost,
): Promise<{ kek: Buffer; recipe: Recipe }> {
  switch (secret.method) {
    case 'passphrase': {
      checkPassphrase(secret.passphrase);
      const salt = randomBytes(32);
      const kek = await deriveKey(secret.passphrase, salt, cost);
      return { kek, recipe: { method: 'passphrase', salt: salt.toString('base64'), cost } };
    }
    case 'key-file': {
      await refuseInside(secret.path, dataFolder);
      return { kek: await keyOfFile(secret.path), recipe: { method: 'key-file' } };
    }
    case 'safe-storage': {
      checkKeyStore(secret.safeStorage);
      const kek = randomBytes(32);
      const kept = secret.safeStorage.encryptString(kek.toString('base64'));
      return { kek, recipe: { method: 'safe-storage', kept: kept.toString('base64') } };
    }
  }
}

/**
 * The KEK that `recipe` tells of. Whether it is the right one shows when it unwraps.
 * @throws LintelError `vault-locked` when the secret is of another kind or the key store does not give it
 */
export async function kekOf(secret: Secret, recipe: Recipe): Promise<Buffer> {
  if (secret.method === 'passphrase' && recipe.method === 'passphrase')
    return deriveKey(secret.passphrase, Buffer.from(recipe.salt, 'base64'), recipe.cost);
  if (secret.method === 'key-file' && recipe.method === 'key-file') return keyOfFile(secret.path);
  if (secret.method === 'safe-storage' && recipe.method === 'safe-storage') {
    try {
      return Buffer.from(secret.safeStorage.decryptString(Buffer.from(recipe.kept, 'base64')), 'base64');
    } catch (error) {
      throw new LintelError('vault-locked.key-store', undefined, { cause: error });
    }
  }
  throw needs(recipe.method);
}

/** The error that says what this vault wants. */
export function needs(method: Method): LintelError {
  return new LintelError('vault-locked', { method });
}

/**
 * Makes a new key file that only this user may read.
 * @throws LintelError `key-file-exists`, `key-file-not-made`
 */
export async function createKeyFile(path: string): Promise<void> {
  let handle;
  try {
    handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    const there = codeOf(error) === 'EEXIST';
    throw new LintelError(there ? 'key-file-exists' : 'key-file-not-made', undefined, { cause: error });
  }
  try {
    await handle.chmod(0o600); // whatever the umask
    await handle.writeFile(`lintel-key-1 ${randomBytes(32).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await realOps.syncFolder(dirname(path));
}

/**
 * The passphrase in the first line of a file that only its owner may read.
 * @param fresh it is chosen now, so it has to be what can be typed, to the letter; one that is in use is read as it ever was
 * @throws LintelError `vault-locked`, `passphrase-encoding`
 */
export async function passphraseFromFile(path: string, fresh = false): Promise<string> {
  const [passphrase = ''] = (await readOwnersFile(path)).toString('utf8').split(/\r?\n/, 1);
  // A byte order mark, letters that were lost, UTF-16, an old Mac's line breaks.
  if (fresh && /[\p{Cc}\ufeff\ufffd]/u.test(passphrase)) throw new LintelError('passphrase-encoding');
  return passphrase;
}

async function keyOfFile(path: string): Promise<Buffer> {
  const match = /^lintel-key-1 ([A-Za-z0-9+/]{43}=)\s*$/.exec((await readOwnersFile(path)).toString('utf8'));
  if (match === null) throw badFile('not-ours');
  const bits = Buffer.from(match[1] ?? '', 'base64');
  return Buffer.from(hkdfSync('sha256', bits, '', 'lintel key file', 32));
}

/** Looked at through one open handle, so that nobody can change the file between the look and the read. */
async function readOwnersFile(path: string): Promise<Buffer> {
  let handle;
  try {
    // O_NONBLOCK: a named pipe must not hold the start up.
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw badFile('unreadable', error);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > 4096) throw badFile('not-plain');
    // Windows has no such mode bits; there the folder's access list must see to it.
    if (process.platform !== 'win32') {
      if ((stat.mode & 0o077) !== 0) throw badFile('others-read');
      if (stat.uid !== process.getuid?.() && stat.uid !== 0) throw badFile('other-owner');
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function badFile(why: Phrase<'keyFile'>, cause?: unknown): LintelError {
  return new LintelError('vault-locked.key-file', { why }, { cause });
}

async function refuseInside(path: string, folder: string): Promise<void> {
  let between: string;
  try {
    between = relative(await realpath(folder), await realpath(path));
  } catch {
    return; // Reading it will say what is the matter.
  }
  if (between === '..' || between.startsWith(`..${sep}`) || between.includes(':')) return;
  throw new LintelError('key-file-inside');
}

/** @throws LintelError `key-store-missing` when the system's key store keeps no secret */
export function checkKeyStore(storage: SafeStorageLike): void {
  const backend = storage.getSelectedStorageBackend?.();
  if (storage.isEncryptionAvailable() && backend !== 'basic_text') return;
  throw new LintelError('key-store-missing');
}
