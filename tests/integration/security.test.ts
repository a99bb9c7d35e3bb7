/** A real kiosk with its data encrypted, from both hosts: nothing can be found in the folder, and everything is written down. */
import { readdirSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { unpackVector } from '../../src/main/gallery/gallery.ts';
import { type Kiosk, openKiosk } from '../../src/main/server/kiosk.ts';
import type { FrameMessage } from '../../src/shared/domain.ts';
import { modelDirs } from '../support/data.ts';
import { frameOf, ClientSession } from '../support/client-session.ts';
import { refusal } from '../support/refusal.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { type Ran, runCommand } from '../support/terminal.ts';
import { allFiles, leaks, leaksIn } from '../support/vault-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const passphrase = 'four words nobody guesses';

describe('encrypted, with real models and pictures', () => {
  let folder: string;
  let data: string;
  let now = Date.UTC(2026, 4, 4, 9);
  /** All that was said on stdout and stderr by anything that is not asked for names. */
  let log = '';
  const words = [
    'Zebediah',
    'Quist',
    'Philippa',
    'Örnsköld',
    'Bartholomew',
    'EMP-771203',
    'EMP-771204',
    'Night owls',
    'Overslept',
  ];
  const vectors: Float32Array[] = [];

  const cli = async (...args: string[]): Promise<Ran> => {
    const ran = await runCommand(folder, args);
    log += ran.stdout + ran.stderr;
    return ran;
  };
  /** With the passphrase. */
  const open = (...args: string[]): Promise<Ran> => cli(...args, '--passphrase-file', 'secret', '--json');
  const kioskAt = async (dataDir = data): Promise<Kiosk> => {
    const kiosk = await openKiosk({
      dataDir: recognitionOnly(dataDir),
      modelDirs,
      version: '0',
      embedder: '',
      clock: { wall: () => now, ticks: () => now },
      unlock: (method) => Promise.resolve(method === 'passphrase' ? { method, passphrase } : null),
    });
    await kiosk.models.ready();
    return kiosk;
  };

  async function enroll(
    window: ClientSession,
    name: string,
    externalId: string | null,
    person: string,
  ): Promise<string> {
    const { enrollmentId } = await window.call('startEnrollment');
    for (let i = 0; i < 3; i++)
      await window.call('captureSample', { enrollmentId, pose: 'straight', frame: await frameOf(person, i) });
    const target = { kind: 'new', name, externalId, group: 'Night owls', consentAt: now } as const;
    return (await window.call('saveEnrollment', { enrollmentId, target })).id;
  }
  async function stand(window: ClientSession, frame: FrameMessage): Promise<void> {
    for (let i = 0; i < 5; i++) {
      now += 200;
      await window.call('submitFrame', frame);
    }
    now += 120_000;
  }
  const remember = (kiosk: Kiosk): void => {
    for (const person of kiosk.people.all()) {
      for (const { embedding } of person.samples) vectors.push(unpackVector(embedding));
      if (person.template !== null) vectors.push(unpackVector(person.template.vector));
    }
  };
  const found = (): Promise<string[]> => leaks(data, { words, vectors });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lintel-security-'));
    data = join(folder, 'data');
    for (const [name, text] of [
      ['secret', passphrase],
      ['wrong', 'something else entirely'],
      ['backup-secret', 'the passphrase of backups'],
    ] as const) {
      await writeFile(join(folder, name), `${text}\n`);
      await chmod(join(folder, name), 0o600);
    }
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
      vi.spyOn(stream, 'write').mockImplementation((...args: unknown[]) => {
        log += String(args[0]);
        return write(...args);
      });
    }
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true, force: true });
  });

  let ada = '';
  let bo = '';
  let noted = '';

  test('plain at first, which is said loudly; then a command encrypts what is there', async () => {
    const kiosk = await kioskAt();
    const window = new ClientSession(kiosk);
    await window.call('createPin', { pin: '2468' });
    expect((await window.call('getStatus')).notices.map(({ code }) => code)).toContain('not-encrypted');
    ada = await enroll(window, 'Zebediah Quist', 'EMP-771203', 'person-01');
    await stand(window, await frameOf('person-01', 6));
    expect((await window.call('getRecentCheckIns'))[0]?.name).toBe('Zebediah Quist');
    remember(kiosk);
    await kiosk.close();
    expect((await found()).length).toBeGreaterThan(10);

    const doctor = await cli('doctor', '--json');
    expect(doctor.json.checks.find(({ name }: { name: string }) => name === 'encryption')).toMatchObject({ ok: false });
    expect(doctor.json.checks.find(({ name }: { name: string }) => name === 'backups')).toMatchObject({ ok: false });
    expect((await cli('encrypt', 'status', '--json')).json).toMatchObject({ state: 'plain', method: null });
    const on = await open('encrypt', 'on');
    expect(on).toMatchObject({ code: 0, json: { state: 'encrypted', method: 'passphrase', plain: [] } });
    expect(await found()).toEqual([]);
    expect((await cli('encrypt', 'status', '--json')).json).toMatchObject({ state: 'encrypted' });
  });

  test('without the passphrase, or with a wrong one, nothing opens and nothing is touched', async () => {
    const before = await allFiles(data);
    for (const command of [['people'], ['log'], ['audit', 'verify'], ['encrypt', 'off'], ['audit', 'list']]) {
      expect(await cli(...command, '--json')).toMatchObject({ code: 1, json: { error: { code: 'vault-locked' } } });
      expect(await cli(...command, '--json', '--passphrase-file', 'wrong')).toMatchObject({
        code: 1,
        json: { error: { code: 'passphrase-wrong' } },
      });
    }
    await chmod(join(folder, 'wrong'), 0o644);
    if (process.platform !== 'win32')
      expect(await cli('people', '--json', '--passphrase-file', 'wrong')).toMatchObject({
        json: { error: { code: 'vault-locked' } },
      });
    expect(await allFiles(data)).toEqual(before);
    expect(
      (await runCommand(folder, ['people', '--json'], { LINTEL_PASSPHRASE_FILE: 'secret' })).json.people,
    ).toHaveLength(1);
  });

  test('encrypted and at work: nobody can find a name, an id, a vector or a picture in the folder or in what is said', async () => {
    const kiosk = await kioskAt();
    const window = new ClientSession(kiosk);
    expect((await window.call('getStatus')).notices).toEqual([]);
    expect(await refusal(window.call('unlock', { pin: '1111' }))).toBe('pin-wrong');
    await window.call('unlock', { pin: '2468' });
    bo = await enroll(window, 'Philippa Örnsköld', 'EMP-771204', 'person-02');
    const gone = await enroll(window, 'Bartholomew', null, 'person-03');
    await stand(window, await frameOf('person-02', 6));
    await stand(window, await frameOf('person-01', 7));
    remember(kiosk);
    await window.call('unlock', { pin: '2468' }); // the clock of this test runs fast
    const [checkIn] = await window.call('getRecentCheckIns');
    await window.call('addCorrection', { kind: 'void', target: checkIn?.id ?? '', reason: 'Overslept' });
    await window.call('editPerson', { id: bo, name: 'Philippa Örnsköld', externalId: 'EMP-771204', group: null });
    await window.call('updateSettings', { greeting: 'Hello, {name} Quist' });
    await window.call('removePerson', { id: gone });
    await window.call('exportPeople', { offset: 0, limit: 10 });
    const day = new Date(now).toISOString().slice(0, 10);
    await window.call('exportAttendance', {
      from: day,
      to: day,
      personId: null,
      group: null,
      format: 'csv',
      locale: 'en',
    });
    await window.call('changePin', { current: '2468', next: '1357' });

    // Beside the running kiosk.
    expect(await found()).toEqual([]);
    expect((await open('encrypt', 'off')).json.error.code).toBe('store-locked');
    expect(
      (await open('restore', 'nothing', '--merge', '--backup-passphrase-file', 'backup-secret')).json.error.code,
    ).toBe('store-locked');
    const beside = await open('backup', 'beside.lintelbackup', '--backup-passphrase-file', 'backup-secret');
    expect(beside.json).toMatchObject({ counts: { people: 2 }, notWrittenDown: expect.any(String) as string });
    expect(await open('audit', 'verify')).toMatchObject({ code: 0, json: { ok: true } });
    await kiosk.close();
    expect(await found()).toEqual([]);
    expect(readdirSync(data)).not.toContain('people.json.tmp');
    const { last } = (await open('audit', 'verify')).json;
    noted = `${last.seq}:${last.hash}`;
    expect(leaksIn('the log', Buffer.from(log), { words, vectors })).toEqual([]);
    expect(leaksIn('the backup', await readFile(join(folder, 'beside.lintelbackup')), { words, vectors })).toEqual([]);
  });

  test('who did what is in the audit journal, and not whose name', async () => {
    const { json, stdout } = await open('audit', 'list');
    const lines = json.lines.map(({ kind, by }: { kind: string; by: string }) => `${by} ${kind}`);
    expect(lines).toEqual([
      'operator pin-set',
      'operator enroll',
      'operator consent-given',
      'terminal encryption',
      'operator pin-failed',
      'operator enroll',
      'operator consent-given',
      'operator enroll',
      'operator consent-given',
      'operator correction',
      'operator edit',
      'operator settings',
      'operator delete',
      'operator export',
      'operator export',
      'operator pin-set',
    ]);
    expect(leaksIn('audit list', Buffer.from(stdout), { words, vectors })).toEqual([]);
    expect((await open('audit', 'verify', '--noted', noted)).code).toBe(0);
    expect((await open('audit', 'verify', '--noted', `3:${'0'.repeat(64)}`)).json.problems).toEqual([
      { kind: 'not-as-noted', seq: 3 },
    ]);
    // What the terminal takes out has its line, too, while no kiosk is running.
    expect((await open('export', 'taken')).code).toBe(0);
    expect((await open('audit', 'list', '--last', '1')).json.lines).toMatchObject([
      { kind: 'export', by: 'terminal', details: { what: 'people', count: 2 } },
    ]);
  });

  test('a line taken out of the audit journal is found', async () => {
    const copy = join(folder, 'forged');
    await cp(data, copy, { recursive: true });
    const name = readdirSync(copy).find((file) => /^audit-\d/.test(file)) ?? '';
    const lines = (await readFile(join(copy, name), 'utf8')).split('\n');
    await writeFile(join(copy, name), [...lines.slice(0, 4), ...lines.slice(5)].join('\n'));
    const verified = await open('audit', 'verify', '--data', copy);
    // Line 4 is in another month's file: the command that wrote it goes by the machine's clock.
    expect(verified).toMatchObject({ code: 1, json: { ok: false, problems: [{ kind: 'removed', seq: 6 }] } });
  });

  test('the plan of the backups, from the terminal', async () => {
    const plan = (...args: string[]): Promise<Ran> => open('backup', 'plan', ...args);
    expect((await plan()).json).toMatchObject({ plan: { folder: null, everyHours: 24 }, passphraseSet: false });
    expect((await plan('--folder', 'nowhere', '--backup-passphrase-file', 'backup-secret')).json.error.code).toBe(
      'not-found',
    );
    await mkdir(join(folder, 'stick'));
    // Nobody here can type one.
    expect((await plan('--folder', 'stick')).json.error.code).toBe('passphrase-unasked');
    expect((await plan('--keep', '0')).code).toBe(2);
    const set = await plan('--folder', 'stick', '--keep', '3', '--backup-passphrase-file', 'backup-secret');
    expect(set.json).toMatchObject({ plan: { folder: join(folder, 'stick'), keep: 3 }, passphraseSet: true });
    expect((await plan('--off')).json).toMatchObject({ plan: { folder: null, keep: 3 }, passphraseSet: true });
    expect(await found()).toEqual([]);
  });

  test('a backup brings back everybody but those who were erased since', async () => {
    const made = await open('backup', 'full.lintelbackup', '--backup-passphrase-file', 'backup-secret');
    expect(made.json).toMatchObject({ counts: { people: 2, pictures: 12 } });
    expect(made.json.notWrittenDown).toBeUndefined();
    const checked = await cli(
      'backup',
      'verify',
      'full.lintelbackup',
      '--backup-passphrase-file',
      'backup-secret',
      '--json',
    );
    expect(checked.json.counts).toEqual(made.json.counts);
    expect(
      (await cli('backup', 'verify', 'full.lintelbackup', '--backup-passphrase-file', 'wrong', '--json')).code,
    ).toBe(1);

    const kiosk = await kioskAt();
    now += 1000;
    await kiosk.peopleService.revoke(bo, 'keep');
    await kiosk.peopleService.revoke(ada, 'anonymise');
    await kiosk.close();
    const restore = ['restore', 'full.lintelbackup', '--backup-passphrase-file', 'backup-secret'];
    for (const how of ['--merge', '--replace']) {
      const preview = await open(...restore, how, '--preview');
      expect(preview.json).toMatchObject({ restored: false, people: { leftOut: 1, added: 0 } });
      const done = await open(...restore, how);
      expect(done.json).toMatchObject({ restored: true, people: preview.json.people, pin: 'keep', audit: 'keep' });
      const people = (await open('people')).json.people;
      expect(people).toMatchObject([{ id: bo, samples: 0, ready: false }]);
      expect(
        Object.keys(Object.fromEntries(await allFiles(data))).filter((file) => file.startsWith('thumbnails')),
      ).toEqual([]);
      // Whose lines were made anonymous stays so.
      const again = await kioskAt();
      const seen: string[] = [];
      for await (const line of again.checkIns.read(0, now + 86_400_000)) seen.push(line.name);
      expect(seen).toHaveLength(3);
      expect(seen.filter((name) => name.includes('Zebediah'))).toEqual([]);
      await again.close();
    }
    expect((await open(...restore)).code).toBe(2);
    expect((await open('audit', 'list', '--last', '2')).json.lines).toMatchObject([
      { kind: 'restore' },
      { kind: 'restore', by: 'terminal' },
    ]);
    expect(await open('audit', 'verify', '--noted', noted)).toMatchObject({ code: 0 });

    // Elsewhere nobody was erased: there everybody comes back, with the journal that tells of it.
    const elsewhere = join(folder, 'elsewhere');
    const there = await cli(...restore, '--replace', '--data', elsewhere, '--json');
    expect(there.json).toMatchObject({ restored: true, people: { added: 2 }, pin: 'restore', audit: 'restore' });
    expect((await cli('audit', 'verify', '--data', elsewhere, '--json')).json.ok).toBe(true);
    const moved = await kioskAt(elsewhere);
    await moved.operator.check('1357');
    const window = new ClientSession(moved);
    await stand(window, await frameOf('person-01', 8));
    expect((await window.call('getRecentCheckIns'))[0]?.name).toBe('Zebediah Quist');
    await moved.close();
  });

  test('a new data key, another secret, and plain again', async () => {
    expect((await open('encrypt', 'rotate')).json).toMatchObject({ state: 'encrypted' });
    expect((await open('encrypt', 'passphrase', '--new-key-file', join(folder, 'key'))).json).toMatchObject({
      method: 'key-file',
    });
    expect((await open('people')).json.error.code).toBe('vault-locked');
    const keyed = ['--key-file', 'key', '--json'];
    expect((await cli('people', ...keyed)).code).toBe(0);
    expect(await found()).toEqual([]);
    expect((await cli('encrypt', 'off', ...keyed)).json).toMatchObject({ state: 'plain', method: null });
    const { json } = await cli('audit', 'list', '--last', '3', '--json');
    expect(json.lines.map(({ details }: { details: unknown }) => details)).toEqual([
      { what: 'rotated' },
      { what: 'secret-changed' },
      { what: 'off' },
    ]);
    expect((await found()).length).toBeGreaterThan(0);
    const refused = await runCommand(folder, ['people', '--json'], { LINTEL_MUST_BE_ENCRYPTED: '1' });
    expect(refused.json.error.code).toBe('vault-broken');
  });
});
