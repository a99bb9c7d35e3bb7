import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Audit,
  type AuditEvent,
  auditEventSchema,
  FIRST_LINK,
  hashOf,
  nextLine,
} from '../../src/main/storage/audit-journal.ts';
import { verifyAudit } from '../../src/main/storage/audit-verify.ts';
import { forgetUnseen } from '../../src/main/storage/durable-file.ts';
import { codecOf, newDataKey } from '../../src/main/storage/encrypted-codec.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import { realOps } from '../../src/main/storage/file-ops.ts';
import { encodeLine } from '../../src/main/storage/journal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-audit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const enroll = (n: number): AuditEvent => ({
  kind: 'enroll',
  subject: `p_${String(n).padStart(12, '0')}`,
  by: 'operator',
  details: { samples: n },
});

const file = (month: string): string => join(folder, `audit-2026-${month}.ndjson`);
const january = new Date(2026, 0, 31, 12).getTime();
const HOUR = 3_600_000;

/** Ten lines, six in January and four in February. */
async function ten(codec?: Codec): Promise<void> {
  let now = january;
  const audit = await Audit.open({ folder, codec, wall: () => now });
  for (let n = 1; n <= 10; n++) {
    now = january + (n <= 6 ? n * HOUR : (n + 20) * HOUR);
    await audit.append(enroll(n));
  }
  await audit.close();
}

const linesOf = async (month: string): Promise<string[]> => (await readFile(file(month), 'utf8')).trimEnd().split('\n');
const write = (month: string, lines: readonly string[]): Promise<void> =>
  writeFile(file(month), lines.join('\n') + '\n');
const kinds = async (codec?: Codec): Promise<string[]> =>
  (await verifyAudit({ folder, codec })).problems.map((problem) => problem.kind);

describe('the chain', () => {
  test('hash is SHA-256 over the other fields, whatever the order of the details', () => {
    const line = nextLine(FIRST_LINK, 5, enroll(3));
    expect(line).toMatchObject({ seq: 1, at: 5, prev: '0'.repeat(64) });
    // Worked out with printf '["lintel audit 1",1,5,"enroll","p_000000000003","operator",[["samples",3]],"0...0"]' | sha256sum
    const { hash, ...open } = line;
    expect(hash).toBe('e1a49036c4867ffe535fa70a5f1176511a5010c6e5baf8cf9fa011ffd9e929e4');
    expect(hashOf({ ...open, details: { b: 1, a: { d: 2, c: 3 } } })).toBe(
      hashOf({ ...open, details: { a: { c: 3, d: 2 }, b: 1 } }),
    );
    expect(hashOf({ ...open, details: { samples: 4 } })).not.toBe(hash);
  });

  test('goes on over the end of a month and a restart, and verifies', async () => {
    await ten();
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson'))).toHaveLength(2);
    const again = await Audit.open({ folder, wall: () => january + 40 * HOUR });
    expect(again.notices).toEqual([]);
    const line = await again.append(enroll(11));
    expect(line.seq).toBe(11);
    expect(await verifyAudit({ folder })).toMatchObject({ ok: true, lines: 11, last: { seq: 11, hash: line.hash } });
  });

  test('is in order when many lines come at once', async () => {
    const audit = await Audit.open({ folder });
    await Promise.all(Array.from({ length: 20 }, (_, n) => audit.append(enroll(n + 1))));
    expect(await verifyAudit({ folder })).toMatchObject({ ok: true, lines: 20 });
  });

  test('survives a clock that was set back over the end of a month', async () => {
    await ten();
    const audit = await Audit.open({ folder, wall: () => january });
    await audit.append(enroll(11));
    expect((await linesOf('01')).length).toBe(7);
    expect(await verifyAudit({ folder })).toMatchObject({ ok: true, lines: 11 });
    const again = await Audit.open({ folder, wall: () => january + 40 * HOUR });
    expect((await again.append(enroll(12))).seq).toBe(12);
    expect((await verifyAudit({ folder })).ok).toBe(true);
  });

  test('an empty folder is in order', async () => {
    expect(await verifyAudit({ folder })).toEqual({ ok: true, lines: 0, last: FIRST_LINK, problems: [] });
  });
});

