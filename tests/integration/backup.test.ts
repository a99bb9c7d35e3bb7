/** Backups of a real data folder, and what restoring does and never does. */
import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BackupKey, newBackupKey } from '../../src/main/backup/archive.ts';
import { createBackup, verifyBackup } from '../../src/main/backup/create.ts';
import { previewRestore, restoreBackup } from '../../src/main/backup/restore.ts';
import { Audit } from '../../src/main/storage/audit-journal.ts';
import { verifyAudit } from '../../src/main/storage/audit-verify.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import { Vault } from '../../src/main/storage/vault.ts';
import { backupFolder } from '../support/backup-folder.ts';
import { allFiles, contents, fill, leaks, type Loose, peopleOf, storesOf } from '../support/vault-folder.ts';
import { refusal } from '../support/refusal.ts';

const CHEAP = { N: 2, r: 1, p: 1 };
const passphrase = 'correct horse battery staple';
let root: string;
let key: BackupKey;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lintel-backup-'));
  key = await newBackupKey(passphrase, CHEAP);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, name);

async function filled(name: string): Promise<string> {
  await mkdir(at(name));
  await fill(at(name));
  const audit = await Audit.open({ folder: at(name) });
  for (const subject of ['p_000000000000', 'p_111111111111'])
    await audit.append({ kind: 'enroll', subject, by: 'operator', details: { samples: 1 } });
  await audit.close();
  return at(name);
}

async function encrypted(folder: string): Promise<Codec | undefined> {
  const vault = await Vault.open({ folder, scryptCost: CHEAP });
  await vault.turnOn({ method: 'passphrase', passphrase });
  return vault.codec;
}

const backup = (folder: string, to = at('a.lintelbackup'), codec?: Codec) =>
  createBackup({ to, key, from: backupFolder(folder, codec), lintel: '0.1.0', kiosk: 'Front door', now: () => 77 });

const read = async (folder: string, codec?: Codec) =>
  JSON.parse(await contents(folder, codec)) as {
    people: { people: { id: string; name: string }[] };
    settings: Loose;
    lines: { id: string }[];
    pictures: string[];
    damage: unknown[];
    outcomes: string[];
  };

/** Every byte of a folder, to see that nothing was touched. */
async function snapshot(folder: string): Promise<string> {
  return JSON.stringify([...(await allFiles(folder))].sort().map(([name, bytes]) => [name, bytes.toString('base64')]));
}

describe('making one', () => {
  test('says what is in it, gives nothing away and leaves nothing else behind', async () => {
    const folder = await filled('data');
    const before = await snapshot(folder);
    const { manifest, bytes } = await backup(folder);
    expect(manifest).toMatchObject({ createdAt: 77, kiosk: 'Front door' });
    expect(manifest.counts).toEqual({
      people: 4,
      samples: 4,
      pictures: 8,
      checkIns: 39,
      firstCheckIn: new Date(2026, 0, 10, 8, 0).getTime(),
      lastCheckIn: new Date(2026, 1, 10, 8, 19).getTime(),
      auditLines: 2,
      unreadable: 1,
    });
    expect((await stat(at('a.lintelbackup'))).size).toBe(bytes);
    expect(await snapshot(folder)).toBe(before);
    await rm(folder, { recursive: true });
    expect(await readdir(root)).toEqual(['a.lintelbackup']);
    expect(await leaks(root)).toEqual([]);
    expect((await verifyBackup(at('a.lintelbackup'), { passphrase })).counts.people).toBe(4);
    expect((await stat(at('a.lintelbackup'))).mode & 0o077).toBe(0);
  });

  test('holds the same whether or not the data are encrypted', async () => {
    const folder = await filled('data');
    const plain = await backup(folder);
    const codec = await encrypted(folder);
    const sealed = await backup(folder, at('b.lintelbackup'), codec);
    expect(sealed.manifest).toEqual(plain.manifest);
  });

  test('beside a kiosk that writes', async () => {
    const folder = await filled('data');
    const audit = await Audit.open({ folder });
    const { checkIns, people } = storesOf(folder, undefined);
    await people.read();
    let writing = true;
    const busy = (async () => {
      for (let i = 0; writing; i++) {
        await checkIns.append({ id: `c_busy_${i}`, at: Date.now(), name: 'Busy' });
        await people.write(peopleOf(1 + (i % 4)));
        await audit.append({ kind: 'settings', subject: null, by: 'operator', details: { fields: ['risk'] } });
      }
    })();
    for (let i = 0; i < 5; i++) {
      await backup(folder);
      await rm(at('empty'), { recursive: true, force: true });
      await mkdir(at('empty'));
      await restoreBackup({
        file: at('a.lintelbackup'),
        secret: { key },
        into: backupFolder(at('empty')),
        how: 'replace',
      });
      expect((await read(at('empty'))).damage).toEqual([]);
      expect((await verifyAudit({ folder: at('empty') })).problems).toEqual([]);
    }
    writing = false;
    await busy;
  });

  test('is refused when something to save is damaged and has no good generation, and an earlier one stays', async () => {
    const folder = await filled('data');
    await backup(folder);
    const earlier = await readFile(at('a.lintelbackup'));
    await writeFile(join(folder, 'people.json'), 'rubbish');
    expect((await backup(folder)).manifest.counts.people).toBe(3); // of `.bak`
    await writeFile(at('a.lintelbackup'), earlier);
    await writeFile(join(folder, 'people.json.bak'), 'rubbish');
    expect(await refusal(backup(folder))).toBe('store-damaged');
    expect((await readFile(at('a.lintelbackup'))).equals(earlier)).toBe(true);
    expect((await readdir(root)).sort()).toEqual(['a.lintelbackup', 'data']);
  });

  test.skipIf(process.platform === 'win32')(
    'a journal that is no file is refused, not taken for an empty one',
    async () => {
      const folder = await filled('data');
      const journal = (await readdir(folder)).find((name) => name.startsWith('checkins-'))!;
      await rm(join(folder, journal));
      execFileSync('mkfifo', [join(folder, journal)]);
      expect(await refusal(backup(folder))).toBe('not-a-file');
      expect(await readdir(root)).toEqual(['data']);
    },
  );

  test('into a folder that is not there: refused', async () => {
    const folder = await filled('data');
    expect(await refusal(backup(folder, at('no/such/a.lintelbackup')))).toBe('store-failed');
  });
});

