/** Attendance through the kiosk's own records on disk. The hand-worked month itself is in attendance-month.test.ts. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import readXlsxFile from 'read-excel-file/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttendanceAsked, NewCorrection } from '../../src/main/attendance/service.ts';
import { type AttendanceReply, attendanceReplySchema, fileSchema } from '../../src/shared/admin.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { Records } from '../support/records.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';

let folder: string;
let records: Records;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-attendance-'));
});
afterEach(async () => {
  await records.close();
  await rm(folder, { recursive: true, force: true });
});

const OFFICE = { start: '09:00', graceMinutes: 5, workdays: [1, 2, 3, 4, 5], dayStartsAt: '00:00' };
const NIGHTS = { start: '22:00', graceMinutes: 5, workdays: [5, 6], dayStartsAt: '12:00' };
const BERLIN: Partial<Settings> = { timeZone: 'Europe/Berlin', schedules: { nights: NIGHTS }, defaultSchedule: OFFICE };

const asked = (from: string, to = from, more: Partial<AttendanceAsked> = {}): AttendanceAsked => ({
  from,
  to,
  personId: null,
  group: null,
  ...more,
});
const report = async (...query: Parameters<typeof asked>): Promise<AttendanceReply> => {
  const reply = await records.attendance.report(asked(...query));
  expect(attendanceReplySchema.parse(reply)).toEqual(reply);
  return reply;
};
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof LintelError ? error.code : String(error)),
  );
const correct = (correction: NewCorrection): Promise<string> => records.attendance.correct(correction);
const reason = 'asked the person';
const clock = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(5, 16));

it('a night over the spring change, a forgotten way out added later, an entry re-timed and one taken out', async () => {
  records = await Records.open(folder, '2026-03-02T08:00:00+01:00', BERLIN);
  const ada = await records.enroll('Ada', 'office');
  const bo = await records.enroll('Bo', 'nights');
  await records.checkIn(bo, '2026-03-28T22:00:00+01:00', 'alternate');
  const home = await records.checkIn(bo, '2026-03-29T06:00:00+02:00', 'alternate');
  // His working day begins at noon, so going home after midnight is out and not the first of a new day.
  expect(home.direction).toBe('out');
  const late = await records.checkIn(ada, '2026-03-30T09:30:00+02:00', 'in');
  const never = await records.checkIn(ada, '2026-03-30T20:00:00+02:00', 'in');
  const asWritten = await readFile(join(folder, 'checkins-2026-03.ndjson'));
  records.at('2026-03-31T12:00:00+02:00');
  await correct({ kind: 'retime', target: late.id, at: Date.parse('2026-03-30T08:58:00+02:00'), reason: 'queue' });
  await correct({ kind: 'void', target: never.id, reason: 'somebody else' });
  const added = await correct({
    kind: 'add',
    personId: ada,
    at: Date.parse('2026-03-30T17:00:00+02:00'),
    direction: 'out',
    reason: '  forgot  ',
  });

  const check = async (): Promise<void> => {
    const reply = await report('2026-03-28', '2026-03-30');
    expect(reply.timeZone).toBe('Europe/Berlin');
    expect(
      reply.days.map(({ personId, day, status, insideMs }) => [personId, day, status, insideMs / 3_600_000]),
    ).toEqual([
      [ada, '2026-03-28', 'off', 0],
      [ada, '2026-03-29', 'off', 0],
      [ada, '2026-03-30', 'present', 8 + 2 / 60],
      [bo, '2026-03-28', 'present', 7], // the wall clock says eight hours: one of them never was
      [bo, '2026-03-29', 'off', 0],
      [bo, '2026-03-30', 'off', 0],
    ]);
    expect(reply.problems).toEqual([]);
    expect(reply.events).toEqual([]); // more than one day, more than one person
    expect(reply.arrivals.flatMap((count, quarter) => (count > 0 ? [[quarter, count]] : []))).toEqual([
      [35, 1],
      [88, 1],
    ]);
    const own = await report('2026-03-01', '2026-03-31', { personId: ada });
    expect(own.people).toEqual([{ id: ada, name: 'Ada', group: 'office' }]);
    expect(own.events.map(({ id, at, direction, corrections }) => [id, clock(at), direction, corrections])).toEqual([
      [late.id, '03-30T06:58', 'in', ['queue']],
      [added, '03-30T15:00', 'out', ['forgot']],
    ]);
    // Absent before: expected from the day of enrollment on, Mondays to Fridays, but not on days to come.
    expect(own.months).toMatchObject([{ period: '2026-03', present: 1, absent: 20, late: 0 }]);
    expect((await report('2026-03-29')).events).toEqual([]);
    expect((await report('2026-03-28')).events.map(({ id }) => id)).toContain(home.id);
  };
  await check();
  // Corrections are further lines: what the kiosk wrote is as it was, to the byte.
  expect(await readFile(join(folder, 'checkins-2026-03.ndjson'))).toEqual(asWritten);
  expect((await readFile(join(folder, 'corrections-2026-03.ndjson'), 'utf8')).split('\n')).toHaveLength(4);
  await records.close();
  records = await Records.open(folder, '2026-03-31T12:00:00+02:00', BERLIN);
  await check();
});

it('a clock that was set back is said, and hours across it are not trusted', async () => {
  records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' });
  const ada = await records.enroll('Ada');
  await records.checkIn(ada, '2026-05-04T11:00:00Z', 'in'); // two hours fast
  await records.checkIn(ada, '2026-05-04T10:00:00Z', 'out'); // really an hour later
  const { days, problems } = await report('2026-05-04');
  expect(days).toMatchObject([{ status: 'present', insideMs: 0, flags: ['clock-set-back'] }]);
  expect(problems).toEqual([{ kind: 'clock-set-back', detail: '2026-05-04T10:00:00' }]);
});

it('an entry put into another month counts there and only there, and looks like no clock that was set back', async () => {
  records = await Records.open(folder, '2026-01-05T06:00:00Z', { timeZone: 'UTC' });
  const ada = await records.enroll('Ada');
  const wrong = await records.checkIn(ada, '2026-01-31T08:00:00Z', 'in');
  await records.checkIn(ada, '2026-05-04T17:00:00Z', 'out');
  records.at('2026-05-05T08:00:00Z');
  await correct({ kind: 'retime', target: wrong.id, at: Date.parse('2026-05-04T08:00:00Z'), reason });
  const may = await report('2026-05-04');
  expect(may.days).toMatchObject([{ status: 'present', insideMs: 9 * 3_600_000, flags: ['corrected'] }]);
  expect(may.problems).toEqual([]);
  expect((await report('2026-01-31')).days).toMatchObject([{ status: 'off', flags: [] }]);
});

it('whoever was removed is shown where they were, and only under "everybody"', async () => {
  records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' });
  const ada = await records.enroll('Ada', 'office');
  const bo = await records.enroll('Bo', 'nights');
  const cy = await records.enroll('Cy', 'office');
  for (const id of [ada, bo, cy]) await records.checkIn(id, '2026-05-04T08:00:00Z', 'in');
  await records.people.remove(cy);
  const names = async (more: Partial<AttendanceAsked>): Promise<string[]> =>
    (await report('2026-05-04', '2026-05-04', more)).people.map(({ name }) => name);
  expect(await names({})).toEqual(['Ada', 'Bo', 'Cy']);
  expect(await names({ group: 'office' })).toEqual(['Ada']);
  expect(await names({ group: 'nobody' })).toEqual([]);
  expect(await names({ personId: bo })).toEqual(['Bo']);
  expect(await names({ personId: cy })).toEqual(['Cy']);
  const own = await report('2026-05-04', '2026-05-04', { personId: cy });
  expect(own.events.map(({ personId }) => personId)).toEqual([cy]);
});

describe('what comes next', () => {
  it('goes by corrections as well, also after a restart', async () => {
    records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' });
    const ada = await records.enroll('Ada');
    await records.checkIn(ada, '2026-05-04T08:00:00Z', 'alternate');
    records.at('2026-05-04T13:00:00Z');
    await correct({ kind: 'add', personId: ada, at: Date.parse('2026-05-04T12:00:00Z'), direction: 'out', reason });
    await records.close();
    records = await Records.open(folder, '2026-05-04T13:00:00Z', { timeZone: 'UTC' });
    const back = await records.checkIn(ada, '2026-05-04T13:00:00Z', 'alternate');
    expect(back.direction).toBe('in');
    records.at('2026-05-04T13:05:00Z');
    await correct({ kind: 'void', target: back.id, reason });
    expect((await records.checkIn(ada, '2026-05-04T13:10:00Z', 'alternate')).direction).toBe('in');
    expect((await records.checkIn(ada, '2026-05-04T17:00:00Z', 'alternate')).direction).toBe('out');
  });
  it('begins anew with the working day of the settings, and not with that of the machine', async () => {
    records = await Records.open(folder, '2026-05-04T00:00:00Z', { timeZone: 'Asia/Ho_Chi_Minh' });
    const ada = await records.enroll('Ada');
    // 23:30 and 00:30 in Ho Chi Minh City; the same day in UTC.
    expect((await records.checkIn(ada, '2026-05-04T16:30:00Z', 'alternate')).direction).toBe('in');
    expect((await records.checkIn(ada, '2026-05-04T17:30:00Z', 'alternate')).direction).toBe('in');
  });
});

describe('what can not be corrected', () => {
  it('is refused by name, and nothing is written', async () => {
    records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' });
    const ada = await records.enroll('Ada');
    const { id: target } = await records.checkIn(ada, '2026-05-04T08:00:00Z', 'in');
    const at = records.now - 1000;
    const tomorrow = records.now + 86_400_000;
    for (const [wrong, code] of [
      [{ kind: 'void', target: 'c_nobody', reason }, 'not-found'],
      [{ kind: 'retime', target: 'c_nobody', at, reason }, 'not-found'],
      [{ kind: 'add', personId: 'p_nobody', at, direction: 'in', reason }, 'not-found'],
      [{ kind: 'add', personId: ada, at: tomorrow, direction: 'in', reason }, 'correction-future'],
      [{ kind: 'retime', target, at: tomorrow, reason }, 'correction-future'],
      [{ kind: 'void', target, reason: '   ' }, 'correction-reason'],
      [{ kind: 'void', target, reason: 'x'.repeat(501) }, 'correction-reason'],
    ] satisfies [NewCorrection, string][])
      expect(await refusal(correct(wrong))).toBe(code);
    expect(await readdir(folder)).not.toContain('corrections-2026-05.ndjson');
    // Two operators at once: the second is told.
    const both = await Promise.all([1, 2].map(() => refusal(correct({ kind: 'void', target, reason }))));
    expect(both).toEqual(['accepted', 'correction-void']);
    const { id: older } = await records.checkIn(ada, '2026-05-04T09:00:00Z', 'in');
    records.at('2026-09-04T09:00:00Z');
    expect(await refusal(correct({ kind: 'void', target: older, reason }))).toBe('accepted');
  });
  it('on a full disk: it is not there, and can be made again', async () => {
    const ops = faultyOps();
    records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' }, ops);
    const ada = await records.enroll('Ada');
    const wish = { kind: 'add', personId: ada, at: records.now, direction: 'in', reason } as const;
    ops.faults.before = (step) => {
      if (step.startsWith('write corrections')) throw errno('ENOSPC');
    };
    expect(await refusal(correct(wish))).toBe('disk-full');
    expect((await report('2026-05-04')).events).toEqual([]);
    delete ops.faults.before;
    await correct(wish);
    expect((await report('2026-05-04')).events).toHaveLength(1);
  });
});

it('a range that can not be reported is refused', async () => {
  records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'UTC' });
  await records.enroll('Ada');
  for (const [from, to, why] of [
    ['2026-05-04', '2026-05-03', 'report-backwards'],
    ['2026-02-30', '2026-03-01', 'day-invalid'],
    ['2026-02-01', '2026-02-29', 'day-invalid'],
    ['0001-01-01', '3000-01-01', 'report-too-long'],
  ] as const)
    expect(await refusal(records.attendance.report(asked(from, to)))).toBe(why);
});

describe('exports', () => {
  it('open in a spreadsheet as the locale has it, and run nothing', async () => {
    records = await Records.open(folder, '2026-05-04T06:00:00Z', { timeZone: 'Asia/Ho_Chi_Minh' });
    const ada = await records.enroll('=HYPERLINK("evil")', '@office');
    await records.checkIn(ada, '2026-05-04T01:00:00Z', 'in');
    await records.checkIn(ada, '2026-05-04T09:30:00Z', 'out');
    const range = asked('2026-05-04');
    const csv = await records.attendance.export({ ...range, format: 'csv', locale: 'vi' });
    expect(fileSchema.parse(csv)).toMatchObject({ name: 'attendance-2026-05-04-2026-05-04.csv' });
    const [head, row] = Papa.parse<string[]>(new TextDecoder().decode(csv.bytes), { delimiter: ';' }).data;
    expect(head?.[0]).toBe('Họ tên');
    expect(row?.slice(0, 7)).toEqual([
      `'=HYPERLINK("evil")`,
      "'@office",
      '04/05/2026',
      'có mặt',
      '04/05/2026 08:00',
      '04/05/2026 16:30',
      '8,50',
    ]);
    const { bytes, type } = await records.attendance.export({ ...range, format: 'xlsx', locale: 'en-GB' });
    expect(type).toContain('spreadsheetml');
    const sheets = await readXlsxFile(Buffer.from(bytes));
    expect(sheets.map(({ sheet }) => sheet)).toEqual(['Days', 'Weeks', 'Months']);
    expect(sheets[0]?.data[1]?.[6]).toBe(8.5);
    expect(await refusal(records.attendance.export({ ...range, format: 'csv', locale: '!!' }))).toBe('locale-unknown');
  });
});

describe('nothing is kept longer than the settings say', () => {
  const keep = (pictureDays: number | null, logDays: number | null, unseenDays: number | null = null): void => {
    records.settings = { ...DEFAULT_SETTINGS, timeZone: 'UTC', retention: { pictureDays, logDays, unseenDays } };
  };
  it('pictures go, vectors stay', async () => {
    records = await Records.open(folder, '2026-01-01T00:00:00Z');
    const ada = await records.enroll('Ada', null, 2);
    records.at('2026-03-01T00:00:00Z');
    const bo = await records.enroll('Bo');
    expect(await records.people.pictures.count()).toBe(3);
    keep(null, null);
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 0, people: 0 });
    keep(30, null);
    await records.retention.confirmClock();
    expect(await records.retention.run()).toEqual({ samples: 2, lines: 0, people: 0 });
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 0, people: 0 });
    expect(await records.people.portrait(records.people.get(ada))).toBeNull();
    expect(await records.people.portrait(records.people.get(bo))).not.toBeNull();
    expect(records.people.isReady(records.people.get(ada))).toBe(true);
    expect(records.people.get(ada).samples).toHaveLength(2);
  });

  it('lines go with the corrections about them; what was put to a later time stays', async () => {
    records = await Records.open(folder, '2026-01-01T00:00:00Z', { timeZone: 'UTC' });
    const ada = await records.enroll('Ada');
    const at = (day: string): string => `${day}T08:00:00Z`;
    const gone = await records.checkIn(ada, at('2026-01-10'), 'in');
    const moved = await records.checkIn(ada, at('2026-01-11'), 'in');
    await records.checkIn(ada, at('2026-03-10'), 'in');
    await records.checkIn(ada, at('2026-03-20'), 'in');
    await writeFile(join(folder, 'checkins-2026-01.ndjson.torn-20260110T080000000'), '{"crc":"00');
    await correct({ kind: 'void', target: gone.id, reason });
    await correct({ kind: 'retime', target: moved.id, at: Date.parse(at('2026-03-19')), reason });
    await correct({ kind: 'add', personId: ada, at: Date.parse(at('2026-01-12')), direction: 'out', reason });
    records.at('2026-04-14T08:00:00Z');
    keep(null, 30); // everything before 15 March
    // 10 January, 10 March, and the two corrections about January.
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 4, people: 0 });
    const check = async (): Promise<void> => {
      const { days } = await report('2026-01-01', '2026-04-01');
      expect(days.filter((day) => day.status === 'present').map(({ day }) => day)).toEqual([
        '2026-03-19',
        '2026-03-20',
      ]);
      expect(records.corrections.all.map(({ kind }) => kind)).toEqual(['retime']);
    };
    await check();
    expect((await readdir(folder)).filter((name) => name.includes('torn'))).toEqual([]);
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 0, people: 0 });
    await records.close();
    records = await Records.open(folder, '2026-04-14T08:00:00Z', { timeZone: 'UTC' });
    await check();
    // New lines go on where the old ones were.
    await records.checkIn(ada, '2026-04-14T09:00:00Z', 'in');
    expect((await report('2026-04-14')).events).toHaveLength(1);
  });

  it('by itself: at the start, when the settings change, and it says what it did', async () => {
    records = await Records.open(folder, '2026-01-01T00:00:00Z', { timeZone: 'UTC' });
    const ada = await records.enroll('Ada');
    await records.checkIn(ada, '2026-01-10T08:00:00Z', 'in');
    records.at('2026-02-14T08:00:00Z');
    keep(null, null);
    records.retention.start();
    keep(30, 30);
    records.retention.changed();
    await records.retention.close();
    expect(records.notices).toMatchObject([{ code: 'kept-no-longer', params: { samples: 1, lines: 1, people: 0 } }]);
    expect(records.checkIns.recent).toEqual([]);
    expect(records.checkIns.last(ada)).toBeNull();
  });

  it('people who were not seen go, with vectors and pictures; who was seen stays, also when the line of it is gone', async () => {
    records = await Records.open(folder, '2026-01-01T00:00:00Z', { timeZone: 'UTC' });
    const [ada, bo, cy] = [await records.enroll('Ada'), await records.enroll('Bo'), await records.enroll('Cy')];
    await records.checkIn(ada, '2026-01-05T08:00:00Z', 'in');
    await records.checkIn(bo, '2026-02-01T08:00:00Z', 'in');
    keep(null, 10, 40);
    // Ada's line of 5 January goes; that she was here then is remembered.
    records.at('2026-02-08T08:00:00Z');
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 1, people: 0 });
    await records.close();
    records = await Records.open(folder, '2026-02-11T08:00:00Z', { timeZone: 'UTC' });
    keep(null, 10, 40);
    // Forty days before: 2 January. Cy was enrolled on the first and never came.
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 0, people: 1 });
    expect(records.people.all().map(({ id }) => id)).toEqual([ada, bo]);
    expect(await records.people.pictures.ids()).toEqual(
      new Set(records.people.all().flatMap(({ samples }) => samples.map(({ id }) => id))),
    );
    expect(await readFile(join(folder, 'people.json'), 'utf8')).not.toContain(cy);
    expect(await readFile(join(folder, 'people.json.bak'), 'utf8')).not.toContain(cy);
    records.at('2026-02-15T08:00:00Z');
    expect(await records.retention.run()).toMatchObject({ people: 1 });
    expect(records.people.all().map(({ id }) => id)).toEqual([bo]);
  });

  it('a clock far ahead erases nothing until an operator says that it is right', async () => {
    records = await Records.open(folder, '2026-01-01T00:00:00Z', { timeZone: 'UTC' });
    await records.enroll('Ada');
    keep(null, null);
    expect(await records.retention.run()).toEqual({ samples: 0, lines: 0, people: 0 });
    // Whoever looks in meanwhile, and whatever is written by that clock, does not make it right.
    records.at('2031-01-01T00:00:00Z');
    await records.enroll('Bo');
    await records.checkIn(await records.enroll('Cy'), '2031-01-01T09:00:00Z', 'in');
    keep(30, 30, 30);
    expect(await refusal(records.retention.run())).toBe('clock-doubtful');
    records.retention.start();
    await records.retention.close();
    expect(records.notices.map(({ code }) => code)).toEqual(['clock-doubtful']);
    expect(records.people.all()).toHaveLength(3);
    await records.close();
    records = await Records.open(folder, '2031-01-02T00:00:00Z', { timeZone: 'UTC' });
    keep(30, 30, 30);
    expect(await refusal(records.retention.run())).toBe('clock-doubtful');
    await records.retention.confirmClock();
    expect(await records.retention.run()).toMatchObject({ people: 1 });
  });

  it('a clock set back holds nothing up', async () => {
    records = await Records.open(folder, '2026-06-01T00:00:00Z', { timeZone: 'UTC' });
    keep(30, null);
    await records.retention.run();
    records.at('2026-01-01T00:00:00Z');
    await records.enroll('Ada');
    expect(await records.retention.run()).toMatchObject({ samples: 0 });
    records.at('2026-02-10T00:00:00Z');
    expect(await records.retention.run()).toMatchObject({ samples: 1 });
  });
});
