/**
 * March 2026 in Berlin, worked out by hand. The clocks go forward on Sunday 29 March: 02:00 CET becomes 03:00 CEST. Times below are
 * written with their offset (+01:00 is CET, +02:00 CEST), so that nothing here rests on the code under test.
 *
 * March 2026 begins on a Sunday. Mondays to Fridays: 2-6, 9-13, 16-20, 23-27, 30, 31: 22 days. Friday 13 is a holiday.
 *
 * ADA, office: Monday to Friday, starts 09:00, five minutes' grace.
 *   Mon 2   in 08:55, out 12:00, in 12:30, out 17:00      3:05 + 4:30 = 7:35 inside, 8:05 from first to last
 *   Tue 3   in 09:05, out 17:05                           8:00, within the grace: not late
 *   Wed 4   in 09:06, out 17:06                           8:00, late by 6 min (from the start, not from the end of the grace)
 *   Thu 5   in 09:00; out forgotten, added 17:30          8:30, corrected
 *   Fri 6   in 08:50, in 08:52, out 13:00                 4:10, the first "in" counts
 *   Mon 9   in 10:00, re-timed to 08:58; out 17:00        8:02, corrected, so not late
 *   Tue 10  in 09:00, no out                              0:00, incomplete
 *   Wed 11  in 09:00 and out 09:01, both voided           absent
 *   Thu 12  in 10:58 by a clock two hours fast, then the clock is set back (Cy's line says 09:10), out 17:00
 *                                                         6:02 by the clock, not to be trusted: incomplete; late by 118 min
 *   Fri 13  holiday                                       off
 *   16-20, 23-27, 30                                      absent, 11 days, with the 11th 12
 *   Tue 31  it is noon, nobody has come yet               expected
 *   Sum: present 8 (2,3,4,5,6,9,10,12), late 2, absent 12, late minutes 6 + 118 = 124, incomplete 2,
 *        inside 7:35 + 8:00 + 8:00 + 8:30 + 4:10 + 8:02 + 0:00 + 6:02 = 50:19. 8 + 12 + holiday + today = 22.
 *
 * BO, nights: Fridays and Saturdays, starts 22:00, five minutes' grace, the working day begins at noon.
 *   Fri 6   in 21:58, out Sat 06:02                       8:04
 *   Sat 7   in 22:10, out Sun 06:00                       7:50, late by 10 min
 *   Fri 13  in 22:00, out Sat 06:00 (holiday)             8:00, present though not expected
 *   Sat 14  in Sun 15 00:10, out 06:00                    5:50, late by 130 min, on Saturday's account
 *   Sat 28  in 22:00 CET, out Sun 06:00 CEST              7:00: the wall clock says eight, an hour of it never was
 *   20, 21, 27                                            absent
 *   Sum: present 5, late 2, absent 3, late minutes 140, incomplete 0, inside 8:04 + 7:50 + 8:00 + 5:50 + 7:00 = 36:44.
 *
 * CY was deleted since: only in the log, Thu 12 in 09:10, out 09:40: 0:30. Shown on that day, absent on none.
 */
import Papa from 'papaparse';
import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import {
  arrivalsByQuarter,
  type AttendancePerson,
  attendanceReport,
  type PersonDay,
  type ReportOptions,
} from '../../src/main/attendance/report.ts';
import type { AttendanceLine } from '../../src/main/attendance/rules.ts';
import {
  attendanceWords,
  daysSheet,
  sheetsToXlsx,
  sheetToCsv,
  totalsSheet,
} from '../../src/main/attendance/spreadsheet.ts';
import { WEEKDAYS } from '../support/records.ts';

const people: AttendancePerson[] = [
  { id: 'ada', name: '=Ada', group: 'office', from: null, until: null },
  { id: 'bo', name: 'Bo Nguyễn', group: 'nights', from: null, until: null },
];
const names: Record<string, string> = { ada: '=Ada', bo: 'Bo Nguyễn', cy: 'Cy' };

