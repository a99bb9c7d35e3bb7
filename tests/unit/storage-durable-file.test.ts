import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Low } from 'lowdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DurableFile, type DurableFileOptions, noticeOf } from '../../src/main/storage/durable-file.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import type { FileOps } from '../../src/main/storage/file-ops.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { PowerLossDisk } from '../support/storage-power.ts';

const schema = z.object({ names: z.array(z.string()) });
type Data = z.infer<typeof schema>;
const data = (...names: string[]): Data => ({ names });

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-store-'));
  path = join(folder, 'people.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (more: Partial<DurableFileOptions<Data>> = {}): DurableFile<Data> =>
  new DurableFile({ path, schema, schemaVersion: 1, ...more });
/** A file with these generations written, the last in place and the one before as its backup. */
async function written(...generations: Data[]): Promise<void> {
  const first = file();
  await first.read();
  for (const generation of generations) await first.write(generation);
}
const there = async (): Promise<string[]> => (await readdir(folder)).sort();
const failing = (promise: Promise<unknown>): Promise<LintelError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      expect(error).toBeInstanceOf(LintelError);
      return error as LintelError;
    },
  );

describe('a file that is well', () => {
  it('is fresh at first, then holds what was written, and lowdb works on it', async () => {
    const db = new Low<Data>(file(), data());
    await db.read();
    expect((db.adapter as DurableFile<Data>).outcome).toEqual({ kind: 'fresh' });
    await db.update(({ names }) => names.push('Ada'));
    await db.update(({ names }) => names.push('Grace \u2028 "\\ 李'));
    const again = file();
    expect(await again.read()).toEqual(data('Ada', 'Grace \u2028 "\\ 李'));
    expect(again.outcome).toMatchObject({ kind: 'ok', head: { schemaVersion: 1, generation: 2 } });
    expect(await there()).toEqual(['people.json', 'people.json.bak']);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      schemaVersion: 1,
      data: { names: ['Ada', expect.any(String)] },
    });
  });
  it('keeps the generation before as its backup, and a copy of the first', async () => {
    await written(data('one'));
    expect(await readFile(`${path}.bak`)).toEqual(await readFile(path));
    await writeFile(path, await readFile(path));
    const second = file();
    await second.read();
    await second.write(data('two'));
    expect(JSON.parse(await readFile(`${path}.bak`, 'utf8'))).toMatchObject({ generation: 1, data: data('one') });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ generation: 2, data: data('two') });
  });
  it('is not written before it was read', async () => {
    await written(data('kept'));
    await expect(file().write(data())).rejects.toThrow(/read before/);
    expect(await file().read()).toEqual(data('kept'));
  });
  it('shares one write among callers that come meanwhile, and answers each only when it is durable', async () => {
    const ops = faultyOps();
    const slow = file({ ops });
    await slow.read();
    let synced = 0;
    ops.faults.before = async (step) => {
      if (step !== 'syncFolder ' + folder.slice(folder.lastIndexOf('/') + 1)) return;
      await new Promise((done) => setImmediate(done));
      synced++;
    };
    const all = data();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        all.names.push(`n${i}`);
        await slow.write(all);
        expect(synced).toBeGreaterThan(0);
        order.push(i);
      }),
    );
    expect(synced).toBe(2);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect((await file().read())?.names).toHaveLength(50);
  });
  it('lays the steps of a write in the only safe order', async () => {
    await written(data('one'));
    const ops = faultyOps();
    const watched = file({ ops });
    await watched.read();
    ops.steps.length = 0;
    await watched.write(data('two'));
    expect(ops.steps.map((step) => step.replace(/^syncFolder .*/, 'syncFolder'))).toEqual([
      'open(replace) people.json.tmp',
      'write people.json.tmp',
      'sync people.json.tmp',
      'unlink people.json.bak.tmp',
      'link people.json people.json.bak.tmp',
      'rename people.json.bak.tmp people.json.bak',
      'rename people.json.tmp people.json',
      'syncFolder',
    ]);
  });
  it('is read and never touched when opened for reading', async () => {
    await written(data('one'), data('two'));
    await writeFile(`${path}.tmp`, 'a write under way');
    const reader = file({ readOnly: true });
    expect(await reader.read()).toEqual(data('two'));
    expect(await there()).toContain('people.json.tmp');
    expect((await failing(reader.write(data()))).code).toBe('store-read-only');
  });
  it('has what a write left lying about swept away', async () => {
    await written(data('one'));
    await writeFile(`${path}.tmp`, 'half');
    await writeFile(`${path}.bak.tmp`, 'half');
    expect(await file().read()).toEqual(data('one'));
    expect(await there()).toEqual(['people.json', 'people.json.bak']);
  });
});

