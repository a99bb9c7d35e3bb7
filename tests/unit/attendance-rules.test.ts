import fc from 'fast-check';
import Papa from 'papaparse';
import readXlsxFile from 'read-excel-file/node';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { attendanceReport } from '../../src/main/attendance/report.ts';
import {
  type AttendanceLine,
  collectEvents,
  type Correction,
  correctionSchema,
  dayIn,
  daysBetween,
  localDateTime,
  localMoment,
  localTime,
  LONGEST_STAY_MS,
  pairStays,
  type StayFlag,
  weekOf,
} from '../../src/main/attendance/rules.ts';
import { attendanceWords, sheetsToXlsx, sheetToCsv } from '../../src/main/attendance/spreadsheet.ts';
import { guardText, unguardText } from '../../src/shared/csv.ts';
import { WEEKDAYS } from '../support/records.ts';

const HOUR = 3_600_000;
/** Check-ins as `in 8`, `out 16.5`: hours since the beginning of the journal; ids a, b, c ... */
const journal = (...texts: string[]): AttendanceLine[] =>
  texts.map((text, i) => {
    const [direction, hour] = text.split(' ') as ['in' | 'out', string];
    const id = String.fromCharCode(97 + i);
    return { line: 'check-in', checkIn: { id, at: Number(hour) * HOUR, personId: 'p', name: 'P', direction } };
  });
type Draft = Correction extends infer C ? (C extends Correction ? Omit<C, 'madeAt' | 'reason'> : never) : never;
const correct = (draft: Draft): AttendanceLine => ({
  line: 'correction',
  correction: { ...draft, madeAt: 0, reason: 'because' } as Correction,
});
/** Stays as `8-16.5`, `8-?`, with their flags. */
const stays = (lines: AttendanceLine[], now = Infinity): [string, ...StayFlag[]][] =>
  pairStays(collectEvents(lines), now).map((s) => [
    `${s.in === null ? '?' : s.in.at / HOUR}-${s.out === null ? '?' : s.out.at / HOUR}`,
    ...s.flags,
  ]);

describe('pairing in and out', () => {
  it.each<[string, string[], [string, ...StayFlag[]][]]>([
    ['a morning and an afternoon', ['in 8', 'out 12', 'in 13', 'out 17'], [['8-12'], ['13-17']]],
    ['across midnight', ['in 22', 'out 30'], [['22-30']]],
    ['a second "in" is a repetition', ['in 8', 'in 9', 'out 17'], [['8-17', 'repeated-in']]],
    ['an "out" alone', ['out 17'], [['?-17', 'missing-in']]],
    ['two "out"s', ['in 8', 'out 17', 'out 18'], [['8-17'], ['?-18', 'missing-in']]],
    ['a forgotten "out", seen the next day', ['in 8', 'in 32', 'out 40'], [['8-?', 'missing-out'], ['32-40']]],
    [
      'an "in" only kiosk',
      ['in 8', 'in 32', 'in 56'],
      [
        ['8-?', 'missing-out'],
        ['32-?', 'missing-out'],
        ['56-?', 'missing-out'],
      ],
    ],
    [
      'an "out" too late for its "in"',
      ['in 8', 'out 25'],
      [
        ['8-?', 'missing-out'],
        ['?-25', 'missing-in'],
      ],
    ],
    ['but young enough for a repeated one', ['in 8', 'in 20', 'out 28'], [['8-?', 'missing-out'], ['20-28']]],
    ['as long as may be', ['in 8', 'out 24'], [['8-24']]],
  ])('%s', (_name, lines, expected) => {
    expect(stays(journal(...lines))).toEqual(expected);
  });
  it('somebody who may still be here is not told to have forgotten anything', () => {
    expect(stays(journal('in 8'), 12 * HOUR)).toEqual([['8-?', 'open']]);
    expect(stays(journal('in 8'), 8 * HOUR + LONGEST_STAY_MS + 1)).toEqual([['8-?', 'missing-out']]);
  });
  it('a clock set back: journal order counts, the length is flagged and never negative', () => {
    const [stay, ...rest] = pairStays(collectEvents(journal('in 10', 'out 9.5')), Infinity);
    expect(rest).toEqual([]);
    expect(stay).toMatchObject({ ms: 0, flags: ['clock-set-back'] });
    // Set back twice, before and after: the stay between is whole.
    expect(stays(journal('in 8', 'out 12', 'in 11', 'out 15'))).toEqual([['8-12'], ['11-15']]);
  });
  it('people do not mix', () => {
    const two = journal('in 8', 'in 9', 'out 10', 'out 11').map((l, i) =>
      l.line === 'check-in' ? { ...l, checkIn: { ...l.checkIn, personId: i % 2 === 0 ? 'p' : 'q' } } : l,
    );
    expect(stays(two)).toEqual([['8-10'], ['9-11']]);
  });
  it('on any journal: each event is in one stay at most, hours are never negative nor longer than the longest stay', () => {
    const line = fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      at: fc.integer({ min: 0, max: 90 * 24 }).map((h) => h * HOUR),
      personId: fc.constantFrom('p', 'q'),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (raw) => {
        const lines = raw.map((r, i): AttendanceLine => ({
          line: 'check-in',
          checkIn: { ...r, id: `id${i}`, name: r.personId },
        }));
        const found = pairStays(collectEvents(lines), Infinity);
        const used = found.flatMap((s) => [s.in, s.out]).flatMap((e) => (e === null ? [] : [e.id]));
        expect(new Set(used).size).toBe(used.length);
        // Every "out" is somewhere.
        expect(found.filter((s) => s.out !== null)).toHaveLength(raw.filter((r) => r.direction === 'out').length);
        for (const s of found) {
          expect(s.ms).toBeGreaterThanOrEqual(0);
          expect(s.ms).toBeLessThanOrEqual(LONGEST_STAY_MS);
        }
      }),
    );
  });
});

