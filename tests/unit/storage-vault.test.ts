import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  codecOf,
  keyIdOf,
  newDataKey,
  openSealed,
  OVERHEAD,
  salvage,
  sealBytes,
} from '../../src/main/storage/encrypted-codec.ts';
import { createKeyFile, passphraseFromFile, type SafeStorageLike, type Secret } from '../../src/main/storage/secret.ts';
import { Vault, type VaultOptions, vaultStatus } from '../../src/main/storage/vault.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { dyingOps } from '../support/dying-ops.ts';
import { allFiles, contents, fill, leaks, storesOf } from '../support/vault-folder.ts';
import { refusal } from '../support/refusal.ts';

const CHEAP = { N: 2, r: 1, p: 1 };
const passphrase = 'correct horse battery staple';
const byWords: Secret = { method: 'passphrase', passphrase };

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lintel-vault-'));
  folder = join(root, 'data');
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = (secret: Secret | null = byWords, more: Partial<VaultOptions> = {}): Promise<Vault> =>
  Vault.open({ folder, scryptCost: CHEAP, unlock: () => Promise.resolve(secret), ...more });

const snapshot = async (): Promise<string> =>
  JSON.stringify([...(await allFiles(folder))].sort().map(([name, bytes]) => [name, bytes.toString('base64')]));

describe('sealed bytes', () => {
  const key = newDataKey();

  test('come back, take 40 bytes more, and are never twice the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, name) => {
        const sealed = sealBytes(bytes, key, name);
        expect(sealed.byteLength).toBe(bytes.byteLength + 40);
        expect(Buffer.from(openSealed(sealed, key, name)).equals(bytes)).toBe(true);
        expect(Buffer.from(sealed).equals(sealBytes(bytes, key, name))).toBe(false);
        expect(keyIdOf(sealed)).toBe(key.id);
      }),
    );
    expect(OVERHEAD).toBe(40);
  });

  test('do not open with a bit changed, cut, under another name or with another key', () => {
    const sealed = sealBytes(Buffer.from('{"people":[]}'), key, 'people.json');
    for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
      const bad = Buffer.from(sealed);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => codecOf(key).decode(bad, 'people.json')).toThrow();
    }
    for (let length = 0; length < sealed.byteLength; length++)
      expect(() => codecOf(key).decode(sealed.subarray(0, length), 'people.json')).toThrow();
    expect(() => openSealed(sealed, key, 'operator.json')).toThrow();
    expect(() => openSealed(sealed, { id: key.id, bytes: newDataKey().bytes }, 'people.json')).toThrow();
  });

  test('plain text, JPEG and JSON do not pass for sealed', () => {
    for (const text of ['', '{"a":1}', '\xff\xd8\xff\xe0', 'LINTELBK'])
      expect(keyIdOf(Buffer.from(text.padEnd(50), 'latin1'))).toBeNull();
  });

  test('what is damaged can be salvaged, all but the damage', () => {
    const sealed = Buffer.from(sealBytes(Buffer.from('hello world'), key, 'x'));
    sealed[24] = (sealed[24] ?? 0) ^ 0x20;
    expect(Buffer.from(salvage(sealed, key)).toString()).toBe('Hello world');
    expect(salvage(sealed.subarray(0, 30), key).byteLength).toBe(0);
  });
});