let last = 0;
const check = (who: string, direction: 'in' | 'out', when: string, id = `c${++last}`): AttendanceLine => ({
  line: 'check-in',
  checkIn: { id, at: Date.parse(when), personId: who, name: names[who]!, direction },
});
const march = (day: number, time: string, offset = '+01:00'): string =>
  `2026-03-${String(day).padStart(2, '0')}T${time}:00${offset}`;

const lines: AttendanceLine[] = [
  check('ada', 'in', march(2, '08:55')),
  check('ada', 'out', march(2, '12:00')),
  check('ada', 'in', march(2, '12:30')),
  check('ada', 'out', march(2, '17:00')),
  check('ada', 'in', march(3, '09:05')),
  check('ada', 'out', march(3, '17:05')),
  check('ada', 'in', march(4, '09:06')),
  check('ada', 'out', march(4, '17:06')),
  check('ada', 'in', march(5, '09:00')),
  check('ada', 'in', march(6, '08:50')),
  check('ada', 'in', march(6, '08:52')),
  check('ada', 'out', march(6, '13:00')),
  check('bo', 'in', march(6, '21:58')),
  check('bo', 'out', march(7, '06:02')),
  check('bo', 'in', march(7, '22:10')),
  check('bo', 'out', march(8, '06:00')),
  check('ada', 'in', march(9, '10:00'), 'ada-9'),
  check('ada', 'out', march(9, '17:00')),
  check('ada', 'in', march(10, '09:00')),
  check('ada', 'in', march(11, '09:00'), 'ada-11-in'),
  check('ada', 'out', march(11, '09:01'), 'ada-11-out'),
  check('ada', 'in', march(12, '10:58')),
  check('cy', 'in', march(12, '09:10'), 'after-the-step'),
  check('cy', 'out', march(12, '09:40')),
  check('ada', 'out', march(12, '17:00')),
  check('bo', 'in', march(13, '22:00')),
  check('bo', 'out', march(14, '06:00')),
  check('bo', 'in', march(15, '00:10')),
  check('bo', 'out', march(15, '06:00')),
  check('bo', 'in', march(28, '22:00')),
  check('bo', 'out', march(29, '06:00', '+02:00')),
  // What the operator wrote afterwards.
  ...(
    [
      { kind: 'add', id: 'k1', personId: 'ada', name: '=Ada', direction: 'out', at: Date.parse(march(5, '17:30')) },
      { kind: 'retime', id: 'k2', target: 'ada-9', at: Date.parse(march(9, '08:58')) },
      { kind: 'void', id: 'k3', target: 'ada-11-in' },
      { kind: 'void', id: 'k4', target: 'ada-11-out' },
    ] as const
  ).map((correction): AttendanceLine => ({
    line: 'correction',
    correction: { ...correction, madeAt: Date.parse(march(30, '09:00', '+02:00')), reason: 'asked the person' },
  })),
];

const options: ReportOptions = {
  timeZone: 'Europe/Berlin',
  from: '2026-03-01',
  to: '2026-03-31',
  now: Date.parse(march(31, '12:00', '+02:00')),
  schedules: new Map([
    ['office', { start: '09:00', graceMinutes: 5, workdays: [1, 2, 3, 4, 5], dayStartsAt: '00:00' }],
    ['nights', { start: '22:00', graceMinutes: 5, workdays: [5, 6], dayStartsAt: '12:00' }],
  ]),
  otherwise: WEEKDAYS,
  holidays: new Set(['2026-03-13']),
};
const report = attendanceReport(people, lines, options);
const day = (who: string, n: number): PersonDay =>
  report.days.find((d) => d.personId === who && d.day === march(n, '00:00').slice(0, 10))!;
/** `7:35` as milliseconds. */
const hm = (text: string): number => {
  const [h, m] = text.split(':').map(Number) as [number, number];
  return (h * 60 + m) * 60_000;
};