describe('corrections', () => {
  it('are refused without a reason', () => {
    const line = { kind: 'void', id: 'k', target: 'a', madeAt: 1 };
    expect(correctionSchema.safeParse({ ...line, reason: '  ' }).success).toBe(false);
    expect(correctionSchema.safeParse({ ...line, reason: 'by mistake' }).success).toBe(true);
  });
  it('add, re-time and void, also what was added; each says what it was made by', () => {
    const lines = [
      ...journal('in 8'),
      correct({ kind: 'add', id: 'k1', personId: 'p', name: 'P', direction: 'out', at: 16 * HOUR }),
      correct({ kind: 'retime', id: 'k2', target: 'k1', at: 17 * HOUR }),
      correct({ kind: 'retime', id: 'k3', target: 'a', at: 7 * HOUR }),
    ];
    expect(stays(lines)).toEqual([['7-17', 'corrected']]);
    const { events, problems } = collectEvents(lines);
    expect(events.map((e) => [e.id, e.correctedBy])).toEqual([
      ['a', ['k3']],
      ['k1', ['k1', 'k2']],
    ]);
    expect(problems).toEqual([]);
    expect(stays([...lines, correct({ kind: 'void', id: 'k4', target: 'k1' })], 0)).toEqual([
      ['7-?', 'open', 'corrected'],
    ]);
  });
  it('with no target, or a voided one, do nothing and are told', () => {
    const lines = [
      ...journal('in 8', 'out 9'),
      correct({ kind: 'void', id: 'k1', target: 'nobody' }),
      correct({ kind: 'void', id: 'k2', target: 'b' }),
      correct({ kind: 'retime', id: 'k3', target: 'b', at: 0 }),
    ];
    expect(collectEvents(lines).problems).toEqual([
      { kind: 'no-target', correction: 'k1' },
      { kind: 'no-target', correction: 'k3' },
    ]);
    expect(stays(lines)).toEqual([['8-?', 'missing-out']]);
  });
  it('a line written twice counts once', () => {
    const twice = [...journal('in 8'), ...journal('in 8')];
    expect(collectEvents(twice).problems).toEqual([{ kind: 'double-id', id: 'a' }]);
    expect(collectEvents(twice).events).toHaveLength(1);
  });
  it('an added line is put where its time belongs, also beside a clock that was wrong', () => {
    const lines = [
      // 12 by a clock three hours fast; set right; then 9.5 and 10.
      ...journal('in 8', 'out 12', 'in 9.5', 'out 10'),
      correct({ kind: 'add', id: 'k', personId: 'p', name: 'P', direction: 'in', at: 9.75 * HOUR }),
    ];
    expect(collectEvents(lines).events.map((e) => e.id)).toEqual(['a', 'b', 'c', 'k', 'd']);
  });
  it('the step of a clock is still felt when the very line that showed it was voided', () => {
    const lines = [...journal('in 10', 'in 9', 'out 17'), correct({ kind: 'void', id: 'k', target: 'b' })];
    expect(stays(lines)).toEqual([['10-17', 'clock-set-back']]);
  });
  it('the clock being kept right by seconds is not told', () => {
    const lines = journal('in 10', `out ${10 - 30 / 3600}`);
    expect(collectEvents(lines).problems).toEqual([]);
  });
});