const ruin: Record<string, { why: string; how: () => Promise<void> }> = {
  emptied: { why: 'empty', how: () => writeFile(path, '') },
  truncated: {
    why: 'truncated',
    how: async () => truncate(path, Math.floor((await readFile(path)).byteLength / 2)),
  },
  'binary garbage': {
    why: 'unreadable',
    how: () =>
      writeFile(
        path,
        Uint8Array.from({ length: 4096 }, (_, i) => (i * 197 + 131) & 255),
      ),
  },
  zeros: { why: 'unreadable', how: () => writeFile(path, new Uint8Array(300)) },
  'one flipped bit that still parses': {
    why: 'checksum',
    how: async () => {
      const bytes = await readFile(path);
      bytes[bytes.indexOf('two')] ^= 1; // t -> u
      await writeFile(path, bytes);
    },
  },
  'JSON of something else': { why: 'shape', how: () => writeFile(path, '{"hello":"world"}') },
  'a JSON number': { why: 'unreadable', how: () => writeFile(path, '42') },
  removed: { why: 'missing', how: () => rm(path) },
};

describe.each(Object.entries(ruin))('a file that is %s', (name, { why, how }) => {
  it('is restored from its backup, kept aside, and the notice says from when', async () => {
    await written(data('one'), data('two'));
    await how();
    const ruined = await readFile(path).catch(() => null);
    const mended = file({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) });
    expect(await mended.read()).toEqual(data('one'));
    const keptAs = name === 'removed' ? null : 'people.json.damaged-20260102T030405006';
    expect(mended.outcome).toMatchObject({ kind: 'restored', why, keptAs, head: { generation: 1 } });
    if (keptAs !== null) expect(await readFile(join(folder, keptAs))).toEqual(ruined);
    expect(mended.outcome && noticeOf(mended.outcome, path)?.code).toBe('store-damaged');
    await mended.write(data('three'));
    const again = file();
    expect(await again.read()).toEqual(data('three'));
    expect(again.outcome?.kind).toBe('ok');
  });
  it('is refused when the backup is no better, and neither is touched', async () => {
    await written(data('one'), data('two'));
    await how();
    await writeFile(`${path}.bak`, 'ruined too');
    const before = [await there(), await readFile(path).catch(() => null)];
    const refused = file();
    const error = await failing(refused.read());
    expect(error.code).toBe('store-damaged');
    expect(error.todo).toMatch(/good copy/);
    await expect(refused.write(data('new'))).rejects.toThrow();
    expect([await there(), await readFile(path).catch(() => null)]).toEqual(before);
  });
  it('is read from its backup, and nothing is touched, when opened for reading', async () => {
    await written(data('one'), data('two'));
    await how();
    const before = await there();
    const reader = file({ readOnly: true });
    expect(await reader.read()).toEqual(data('one'));
    expect(reader.outcome).toMatchObject({ kind: 'restored', keptAs: null });
    expect(await there()).toEqual(before);
  });
});

describe('damage in the very first generation', () => {
  it('is mended from the copy that was made of it', async () => {
    await written(data('only'));
    await writeFile(path, '');
    expect(await file().read()).toEqual(data('only'));
  });
});

describe('a file that somebody edited', () => {
  const edit = async (): Promise<void> => {
    await written(data('one'), data('two'));
    await writeFile(path, JSON.stringify({ schemaVersion: 1, data: data('by hand') }, null, 2));
  };
  it('is damage where vectors are at stake', async () => {
    await edit();
    expect(await file().read()).toEqual(data('one'));
  });
  it('is taken as it is where people may edit', async () => {
    await edit();
    const edited = file({ acceptEdits: true });
    expect(await edited.read()).toEqual(data('by hand'));
    expect(edited.outcome?.kind).toBe('edited');
  });
});