describe('a hand-worked month with a daylight-saving change, midnight shifts, corrections and a clock set back', () => {
  it.each<[string, number, PersonDay['status'], string, number, string[]]>([
    ['ada', 1, 'off', '0:00', 0, []],
    ['ada', 2, 'present', '7:35', 0, []],
    ['ada', 3, 'present', '8:00', 0, []],
    ['ada', 4, 'late', '8:00', 6, []],
    ['ada', 5, 'present', '8:30', 0, ['corrected']],
    ['ada', 6, 'present', '4:10', 0, ['repeated-in']],
    ['ada', 9, 'present', '8:02', 0, ['corrected']],
    ['ada', 10, 'present', '0:00', 0, ['missing-out']],
    ['ada', 11, 'absent', '0:00', 0, []],
    ['ada', 12, 'late', '6:02', 118, ['clock-set-back']],
    ['ada', 13, 'off', '0:00', 0, []],
    ['ada', 30, 'absent', '0:00', 0, []],
    ['ada', 31, 'expected', '0:00', 0, []],
    ['bo', 6, 'present', '8:04', 0, []],
    ['bo', 7, 'late', '7:50', 10, []],
    ['bo', 8, 'off', '0:00', 0, []],
    ['bo', 13, 'present', '8:00', 0, []],
    ['bo', 14, 'late', '5:50', 130, []],
    ['bo', 15, 'off', '0:00', 0, []],
    ['bo', 20, 'absent', '0:00', 0, []],
    ['bo', 28, 'present', '7:00', 0, []],
    ['bo', 29, 'off', '0:00', 0, []],
    ['cy', 12, 'present', '0:30', 0, []],
  ])('%s on the %d: %s, %s inside, %d minutes late, %j', (who, n, status, inside, late, flags) => {
    const d = day(who, n);
    expect(d.status).toBe(status);
    expect(d.insideMs).toBe(hm(inside));
    expect(d.lateMs).toBe(late * 60_000);
    expect(d.flags).toEqual(flags);
  });

  it('first in, last out and the span between, also over the change of clocks', () => {
    expect(day('ada', 2)).toMatchObject({
      firstIn: Date.parse(march(2, '08:55')),
      lastOut: Date.parse(march(2, '17:00')),
      spanMs: hm('8:05'),
    });
    expect(day('bo', 28)).toMatchObject({ lastOut: Date.parse(march(29, '06:00', '+02:00')), spanMs: hm('7:00') });
    expect(day('ada', 10)).toMatchObject({ lastOut: null, spanMs: 0 });
  });

  it('the month', () => {
    const minutes = (n: number): number => n * 60_000;
    expect(report.months).toEqual([
      {
        personId: 'ada',
        period: '2026-03',
        present: 8,
        late: 2,
        absent: 12,
        insideMs: hm('50:19'),
        lateMs: minutes(124),
        incomplete: 2,
      },
      {
        personId: 'bo',
        period: '2026-03',
        present: 5,
        late: 2,
        absent: 3,
        insideMs: hm('36:44'),
        lateMs: minutes(140),
        incomplete: 0,
      },
      {
        personId: 'cy',
        period: '2026-03',
        present: 1,
        late: 0,
        absent: 0,
        insideMs: hm('0:30'),
        lateMs: 0,
        incomplete: 0,
      },
    ]);
  });

  it('the weeks add up to the month', () => {
    const week = (who: string, period: string) => report.weeks.find((w) => w.personId === who && w.period === period);
    expect(week('ada', '2026-W10')).toMatchObject({ present: 5, late: 1, absent: 0, insideMs: hm('36:15') });
    expect(week('ada', '2026-W11')).toMatchObject({ present: 3, absent: 1, insideMs: hm('14:04') });
    expect(week('bo', '2026-W10')).toMatchObject({ insideMs: hm('15:54') });
    for (const month of report.months) {
      const own = report.weeks.filter((w) => w.personId === month.personId);
      expect(own.reduce((sum, w) => sum + w.insideMs, 0)).toBe(month.insideMs);
      expect(own.reduce((sum, w) => sum + w.absent, 0)).toBe(month.absent);
    }
  });

  it('tells the operator that the clock was set back, where and by how much', () => {
    expect(report.problems).toEqual([
      { kind: 'clock-set-back', id: 'after-the-step', at: Date.parse(march(12, '09:10')), backMs: hm('1:48') },
    ]);
  });

  it('arrivals by quarter hour', () => {
    const quarters = arrivalsByQuarter(report.days, options.timeZone);
    const at = (h: number, q: number): number => quarters[h * 4 + q]!;
    // 08:45: Mon 2, Fri 6, Mon 9. 09:00: Tue 3, Wed 4, Thu 5, Tue 10 and Cy. 10:45: Thu 12. Bo: 21:45, three at 22:00, 00:00.
    expect([at(8, 3), at(9, 0), at(10, 3), at(21, 3), at(22, 0), at(0, 0)]).toEqual([3, 5, 1, 1, 3, 1]);
    expect(quarters.reduce((a, b) => a + b, 0)).toBe(14);
  });
});

