import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Codec } from '../../src/main/storage/envelope.ts';
import {
  decodeLine as decode,
  encodeLine as encode,
  Journal,
  type JournalDamage,
  type JournalOptions,
} from '../../src/main/storage/journal.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { PowerLossDisk } from '../support/storage-power.ts';
import { refusal } from '../support/refusal.ts';

const schema = z.object({ at: z.number(), who: z.string() });
type Entry = z.infer<typeof schema>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const journal = (more: Partial<JournalOptions<Entry>> = {}): Journal<Entry> =>
  new Journal({ folder, prefix: 'checkins', schema, timeOf: (entry) => entry.at, ...more });
/** Noon of a day by the local clock. */
const noon = (year: number, month: number, day: number): number => new Date(year, month - 1, day, 12).getTime();
const entry = (who: string, at = noon(2026, 3, 15)): Entry => ({ at, who });
const MARCH = 'checkins-2026-03.ndjson';
const encodeLine = (value: unknown): Uint8Array => encode(value, undefined, MARCH);
const decodeLine = (line: Uint8Array): unknown => decode(line, undefined, MARCH);

async function all(from: Journal<Entry>, damage: JournalDamage[] = []): Promise<string[]> {
  const names: string[] = [];
  for await (const { who } of from.readAll((found) => damage.push(found))) names.push(who);
  return names;
}
async function filled(...names: string[]): Promise<void> {
  const made = journal();
  await made.open();
  for (const name of names) await made.append(entry(name));
}
describe('a line', () => {
  it("is JSON with the CRC-32 of its entry: that of {'a':1} is 561bacaf by Python's zlib", () => {
    // python3 -c "import zlib; print('%08x' % zlib.crc32(b'{\"a\":1}'))"
    const line = Buffer.from(encodeLine({ a: 1 })).toString();
    expect(line).toBe(`{"crc":"561bacaf","entry":{"a":1}}\n`);
    expect(decodeLine(Buffer.from(line.slice(0, -1)))).toEqual({ a: 1 });
  });
  it('is found out whichever bit of it flips', () => {
    const whole = encodeLine({ at: 12, who: 'Ada' }).slice(0, -1);
    for (let bit = 0; bit < whole.byteLength * 8; bit++) {
      const broken = whole.slice();
      broken[bit >> 3] ^= 1 << (bit & 7);
      expect(decodeLine(broken), `bit ${bit}`).toBeUndefined();
    }
  });
});

describe('a journal that is well', () => {
  it('keeps entries in their months, in the order they were written', async () => {
    const made = journal();
    expect(await made.open()).toEqual([]);
    await made.append(entry('Ada', noon(2026, 3, 31)));
    await made.append(entry('Grace \u2028\n"李', noon(2026, 4, 1)));
    await made.append(entry('Joan', noon(2026, 3, 2)));
    expect((await readdir(folder)).sort()).toEqual([MARCH, 'checkins-2026-04.ndjson']);
    expect(await all(journal())).toEqual(['Ada', 'Joan', 'Grace \u2028\n"李']);
  });
  it('reads a day, whatever files lie beside it', async () => {
    const made = journal();
    for (const day of [13, 14, 14, 15]) await made.append(entry(`d${day}`, noon(2026, 3, day)));
    await made.append(entry('before', new Date(2026, 2, 13, 23, 59, 59, 999).getTime()));
    await made.append(entry('at once', new Date(2026, 2, 14).getTime()));
    await writeFile(join(folder, 'checkins-2026-03.ndjson.torn-1'), 'torn');
    await writeFile(join(folder, 'other-2026-03.ndjson'), 'another journal\n');
    const names: string[] = [];
    for await (const { who } of made.read(new Date(2026, 2, 14).getTime(), new Date(2026, 2, 15).getTime()))
      names.push(who);
    expect(names).toEqual(['d14', 'd14', 'at once']);
  });
  it('finds an entry that another time zone had filed under the next month', async () => {
    await writeFile(join(folder, 'checkins-2026-04.ndjson'), encodeLine(entry('Ada', noon(2026, 3, 31))));
    const names: string[] = [];
    for await (const { who } of journal().read(new Date(2026, 2, 31).getTime(), new Date(2026, 3, 1).getTime()))
      names.push(who);
    expect(names).toEqual(['Ada']);
  });
  it('has nothing to say when there is no folder yet', async () => {
    const made = journal({ folder: join(folder, 'a', 'b') });
    expect(await made.open()).toEqual([]);
    expect(await all(made)).toEqual([]);
    await made.append(entry('Ada'));
    expect(await all(made)).toEqual(['Ada']);
  });
  it('shares one write and one fsync among appends that come meanwhile', async () => {
    const ops = faultyOps();
    const made = journal({ ops });
    await made.append(entry('first'));
    ops.steps.length = 0;
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => made.append(entry(name))));
    expect(ops.steps.filter((step) => step.startsWith('datasync')).length).toBe(2);
    expect(await all(journal())).toEqual(['first', ...names]);
  });
  it('answers only after the fsync, and after that of the folder when the file is new', async () => {
    const ops = faultyOps();
    let answered = false;
    ops.faults.before = async (step) => {
      if (!/^(datasync|syncFolder)/.test(step)) return;
      await new Promise((done) => setImmediate(done));
      expect(answered).toBe(false);
    };
    await journal({ ops }).append(entry('Ada'));
    answered = true;
    const steps = ops.steps.map((step) => step.replace(/ .*/, ''));
    expect(steps).toEqual(['open(update)', 'syncFolder', 'write', 'datasync']);
  });
  it('streams months of many chunks', async () => {
    const names = Array.from({ length: 5000 }, (_, i) => `person number ${i}`);
    await writeFile(join(folder, MARCH), Buffer.concat(names.map((name) => encodeLine(entry(name)))));
    expect((await stat(join(folder, MARCH))).size).toBeGreaterThan(3 * 65_536);
    expect(await all(journal())).toEqual(names);
  });
  it('refuses an entry without a time, and to append when opened for reading', async () => {
    await expect((async () => journal().append(entry('Ada', NaN)))()).rejects.toThrow(RangeError);
    expect(await refusal(journal({ readOnly: true }).append(entry('Ada')))).toBe('store-read-only');
  });
});

