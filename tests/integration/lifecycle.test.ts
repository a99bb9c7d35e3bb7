/** A kiosk closed and opened again beneath its windows: the passphrase on the screen, encryption, backups, restores. */
import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { timeOfBackup } from '../../src/main/backup/service.ts';
import { unpackVector } from '../../src/main/gallery/gallery.ts';
import type { Kiosk } from '../../src/main/server/kiosk.ts';
import { openRestartable, type RestartableKiosk, type RestartableOptions } from '../../src/main/server/lifecycle.ts';
import { calls } from '../../src/shared/calls.ts';
import type { DataState } from '../../src/shared/security.ts';
import { ClientSession } from '../support/client-session.ts';
import { refusal } from '../support/refusal.ts';
import { drawnRecording, recordedFrame, recordedVision, standInModels } from '../support/recorded-vision.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { allFiles, leaks } from '../support/vault-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

const passphrase = 'four words nobody guesses';
const backupPassphrase = 'another four words here';
const PIN = '24681357';
const recording = drawnRecording(6);

let root: string;
let data: string;
let stick: string;
let now: number;
let host: RestartableKiosk;
let window: ClientSession;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lintel-lifecycle-'));
  data = join(root, 'data');
  stick = join(root, 'stick');
  await mkdir(stick);
  standInModels(join(root, 'models'));
  now = Date.UTC(2026, 5, 1, 9);
  host = await open();
  window = new ClientSession(host);
  await window.call('createPin', { pin: PIN });
});
afterEach(async () => {
  await host.close();
  await rm(root, { recursive: true, force: true });
});

async function open(more: Partial<RestartableOptions> = {}): Promise<RestartableKiosk> {
  const picture = new Uint8Array(
    await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
      .jpeg()
      .toBuffer(),
  );
  return openRestartable({
    dataDir: data,
    modelDirs: [join(root, 'models')],
    version: '0',
    embedder: '',
    vision: (models) => Promise.resolve(recordedVision(models, recording, picture)),
    clock: { wall: () => now, ticks: () => now },
    ...more,
  });
}

const kiosk = (): Kiosk => {
  if (host.kiosk === null) throw new Error('the data are not open');
  return host.kiosk;
};
const states = (): DataState[] =>
  window.events.filter(({ name }) => name === 'dataState').map(({ payload }) => payload as DataState);

async function enroll(name: string, person: number): Promise<string> {
  await kiosk().models.ready();
  const { enrollmentId } = await window.call('startEnrollment');
  for (let take = 0; take < 2; take++)
    await window.call('captureSample', { enrollmentId, pose: 'straight', frame: recordedFrame(person, take) });
  const target = { kind: 'new', name, externalId: null, group: null, consentAt: now } as const;
  return (await window.call('saveEnrollment', { enrollmentId, target })).id;
}

/** Waits until the work that was begun is over, and lets the operator in again. */
async function openedAgain(): Promise<void> {
  await vi.waitFor(() => expect(host.state.state).toBe('open'), { timeout: 60_000, interval: 20 });
  expect(states().at(-1)).toEqual({ state: 'open' });
  expect((await window.call('getSession')).unlocked).toBe(false);
  expect(await refusal(window.call('getSecurity'))).toBe('pin-required');
  await window.call('unlock', { pin: PIN });
}
const names = async (): Promise<string[]> =>
  (await window.call('listPeople', { query: '', offset: 0, limit: 50 })).people.map(({ name }) => name).sort();
const noticeCodes = async (): Promise<string[]> => (await window.call('getStatus')).notices.map(({ code }) => code);