describe('versions', () => {
  const next = z.object({ people: z.array(z.object({ name: z.string() })) });
  const migrations = { 1: (old: unknown) => ({ people: (old as Data).names.map((name) => ({ name })) }) };
  it('an older file is brought up to date and kept as it was', async () => {
    await written(data('one'), data('two'));
    const old = await readFile(path);
    const newer = new DurableFile({ path, schema: next, schemaVersion: 2, migrations });
    expect(await newer.read()).toEqual({ people: [{ name: 'two' }] });
    expect(newer.outcome).toMatchObject({ kind: 'migrated', from: 1, keptAs: 'people.json.v1' });
    expect(await readFile(`${path}.v1`)).toEqual(old);
    const again = new DurableFile({ path, schema: next, schemaVersion: 2 });
    await again.read();
    expect(again.outcome).toMatchObject({ kind: 'ok', head: { schemaVersion: 2, generation: 3 } });
  });
  it('an older backup of a damaged file is both restored and brought up to date', async () => {
    await written(data('one'), data('two'));
    await writeFile(path, '');
    const newer = new DurableFile({ path, schema: next, schemaVersion: 2, migrations });
    expect(await newer.read()).toEqual({ people: [{ name: 'one' }] });
    expect(newer.outcome).toMatchObject({ kind: 'restored', migratedFrom: 1 });
    expect((await there()).some((name) => name === 'people.json.v1')).toBe(true);
  });
  it('a newer file is refused, untouched, even if its layout is another and the backup is ours', async () => {
    await written(data('one'), data('two'));
    for (const text of [
      '{"schemaVersion":2,"rows":[]}',
      (await readFile(path, 'utf8')).replace('"schemaVersion":1', '"schemaVersion":9'),
    ]) {
      await writeFile(path, text);
      const before = await there();
      const older = file();
      expect((await failing(older.read())).code).toBe('store-newer');
      await expect(older.write(data())).rejects.toThrow();
      expect(await readFile(path, 'utf8')).toBe(text);
      expect(await there()).toEqual(before);
    }
  });
});

describe('a disk that refuses', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'store-read-only'],
    ['EACCES', 'store-read-only'],
    ['EPERM', 'store-read-only'],
    ['EIO', 'store-failed'],
  ])('with %s gives %s at whichever step, says what was kept, and keeps it', async (code, expected) => {
    await written(data('one'), data('two'));
    const ops = faultyOps();
    const probe = file({ ops });
    await probe.read();
    ops.steps.length = 0;
    await probe.write(data('two'));
    const count = ops.steps.length;
    // EPERM and EACCES of the link mean "no hard links here": the write goes on with a copy.
    for (let at = 0; at < count; at++) {
      if (ops.steps[at].startsWith('link') && (code === 'EPERM' || code === 'EACCES')) continue;
      const faulty = faultyOps();
      const refused = file({ ops: faulty });
      const held = await refused.read();
      const from = faulty.steps.length;
      faulty.faults.before = (_step, index) => {
        if (index - from === at) throw errno(code);
      };
      const error = await failing(refused.write(data('lost', String(at))));
      expect(error.code).toBe(expected);
      expect(error.kept).toMatch(/still there/);
      expect(error.todo).toBeTruthy();
      faulty.faults.before = () => undefined;
      expect(await there()).not.toContain('people.json.tmp');
      // Also when the very last step failed and the new generation was in place already.
      expect(await file().read()).toEqual(held);
      // When there is room again the next write works.
      await refused.write(data('two'));
      expect(await file().read()).toEqual(data('two'));
    }
  });
  it('the very first write leaves nothing behind', async () => {
    const ops = faultyOps();
    const first = file({ ops });
    await first.read();
    ops.faults.before = (step) => {
      if (step.startsWith('syncFolder') && ops.steps.filter((one) => one.startsWith('syncFolder')).length === 1)
        throw errno('EIO');
    };
    expect((await failing(first.write(data('lost')))).code).toBe('store-failed');
    expect(await there()).toEqual([]);
    await first.write(data('kept'));
    expect(await file().read()).toEqual(data('kept'));
  });
  it('copies where there are no hard links', async () => {
    await written(data('one'));
    const ops = faultyOps({
      before: (step) => {
        if (step.startsWith('link')) throw errno('EPERM');
      },
    });
    const usb = file({ ops });
    await usb.read();
    await usb.write(data('two'));
    expect(JSON.parse(await readFile(`${path}.bak`, 'utf8'))).toMatchObject({ data: data('one') });
  });
  it('that takes seven bytes at a time gets all of them', async () => {
    const ops = faultyOps({ chunk: 7 });
    const short = file({ ops });
    await short.read();
    await short.write(data('a name that is longer than seven bytes'));
    expect(ops.steps.filter((step) => step.startsWith('write')).length).toBeGreaterThan(10);
    expect(await file().read()).toEqual(data('a name that is longer than seven bytes'));
  });
  it('that runs full half way through leaves the old generation and its space', async () => {
    await written(data('one'));
    const full = file({ ops: faultyOps({ room: 60 }) });
    await full.read();
    expect((await failing(full.write(data('x'.repeat(500))))).code).toBe('disk-full');
    expect(await there()).toEqual(['people.json', 'people.json.bak']);
    expect(await file().read()).toEqual(data('one'));
  });
  it('lets those it refused take back their change before the next write', async () => {
    const ops = faultyOps();
    const shared = file({ ops });
    await shared.read();
    const all = data('kept');
    await shared.write(all);
    let broken = true;
    ops.faults.before = (step) => {
      if (broken && step.startsWith('sync people')) throw errno('ENOSPC');
    };
    const add = async (name: string): Promise<void> => {
      all.names.push(name);
      try {
        await shared.write(all);
      } catch (error) {
        all.names.splice(all.names.indexOf(name), 1);
        broken = false;
        throw error;
      }
    };
    const [first, second] = await Promise.allSettled([add('refused'), add('accepted')]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    expect(await file().read()).toEqual(data('kept', 'accepted'));
  });
});