describe('lines that must be erased or changed', () => {
  it('are, and nothing else is; a month without lines is gone; appends that come meanwhile are kept', async () => {
    await filled('one', 'two', 'three');
    const other = journal();
    await other.append(entry('april', noon(2026, 4, 1)));
    await other.close();
    const before = await readFile(join(folder, MARCH));
    const made = journal();
    await made.open();
    const rewriting = made.rewrite((line) =>
      line.who === 'two' || line.who === 'april' ? null : line.who === 'three' ? { ...line, who: '3' } : line,
    );
    const appended = made.append(entry('four'));
    expect(await rewriting).toBe(3);
    await appended;
    expect(await all(journal())).toEqual(['one', '3', 'four']);
    expect(await readdir(folder)).toEqual([MARCH]);
    const first = before.subarray(0, before.indexOf('\n') + 1);
    expect((await readFile(join(folder, MARCH))).subarray(0, first.byteLength)).toEqual(first);
    expect(await made.rewrite((line) => line)).toBe(0);
  });
  it('cut anywhere, a file is the old or the new one', async () => {
    const names = ['one', 'two', 'three'];
    for (let fails = 0; ; fails++) {
      await rm(join(folder, MARCH), { force: true });
      await filled(...names);
      const ops = faultyOps();
      ops.faults.before = (_step, index) => {
        if (index >= fails) throw errno('EIO');
      };
      const ended = await refusal(journal({ ops }).rewrite((line) => (line.who === 'two' ? null : line)));
      expect([names, ['one', 'three']]).toContainEqual(await all(journal()));
      const again = journal();
      await again.open();
      expect(await readdir(folder)).toEqual([MARCH]);
      if (ended === 'accepted') break;
      expect(ended).toBe('store-failed');
    }
    expect(await all(journal())).toEqual(['one', 'three']);
  });
  it('damaged lines and torn ends stay, or go with their month', async () => {
    await filled('one', 'two');
    await appendFile(join(folder, MARCH), 'rubbish\n');
    await writeFile(join(folder, `${MARCH}.torn-20260301T000000000`), 'torn');
    const made = journal();
    expect(await made.rewrite((line) => (line.who === 'two' ? null : line))).toBe(1);
    expect(await readFile(join(folder, MARCH), 'utf8')).toContain('rubbish');
    expect(await made.rewrite((line) => line, { dropDamaged: () => true })).toBe(0);
    expect(await readdir(folder)).toEqual([MARCH]);
    expect(await readFile(join(folder, MARCH), 'utf8')).not.toContain('rubbish');
    expect(await refusal(journal({ readOnly: true }).rewrite(() => null))).toBe('store-read-only');
  });
});