describe('on, rotate, off', () => {
  test('nothing of people can be found, and everything comes back', async () => {
    await fill(folder);
    const found = await leaks(folder);
    for (const what of ['Grace Hopper', 'EMP-448812', 'vector 0, base64', 'vector 0, raw', 'a JPEG'])
      expect(found.some((one) => one.startsWith(what))).toBe(true);
    const before = await contents(folder, undefined);
    const files = await allFiles(folder);
    files.delete('people.json.tmp'); // was never acknowledged
    const vault = await open();
    expect(vault.codec).toBeUndefined();
    expect(await vault.turnOn(byWords)).toEqual([]);
    expect(vault.state).toBe('encrypted');
    expect(await leaks(folder)).toEqual([]);
    expect(await contents(folder, vault.codec)).toBe(before);
    const sealed = await allFiles(folder);
    const keyId = keyIdOf(sealed.get('people.json') ?? Buffer.alloc(0));
    await vault.rotate();
    expect(await contents(folder, vault.codec)).toBe(before);
    expect(keyIdOf(await readFile(join(folder, 'people.json')))).not.toBe(keyId);
    for (const [name, bytes] of await allFiles(folder))
      expect([name, bytes.includes(keyId ?? '', 0, 'hex') || bytes.includes(keyId ?? '')]).toEqual([name, false]);
    await vault.turnOff();
    expect(await contents(folder, undefined)).toBe(before);
    // Every file is, to the byte, what it was: also the damaged, the torn and the rotten line.
    const after = await allFiles(folder);
    for (const name of ['vault.json', 'vault.json.bak']) expect(after.delete(name)).toBe(true);
    expect([...after.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [name, bytes] of files) expect([name, after.get(name)?.equals(bytes)]).toEqual([name, true]);
  });

  test('what is written while it is on is encrypted, and stays through a restart and a rotation', async () => {
    await (await open()).turnOn(byWords);
    const vault = await open();
    const stores = storesOf(folder, vault.codec);
    await stores.people.read();
    await stores.people.write({ people: [{ name: 'Grace Hopper' }] });
    await stores.checkIns.append({ id: 'c', at: Date.UTC(2026, 0, 5), name: 'Grace Hopper' });
    expect(await leaks(folder)).toEqual([]);
    const before = await contents(folder, vault.codec);
    await vault.rotate();
    expect(await contents(folder, (await open()).codec)).toBe(before);
  });

  test('files of no layout are told of', async () => {
    await writeFile(join(folder, 'extra.json'), '{}');
    await writeFile(join(folder, 'Local State'), 'of Electron');
    expect(await (await open()).turnOn(byWords)).toEqual(['extra.json']);
  });

  test('the old plain content is overwritten, but not where another name still leads to it', async () => {
    await fill(folder);
    const { link, open: openFile } = await import('node:fs/promises');
    await link(join(folder, 'people.json'), join(root, 'elsewhere'));
    const picture = (await readdir(join(folder, 'thumbnails'), { recursive: true })).find((one) =>
      one.endsWith('.jpg'),
    );
    const held = await openFile(join(folder, 'thumbnails', picture ?? ''));
    await (await open()).turnOn(byWords);
    expect((await held.readFile()).every((byte) => byte === 0)).toBe(true);
    await held.close();
    expect(await readFile(join(root, 'elsewhere'), 'utf8')).toContain('Grace Hopper');
  });

  test('are refused when they make no sense, and change nothing', async () => {
    const vault = await open();
    expect(await refusal(vault.rotate())).toBe('encryption-off');
    expect(await refusal(vault.turnOff())).toBe('encryption-off');
    expect(await refusal(vault.turnOn({ method: 'passphrase', passphrase: 'short' }))).toBe('passphrase-short');
    expect(await readdir(folder)).toEqual([]);
    await vault.turnOn(byWords);
    expect(await refusal(vault.turnOn(byWords))).toBe('encryption-on');
    const reader = await open(byWords, { readOnly: true });
    expect(await refusal(reader.rotate())).toBe('store-read-only');
  });

  test('progress ends with all files', async () => {
    await fill(folder);
    const seen: string[] = [];
    const vault = await open(byWords, {
      onProgress: ({ state, done, total }) => seen.push(`${state} ${done}/${total}`),
    });
    await vault.turnOn(byWords);
    expect(seen.at(-1)).toMatch(/^encrypting (\d+)\/\1$/);
  });
});

/** Every operation, one after the other, in the full proof; in the short one, fewer the further it gets. */
const thin = Number(process.env['LINTEL_KILL_ROUNDS'] ?? 10) >= 100 ? 30 : 3;

describe('cut short at any operation', () => {
  const steps = ['turnOn', 'rotate', 'changeSecret', 'turnOff'] as const;
  test.each(steps)('%s', { timeout: 120_000 }, async (step) => {
    await fill(folder, 3);
    const before = await contents(folder, undefined);
    if (step !== 'turnOn') await (await open()).turnOn(byWords);
    const start = join(root, 'start');
    await cp(folder, start, { recursive: true });
    let done = false;
    let cuts = 0;
    for (let after = 0; !done; after += 1 + (after >> thin)) {
      await rm(folder, { recursive: true });
      await cp(start, folder, { recursive: true });
      const ops = dyingOps(after);
      try {
        const vault = await open(byWords, { ops });
        await (step === 'turnOn' || step === 'changeSecret' ? vault[step](byWords) : vault[step]());
      } catch {
        cuts++;
      }
      done = !ops.dead();
      const vault = await open();
      expect(await contents(folder, vault.codec)).toBe(before);
      expect(['plain', 'encrypted']).toContain(vault.state);
      if (vault.state === 'encrypted') expect(await leaks(folder)).toEqual([]);
      if (done) expect(vault.state).toBe(step === 'turnOff' ? 'plain' : 'encrypted');
    }
    expect(cuts).toBeGreaterThan(10);
  });

  test('a full disk: said so, nothing lost, and finished when there is room', async () => {
    await fill(folder, 3);
    const before = await contents(folder, undefined);
    for (const after of [5, 60, 90]) {
      const vault = await open(byWords, { ops: dyingOps(after, 'ENOSPC') });
      expect(await refusal(vault.turnOn(byWords))).toBe('disk-full');
      const again = await open();
      expect(await contents(folder, again.codec)).toBe(before);
      if (again.state === 'encrypted') await again.turnOff();
    }
    // Or without a restart, when the disk has room again.
    const vault = await open(byWords, { ops: dyingOps(80, 'ENOSPC', 1) });
    expect(await refusal(vault.turnOn(byWords))).toBe('disk-full');
    expect(vault.state).toBe('encrypting');
    expect(() => vault.codec).toThrow(LintelError);
    await vault.resume();
    expect(await contents(folder, vault.codec)).toBe(before);
  });
});

describe('secrets', () => {
  test('a wrong passphrase opens nothing and touches nothing', async () => {
    await fill(folder, 2);
    await (await open()).turnOn(byWords);
    const before = await snapshot();
    expect(await refusal(open({ method: 'passphrase', passphrase: 'another passphrase' }))).toBe('passphrase-wrong');
    expect(await refusal(open(null))).toBe('vault-locked');
    expect(await refusal(open({ method: 'key-file', path: '/nowhere' }))).toBe('vault-locked');
    expect(await snapshot()).toBe(before);
    expect(await vaultStatus(folder)).toEqual({ state: 'encrypted', method: 'passphrase' });
  });

  test('another passphrase: the old one opens nothing that is left, and no data was written', async () => {
    await fill(folder, 2);
    await (await open()).turnOn(byWords);
    const before = await allFiles(folder);
    const next: Secret = { method: 'passphrase', passphrase: 'another passphrase' };
    await (await open()).changeSecret(next);
    const after = await allFiles(folder);
    for (const [name, bytes] of before)
      expect([name, after.get(name)?.equals(bytes)]).toEqual([name, !name.startsWith('vault.json')]);
    expect(await refusal(open())).toBe('passphrase-wrong');
    expect((await open(next)).state).toBe('encrypted');
    // Not even by way of the generation before.
    await unlink(join(folder, 'vault.json'));
    expect(await refusal(open())).toBe('passphrase-wrong');
    expect((await open(next)).state).toBe('encrypted');
  });

  test('a key file, made so that only its owner can read it', async () => {
    const path = join(root, 'lintel.key');
    await createKeyFile(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await refusal(createKeyFile(path))).toBe('key-file-exists');
    const secret: Secret = { method: 'key-file', path };
    await fill(folder, 2);
    const before = await contents(folder, undefined);
    await (await open()).turnOn(secret);
    expect(await contents(folder, (await open(secret)).codec)).toBe(before);
    await chmod(path, 0o640);
    expect(await refusal(open(secret))).toBe('vault-locked');
    await chmod(path, 0o600);
    await symlink(path, join(root, 'link'));
    expect(await refusal(open({ method: 'key-file', path: join(root, 'link') }))).toBe('vault-locked');
    await unlink(path);
    await createKeyFile(path);
    expect(await refusal(open(secret))).toBe('passphrase-wrong');
    await writeFile(path, 'no key');
    expect(await refusal(open(secret))).toBe('vault-locked');
  });

  test('a key file inside the data folder is refused', async () => {
    await createKeyFile(join(folder, 'lintel.key'));
    const vault = await open();
    expect(await refusal(vault.turnOn({ method: 'key-file', path: join(folder, 'lintel.key') }))).toBe(
      'key-file-inside',
    );
    expect(vault.state).toBe('plain');
  });

  test('a passphrase from a file is its first line, if nobody else can read it', async () => {
    const path = join(root, 'words');
    await writeFile(path, `${passphrase}\r\nsecond line\n`, { mode: 0o600 });
    expect(await passphraseFromFile(path)).toBe(passphrase);
    await chmod(path, 0o604);
    expect(await refusal(passphraseFromFile(path))).toBe('vault-locked');
    expect(await refusal(passphraseFromFile(root))).toBe('vault-locked');
  });

  test('a new passphrase from a file is what can be typed, or it is refused; one that is in use opens as ever', async () => {
    const path = join(root, 'words');
    const words = 'gr\u00fcne Stra\u00dfe am Fluss';
    const saved = async (bytes: Uint8Array, fresh: boolean): Promise<string> => {
      await writeFile(path, bytes, { mode: 0o600 });
      return passphraseFromFile(path, fresh);
    };
    expect(await saved(Buffer.from(`${words}\r\n`), true)).toBe(words);
    for (const bytes of [
      Buffer.from(`\ufeff${words}\r\n`),
      Buffer.from(`${words}\rsecond line`),
      Buffer.from(`${words}\r\n`, 'latin1'),
      Buffer.from(`\ufeff${words}\r\n`, 'utf16le'),
      Buffer.from('plain words without a mark\r\n', 'utf16le'),
    ])
      expect(await refusal(saved(bytes, true))).toBe('passphrase-encoding');
    expect(await saved(Buffer.from(`\ufeff${words}\r\n`), false)).toBe(`\ufeff${words}`);
    expect(await saved(Buffer.from(`${words}\r\n`, 'latin1'), false)).toBe('gr\ufffdne Stra\ufffde am Fluss');
  });

  test('the system’s key store', async () => {
    const storage = (backend: string, available = true, mask = 0x55): SafeStorageLike => ({
      isEncryptionAvailable: () => available,
      getSelectedStorageBackend: () => backend,
      encryptString: (text) => Buffer.from(text).map((byte) => byte ^ mask) as Buffer,
      decryptString: (bytes) => Buffer.from(bytes.map((byte) => byte ^ mask)).toString(),
    });
    const secret = (...how: Parameters<typeof storage>): Secret => ({
      method: 'safe-storage',
      safeStorage: storage(...how),
    });
    const vault = await open();
    expect(await refusal(vault.turnOn(secret('basic_text')))).toBe('key-store-missing');
    expect(await refusal(vault.turnOn(secret('gnome_libsecret', false)))).toBe('key-store-missing');
    await vault.turnOn(secret('gnome_libsecret'));
    expect((await open(secret('gnome_libsecret'))).state).toBe('encrypted');
    expect(await refusal(open(secret('gnome_libsecret', true, 0x56)))).not.toBe('accepted');
    await (await open(secret('gnome_libsecret'))).changeSecret(byWords);
    expect((await open()).method).toBe('passphrase');
  });
});

describe('somebody who can write in the folder', () => {
  const plainPeople = async (): Promise<Buffer> => {
    const other = join(root, 'other');
    await mkdir(other);
    const { people } = storesOf(other, undefined);
    await people.read();
    await people.write({ people: [{ name: 'Mallory' }] });
    return readFile(join(other, 'people.json'));
  };

  test('can not slip in a plain file', async () => {
    await fill(folder);
    const before = await contents(folder, undefined);
    await (await open()).turnOn(byWords);
    await writeFile(join(folder, 'people.json'), await plainPeople());
    const { codec } = await open();
    const { people } = storesOf(folder, codec);
    expect(JSON.stringify(await people.read())).not.toContain('Mallory');
    expect(people.outcome?.kind).toBe('restored');
    expect(await contents(folder, codec)).not.toBe(before); // one generation older: three people
    expect(await refusal((await open()).rotate())).toBe('accepted');
  });

  test('can not slip in a plain line, or one of another month', async () => {
    await fill(folder);
    await (await open()).turnOn(byWords);
    const january = join(folder, 'checkins-2026-01.ndjson');
    const february = join(folder, 'checkins-2026-02.ndjson');
    const { encodeLine } = await import('../../src/main/storage/journal.ts');
    const plain = encodeLine({ id: 'c_x', at: Date.UTC(2026, 0, 9), name: 'Mallory' }, undefined, '');
    const moved = (await readFile(february, 'utf8')).split('\n')[0] ?? '';
    await writeFile(january, Buffer.concat([await readFile(january), plain, Buffer.from(`${moved}\n`)]));
    const { codec } = await open();
    const said = JSON.parse(await contents(folder, codec)) as { lines: unknown[]; damage: unknown[] };
    expect(said.lines).toHaveLength(39);
    expect(said.damage).toHaveLength(3);
    // Nor by way of a rotation.
    expect(await refusal((await open()).rotate())).toBe('vault-broken');
    expect((await open()).state).toBe('encrypted');
  });

  test('can not put one picture in the place of another', async () => {
    await fill(folder);
    await (await open()).turnOn(byWords);
    const pictures = (await readdir(join(folder, 'thumbnails'), { recursive: true })).filter((one) =>
      one.endsWith('.jpg'),
    );
    const [a = '', b = ''] = pictures.map((one) => join(folder, 'thumbnails', one));
    await writeFile(b, await readFile(a));
    const { thumbnails } = storesOf(folder, (await open()).codec);
    expect(await refusal(thumbnails.get(b.slice(b.lastIndexOf('/') + 1)))).toBe('store-damaged');
  });

  test('can not turn back the state to one in which plain files are taken', async () => {
    await fill(folder);
    await (await open()).turnOn(byWords);
    const text = await readFile(join(folder, 'vault.json'), 'utf8');
    const { createHash } = await import('node:crypto');
    for (const state of ['encrypting', 'decrypting', 'rotating']) {
      const file = JSON.parse(text) as {
        sha256: string;
        schemaVersion: number;
        generation: number;
        savedAt: number;
        data: object;
      };
      file.data = { ...file.data, state };
      const body = JSON.stringify(file.data);
      file.sha256 = createHash('sha256')
        .update(`${file.schemaVersion} ${file.generation} ${file.savedAt}\n${body}`)
        .digest('hex');
      await writeFile(join(folder, 'vault.json'), `${JSON.stringify(file)}\n`);
      expect((await vaultStatus(folder)).state).toBe(state);
      expect(await refusal(open())).toBe('passphrase-wrong');
    }
  });

  test('can not use a vault.json of while it was being turned on to get a plain file taken', async () => {
    await fill(folder);
    const vault = await open(byWords, { ops: dyingOps(90) });
    await vault.turnOn(byWords).catch(() => undefined);
    const old = await readFile(join(folder, 'vault.json'));
    const plan = await readFile(join(folder, 'vault.plan'));
    expect((await vaultStatus(folder)).state).toBe('encrypting');
    expect((await open()).state).toBe('encrypted');
    for (const withPlan of [false, true]) {
      await writeFile(join(folder, 'vault.json'), old);
      if (withPlan) await writeFile(join(folder, 'vault.plan'), plan);
      await rm(join(root, 'other'), { recursive: true, force: true });
      await writeFile(join(folder, 'people.json'), await plainPeople());
      expect(await refusal(open())).toBe('vault-broken');
    }
  });

  test('who takes away vault.json stops the kiosk, and does not make it start empty', async () => {
    await fill(folder);
    await (await open()).turnOn(byWords);
    await unlink(join(folder, 'vault.json'));
    await unlink(join(folder, 'vault.json.bak'));
    expect(await refusal(open())).toBe('vault-broken');
    await rm(folder, { recursive: true });
    await mkdir(folder);
    expect((await open()).state).toBe('plain');
    expect(await refusal(open(byWords, { mustBeEncrypted: true }))).toBe('vault-broken');
  });
});