describe('the month, exported', () => {
  const where = { locale: 'en-GB', timeZone: options.timeZone };

  it('as CSV in English', () => {
    const csv = sheetToCsv(daysSheet(report, attendanceWords.en), where);
    expect(csv.startsWith('\uFEFFName,Group,Day,Status,First in')).toBe(true);
    const rows = Papa.parse<string[]>(csv.slice(1), { skipEmptyLines: true }).data;
    expect(rows).toHaveLength(1 + 31 + 31 + 1);
    expect(rows[2]).toEqual([
      ...["'=Ada", 'office', '02/03/2026', 'present', '02/03/2026 08:55', '02/03/2026 17:00', '7.58', '8.08', '', ''],
    ]);
    expect(rows[31 + 28]).toEqual([
      ...[
        'Bo Nguyễn',
        'nights',
        '28/03/2026',
        'present',
        '28/03/2026 22:00',
        '29/03/2026 06:00',
        '7.00',
        '7.00',
        '',
        '',
      ],
    ]);
    // Hours that are not known are empty, not 0.
    expect(rows[10]!.slice(4)).toEqual(['10/03/2026 09:00', '', '', '', '', 'no check-out recorded']);
  });

  it('as CSV where the decimal sign is a comma: semicolons between', () => {
    for (const [locale, words, date] of [
      ['de-DE', attendanceWords.en, '28.03.2026 22:00'],
      ['vi', attendanceWords.vi, '28/03/2026 22:00'],
    ] as const) {
      const csv = sheetToCsv(daysSheet(report, words), { ...where, locale });
      const rows = Papa.parse<string[]>(csv.slice(1), { delimiter: ';', skipEmptyLines: true }).data;
      expect(rows[2]![6]).toBe('7,58');
      expect(rows[31 + 28]![4]).toBe(date);
      expect(rows.every((row) => row.length === 10)).toBe(true);
    }
  });

  it('as XLSX, read back by another program: real dates and numbers, text that is only text', async () => {
    const bytes = await sheetsToXlsx(
      [
        daysSheet(report, attendanceWords.en),
        totalsSheet(report, 'week', attendanceWords.en),
        totalsSheet(report, 'month', attendanceWords.en),
      ],
      where,
    );
    const book = await readXlsxFile(Buffer.from(bytes));
    expect(book.map((s) => s.sheet)).toEqual(['Days', 'Weeks', 'Months']);
    const [days, weeks, months] = book.map((s) => s.data);
    expect(days).toHaveLength(64);
    expect(weeks).toHaveLength(1 + report.weeks.length);
    const night = days![31 + 28]!;
    // Excel knows no zones: the wall clock.
    expect(night.slice(2, 6)).toEqual([
      new Date('2026-03-28T00:00:00Z'),
      'present',
      new Date('2026-03-28T22:00:00Z'),
      new Date('2026-03-29T06:00:00Z'),
    ]);
    expect(night[6]).toBe(7);
    expect(days![2]![0]).toBe("'=Ada");
    expect(days![2]![6]).toBeCloseTo(7 + 35 / 60, 9);
    expect(months![1]).toEqual(["'=Ada", 'office', '2026-03', 8, 2, 12, expect.closeTo(50 + 19 / 60, 9), 124, 2]);
  });
});