describe('a torn end', () => {
  it('is cut off at whichever byte, kept aside, reported; the lines before it stay and more can follow', async () => {
    await filled('one', 'two', 'three');
    const whole = await readFile(join(folder, MARCH));
    const lineStart = whole.lastIndexOf('\n', whole.byteLength - 2) + 1;
    for (let length = lineStart + 1; length < whole.byteLength - 1; length++) {
      await writeFile(join(folder, MARCH), whole.subarray(0, length));
      const made = journal({ now: () => 0 });
      const keptAs = `${MARCH}.torn-19700101T000000000`;
      expect(await made.open()).toEqual([{ file: MARCH, line: null, bytes: length - lineStart, keptAs }]);
      expect(await readFile(join(folder, keptAs))).toEqual(whole.subarray(lineStart, length));
      await made.append(entry('four'));
      const damage: JournalDamage[] = [];
      expect(await all(journal(), damage)).toEqual(['one', 'two', 'four']);
      expect(damage).toEqual([]);
    }
  });
  it('of zeros is cut off too', async () => {
    await filled('one');
    await appendFile(join(folder, MARCH), new Uint8Array(70_000));
    const made = journal();
    expect(await made.open()).toMatchObject([{ file: MARCH, bytes: 70_000 }]);
    expect(await all(made)).toEqual(['one']);
  });
  it('that lacks nothing but its line break is whole', async () => {
    await filled('one', 'two');
    await truncate(join(folder, MARCH), (await stat(join(folder, MARCH))).size - 1);
    const made = journal();
    expect(await made.open()).toEqual([]);
    await made.append(entry('three'));
    expect(await all(made)).toEqual(['one', 'two', 'three']);
  });
  it('is reported and left when opened for reading, as is one being written this moment', async () => {
    await filled('one');
    await appendFile(join(folder, MARCH), '{"crc":"0000');
    const before = await readFile(join(folder, MARCH));
    const reader = journal({ readOnly: true });
    expect(await reader.open()).toEqual([{ file: MARCH, line: null, bytes: 12, keptAs: null }]);
    expect(await all(reader)).toEqual(['one']);
    expect(await readFile(join(folder, MARCH))).toEqual(before);
  });
  it('that comes about while the journal is open is mended at the next append', async () => {
    const torn: JournalDamage[] = [];
    const made = journal({ onTorn: (damage) => torn.push(damage) });
    await made.append(entry('one'));
    await appendFile(join(folder, MARCH), 'half a li');
    await made.append(entry('two'));
    expect(torn).toMatchObject([{ file: MARCH, bytes: 9 }]);
    expect(await all(made)).toEqual(['one', 'two']);
  });
});

describe('damage in the middle', () => {
  it('is stepped over, reported with its line, and left', async () => {
    await filled('one', 'two', 'three');
    const bytes = await readFile(join(folder, MARCH));
    bytes[bytes.indexOf('two')] ^= 1;
    await writeFile(join(folder, MARCH), bytes);
    const made = journal();
    expect(await made.open()).toEqual([]);
    const damage: JournalDamage[] = [];
    expect(await all(made, damage)).toEqual(['one', 'three']);
    expect(damage).toEqual([{ file: MARCH, line: 2 }]);
    expect(await readFile(join(folder, MARCH))).toEqual(bytes);
  });
  it('of a whole file of binary garbage harms no other file', async () => {
    await filled('one');
    const garbage = Uint8Array.from({ length: 5000 }, (_, i) => (i * 197 + 131) & 255);
    await writeFile(join(folder, 'checkins-2026-02.ndjson'), garbage);
    const made = journal();
    await made.open();
    const damage: JournalDamage[] = [];
    expect(await all(made, damage)).toEqual(['one']);
    expect(damage.length).toBeGreaterThan(0);
    await made.append(entry('late', noon(2026, 2, 3)));
    expect(await all(made)).toEqual(['late', 'one']);
  });
  it('of an emptied file is no more than an empty month', async () => {
    await filled('one');
    await writeFile(join(folder, MARCH), '');
    const made = journal();
    expect(await made.open()).toEqual([]);
    await made.append(entry('two'));
    expect(await all(made)).toEqual(['two']);
  });
  it('of the shape, with a good checksum, is reported as well', async () => {
    await writeFile(join(folder, MARCH), Buffer.concat([encodeLine({ at: 'now' }), encodeLine(entry('one'))]));
    const damage: JournalDamage[] = [];
    expect(await all(journal(), damage)).toEqual(['one']);
    expect(damage).toEqual([{ file: MARCH, line: 1 }]);
  });
});

