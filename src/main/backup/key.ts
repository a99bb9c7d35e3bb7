/**
 * From a passphrase to the key of one backup file.
 *
 *     master = scrypt(passphrase, salt)          once, and may be kept (sealed) by a kiosk that makes backups on its own
 *     key    = HKDF-SHA256(master, file salt)    another for every file, so that a counter will do as its nonce
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { checkPassphrase, deriveKey, SCRYPT_COST, scryptCostSchema, type ScryptCost } from '../vault/secret.ts';

const base64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/); // 32 bytes

/** What a kiosk keeps in order to make backups unattended. `master` opens every backup made with it: keep it encrypted. */
export const backupKeySchema = z.strictObject({ salt: base64, cost: scryptCostSchema, master: base64 });
export type BackupKey = z.infer<typeof backupKeySchema>;

/** @throws LintelError `bad-input` for a passphrase that is too short */
export async function newBackupKey(passphrase: string, cost: ScryptCost = SCRYPT_COST): Promise<BackupKey> {
  checkPassphrase(passphrase);
  const salt = randomBytes(32);
  const master = await deriveKey(passphrase, salt, cost);
  return { salt: salt.toString('base64'), cost, master: master.toString('base64') };
}

/** What stands, unencrypted, at the start of a backup. */
export const headerSchema = z.strictObject({ salt: base64, cost: scryptCostSchema, fileSalt: base64 });
export type Header = z.infer<typeof headerSchema>;

export function newHeader(key: BackupKey): Header {
  return { salt: key.salt, cost: key.cost, fileSalt: randomBytes(32).toString('base64') };
}

/** Either the passphrase, or the key that was kept. */
export type BackupSecret = { readonly passphrase: string } | { readonly key: BackupKey };

/** @returns 32 bytes. Whether they are right shows in opening the file. */
export async function fileKey(secret: BackupSecret, { salt, cost, fileSalt }: Header): Promise<Buffer> {
  const master =
    'key' in secret
      ? Buffer.from(secret.key.master, 'base64')
      : await deriveKey(secret.passphrase, Buffer.from(salt, 'base64'), cost);
  return Buffer.from(hkdfSync('sha256', master, Buffer.from(fileSalt, 'base64'), 'lintel backup 1', 32));
}
