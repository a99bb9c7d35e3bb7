/** Restores one backup in place of the other, over and over, until it is killed. */
import type { BackupKey } from '../../src/main/backup/archive.ts';
import { finishRestore } from '../../src/main/backup/commit-restore.ts';
import { restoreBackup } from '../../src/main/backup/restore.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';
import { realOps } from '../../src/main/storage/file-ops.ts';
import { Vault } from '../../src/main/storage/vault.ts';
import { backupFolder } from './backup-folder.ts';

const [, , folder = '', passphrase = '', keyJson = '{}', ...files] = process.argv;
const key = JSON.parse(keyJson) as BackupKey;
await finishRestore(realOps, folder, LINTEL_LAYOUT);
const vault = await Vault.open({ folder, unlock: () => Promise.resolve({ method: 'passphrase', passphrase }) });
process.stdout.write('ready\n');
for (;;) {
  for (const file of files) {
    await restoreBackup({ file, secret: { key }, into: backupFolder(folder, vault.codec), how: 'replace' });
    process.stdout.write('restored\n');
  }
}