describe('encryption from the screen', () => {
  test('on, another key, another passphrase, off: nobody is lost, windows stay, sessions end, the folder tells nothing', async () => {
    await enroll('Zebediah Quist', 0);
    expect(await noticeCodes()).toContain('not-encrypted');
    const vectors = kiosk()
      .people.all()
      .flatMap(({ samples }) => samples.map(({ embedding }) => unpackVector(embedding)));
    expect((await leaks(data, { words: ['Zebediah'], vectors })).length).toBeGreaterThan(0);

    await window.call('changeEncryption', { what: 'on', secret: { method: 'passphrase', passphrase } });
    // Nothing reaches data that are on their way; whether they are there can be asked.
    expect(['data-closed', 'accepted']).toContain(await refusal(window.call('getRecentCheckIns')));
    await openedAgain();
    expect(states()).toContainEqual({ state: 'working', what: 'encrypting', done: null, total: null });
    expect(states().some((state) => state.state === 'working' && state.total !== null && state.total > 0)).toBe(true);
    expect((await window.call('getSecurity')).encryption).toEqual({
      encrypted: true,
      method: 'passphrase',
      keyStore: false,
    });
    expect(await noticeCodes()).toEqual(['data-changed']);
    expect((await window.call('getStatus')).notices[0]?.params).toEqual({ what: 'encrypted', plain: 0 });
    expect(await names()).toEqual(['Zebediah Quist']);
    expect(await leaks(data, { words: ['Zebediah'], vectors })).toEqual([]);

    await window.call('changeEncryption', { what: 'rotated' });
    await openedAgain();
    const other = 'quite another passphrase';
    await window.call('changeEncryption', {
      what: 'secret-changed',
      secret: { method: 'passphrase', passphrase: other },
    });
    await openedAgain();
    expect(await names()).toEqual(['Zebediah Quist']);
    // A visit goes on as before.
    await kiosk().models.ready();
    for (let i = 0; i < 5; i++) {
      now += 200;
      await window.call('submitFrame', recordedFrame(0, i));
    }
    expect(['match', 'challenge']).toContain(window.view.phase);
    await window.call('unlock', { pin: PIN });
    await window.call('changeEncryption', { what: 'off' });
    await openedAgain();
    expect((await window.call('getSecurity')).encryption.encrypted).toBe(false);
    expect((await window.call('listAudit', {})).lines.map(({ kind, details }) => [kind, details['what']])).toEqual([
      ['encryption', 'off'],
      ['encryption', 'secret-changed'],
      ['encryption', 'rotated'],
      ['encryption', 'on'],
      ['consent-given', undefined],
      ['enroll', undefined],
      ['pin-set', undefined],
    ]);
    expect(await window.call('verifyAudit', {})).toMatchObject({ ok: true, lines: 7, problems: [] });
  });

  test('what can not be done is refused before anybody is sent away', async () => {
    const change = (asked: Parameters<typeof window.call<'changeEncryption'>>[1]): Promise<string> =>
      refusal(window.call('changeEncryption', asked));
    expect(await change({ what: 'off' })).toBe('encryption-off');
    expect(await change({ what: 'rotated' })).toBe('encryption-off');
    expect(await change({ what: 'on', secret: { method: 'passphrase', passphrase: 'short' } })).toBe(
      'passphrase-short',
    );
    expect(await change({ what: 'on', secret: { method: 'safe-storage' } })).toBe('key-store-desktop');
    expect(states().filter(({ state }) => state === 'working')).toEqual([]);
    expect((await window.call('getSession')).unlocked).toBe(true);
  });

  test.each([
    ['before the first file', 'vault.plan.tmp', 'open'],
    ['half-way', 'people.json.tmp', 'closed'],
    ['at the last word', 'vault.json.tmp', 'closed'],
  ])('a disk that is full %s: nothing is lost, and it goes on when there is room', async (_, file, then) => {
    await enroll('Ada', 0);
    await host.close();
    const ops = faultyOps();
    host = await open({ fileOps: ops });
    window = new ClientSession(host);
    await window.call('unlock', { pin: PIN });
    let said = 0;
    ops.faults.before = (step) => {
      // The first word in vault.json is that it begins.
      if (step === `write ${file}` && (file !== 'vault.json.tmp' || ++said > 1)) throw errno('ENOSPC');
    };
    await window.call('changeEncryption', { what: 'on', secret: { method: 'passphrase', passphrase } });
    await vi.waitFor(() => expect(host.state.state).toBe(then), { timeout: 60_000, interval: 20 });
    if (then === 'closed') {
      expect(host.state).toMatchObject({ problem: { code: 'disk-full' } });
      expect(await window.call('openData', { passphrase: null })).toMatchObject({ state: 'closed' });
    } else expect(await noticeCodes()).toContain('disk-full');
    ops.faults = {};
    if (then === 'closed') expect(await window.call('openData', { passphrase: null })).toEqual({ state: 'open' });
    await window.call('unlock', { pin: PIN });
    expect(await names()).toEqual(['Ada']);
    expect((await window.call('getSecurity')).encryption.encrypted).toBe(then === 'closed');
    expect((await leaks(data, { words: ['Ada'], vectors: [] })).length === 0).toBe(then === 'closed');
  });

  test("the system's key store, where the host reaches it", async () => {
    await host.close();
    const flip = (text: Buffer): Buffer => Buffer.from(text.map((byte) => byte ^ 0x5a));
    const keyStore = {
      isEncryptionAvailable: () => true,
      getSelectedStorageBackend: () => 'kwallet6',
      encryptString: (text: string) => flip(Buffer.from(text)),
      decryptString: (sealed: Buffer) => flip(sealed).toString(),
    };
    const unlock: RestartableOptions['unlock'] = (method) =>
      Promise.resolve(method === 'safe-storage' ? { method, safeStorage: keyStore } : null);
    host = await open({ keyStore, unlock });
    window = new ClientSession(host);
    await window.call('unlock', { pin: PIN });
    expect((await window.call('getSecurity')).encryption.keyStore).toBe(true);
    await window.call('changeEncryption', { what: 'on', secret: { method: 'safe-storage' } });
    await openedAgain();
    expect((await window.call('getSecurity')).encryption.method).toBe('safe-storage');
    await host.close();
    host = await open({ keyStore, unlock });
    expect(host.state).toEqual({ state: 'open' });
  });
});

