/** Pure decisions: whose version of a person wins, what is due, what has been kept long enough. */
import { describe, expect, test } from 'vitest';
import { kindOfPath, type PeopleData } from '../../src/main/backup/contents.ts';
import { mergeLines, planPeople } from '../../src/main/backup/restore.ts';
import { backupName, planBackup, timeOfBackup } from '../../src/main/backup/service.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';

const HOUR = 3_600_000;

const person = (id: string, updatedAt: number, name = id): PeopleData['people'][number] => ({
  id,
  name,
  updatedAt,
  samples: [{ id: `s-${id}-${updatedAt}` }],
});
const data = (...people: PeopleData['people']): PeopleData => ({ people });

describe('people', () => {
  const here = data(person('a', 10), person('b', 10), person('c', 10), person('d', 10, 'Same Name'));
  const backup = data(person('a', 20), person('b', 5), person('c', 10), person('e', 1, 'Same Name'), person('gone', 9));
  const deleted = new Set(['gone']);

  test('merge: the newest of each', () => {
    const plan = planPeople(here, backup, 'merge', deleted);
    expect(plan.data.people.map(({ id, updatedAt }) => `${id}${updatedAt}`)).toEqual([
      'a20',
      'b10',
      'c10',
      'd10',
      'e1',
    ]);
    expect([...plan.samples]).toEqual(['s-a-20', 's-e-1']);
    expect(plan.effect).toEqual({
      added: 1,
      newerInBackup: 1,
      newerHere: 1,
      same: 1,
      onlyHere: 1,
      leftOut: 1,
      sameName: 1,
    });
  });

  test('replace: as in the backup, but nobody who was deleted', () => {
    const plan = planPeople(here, backup, 'replace', deleted);
    expect(plan.data.people.map(({ id, updatedAt }) => `${id}${updatedAt}`)).toEqual(['a20', 'b5', 'c10', 'e1']);
    expect(plan.effect).toMatchObject({ onlyHere: 1, leftOut: 1, newerHere: 1 });
  });

  test('merge with the same changes nothing', () => {
    expect(planPeople(here, here, 'merge', deleted)).toMatchObject({
      changes: false,
      effect: { same: 4, onlyHere: 0 },
    });
  });

  test('fields that are not known are carried along', () => {
    const rich = { people: [{ ...person('z', 1), consentAt: 7 }], eraseBackup: false };
    expect(planPeople(null, rich, 'merge', new Set()).data).toEqual(rich);
  });
});

test('lines of both sides go together by time, each side in its own order', () => {
  const line = (text: string, at: number | null) => ({ bytes: Buffer.from(text), at });
  // b was written after a by a clock that was set back; x can not be read.
  const here = [line('a', 50), line('b', 10), line('x', null), line('c', 60)];
  const added = [line('1', 20), line('2', 55), line('3', 70)];
  expect(mergeLines(here, added).map((one) => Buffer.from(one).toString())).toEqual([
    '1',
    'a',
    'b',
    'x',
    '2',
    'c',
    '3',
  ]);
});

test.each([
  ['people.json', 'document'],
  ['checkins-2026-01.ndjson', 'journal'],
  ['thumbnails/s_1.aligned.jpg', 'blob'],
  ['../people.json', undefined],
  ['thumbnails/../../evil', undefined],
  ['thumbnails/ab/s_1.jpg', undefined],
  ['thumbnails/..', undefined],
  ['/etc/passwd', undefined],
  ['C:\\evil', undefined],
  ['vault.json', undefined],
  ['other-2026-01.ndjson', undefined],
  ['checkins-2026-01.ndjson.torn-1', undefined],
  ['', undefined],
])('a path in a backup: %s is %s', (path, kind) => {
  expect(kindOfPath(path, LINTEL_LAYOUT)?.kind).toBe(kind);
});

describe('schedule', () => {
  const policy = { everyHours: 24, keep: 3, forgetDeleted: true };
  const now = Date.UTC(2026, 5, 15, 12);
  const ago = (hours: number): string => backupName(now - hours * HOUR);

  test('names tell their time and nothing else passes for one', () => {
    expect(backupName(Date.UTC(2026, 0, 2, 3, 4, 5, 6))).toBe('lintel-20260102T030405006.lintelbackup');
    expect(timeOfBackup('lintel-20260102T030405006.lintelbackup')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
    for (const other of ['lintel-20261302T030405006.lintelbackup', 'holiday.jpg', `${ago(1)}.part`, `x${ago(1)}`])
      expect(timeOfBackup(other)).toBeNull();
  });

  test.each([
    ['none yet', [], { due: true, remove: [] }],
    ['a young one', [ago(23)], { due: false, remove: [] }],
    ['an old one', [ago(24)], { due: true, remove: [] }],
    ['room for the new one', [ago(24), ago(48), ago(72)], { due: true, remove: [ago(72)] }],
    ['too many', [ago(1), ago(25), ago(49), ago(73)], { due: false, remove: [ago(73)] }],
    ['strangers are left alone', ['holiday.jpg', ago(1)], { due: false, remove: [] }],
    ['one from the future counts for nothing', [ago(-48)], { due: true, remove: [] }],
    ['and goes first', [ago(-48), ago(30), ago(50)], { due: true, remove: [ago(-48)] }],
  ])('%s', (_, names, plan) => {
    expect(planBackup(now, names, null, policy)).toEqual(plan);
  });

  test('a deletion makes one due and ends those before it', () => {
    const names = [ago(1), ago(25)];
    expect(planBackup(now, names, now - HOUR / 2, policy)).toEqual({ due: true, remove: names });
    expect(planBackup(now, names, now - 2 * HOUR, policy)).toEqual({ due: false, remove: [ago(25)] });
    expect(planBackup(now, names, now - HOUR / 2, { ...policy, forgetDeleted: false }).due).toBe(false);
  });

  test('never leaves none, however few are to be kept', () => {
    for (const keep of [0, 1])
      expect(planBackup(now, [ago(1), ago(2)], null, { ...policy, keep })).toEqual({ due: false, remove: [ago(2)] });
  });
});
