/** What the operator pages work out for themselves: periods, wall clocks, shades, rates in people, the cards' Markdown. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dateAt, timeAt } from '../../src/renderer/admin/attendance/Corrections.tsx';
import { busyQuarters, type PersonDay, rowsOf, shadeOf } from '../../src/renderer/admin/attendance/use-attendance.ts';
import { inPlainNumbers, oneIn } from '../../src/renderer/admin/evaluation/evaluation-run.ts';
import { timeZones } from '../../src/renderer/admin/settings/HoursSettings.tsx';
import { ModelCard } from '../../src/renderer/admin/settings/RecognitionSettings.tsx';
import { daysWords, patienceOf, secondsWords, withValue } from '../../src/renderer/components/choices.ts';
import {
  addDays,
  addMonths,
  dayAt,
  periodName,
  rangeOf,
  shifted,
  UNITS,
} from '../../src/renderer/components/period.ts';
import { decimals, type EvaluationReply, type GalleryReply } from '../../src/shared/admin.ts';
import { DEFAULT_SETTINGS } from '../../src/shared/domain.ts';
import { projectRoot } from '../support/data.ts';

const day = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2060-01-01T00:00:00Z'), noInvalidDate: true })
  .map((d) => d.toISOString().slice(0, 10));

describe('periods', () => {
  it('hold their day, and the next one begins the day after', () => {
    fc.assert(
      fc.property(day, fc.constantFrom(...UNITS), (at, unit) => {
        const { from, to } = rangeOf({ unit, day: at });
        expect(from <= at && at <= to).toBe(true);
        expect(rangeOf(shifted({ unit, day: at }, 1)).from).toBe(addDays(to, 1));
        expect(rangeOf(shifted({ unit, day: at }, -1)).to).toBe(addDays(from, -1));
      }),
    );
  });

  it('have weeks from Monday to Sunday and whole months', () => {
    expect(rangeOf({ unit: 'week', day: '2026-11-22' })).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    expect(rangeOf({ unit: 'month', day: '2028-02-10' })).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
  });

  it('are named in the language', () => {
    expect(periodName({ unit: 'month', day: '2026-11-22' }, 'en')).toBe('November 2026');
    expect(periodName({ unit: 'month', day: '2026-11-22' }, 'vi')).toBe('Tháng 11 năm 2026');
    expect(periodName({ unit: 'day', day: '2026-11-22' }, 'vi')).toBe('Chủ Nhật, 22 tháng 11, 2026');
  });

  it('know what day it is elsewhere', () => {
    const at = Date.parse('2026-11-22T18:00:00Z');
    expect(dayAt(at, 'Asia/Ho_Chi_Minh')).toBe('2026-11-23');
    expect(dayAt(at, 'America/New_York')).toBe('2026-11-22');
  });
});

it('the wall clock of a zone shows the time that was set', () => {
  const at = Date.parse('2026-11-22T23:50:00+05:45');
  expect([dateAt(at, 'Asia/Kathmandu'), timeAt(at, 'Asia/Kathmandu')]).toEqual(['2026-11-22', '23:50']);
});

describe('what is read off a report', () => {
  const entry = (more: Partial<PersonDay>): PersonDay => ({
    personId: 'p',
    day: '2026-11-20',
    status: 'present',
    firstIn: 1,
    lastOut: 2,
    insideMs: 0,
    spanMs: 0,
    lateMs: 0,
    flags: [],
    ...more,
  });

  it('shades a day by its hours, and one without recorded hours still as a day', () => {
    const hours = (h: number): number => shadeOf(entry({ insideMs: h * 3_600_000 }));
    expect([1, 4, 7, 9].map(hours)).toEqual([1, 2, 3, 4]);
    expect(hours(0)).toBe(3);
    expect(shadeOf(entry({ status: 'absent', firstIn: null, lastOut: null }))).toBe(0);
  });

  it('finds people without their marks, in the order of the language', () => {
    const people = ['Trần Văn Đức', 'Ada Lovelace', 'Nguyễn Thị Phương Thảo'].map((name, i) => ({
      id: `p${i}`,
      name,
      group: null,
    }));
    const entries = people.map(({ id }) => ({ personId: id }));
    expect(rowsOf({ people }, entries, '', 'vi').map((r) => r.person.name)[0]).toBe('Ada Lovelace');
    expect(rowsOf({ people }, entries, 'thao', 'vi').map((r) => r.person.id)).toEqual(['p2']);
    expect(rowsOf({ people }, entries, 'duc', 'vi').map((r) => r.person.id)).toEqual(['p0']);
    expect(rowsOf({ people }, [{ personId: 'gone' }], '', 'vi')).toEqual([]);
  });

  it('draws the hours around the arrivals and no others', () => {
    const arrivals = Array.from({ length: 96 }, (_, i) => (i === 33 || i === 37 ? 1 : 0));
    expect(busyQuarters(arrivals)).toEqual({ from: 28, to: 44 });
    expect(busyQuarters(arrivals.map((_, i) => (i === 0 || i === 95 ? 1 : 0)))).toEqual({ from: 0, to: 96 });
  });
});

describe('rates in people', () => {
  const result = (more: Partial<EvaluationReply>): EvaluationReply => ({
    evaluationId: 'e',
    protocol: 'leave-one-out',
    pairs: 1100,
    genuine: 100,
    impostor: 1000,
    skipped: 0,
    accuracy: 1,
    auc: 1,
    eer: 0,
    tar: {},
    unsupported: [],
    threshold: 0.4,
    inUse: { threshold: 0.4, fmr: 0.002, fnmr: 0.0344 },
    identification: { rank1: 1 },
    galleries: [],
    report: '',
    recalibration: null,
    ...more,
  });

  const gallery = (people: number, more: Partial<GalleryReply> = {}): GalleryReply => ({
    people,
    risk: 1e-3,
    fpir: 0.00097,
    fpirInterval: [0.00056, 0.00149],
    fnir: 0.157,
    fnirInterval: [0.137, 0.178],
    ...more,
  });

  it('are those of everybody enrolled, or else of pairs', () => {
    const plain = inPlainNumbers(result({ galleries: [gallery(10, { fpir: 0.5 }), gallery(99)] }));
    expect(plain).toMatchObject([
      { kind: 'strangers', promised: 1, rate: { of: 1000 } },
      { kind: 'members', rate: { of: 100 } },
    ]);
    expect(plain.map(({ rate }) => [rate.low, rate.about, rate.high].map((n) => n.toFixed(decimals(n, rate))))).toEqual(
      [
        ['0.6', '1.0', '1.5'],
        ['14', '16', '18'],
      ],
    );
    expect(inPlainNumbers(result({}))).toEqual([
      { kind: 'strangersEach', rate: { of: 1000, about: 2, low: 2, high: 2, wholeFrom: 10 } },
      { kind: 'membersEach', rate: { of: 1000, about: 34.4, low: 34.4, high: 34.4, wholeFrom: 10 } },
    ]);
  });

  it('are of so many strangers that at least one is promised', () => {
    const [rare] = inPlainNumbers(result({ galleries: [gallery(99, { risk: 1e-5, fnir: null })] }));
    expect(rare).toMatchObject({ promised: 1, rate: { of: 100_000, about: 97 } });
    expect(inPlainNumbers(result({ galleries: [gallery(99, { fnir: null, fnirInterval: null })] }))).toHaveLength(1);
  });

  it('say how many could hide behind a zero: three in as many as were looked at', () => {
    const none = { threshold: 0.4, fmr: 0, fnmr: 0 };
    expect(inPlainNumbers(result({ inUse: none, genuine: 2 }))).toMatchObject([
      { rate: { about: 0, high: 3 } },
      { rate: { about: 0, high: 1000 } },
    ]);
  });

  it('are not made up where nothing was measured', () => {
    expect(inPlainNumbers(result({ inUse: null }))).toEqual([]);
    expect(inPlainNumbers(result({ genuine: 0 }))).toHaveLength(1);
    expect(oneIn('1e-3')).toBe(1000);
  });
});

describe('choices in the settings', () => {
  it('name the usual votes, and offer a value that was set elsewhere', () => {
    expect(patienceOf(DEFAULT_SETTINGS.votes)).toBe('usual');
    expect(patienceOf({ needed: 4, of: 9, withinMs: 900 })).toBeNull();
    expect(withValue<number>([0, 10, 60], 45)).toEqual([0, 10, 45, 60]);
    expect(withValue<number | null>([null, 30], 7)).toEqual([null, 7, 30]);
    expect(withValue<number | null>([null, 30], null)).toEqual([null, 30]);
  });

  it('say lengths of time in the largest whole unit, in the language', () => {
    expect(secondsWords(300, 'en')).toBe('5 minutes');
    expect(secondsWords(3600, 'vi')).toBe('1 giờ');
    expect(secondsWords(45, 'en')).toBe('45 seconds');
    expect(daysWords(365, 'en')).toBe('1 year');
    expect(daysWords(90, 'vi')).toBe('90 ngày');
  });
});

describe('time zones', () => {
  it('have the names of today, which this program knows', () => {
    const zones = timeZones(['Asia/Saigon', 'Europe/Berlin', 'Asia/Calcutta', 'Europe/Kiev', 'Asia/Kolkata']);
    expect(zones).toEqual(['Asia/Ho_Chi_Minh', 'Asia/Kolkata', 'Europe/Berlin', 'Europe/Kyiv']);
    for (const zone of timeZones(Intl.supportedValuesOf('timeZone')))
      expect(() => Temporal.Now.zonedDateTimeISO(zone), zone).not.toThrow();
  });
});

describe('model cards', () => {
  const shown = (text: string): string => renderToStaticMarkup(createElement(ModelCard, { text }));

  it('show headings, lists and tables, of links and HTML the words, and of pictures nothing', () => {
    const html = shown(
      '# A\n\nfirst **bold** `code` [link](https://example.com)\n\n- one\n- two\n\n|   | b |\n|---|--:|\n| 1 | 2 |\n\n' +
        '<script>alert(1)</script>\n\n<b onclick="x()">tag</b> ![picture](x.png)',
    );
    expect(html).toContain('<h3>A</h3>');
    expect(html).toContain('<strong>bold</strong> <code>code</code> link');
    expect(html).toMatch(/<ul><li>one<\/li><li>two<\/li><\/ul>/);
    expect(html).toMatch(/<td[^>]*>2<\/td>/);
    expect(html).toMatch(/<td[^>]*><\/td><th[^>]*>b<\/th>/);
    expect(html).not.toMatch(/<(script|b|img|a)\b|href|src=/);
  });

  it('are those of our own models, whole', () => {
    for (const id of ['ghostfacenet-v1-1.3-2', 'yolov5n-0.5-face-lintel']) {
      const card = readFileSync(resolve(projectRoot, 'models', `${id}.md`), 'utf8');
      const html = shown(card);
      expect(html.match(/<h3>/g)).toHaveLength(card.match(/^#+ /gm)?.length ?? 0);
      expect(html.match(/<tr>/g)?.length).toBe(
        (card.match(/^\|/gm)?.length ?? 0) - (card.match(/^\|[ -]*-+ *\|/gm)?.length ?? 0),
      );
    }
  });
});