describe('locked data', () => {
  beforeEach(async () => {
    await enroll('Ada', 0);
    await window.call('changeEncryption', { what: 'on', secret: { method: 'passphrase', passphrase } });
    await openedAgain();
    await host.close();
    host = await open();
    window = new ClientSession(host);
  });

  test('are opened by the passphrase typed on the screen, and by no other', async () => {
    expect(await window.call('getDataState')).toEqual({ state: 'locked', problem: null });
    const before = await allFiles(data);
    const anything = window.call as (name: string, input?: unknown) => Promise<unknown>;
    for (const name of Object.keys(calls).filter((one) => one !== 'getDataState' && one !== 'openData'))
      for (const input of [undefined, {}, { pin: PIN }, { id: '../people.json' }])
        expect(await refusal(anything.call(window, name, input))).toBe('vault-locked');
    expect(await refusal(anything.call(window, '__proto__'))).toBe('bad-input');
    expect(await allFiles(data)).toEqual(before);
    expect(await refusal(window.call('openData', { passphrase: 7 } as never))).toBe('bad-input');
    expect(await window.call('openData', { passphrase: null })).toEqual({ state: 'locked', problem: null });
    expect(await window.call('openData', { passphrase: 'not these words at all' })).toMatchObject({
      state: 'locked',
      problem: { code: 'passphrase-wrong' },
    });
    // Not two guesses at a time: the second is told that one is being looked at.
    const first = window.call('openData', { passphrase });
    expect(await window.call('openData', { passphrase: 'a guess meanwhile' })).toMatchObject({ state: 'working' });
    expect(await first).toEqual({ state: 'open' });
    await window.call('unlock', { pin: PIN });
    expect(await names()).toEqual(['Ada']);
    expect(await refusal(window.call('openData', { passphrase: 'whatever' }))).toBe('accepted');
  });

  test('a damaged file is said, and tried again when somebody has put it right', async () => {
    renameSync(join(data, 'people.json'), join(root, 'people.json'));
    renameSync(join(data, 'people.json.bak'), join(root, 'people.json.bak'));
    await writeFile(join(data, 'people.json'), 'not what it was');
    await writeFile(join(data, 'people.json.bak'), 'not what it was');
    const said = await window.call('openData', { passphrase });
    expect(said.state).toBe('closed');
    expect(await refusal(window.call('getStatus'))).toBe('data-closed');
    for (const name of ['people.json', 'people.json.bak']) renameSync(join(root, name), join(data, name));
    expect(await window.call('openData', { passphrase: null })).toEqual({ state: 'open' });
  });
});