describe('restoring', () => {
  const restore = (how: 'merge' | 'replace', into: string, codec?: Codec, more = {}) =>
    restoreBackup({
      file: at('a.lintelbackup'),
      secret: { passphrase },
      into: backupFolder(into, codec),
      how,
      ...more,
    });

  test.each(['merge', 'replace'] as const)('%s into an empty folder brings everything back', async (how) => {
    const folder = await filled('data');
    await backup(folder);
    await mkdir(at('empty'));
    const preview = await restore(how, at('empty'));
    expect(preview).toMatchObject({ audit: 'restore', settings: 'restore', people: { added: 4, leftOut: 0 } });
    expect(preview.checkIns).toEqual({ added: 39, same: 0, onlyHere: 0 });
    const [before, after] = [await read(folder), await read(at('empty'))];
    expect(after.people).toEqual(before.people);
    expect(after.settings).toEqual(before.settings);
    expect(after.lines).toEqual(before.lines);
    // Pictures of nobody are not brought back: people have four samples.
    expect(after.pictures).toEqual(before.pictures.slice(0, 4));
    expect(await verifyAudit({ folder: at('empty') })).toMatchObject({ ok: true, lines: 2 });
    expect((await readdir(at('empty'))).filter((name) => name.startsWith('restore'))).toEqual([]);
  });

  test('into an encrypted folder leaves nothing plain, on the way or after', async () => {
    const folder = await filled('data');
    await backup(folder);
    await mkdir(at('empty'));
    const codec = await encrypted(at('empty'));
    const found: string[] = [];
    const looking = setInterval(
      () =>
        void leaks(at('empty')).then(
          (some) => found.push(...some),
          () => undefined,
        ),
      3,
    );
    await restore('replace', at('empty'), codec);
    clearInterval(looking);
    expect(found).toEqual([]);
    expect(await leaks(at('empty'))).toEqual([]);
    expect((await read(at('empty'), codec)).people.people).toHaveLength(4);
  });

  test('merge: the newest of each person, check-ins of both, by time', async () => {
    const folder = await filled('data');
    await backup(folder);
    const { people, checkIns, thumbnails } = storesOf(folder, undefined);
    await people.read();
    const now = peopleOf() as { people: { id: string; name: string; updatedAt: number; samples: { id: string }[] }[] };
    const [first, second, third] = now.people;
    // One was changed here since, one is older here than in the backup, one is only in the backup, one only here.
    Object.assign(first ?? {}, { name: 'Changed Here', updatedAt: 5000 });
    Object.assign(second ?? {}, { name: 'Older Here', updatedAt: 5, samples: [{ id: 's_9' }] });
    now.people = [first, second, third, { id: 'p_new', name: 'Only Here', updatedAt: 1, samples: [] }].flatMap(
      (one) => one ?? [],
    );
    await people.write(now as never);
    await checkIns.append({ id: 'c_new', at: new Date(2026, 0, 10, 8, 5, 30).getTime(), name: 'Only Here' });
    await thumbnails.delete('s_1.jpg');
    const asked = { file: at('a.lintelbackup'), secret: { key }, into: backupFolder(folder), how: 'merge' } as const;
    const before = await snapshot(folder);
    const preview = await previewRestore(asked);
    expect(await snapshot(folder)).toBe(before);
    expect(preview.people).toEqual({
      added: 1,
      newerInBackup: 1,
      newerHere: 1,
      same: 1,
      onlyHere: 1,
      leftOut: 0,
      sameName: 0,
    });
    expect(preview).toMatchObject({ audit: 'keep', settings: 'keep', checkIns: { added: 0, same: 39, onlyHere: 1 } });
    expect(await restoreBackup(asked)).toEqual(preview);
    const after = await read(folder);
    expect(after.people.people.map(({ name }) => name)).toEqual([
      'Changed Here',
      'Nguyễn Thị Ánh',
      'Đặng Văn Bình',
      'Only Here',
      'Katherine Johnson',
    ]);
    expect(after.lines).toHaveLength(40);
    expect(after.pictures.map((one) => one.split(' ')[0])).toContain('s_1.jpg');
    expect(after.damage).toHaveLength(1); // the damaged line of before is still told of
    // Again: nothing is doubled, nothing changes.
    const once = await contents(folder, undefined);
    await restoreBackup(asked);
    expect(await contents(folder, undefined)).toBe(once);
  });

  test('merge brings back check-ins that are gone, into their places', async () => {
    const folder = await filled('data');
    const before = (await read(folder)).lines;
    await backup(folder);
    const journal = join(folder, 'checkins-2026-01.ndjson');
    const lines = (await readFile(journal, 'utf8')).split('\n');
    await writeFile(journal, lines.toSpliced(5, 3).join('\n'));
    await unlink(join(folder, 'checkins-2026-02.ndjson'));
    expect((await restore('merge', folder)).checkIns).toEqual({ added: 22, same: 17, onlyHere: 0 });
    expect((await read(folder)).lines).toEqual(before);
  });

  test('replace: nothing of before is left, but PIN and audit', async () => {
    const folder = await filled('data');
    await backup(folder);
    const other = at('other');
    await mkdir(other);
    const stores = storesOf(other, undefined);
    await stores.people.read();
    await stores.people.write({
      people: [{ id: 'p_x', name: 'Not In The Backup', updatedAt: 1, samples: [{ id: 's_x' }] }],
    });
    await stores.checkIns.append({ id: 'c_x', at: Date.UTC(2025, 5, 5), name: 'Not In The Backup' });
    await stores.thumbnails.put('s_x.jpg', Buffer.from('Not In The Backup'));
    await writeFile(join(other, 'operator.json'), 'the PIN');
    await writeFile(join(other, 'vault.json.keep'), 'not ours');
    const audit = await Audit.open({ folder: other });
    await audit.append({ kind: 'pin-set', subject: null, by: 'operator', details: {} });
    const preview = await restore('replace', other);
    expect(preview).toMatchObject({ audit: 'keep', pin: 'keep', people: { added: 4, onlyHere: 1 } });
    expect(preview.checkIns).toEqual({ added: 39, same: 0, onlyHere: 1 });
    for (const [name, bytes] of await allFiles(other))
      expect([name, bytes.includes('Not In The Backup')]).toEqual([name, false]);
    expect(await readFile(join(other, 'operator.json'), 'utf8')).toBe('the PIN');
    expect(await readFile(join(other, 'vault.json.keep'), 'utf8')).toBe('not ours');
    expect(await verifyAudit({ folder: other })).toMatchObject({ ok: true, lines: 1 });
    expect((await read(other)).people).toEqual((await read(folder)).people);
  });

  test('somebody who was deleted does not come back', async () => {
    const folder = await filled('data');
    await backup(folder);
    const { people } = storesOf(folder, undefined);
    await people.read();
    const gone = 'p_000000000000';
    const left = (peopleOf() as { people: { id: string }[] }).people.filter(({ id }) => id !== gone);
    await people.write({ people: left });
    const audit = await Audit.open({ folder });
    await audit.append({ kind: 'delete', subject: gone, by: 'operator', details: { samples: 1 } });
    for (const how of ['merge', 'replace'] as const) {
      const preview = await restore(how, folder, undefined, { deleted: await audit.deleted() });
      expect(preview.people.leftOut).toBe(1);
      expect((await read(folder)).people.people.map(({ id }) => id)).not.toContain(gone);
    }
    expect((await read(folder)).pictures.some((one) => one.startsWith('s_0.'))).toBe(false);
  });

  test('of a running kiosk: paused once the backup is known to be good, and always resumed', async () => {
    const folder = await filled('data');
    await backup(folder);
    const said: string[] = [];
    const pause = () => {
      said.push('pause');
      return Promise.resolve(() => Promise.resolve(void said.push('resume')));
    };
    await restore('merge', folder, undefined, { pause });
    expect(said).toEqual(['pause', 'resume']);
    await writeFile(at('a.lintelbackup'), 'rubbish');
    expect(await refusal(restore('merge', folder, undefined, { pause }))).toBe('backup-damaged');
    expect(said).toEqual(['pause', 'resume']);
  });

  describe('never harms what is there', () => {
    const make: Record<string, [code: string, make: () => Promise<void>]> = {
      'cut short': [
        'backup-damaged',
        async () => writeFile(at('a.lintelbackup'), (await readFile(at('a.lintelbackup'))).subarray(0, -9)),
      ],
      empty: ['backup-damaged', () => writeFile(at('a.lintelbackup'), '')],
      garbage: ['backup-damaged', () => writeFile(at('a.lintelbackup'), Buffer.alloc(5000, 7))],
      'with something behind it': ['backup-damaged', () => appendFile(at('a.lintelbackup'), 'x')],
      'not there': ['store-failed', () => unlink(at('a.lintelbackup'))],
      'of another passphrase': [
        'passphrase-wrong',
        async () => {
          key = await newBackupKey('another passphrase', CHEAP);
          await backup(at('data'));
        },
      ],
      'with a newer people file': [
        'backup-newer',
        async () => {
          const from = backupFolder(at('data'));
          const newer = join(at('newer'), 'people.json');
          await cp(at('data'), at('newer'), { recursive: true });
          const { seal } = await import('../../src/main/storage/envelope.ts');
          const { plain } = await import('../../src/main/storage/envelope.ts');
          await writeFile(
            newer,
            seal({ schemaVersion: 2, generation: 1, savedAt: 1 }, { people: [] }, plain, 'people.json'),
          );
          await createBackup({
            to: at('a.lintelbackup'),
            key,
            from: { ...from, folder: at('newer') },
            lintel: '9',
            kiosk: '',
          });
        },
      ],
      'with people of another shape': [
        'backup-damaged',
        async () => {
          await mkdir(at('shape'));
          const { people } = storesOf(at('shape'), undefined);
          await people.read();
          await people.write({ people: [{ id: 7 }] });
          await backup(at('shape'));
        },
      ],
    };
    test.each(Object.keys(make))('a backup %s', async (what) => {
      const folder = await filled('data');
      await backup(folder);
      const [code, change] = make[what] ?? ['', () => Promise.resolve()];
      await change();
      const before = await snapshot(folder);
      for (const how of ['merge', 'replace'] as const) {
        const asked = { file: at('a.lintelbackup'), secret: { passphrase }, into: backupFolder(folder), how };
        expect(await refusal(previewRestore(asked))).toBe(code);
        expect(await refusal(restoreBackup(asked))).toBe(code);
      }
      expect(await snapshot(folder)).toBe(before);
    });

    test('one bit flipped anywhere, in any of 40 places', async () => {
      const folder = await filled('data');
      await backup(folder);
      const before = await snapshot(folder);
      const good = await readFile(at('a.lintelbackup'));
      for (let i = 0; i < 40; i++) {
        const bad = Buffer.from(good);
        const place = Math.floor((i * (good.byteLength - 1)) / 39);
        bad[place] = (bad[place] ?? 0) ^ (1 << (i % 8));
        await writeFile(at('a.lintelbackup'), bad);
        const asked = {
          file: at('a.lintelbackup'),
          secret: { key },
          into: backupFolder(folder),
          how: 'replace',
        } as const;
        expect(await refusal(restoreBackup(asked))).toMatch(/^(backup-damaged|backup-newer|passphrase-wrong)$/);
      }
      expect(await snapshot(folder)).toBe(before);
    });
  });
});
