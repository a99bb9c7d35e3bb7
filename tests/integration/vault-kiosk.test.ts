/** The kiosk's own people and check-ins through encryption, backup and restore, with the kiosk's own schemas. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CheckInLog } from '../../src/main/attendance/log.ts';
import { newBackupKey } from '../../src/main/backup/archive.ts';
import type { BackupFolder } from '../../src/main/backup/contents.ts';
import { createBackup } from '../../src/main/backup/create.ts';
import { restoreBackup } from '../../src/main/backup/restore.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { peopleFileSchema } from '../../src/main/people/records.ts';
import { PeopleRepository } from '../../src/main/people/repository.ts';
import { Operator } from '../../src/main/server/operator.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import { Vault } from '../../src/main/storage/vault.ts';
import { GOOD_QUALITY } from '../support/quality.ts';
import { allFiles, leaks, NAMES, vector } from '../support/vault-folder.ts';

const CHEAP = { N: 2, r: 1, p: 1 };
const secret = { method: 'passphrase', passphrase: 'correct horse battery staple' } as const;
const model = { id: 'test', sha256: 'a'.repeat(64) };
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lintel-vault-kiosk-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function unit(seed: number): Float32Array {
  const raw = vector(seed);
  const length = Math.hypot(...raw);
  return raw.map((x) => x / length);
}

async function kioskAt(folder: string, codec: Codec | undefined) {
  const on = { folder, ...(codec === undefined ? {} : { codec }) };
  const gallery = new Gallery(512);
  const people = await PeopleRepository.open({ ...on, gallery, model });
  return { gallery, people, checkIns: await CheckInLog.open(on), operator: await Operator.open(on) };
}

const parts = (folder: string, codec: Codec | undefined): BackupFolder => ({
  folder,
  codec,
  layout: LINTEL_LAYOUT,
  documents: { 'people.json': { schema: peopleFileSchema, schemaVersion: 1 } },
});

test('enrolled, encrypted, rotated, backed up, restored elsewhere: the same people are found', async () => {
  const folder = join(root, 'kiosk');
  await mkdir(folder);
  const vault = await Vault.open({ folder, scryptCost: CHEAP });
  const first = await kioskAt(folder, vault.codec);
  const jpeg = Buffer.from('ffd8ffe000104a46494600', 'hex');
  const saved = await first.people.save(
    NAMES.map((name, i) => ({
      kind: 'add' as const,
      name,
      externalId: `EMP-44881${i + 2}`,
      group: null,
      consentAt: 1,
      samples: [
        {
          source: 'file' as const,
          pose: null,
          quality: GOOD_QUALITY,
          pictureSha256: null,
          embedding: unit(i),
          pictures: { portrait: jpeg, aligned: jpeg },
        },
      ],
    })),
  );
  await first.operator.create('4711');
  const rules = { cooldownMs: 0, direction: 'in', dayOf: () => '2026-01-01', kiosk: 'door' } as const;
  const who = { personId: saved[1]?.id ?? '', name: NAMES[1] ?? '', similarity: 0.9, threshold: 0.5, model: 'test' };
  await first.checkIns.record(who, rules);
  expect((await leaks(folder)).length).toBeGreaterThan(0);

  await vault.turnOn(secret);
  await vault.rotate();
  expect(await leaks(folder)).toEqual([]);
  const second = await kioskAt(folder, vault.codec);
  expect(second.gallery.search(unit(1), 1)[0]).toMatchObject({ id: saved[1]?.id });
  expect(second.checkIns.recent[0]?.name).toBe(NAMES[1]);
  await second.checkIns.record(who, rules);
  await second.people.remove(saved[3]?.id ?? '');
  expect(await leaks(folder)).toEqual([]);

  const key = await newBackupKey(secret.passphrase, CHEAP);
  const to = join(root, 'a.lintelbackup');
  const { manifest } = await createBackup({ to, key, from: parts(folder, vault.codec), lintel: '0', kiosk: '' });
  expect(manifest.counts).toMatchObject({ people: 3, samples: 3, pictures: 6, checkIns: 2, unreadable: 0 });
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere);
  await restoreBackup({ file: to, secret: { key }, into: parts(elsewhere, undefined), how: 'replace' });
  const third = await kioskAt(elsewhere, undefined);
  expect(third.people.notices).toEqual([]);
  expect(third.people.all()).toEqual(second.people.all());
  for (const i of [0, 1, 2]) expect(third.gallery.search(unit(i), 1)[0]?.id).toBe(saved[i]?.id);
  expect(third.checkIns.recent).toEqual(second.checkIns.recent);
  await third.operator.check('4711');
  expect((await third.people.portrait(third.people.get(saved[0]?.id ?? '')))?.byteLength).toBe(jpeg.byteLength);
  expect([...(await allFiles(elsewhere)).keys()].filter((name) => name.startsWith('thumbnails'))).toHaveLength(6);
});
