/** Keys and audit lines between the hosts and the data folder: what waits for a disk, what is typed, what is refused. */
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  askHidden,
  backupPassphrase,
  type HiddenInput,
  newSecretFrom,
  unlockFrom,
} from '../../src/main/hosts/cli/secret.ts';
import type { Terminal } from '../../src/main/hosts/cli/terminal.ts';
import { changeAsked, unlockElectron } from '../../src/main/hosts/electron/key-store.ts';
import { changeEncryption } from '../../src/main/server/maintenance.ts';
import { Security } from '../../src/main/server/security.ts';
import { Audit } from '../../src/main/storage/audit-journal.ts';
import { verifyAudit } from '../../src/main/storage/audit-verify.ts';
import { type AuditNote, opaqueId } from '../../src/main/storage/context.ts';
import { type FileOps, realOps } from '../../src/main/storage/file-ops.ts';
import type { SafeStorageLike } from '../../src/main/storage/secret.ts';
import { type ErrorReport, LintelError } from '../../src/shared/errors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-security-unit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof LintelError ? error.code : String(error)),
  );
const subject = (n: number): string => `p_${String(n).padStart(12, '0')}`;
const edit = (n: number): AuditNote => ({ kind: 'edit', subject: subject(n), details: { fields: ['name'] } });

describe('audit notes', () => {
  test('a disk that is full holds nothing up: lines wait, that is said once, and they are written in order', async () => {
    let full = false;
    const ops: FileOps = {
      ...realOps,
      open: async (path, how) => {
        const file = await realOps.open(path, how);
        if (!full || how === 'read') return file;
        return { ...file, write: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) };
      },
    };
    const security = await Security.open({ folder, ops });
    const said: ErrorReport[] = [];
    security.onNotice = (notice) => said.push(notice);
    await security.note(edit(1));
    full = true;
    await Promise.all([security.note(edit(2)), security.note(edit(3), edit(4))]);
    expect(said).toMatchObject([{ code: 'audit-not-written', params: { why: 'disk-full' } }]);
    full = false;
    await security.note(edit(5));
    full = true;
    await security.note(edit(6));
    expect(said).toHaveLength(2);
    full = false;
    await security.close();
    const audit = await Audit.open({ folder, readOnly: true });
    expect((await audit.readAll()).map((line) => line.subject)).toEqual([1, 2, 3, 4, 5, 6].map(subject));
    expect(await verifyAudit({ folder })).toMatchObject({ ok: true, lines: 6 });
  });

  test('a line whose head could not be written is not written twice', async () => {
    let headless = false;
    const ops: FileOps = {
      ...realOps,
      open: (path, how) =>
        headless && path.includes('audit-head')
          ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }))
          : realOps.open(path, how),
    };
    const security = await Security.open({ folder, ops });
    headless = true;
    await security.note(edit(1));
    headless = false;
    await security.note(edit(2));
    await security.close();
    expect(await verifyAudit({ folder })).toMatchObject({ ok: true, lines: 2 });
  });

  test('an id that is not opaque is not written down', () => {
    expect(opaqueId('p_0123456789ab')).toBe('p_0123456789ab');
    expect(opaqueId('Grace Hopper')).toMatch(/^h_[0-9a-f]{32}$/);
  });

  test('whoever only reads writes no line, and is refused while a restore is unfinished', async () => {
    const security = await Security.open({ folder, readOnly: true });
    await security.note(edit(1));
    await security.close();
    expect(await realOps.list(folder)).toEqual([]);
    await writeFile(join(folder, 'restore.json'), '{"version":1,"remove":[]}');
    expect(await codeOf(Security.open({ folder, readOnly: true }))).toBe('store-locked');
    await (await Security.open({ folder })).close();
    expect(await realOps.list(folder)).toEqual([]);
  });
});