describe('days of a time zone', () => {
  it('a day begins when it begins there', () => {
    const at = Date.parse('2026-03-05T18:30:00Z');
    expect(dayIn(at, 'Asia/Ho_Chi_Minh')).toBe('2026-03-06');
    expect(dayIn(at, 'America/New_York')).toBe('2026-03-05');
    expect(dayIn(Date.parse('2026-03-05T16:59:59.999Z'), 'Asia/Ho_Chi_Minh')).toBe('2026-03-05');
    expect(dayIn(Date.parse('2026-03-06T04:59:00Z'), 'Asia/Ho_Chi_Minh', '12:00')).toBe('2026-03-05');
    expect(dayIn(Date.parse('2026-03-06T05:00:00Z'), 'Asia/Ho_Chi_Minh', '12:00')).toBe('2026-03-06');
  });
  it('a start time that the clocks skip, and one that comes twice', () => {
    // Berlin: 02:30 on 29 March is not; taken as 03:30 CEST. 02:30 on 25 October comes twice; the first, CEST.
    expect(localMoment('2026-03-29', '02:30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T03:30:00+02:00'));
    expect(localMoment('2026-10-25', '02:30', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T02:30:00+02:00'));
    // Midnight itself is skipped in Beirut.
    expect(localMoment('2026-03-29', '00:00', 'Asia/Beirut')).toBe(Date.parse('2026-03-29T01:00:00+03:00'));
  });
  it('the night the clocks go back is an hour longer', () => {
    const lines = [
      { direction: 'in' as const, at: Date.parse('2026-10-24T22:00:00+02:00') },
      { direction: 'out' as const, at: Date.parse('2026-10-25T06:00:00+01:00') },
    ].map((c, i): AttendanceLine => ({ line: 'check-in', checkIn: { ...c, id: `${i}`, personId: 'p', name: 'P' } }));
    const report = attendanceReport([], lines, {
      timeZone: 'Europe/Berlin',
      from: '2026-10-24',
      to: '2026-10-25',
      now: Date.parse('2026-10-26T12:00:00+01:00'),
      schedules: new Map(),
      otherwise: WEEKDAYS,
    });
    expect(report.days.map((d) => [d.day, d.insideMs / HOUR])).toEqual([['2026-10-24', 9]]);
  });
  it('agrees with Temporal at any moment in zones with odd offsets and odd changes', () => {
    const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia'];
    const moment = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (at, zone) => {
        const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
        expect(localDateTime(at, zone)).toBe(wall.toPlainDateTime().toString({ smallestUnit: 'second' }));
        expect(dayIn(at, zone)).toBe(wall.toPlainDate().toString());
        expect(localTime(at, zone)).toEqual({ hour: wall.hour, minute: wall.minute });
      }),
      { numRuns: 500 },
    );
  });
  it('ISO weeks at the turn of a year', () => {
    expect(weekOf('2027-01-03')).toBe('2026-W53');
    expect(weekOf('2027-01-04')).toBe('2027-W01');
    expect(weekOf('2024-12-30')).toBe('2025-W01');
  });
  it('a range of days, leap day included; nonsense is refused with words', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(daysBetween('2026-03-02', '2026-03-01')).toEqual([]);
    expect(() => daysBetween('2026-02-30', '2026-03-01')).toThrow(expect.objectContaining({ code: 'day-invalid' }));
    expect(() =>
      attendanceReport([], [], {
        timeZone: 'Mars/Olympus',
        from: '2026-01-01',
        to: '2026-01-02',
        now: 0,
        schedules: new Map(),
        otherwise: WEEKDAYS,
      }),
    ).toThrow(expect.objectContaining({ code: 'time-zone-unknown' }));
  });
  it('nobody is absent before the first day, after the last, or on a day still to come', () => {
    const report = attendanceReport(
      [{ id: 'p', name: 'P', group: null, from: '2026-03-03', until: '2026-03-05' }],
      [],
      {
        timeZone: 'UTC',
        from: '2026-03-02',
        to: '2026-03-06',
        now: Date.parse('2026-03-04T10:00:00Z'),
        schedules: new Map(),
        otherwise: WEEKDAYS,
      },
    );
    expect(report.days.map((d) => d.status)).toEqual(['off', 'absent', 'expected', 'expected', 'off']);
  });
});