describe('a disk that refuses', () => {
  it('half way through a line leaves the file as it was, says so, and takes the next', async () => {
    const ops = faultyOps();
    const made = journal({ ops });
    await made.append(entry('one'));
    const before = await readFile(join(folder, MARCH));
    for (const room of [0, 1, 20, 50]) {
      ops.faults.room = room;
      expect(await refusal(made.append(entry('lost')))).toBe('disk-full');
      expect(await readFile(join(folder, MARCH))).toEqual(before);
    }
    delete ops.faults.room;
    await made.append(entry('two'));
    expect(await all(journal())).toEqual(['one', 'two']);
  });
  it('at the fsync leaves no line that was not acknowledged', async () => {
    const ops = faultyOps();
    const made = journal({ ops });
    await made.append(entry('one'));
    let times = 1;
    ops.faults.before = (step) => {
      if (step.startsWith('datasync') && times-- > 0) throw errno('EIO');
    };
    expect(await refusal(made.append(entry('lost')))).toBe('store-failed');
    expect(await all(journal())).toEqual(['one']);
  });
  it('even to cut off what it refused has it cut off before the next append', async () => {
    const ops = faultyOps();
    const made = journal({ ops });
    await made.append(entry('one'));
    ops.faults.before = (step) => {
      if (/^(datasync|truncate)/.test(step)) throw errno('EIO');
    };
    expect(await refusal(made.append(entry('lost')))).toBe('store-failed');
    expect(await refusal(made.append(entry('lost too')))).toBe('store-failed');
    delete ops.faults.before;
    await made.append(entry('two'));
    expect(await all(journal())).toEqual(['one', 'two']);
  });
  it('only one month has the others go on', async () => {
    const ops = faultyOps({
      before: (step) => {
        if (step === `write ${MARCH}`) throw errno('ENOSPC');
      },
    });
    const made = journal({ ops });
    const results = await Promise.allSettled([
      made.append(entry('lost')),
      made.append(entry('kept', noon(2026, 4, 1))),
    ]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
    expect(await all(journal())).toEqual(['kept']);
  });
});

describe('a codec', () => {
  const xor: Codec = { encode: (bytes) => bytes.map((b) => b ^ 0x5a), decode: (bytes) => bytes.map((b) => b ^ 0x5a) };
  it('has every entry that is stored', async () => {
    const made = journal({ codec: xor });
    await made.append(entry('secret'));
    await made.append(entry('another'));
    expect((await readFile(join(folder, MARCH), 'utf8')).includes('secret')).toBe(false);
    expect(await all(journal({ codec: xor }))).toEqual(['secret', 'another']);
    const damage: JournalDamage[] = [];
    expect(await all(journal(), damage)).toEqual([]);
    expect(damage).toHaveLength(2);
  });
  it('may refuse a line that somebody slipped in without it', async () => {
    await writeFile(join(folder, MARCH), encodeLine(entry('plain')));
    expect(await all(journal({ codec: xor }))).toEqual(['plain']);
    expect(await all(journal({ codec: { ...xor, refusesPlain: true } }))).toEqual([]);
  });
  it('is told which file a line belongs to', async () => {
    const bound: Codec = {
      encode: (bytes, name) => Buffer.concat([Buffer.from(name), bytes]),
      decode: (bytes, name) => {
        if (Buffer.from(bytes).indexOf(name) !== 0) throw new Error('of another file');
        return bytes.subarray(name.length);
      },
    };
    const made = journal({ codec: bound });
    await made.append(entry('Ada'));
    expect(await all(made)).toEqual(['Ada']);
    await writeFile(join(folder, 'checkins-2026-04.ndjson'), await readFile(join(folder, MARCH)));
    const damage: JournalDamage[] = [];
    expect(await all(made, damage)).toEqual(['Ada']);
    expect(damage).toEqual([{ file: 'checkins-2026-04.ndjson', line: 1 }]);
  });
});

describe('power lost at any step', () => {
  it('loses no entry that was acknowledged and makes up none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 80 }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })),
        async (steps, dice) => {
          const random = (): number => dice.next().value as number;
          let disk = new PowerLossDisk();
          const acknowledged: string[] = [];
          const tried = new Set<string>();
          for (let round = 0; round < 3; round++) {
            disk.stepsLeft = steps;
            try {
              const cut = journal({ folder: '/data', ops: disk.ops });
              await cut.open();
              for (let i = 0; ; i++) {
                const names = [`${round}.${i}a`, `${round}.${i}b`];
                names.forEach((name) => tried.add(name));
                await Promise.all(
                  names.map(async (name) => cut.append(entry(name)).then(() => acknowledged.push(name))),
                );
              }
            } catch {
              disk = disk.restart(random);
            }
            const after = journal({ folder: '/data', ops: disk.ops });
            await after.open();
            // Read by hand: the journal streams from the real disk.
            const files = (await disk.ops.list('/data')).filter((name) => name.endsWith('.ndjson'));
            const found: string[] = [];
            for (const file of files)
              for (const line of Buffer.from(await disk.ops.readFile(`/data/${file}`))
                .toString('latin1')
                .split('\n')
                .slice(0, -1))
                found.push((decodeLine(Buffer.from(line, 'latin1')) as Entry).who);
            expect(found).toEqual(expect.arrayContaining(acknowledged));
            for (const name of found) expect(tried.has(name)).toBe(true);
            expect(new Set(found).size).toBe(found.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