describe('a codec', () => {
  const xor: Codec = {
    encode: (bytes) => bytes.map((byte) => byte ^ 0x5a),
    decode: (bytes) => bytes.map((byte) => byte ^ 0x5a),
  };
  it('has every byte that is stored', async () => {
    const coded = file({ codec: xor });
    await coded.read();
    await coded.write(data('secret'));
    await coded.write(data('secret', 'again'));
    for (const name of await there()) expect((await readFile(join(folder, name))).includes('secret')).toBe(false);
    const again = file({ codec: xor });
    expect(await again.read()).toEqual(data('secret', 'again'));
    await writeFile(path, '');
    expect(await again.read()).toEqual(data('secret'));
  });
  it('that refuses by name is not taken for damage', async () => {
    await written(data('one'), data('two'));
    const before = await there();
    const wrongKey: Codec = {
      encode: (bytes) => bytes,
      decode: () => {
        throw new LintelError('passphrase-wrong');
      },
    };
    expect((await failing(file({ codec: wrongKey }).read())).message).toBe(
      'That passphrase does not open the encrypted data.',
    );
    expect(await there()).toEqual(before);
  });
});

/** Writes until the power goes, three times over; checks what is found each time. */
async function losePower(spoil: (ops: FileOps) => FileOps): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })),
      async (steps, dice) => {
        const random = (): number => dice.next().value as number;
        let disk = new PowerLossDisk();
        let acknowledged = 0;
        for (let round = 0; round < 3; round++) {
          disk.stepsLeft = steps + round;
          const options = { path: '/data/people.json', schema, schemaVersion: 1 };
          let tried = acknowledged;
          try {
            const cut = new DurableFile<Data>({ ...options, ops: spoil(disk.ops) });
            await cut.read();
            for (;;) {
              tried++;
              await cut.write(data(String(tried)));
              acknowledged = tried;
            }
          } catch {
            disk = disk.restart(random);
          }
          const after = new DurableFile<Data>({ ...options, ops: disk.ops });
          const found = Number((await after.read())?.names[0] ?? 0);
          expect(found).toBeGreaterThanOrEqual(acknowledged);
          expect(found).toBeLessThanOrEqual(tried);
          // Never by way of the backup: what is in place is always whole.
          expect(after.outcome?.kind).toBe(found === 0 ? 'fresh' : 'ok');
          acknowledged = found;
        }
      },
    ),
    { numRuns: 400 },
  );
}

describe('power lost at any step', () => {
  it('leaves a whole generation, never older than what was acknowledged', () => losePower((ops) => ops));

  it.each<[string, (ops: FileOps) => FileOps]>([
    [
      'of the file',
      (ops) => ({
        ...ops,
        open: async (path, how) => ({ ...(await ops.open(path, how)), sync: async () => undefined }),
      }),
    ],
    ['of the folder', (ops) => ({ ...ops, syncFolder: async () => undefined })],
  ])('would be found out without the fsync %s', async (_name, spoil) => {
    await expect(losePower(spoil)).rejects.toThrow();
  });
});