describe('formula injection', () => {
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    "'=1",
    "''+1",
    '＝1',
    '＠x',
    '\u0000=1',
    '=cmd|"/c calc"!A1',
  ])('guards %j and gives it back', (text) => {
    const cell = guardText(text);
    expect(cell).toBe(`'${text}`);
    expect(unguardText(cell)).toBe(text);
  });
  it.each(['Ada', "O'Neill", "'s-Hertogenbosch", '1 - 2', '', ' a', 'Nguyễn Văn A'])('leaves %j alone', (text) => {
    expect(guardText(text)).toBe(text);
    expect(unguardText(text)).toBe(text);
  });
  const awkward = fc
    .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', ' ', ',', ';', '"', 'a', '＝', 'ễ'), {
      maxLength: 8,
    })
    .map((parts) => parts.join(''));
  it('no cell of a CSV begins with what runs, and every text comes back whole', () => {
    fc.assert(
      fc.property(fc.array(awkward, { minLength: 1, maxLength: 5 }), fc.constantFrom('en', 'de'), (texts, locale) => {
        const sheet = {
          title: 'T',
          columns: texts.map(() => ({ title: 'x', kind: 'text' as const })),
          rows: [texts],
        };
        const csv = sheetToCsv(sheet, { locale, timeZone: 'UTC' });
        const [, row] = Papa.parse<string[]>(csv.slice(1), { delimiter: locale === 'de' ? ';' : ',' }).data;
        for (const cell of row!) expect(cell).not.toMatch(/^[\s]*[=+\-@＝]|^[\t\r\n]/);
        expect(row!.map(unguardText)).toEqual(texts);
      }),
    );
  });
  it('an XLSX holds text as text, and nothing that breaks its XML', async () => {
    const texts = ['=HYPERLINK("http://x")', '<b>&amp;</b>', 'a\u0000b\ud800c', 'Nguyễn 👩🏽‍💼', ' spaced '];
    const sheet = { title: 'A/B', columns: [{ title: '=x', kind: 'text' as const }], rows: texts.map((t) => [t]) };
    const [book] = await readXlsxFile(Buffer.from(await sheetsToXlsx([sheet], { locale: 'en', timeZone: 'UTC' })), {
      trim: false,
    });
    expect(book!.sheet).toBe('A B');
    expect(book!.data.map((row) => row[0])).toEqual([
      "'=x",
      '\'=HYPERLINK("http://x")',
      '<b>&amp;</b>',
      'abc',
      'Nguyễn 👩🏽‍💼',
      ' spaced ',
    ]);
  });
});

it('both languages word every status and flag, differently', () => {
  const { en, vi } = attendanceWords;
  for (const status of Object.keys(en.statuses) as (keyof typeof en.statuses)[])
    expect(vi.statuses[status]).not.toBe(en.statuses[status]);
  for (const flag of Object.keys(en.flags) as StayFlag[]) expect(vi.flags[flag]).not.toBe(en.flags[flag]);
});