describe('backups the kiosk makes by itself', () => {
  const plan = { everyHours: 24, keep: 2, forgetDeleted: true };
  const files = (): string[] => readdirSync(stick).filter((name) => timeOfBackup(name) !== null);
  const hours = (count: number): void => {
    now += count * 3_600_000;
  };
  const unlock = (): Promise<unknown> => window.call('unlock', { pin: PIN });

  test('need a folder outside the data, and a passphrase', async () => {
    const tried = (folder: string, given: string | null = backupPassphrase): Promise<string> =>
      refusal(window.call('planBackups', { ...plan, folder, passphrase: given }));
    expect(await tried('backups')).toBe('backup-folder-relative');
    expect(await tried(join(root, 'nowhere'))).toBe('not-found');
    expect(await tried(data)).toBe('backup-folder-inside');
    expect(await tried(join(data, 'thumbnails', '..'))).toBe('backup-folder-inside');
    expect(await tried(stick, null)).toBe('backup-passphrase-unset');
    expect(await tried(stick, 'short')).toBe('passphrase-short');
    expect(await refusal(window.call('backUpNow'))).toBe('backup-folder-unset');
    expect(await tried(stick)).toBe('accepted');
    expect((await window.call('getSecurity')).backup).toMatchObject({ plan: { folder: stick }, passphraseSet: true });
  });

  test('are made when due, kept as many as planned; what others keep there is left alone', async () => {
    await enroll('Ada', 0);
    const strange = 'lintel-20250101T000000000.lintelbackup';
    await writeFile(join(stick, strange), "another kiosk's");
    await window.call('planBackups', { ...plan, folder: stick, passphrase: backupPassphrase });
    await kiosk().backups.look();
    expect(files()).toHaveLength(2);
    await kiosk().backups.look();
    hours(23);
    await kiosk().backups.look();
    expect(files()).toHaveLength(2);
    for (let day = 0; day < 3; day++) {
      hours(24);
      await kiosk().backups.look();
    }
    expect(files()).toHaveLength(3); // two of ours, one of others
    expect(files()).toContain(strange);
    await unlock();
    const { backup } = await window.call('getSecurity');
    expect(backup).toMatchObject({ running: false, problem: null, last: { people: 1 }, nextAt: now + 24 * 3_600_000 });
    expect(backup.files[0]?.at).toBe(now);
    expect((await window.call('listAudit', {})).lines.filter(({ kind }) => kind === 'backup')).toHaveLength(4);
    const bytes = await readFile(join(stick, backup.last?.file ?? ''));
    expect(bytes.includes('Ada')).toBe(false);
  });

  test('somebody who is deleted goes from them, from a stick that was out as well', async () => {
    await window.call('planBackups', { ...plan, folder: stick, passphrase: backupPassphrase });
    const id = await enroll('Ada', 0);
    await enroll('Bo', 1);
    await window.call('backUpNow');
    const [old = ''] = files();
    hours(1);
    await unlock();
    await window.call('removePerson', { id });
    renameSync(stick, join(root, 'out'));
    await kiosk().backups.look();
    expect(await noticeCodes()).toContain('backup-failed');
    expect((await window.call('getSecurity')).backup.problem).toMatchObject({ code: 'not-found' });
    hours(1);
    renameSync(join(root, 'out'), stick);
    await kiosk().backups.look();
    expect(files()).not.toContain(old);
    expect(files()).toHaveLength(1);
    await unlock();
    const { backup } = await window.call('getSecurity');
    expect(backup).toMatchObject({ problem: null, last: { people: 1 } });

    // And from a folder that is not the plan's any more.
    const other = join(root, 'other');
    await mkdir(other);
    await window.call('planBackups', { ...plan, folder: other });
    const [bo] = (await window.call('listPeople', { query: '', offset: 0, limit: 5 })).people;
    await window.call('removePerson', { id: bo?.id ?? '' });
    hours(1);
    await kiosk().backups.look();
    expect(files()).toEqual([]);
    expect(readdirSync(other)).toHaveLength(1);
  });

  test('a backup that is cut short by the end of the kiosk leaves nothing half made', async () => {
    await window.call('planBackups', { ...plan, folder: stick, passphrase: backupPassphrase });
    const making = refusal(window.call('backUpNow'));
    await host.close();
    await making;
    expect(readdirSync(stick).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('restoring into the running kiosk', () => {
  let ada: string;
  let file: string;
  beforeEach(async () => {
    ada = await enroll('Ada', 0);
    await enroll('Bo', 1);
    await window.call('planBackups', {
      folder: stick,
      everyHours: 24,
      keep: 5,
      forgetDeleted: false,
      passphrase: backupPassphrase,
    });
    await window.call('backUpNow');
    file = readdirSync(stick)[0] ?? '';
    now += 60_000;
    await window.call('unlock', { pin: PIN });
  });

  test('merge and replace, each as its preview said; who was deleted here stays deleted', async () => {
    await window.call('removePerson', { id: ada });
    await enroll('Cy', 2);
    const asked = { file, passphrase: null, how: 'merge' } as const;
    const merge = await window.call('previewRestore', asked);
    expect(merge).toMatchObject({
      backup: { people: 2 },
      people: { added: 0, leftOut: 1, onlyHere: 1, same: 1 },
      // None were ever changed here.
      settings: 'restore',
      pin: 'keep',
    });
    expect(states()).toEqual([]);
    expect(await window.call('restoreBackup', asked)).toEqual(merge);
    await openedAgain();
    expect(await names()).toEqual(['Bo', 'Cy']);
    const replace = { file: join(stick, file), passphrase: backupPassphrase, how: 'replace' } as const;
    await window.call('restoreBackup', replace);
    await openedAgain();
    expect(await names()).toEqual(['Bo']);
    expect(states()).toContainEqual({ state: 'working', what: 'restoring', done: null, total: null });
    expect((await window.call('getStatus')).notices.filter(({ code }) => code === 'data-changed')).toMatchObject([
      { params: { what: 'restored' } },
    ]);
    // The plan of this machine is no part of what was put back.
    expect((await window.call('getSecurity')).backup.plan.folder).toBe(stick);
    expect(await window.call('verifyAudit', {})).toMatchObject({ ok: true });
    expect((await window.call('listAudit', { limit: 2 })).lines.map(({ kind }) => kind)).toContain('restore');
  });

  test('a damaged, foreign or missing file, and a wrong passphrase, are refused while everything goes on', async () => {
    const bytes = await readFile(join(stick, file));
    bytes[bytes.byteLength - 40]! ^= 1;
    const broken = join(stick, 'broken.lintelbackup');
    await writeFile(broken, bytes);
    const tried = (name: string, given: string | null = null): Promise<string> =>
      refusal(window.call('restoreBackup', { file: name, passphrase: given, how: 'replace' }));
    expect(await tried(broken)).toBe('backup-damaged');
    expect(await tried(join(data, 'people.json'))).toBe('backup-damaged');
    expect(await tried(join(root, 'nothing'))).toBe('store-failed');
    expect(await tried('../people.json')).toBe('backup-path-wrong');
    expect(await tried(file, 'the wrong words altogether')).toBe('passphrase-wrong');
    expect(states()).toEqual([]);
    expect(await names()).toEqual(['Ada', 'Bo']);
    expect((await window.call('getSession')).unlocked).toBe(true);
  });

  test('into an empty kiosk, with the passphrase', async () => {
    await host.close();
    cpSync(stick, join(root, 'kept'), { recursive: true });
    await rm(data, { recursive: true });
    host = await open();
    window = new ClientSession(host);
    await window.call('createPin', { pin: PIN });
    expect(
      await refusal(window.call('restoreBackup', { file: join(root, 'kept', file), passphrase: null, how: 'merge' })),
    ).toBe('backup-passphrase-needed');
    await window.call('restoreBackup', { file: join(root, 'kept', file), passphrase: backupPassphrase, how: 'merge' });
    await openedAgain();
    expect(await names()).toEqual(['Ada', 'Bo']);
    expect(existsSync(join(data, 'restore.staging'))).toBe(false);
  });
});