describe('what a backup must not bring back', () => {
  test('who was deleted, revoked, or merged into them; not who agreed again', async () => {
    const audit = await Audit.open({ folder });
    const by = 'operator' as const;
    const say = (event: Parameters<Audit['append']>[0]) => audit.append(event);
    await say({ kind: 'delete', subject: subject(1), by, details: { samples: 1 } });
    await say({ kind: 'merge', subject: subject(3), by, details: { from: subject(2) } });
    await say({ kind: 'merge', subject: subject(5), by, details: { from: subject(4) } });
    await say({ kind: 'consent-revoked', subject: subject(5), by, details: { attendance: 'anonymised' } });
    await say({ kind: 'consent-revoked', subject: subject(6), by, details: { attendance: 'kept' } });
    await say({ kind: 'consent-given', subject: subject(6), by, details: {} });
    const ids = (set: Set<string>): string[] => [...set].sort();
    expect(ids(await audit.deleted('replace'))).toEqual([1, 4, 5].map(subject));
    expect(ids(await audit.deleted('merge'))).toEqual([1, 2, 4, 5].map(subject));
    expect(ids(await audit.anonymised())).toEqual([4, 5].map(subject));
  });
});

describe('secrets at the terminal', () => {
  let said: string;
  const terminal = (env: Record<string, string>, ...answers: (string | null)[]): Terminal => {
    said = '';
    const sink = new PassThrough();
    sink.on('data', (text: Buffer) => (said += text.toString()));
    return {
      stdout: sink,
      stderr: sink,
      env,
      cwd: folder,
      interrupted: new AbortController().signal,
      ...(answers.length === 0 ? {} : { ask: () => Promise.resolve(answers.shift() ?? null) }),
    };
  };
  const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
    return name;
  };

  test('from the command line, else the environment, else typed, else refused', async () => {
    await file('a', 'from the command line\n');
    await file('b', 'from the environment\r\n');
    const env = { LINTEL_PASSPHRASE_FILE: 'b' };
    expect(await unlockFrom(terminal(env), { passphraseFile: 'a' })('passphrase')).toMatchObject({
      passphrase: 'from the command line',
    });
    expect(await unlockFrom(terminal(env), {})('passphrase')).toMatchObject({ passphrase: 'from the environment' });
    expect(await unlockFrom(terminal({}, 'typed'), {})('passphrase')).toMatchObject({ passphrase: 'typed' });
    expect(await codeOf(unlockFrom(terminal({}, null), {})('passphrase'))).toBe('vault-locked');
    expect(await codeOf(unlockFrom(terminal({}), {})('passphrase'))).toBe('vault-locked');
    expect(await codeOf(unlockFrom(terminal(env), {})('key-file'))).toBe('vault-locked');
    expect(await unlockFrom(terminal({}), {})('safe-storage')).toBeNull();
  });

  test.skipIf(process.platform === 'win32')('a file that others may read is refused', async () => {
    const passphraseFile = await file('open', 'long enough a passphrase', 0o640);
    expect(await codeOf(unlockFrom(terminal({}), { passphraseFile })('passphrase'))).toBe('vault-locked');
  });

  test('a new passphrase is typed twice, and must be long enough', async () => {
    expect(await newSecretFrom(terminal({}, 'a good long one', 'a good long one'), {})).toMatchObject({
      passphrase: 'a good long one',
    });
    expect(await codeOf(newSecretFrom(terminal({}, 'a good long one', 'a good long  one'), {}))).toBe(
      'passphrases-differ',
    );
    expect(await codeOf(newSecretFrom(terminal({}, 'short'), {}))).toBe('passphrase-short');
    expect(await codeOf(newSecretFrom(terminal({}), {}))).toBe('passphrase-unasked');
    expect(await codeOf(backupPassphrase(terminal({}), undefined, true))).toBe('passphrase-unasked');
    expect(await backupPassphrase(terminal({}, 'typed'), undefined, false)).toBe('typed');
  });

  test('a key file that is not there is made, for its owner only', async () => {
    const secret = await newSecretFrom(terminal({}), { keyFile: 'key' });
    expect(secret).toEqual({ method: 'key-file', path: join(folder, 'key') });
    if (process.platform !== 'win32') expect((await stat(join(folder, 'key'))).mode & 0o777).toBe(0o600);
    const text = await readFile(join(folder, 'key'), 'utf8');
    expect(said).not.toContain(text.trim().split(' ')[1]);
    expect(await newSecretFrom(terminal({}), { keyFile: 'key' })).toEqual(secret);
    expect(await readFile(join(folder, 'key'), 'utf8')).toBe(text);
  });

  test('Ctrl+C at a question ends the command as one that was stopped; Escape is somebody who would not say', async () => {
    const told = async (key: string): Promise<string> => {
      const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
      const interrupt = new AbortController();
      const ask = (question: string) => askHidden(input, new PassThrough(), question, interrupt);
      input.write(`half of it${key}`);
      return codeOf(newSecretFrom({ ...terminal({}), interrupted: interrupt.signal, ask }, {}));
    };
    expect(await told('\u0003')).toBe('interrupted');
    expect(await told('\u001b')).toBe('passphrase-unasked');
  });
});

