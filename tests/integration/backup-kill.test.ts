/** A restore that is killed at any moment has happened whole, or not at all. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BackupKey, newBackupKey } from '../../src/main/backup/archive.ts';
import { finishRestore } from '../../src/main/backup/commit-restore.ts';
import { createBackup } from '../../src/main/backup/create.ts';
import { restoreBackup } from '../../src/main/backup/restore.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import { realOps } from '../../src/main/storage/file-ops.ts';
import { Vault } from '../../src/main/storage/vault.ts';
import { backupFolder } from '../support/backup-folder.ts';
import { bundle } from '../support/bundle.ts';
import { runAndKill } from '../support/kill.ts';
import { contents, fill, leaks, peopleOf, storesOf } from '../support/vault-folder.ts';

const rounds = Number(process.env['LINTEL_KILL_ROUNDS'] ?? 10);
const passphrase = 'correct horse battery staple';
const CHEAP = { N: 2, r: 1, p: 1 };

let child: string;
let root: string;
let key: BackupKey;
beforeAll(async () => {
  child = await bundle('tests/support/restore-child.ts');
  root = await mkdtemp(join(tmpdir(), 'lintel-restore-kill-'));
  key = await newBackupKey(passphrase, CHEAP);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test(`a restore is whole after ${rounds} kills`, { timeout: 60_000 + rounds * 10_000 }, async () => {
  // Two backups that differ in everything: people, pictures, months, settings.
  const files = [join(root, 'a.lintelbackup'), join(root, 'b.lintelbackup')] as const;
  await mkdir(join(root, 'a'));
  await fill(join(root, 'a'));
  await mkdir(join(root, 'b'));
  const other = storesOf(join(root, 'b'), undefined);
  await other.people.read();
  await other.people.write(peopleOf(2));
  await other.checkIns.append({ id: 'c_b', at: Date.UTC(2026, 4, 5), name: 'Grace Hopper' });
  await other.thumbnails.put('s_1.jpg', Buffer.from('another picture'));
  for (const [i, file] of files.entries())
    await createBackup({ to: file, key, from: backupFolder(join(root, 'ab'[i] ?? '')), lintel: '0.1.0', kiosk: '' });
  const folder = join(root, 'kiosk');
  await mkdir(folder);
  const vault = await Vault.open({ folder, scryptCost: CHEAP });
  await vault.turnOn({ method: 'passphrase', passphrase });
  const codec: Codec | undefined = vault.codec;
  const either: string[] = [];
  for (const file of files) {
    await restoreBackup({ file, secret: { key }, into: backupFolder(folder, codec), how: 'replace' });
    either.push(await contents(folder, codec));
  }
  expect(either[0]).not.toBe(either[1]);
  let finished = 0;
  let whole = 0;
  for (let round = 0; round < rounds; round++) {
    whole +=
      (await runAndKill(child, [folder, passphrase, JSON.stringify(key), ...files], Math.random() * 120)).split(
        'restored',
      ).length - 1;
    if (await finishRestore(realOps, folder, LINTEL_LAYOUT)) finished++;
    expect(either).toContain(await contents(folder, codec));
    expect(await leaks(folder)).toEqual([]);
  }
  console.log(`${whole} restores were done, ${finished} were killed half-way and completed at the next start`);
});