describe.each([
  ['plain', undefined],
  ['encrypted', codecOf(newDataKey())],
])('%s: verify finds', (_, codec) => {
  beforeEach(async () => {
    await ten(codec);
    expect((await verifyAudit({ folder, codec })).problems).toEqual([]);
  });

  test.each([0, 1, 5])('a removed line (%i of January)', async (index) => {
    const lines = await linesOf('01');
    await write('01', lines.toSpliced(index, 1));
    const report = await verifyAudit({ folder, codec });
    expect(report.problems).toEqual([{ kind: 'removed', seq: index + 1, toSeq: index + 1 }]);
  });

  test('a whole month removed', async () => {
    await unlink(file('01'));
    expect((await verifyAudit({ folder, codec })).problems).toEqual([{ kind: 'removed', seq: 1, toSeq: 6 }]);
  });

  test('two lines in each other’s place', async () => {
    const [a = '', b = '', ...rest] = await linesOf('01');
    await write('01', [b, a, ...rest]);
    expect((await verifyAudit({ folder, codec })).problems).toEqual([
      { kind: 'moved', file: 'audit-2026-01.ndjson', line: 2, seq: 1 },
    ]);
  });

  test('a line there twice', async () => {
    const lines = await linesOf('01');
    await write('01', lines.toSpliced(1, 0, lines[1] ?? ''));
    expect(await kinds(codec)).toEqual(['added']);
  });

  test('a line moved to another month', async () => {
    const lines = await linesOf('01');
    await write('01', lines.slice(1));
    await write('02', [lines[0] ?? '', ...(await linesOf('02'))]);
    // It says the same at the same time as before, hours from that month. Encrypted, it can not even be read there.
    expect(await kinds(codec)).toEqual(codec === undefined ? [] : ['damaged', 'removed']);
  });

  test.each([1, 2, 4])('the last %i lines cut off', async (lost) => {
    await write('02', (await linesOf('02')).slice(0, 4 - lost));
    if (lost === 4) await unlink(file('02'));
    expect((await verifyAudit({ folder, codec })).problems).toEqual([{ kind: 'cut-short', seq: 11 - lost, toSeq: 10 }]);
  });

  test('a bit that flipped', async () => {
    const bytes = await readFile(file('01'));
    bytes[300] = (bytes[300] ?? 0) ^ 1;
    await writeFile(file('01'), bytes);
    expect(await kinds(codec)).toContain('damaged');
  });

  test('a head that is gone, or older', async () => {
    await copyFile(join(folder, 'audit-head.json'), join(folder, 'old'));
    const audit = await Audit.open({ folder, codec, wall: () => january + 40 * HOUR });
    for (let n = 11; n < 15; n++) await audit.append(enroll(n));
    await audit.close();
    await copyFile(join(folder, 'old'), join(folder, 'audit-head.json'));
    expect(await kinds(codec)).toEqual(['head-behind']);
    for (const name of ['audit-head.json', 'audit-head.json.bak']) await rm(join(folder, name));
    expect(await kinds(codec)).toEqual(['head-missing']);
  });

  test('a journal that is not the one that was noted', async () => {
    const { last } = await verifyAudit({ folder, codec });
    for (const name of await readdir(folder)) await rm(join(folder, name));
    await ten(codec);
    expect(await kinds(codec)).toEqual([]);
    const again = await verifyAudit({ folder, codec, noted: { ...last, hash: 'a'.repeat(64) } });
    expect(again.problems).toEqual([{ kind: 'not-as-noted', seq: 10 }]);
    expect((await verifyAudit({ folder, codec, noted: last })).ok).toBe(true);
  });
});