describe('typed unseen', () => {
  const asking = (typed: (string | Buffer)[]) => {
    const raw: boolean[] = [];
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => void raw.push(on) });
    const output = new PassThrough();
    let shown = '';
    output.on('data', (text: Buffer) => (shown += text.toString()));
    const answer = askHidden(input, output, 'Passphrase: ');
    for (const bytes of typed) input.write(bytes);
    return { answer, raw, shown: () => shown };
  };

  test('a line, with what was rubbed out, in any alphabet, cut anywhere', async () => {
    const bytes = Buffer.from('mật khẩu');
    const { answer, raw, shown } = asking([
      'wrong\u0015',
      bytes.subarray(0, 3),
      bytes.subarray(3),
      'xy\u007f\u007f',
      '!\r',
    ]);
    expect(await answer).toBe('mật khẩu!');
    expect(raw).toEqual([true, false]);
    expect(shown()).toBe('Passphrase: \n');
  });

  test('Ctrl+C is no answer, and neither is no terminal', async () => {
    expect(await asking(['abc\u0003']).answer).toBeNull();
    const none: HiddenInput = new PassThrough();
    expect(await askHidden(none, new PassThrough(), '')).toBeNull();
  });
});

describe("the system's key store", () => {
  const store = (backend = 'gnome_libsecret', there = true): SafeStorageLike => ({
    isEncryptionAvailable: () => there,
    getSelectedStorageBackend: () => backend,
    encryptString: (text) => Buffer.from(Buffer.from(text, 'utf8').map((byte) => byte ^ 0x5a)),
    decryptString: (sealed) => Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString('utf8'),
  });
  const none = { passphrase: null, key: null };

  test('encrypts, opens and decrypts; the terminal is sent to it', async () => {
    await writeFile(join(folder, 'checkins-2026-01.ndjson'), '');
    const unlock = unlockElectron(store(), none);
    await changeEncryption({ folder, unlock }, changeAsked('on', store()));
    expect(await codeOf(Security.open({ folder, unlock: () => Promise.resolve(null) }))).toBe('vault-locked');
    const security = await Security.open({ folder, unlock, mustBeEncrypted: true });
    expect(security.vault.method).toBe('safe-storage');
    await security.close();
    await changeEncryption({ folder, unlock }, changeAsked('rotate', store()));
    await changeEncryption({ folder, unlock }, changeAsked('off', store()));
    expect((await Security.open({ folder })).vault.state).toBe('plain');
    expect(await codeOf(Security.open({ folder, mustBeEncrypted: true }))).toBe('vault-broken');
  });

  test('one that keeps nothing secret is refused', async () => {
    for (const bad of [store('basic_text'), store('kwallet', false)])
      expect(await codeOf(changeEncryption({ folder }, changeAsked('on', bad)))).toBe('key-store-missing');
    expect(() => changeAsked('maybe', store())).toThrow(LintelError);
  });

  test('a passphrase or a key comes from a file given at the start', async () => {
    // Asked for on the screen.
    expect(await unlockElectron(store(), none)('passphrase')).toBeNull();
    expect(await codeOf(Promise.resolve(unlockElectron(store(), none)('key-file')))).toBe('vault-locked');
    await writeFile(join(folder, 'secret'), 'a passphrase\n', { mode: 0o600 });
    const given = unlockElectron(store(), { passphrase: join(folder, 'secret'), key: '/k' });
    expect(await given('passphrase')).toEqual({ method: 'passphrase', passphrase: 'a passphrase' });
    expect(await given('key-file')).toEqual({ method: 'key-file', path: '/k' });
  });
});