describe('plain: verify finds', () => {
  const edit = (line: string, change: (entry: Record<string, unknown>) => void, rehash: boolean): string => {
    const { entry } = JSON.parse(line) as { entry: Record<string, unknown> };
    change(entry);
    if (rehash) entry['hash'] = hashOf(entry as never);
    return Buffer.from(encodeLine(entry, undefined, ''))
      .toString('utf8')
      .trimEnd();
  };

  test.each([false, true])('any field changed in any line, with its hash made anew: %s', async (rehash) => {
    await ten();
    const lines = await linesOf('01');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom('seq', 'at', 'kind', 'subject', 'by', 'details', 'prev', ...(rehash ? [] : ['hash'])),
        async (index, field) => {
          const change = (entry: Record<string, unknown>): void => {
            if (field === 'seq') entry[field] = 99;
            else if (field === 'at') entry[field] = (entry[field] as number) + 1;
            else if (field === 'details') entry[field] = { samples: 99 };
            else if (field === 'prev' || field === 'hash') entry[field] = 'b'.repeat(64);
            else entry[field] = 'other';
          };
          await write('01', lines.with(index, edit(lines[index] ?? '', change, rehash)));
          expect(await kinds()).not.toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
    await write('01', lines);
    expect(await kinds()).toEqual([]);
  });

  test('and names the line', async () => {
    await ten();
    const lines = await linesOf('01');
    await write(
      '01',
      lines.with(
        2,
        edit(lines[2] ?? '', (entry) => (entry['by'] = 'kiosk'), true),
      ),
    );
    expect((await verifyAudit({ folder })).problems).toEqual([
      { kind: 'changed', file: 'audit-2026-01.ndjson', line: 3, seq: 3 },
    ]);
  });

  test('the very last line forged, because the head knows it', async () => {
    await ten();
    const lines = await linesOf('02');
    await write(
      '02',
      lines.with(
        3,
        edit(lines[3] ?? '', (entry) => (entry['by'] = 'kiosk'), true),
      ),
    );
    expect(await kinds()).toEqual(['changed']);
  });
});

describe('opening', () => {
  test('says and writes down that the end was cut off, and the gap stays', async () => {
    await ten();
    await write('02', (await linesOf('02')).slice(0, 2));
    const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
    expect(audit.notices.map((notice) => notice.params?.['found'])).toEqual(['cut-short']);
    await audit.append(enroll(12));
    const report = await verifyAudit({ folder });
    expect(report.problems).toEqual([{ kind: 'removed', seq: 9, toSeq: 10 }]);
    expect(report.last.seq).toBe(12);
  });

  test('says and writes down that the head is gone', async () => {
    await ten();
    for (const name of ['audit-head.json', 'audit-head.json.bak']) await rm(join(folder, name));
    const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
    expect(audit.notices).toHaveLength(1);
    expect((await linesOf('02')).at(-1)).toContain('head-missing');
  });

  test('what was found is said at every opening, and to readers, until somebody has seen it', async () => {
    await ten();
    await write('02', (await linesOf('02')).slice(0, 2));
    await appendFile(file('02'), '{"crc":"00000000","entry":{"se');
    const said = async (): Promise<unknown[]> => {
      const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
      await audit.append(enroll(12));
      await audit.close();
      return audit.notices.map(({ variant }) => variant);
    };
    const found = ['audit-torn', 'audit'];
    expect(await said()).toEqual(found);
    expect(await said()).toEqual(found);
    expect((await Audit.look({ folder })).map(({ variant }) => variant)).toEqual(found);
    await forgetUnseen(realOps, folder);
    expect(await said()).toEqual([]);
    expect(await Audit.look({ folder })).toEqual([]);
    // A head that nobody can read is told to readers before anybody writes.
    for (const name of ['audit-head.json', 'audit-head.json.bak']) await truncate(join(folder, name), 20);
    expect(await Audit.look({ folder })).toMatchObject([{ code: 'store-damaged' }]);
  });

  test('a damaged head is kept aside', async () => {
    await ten();
    for (const name of ['audit-head.json', 'audit-head.json.bak']) await truncate(join(folder, name), 20);
    const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
    expect(audit.notices.length).toBeGreaterThan(0);
    expect((await readdir(folder)).filter((name) => name.includes('.damaged-'))).toHaveLength(2);
    expect((await audit.append(enroll(12))).seq).toBe(12);
  });

  test('a torn last line is no loss of what was acknowledged', async () => {
    await ten();
    await appendFile(file('02'), '{"crc":"00000000","entry":{"se');
    expect(await kinds()).toEqual([]);
    const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
    expect((await audit.append(enroll(11))).seq).toBe(11);
    expect(await kinds()).toEqual([]);
  });

  test('a power cut between line and head leaves nothing to complain of', async () => {
    await ten();
    await copyFile(join(folder, 'audit-head.json.bak'), join(folder, 'audit-head.json'));
    expect(await kinds()).toEqual([]);
    const audit = await Audit.open({ folder, wall: () => january + 50 * HOUR });
    expect(audit.notices).toEqual([]);
    expect((await audit.append(enroll(11))).seq).toBe(11);
    expect(await kinds()).toEqual([]);
  });
});

describe('what it says', () => {
  test('no name fits in', () => {
    const said = { kind: 'edit', by: 'operator', subject: 'p_000000000001', details: { fields: ['name'] } };
    expect(auditEventSchema.safeParse(said).success).toBe(true);
    for (const bad of [
      { ...said, subject: 'Grace Hopper' },
      { ...said, by: 'Grace' },
      { ...said, details: { fields: ['Grace Hopper'] } },
      { ...said, details: { fields: ['name'], name: 'Grace Hopper' } },
      { ...said, name: 'Grace Hopper' },
    ])
      expect(auditEventSchema.safeParse(bad).success).toBe(false);
  });

  test('who was deleted, by opaque id', async () => {
    const audit = await Audit.open({ folder });
    await audit.append({ kind: 'delete', subject: 'p_000000000001', by: 'operator', details: { samples: 5 } });
    await audit.append({
      kind: 'merge',
      subject: 'p_000000000002',
      by: 'operator',
      details: { from: 'p_000000000003' },
    });
    await audit.append(enroll(4));
    expect([...(await audit.deleted())]).toEqual(['p_000000000001', 'p_000000000003']);
  });
});
