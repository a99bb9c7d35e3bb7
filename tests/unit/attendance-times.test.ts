/** Times as people write them: one parser, and for each that is none its own answer. */
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dayBounds, localMoment, writtenMoment } from '../../src/main/attendance/rules.ts';
import type { LintelError } from '../../src/shared/errors.ts';

const BERLIN = 'Europe/Berlin';
const at = (text: string, zone = BERLIN): string => new Date(writtenMoment(text, zone).at).toISOString();
const why = (text: string, zone = BERLIN): string => {
  try {
    return `taken as ${at(text, zone)}`;
  } catch (error) {
    const { code, variant } = (error as LintelError).toReport();
    return variant === undefined ? code : `${code}.${variant}`;
  }
};

describe('a time as somebody wrote it', () => {
  it.each([
    ['2026-11-24T08:00', '2026-11-24T07:00:00.000Z'],
    ['2026-11-24 08:00', '2026-11-24T07:00:00.000Z'],
    [' 2026-11-24t8:00 ', '2026-11-24T07:00:00.000Z'],
    ['2026-11-24T08:00:30', '2026-11-24T07:00:30.000Z'],
    ['2026-11-24T08:00:30.5', '2026-11-24T07:00:30.500Z'],
    ['2026-11-24T24:00', '2026-11-24T23:00:00.000Z'],
    ['2026-11-24T24:00:00', '2026-11-24T23:00:00.000Z'],
    ['2026-12-31T24:00', '2026-12-31T23:00:00.000Z'],
    ['2026-11-24T24:00Z', '2026-11-25T00:00:00.000Z'],
    ['2026-11-24T08:00Z', '2026-11-24T08:00:00.000Z'],
    ['2026-11-24T08:00z', '2026-11-24T08:00:00.000Z'],
    ['2026-11-24T08:00+07:00', '2026-11-24T01:00:00.000Z'],
    ['2026-11-24T08:00-0330', '2026-11-24T11:30:00.000Z'],
    ['2026-11-24T08:00+01', '2026-11-24T07:00:00.000Z'],
    ['1970-01-01T01:00', '1970-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, moment) => expect(at(text)).toBe(moment));

  it.each([
    ['2026-11-24T25:00', 'time-invalid.clock'],
    ['2026-11-24T24:01', 'time-invalid.clock'],
    ['2026-11-24T08:60', 'time-invalid.clock'],
    ['2026-11-24T08:00:60', 'time-invalid.clock'],
    ['2026-11-24T08:00+25:00', 'time-invalid.offset'],
    ['2026-11-24T08:00+01:75', 'time-invalid.offset'],
    ['2026-02-30T08:00', 'day-invalid'],
    ['2026-13-01T08:00', 'day-invalid'],
    ['2026-00-00T00:00', 'day-invalid'],
    ['1969-12-31T08:00', 'time-before-1970'],
    ['0000-01-01T08:00', 'time-before-1970'],
    ['1970-01-01T00:30', 'time-before-1970'],
    ['1970-01-01T00:30+01:00', 'time-before-1970'],
    ['2026-11-24', 'time-invalid'],
    ['08:00', 'time-invalid'],
    ['', 'time-invalid'],
    ['yesterday', 'time-invalid'],
    ['24.11.2026 08:00', 'time-invalid'],
    ['+012026-11-24T08:00', 'time-invalid'],
    ['2026-11-24T08:00[Europe/Berlin]', 'time-invalid'],
    ['2026-03-29T02:30', 'time-skipped'],
    ['2026-03-29T02:00', 'time-skipped'],
  ])('%s is refused: %s', (text, code) => expect(why(text)).toBe(code));

  it('that the clocks were put past is told with the offsets that choose', () => {
    expect(() => writtenMoment('2026-03-29T02:30', BERLIN)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('did not exist'),
        todo: expect.stringMatching(/\+01:00.*\+02:00/),
      }),
    );
    expect(at('2026-03-29T01:59')).toBe('2026-03-29T00:59:00.000Z');
    expect(at('2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(at('2026-03-29T02:30+01:00')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('that came twice is the first, and that is said; an offset chooses', () => {
    const { at: first, notice } = writtenMoment('2026-10-25T02:30', BERLIN);
    expect(new Date(first).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(notice).toMatchObject({ code: 'time-twice', params: { first: '+02:00', second: '+01:00' } });
    expect(writtenMoment('2026-10-25T02:30+01:00', BERLIN)).toEqual({ at: first + 3_600_000, notice: null });
    expect(writtenMoment('2026-10-25T02:30+02:00', BERLIN)).toEqual({ at: first, notice: null });
    expect(writtenMoment('2026-10-25T03:00', BERLIN).notice).toBeNull();
  });

  it('24:00 is where the next day begins, also where that has no 00:00', () => {
    expect(at('2026-03-28T24:00', 'Asia/Beirut')).toBe('2026-03-28T22:00:00.000Z');
    expect(why('2026-03-29T00:00', 'Asia/Beirut')).toBe('time-skipped');
    // A whole day that never was.
    expect(why('2011-12-30T12:00', 'Pacific/Apia')).toBe('time-skipped');
  });

  it('agrees with Temporal wherever a time was once, and never fails in a way of its own', () => {
    const zones = [BERLIN, 'Asia/Ho_Chi_Minh', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    const minute = fc.integer({ min: 0, max: 2 * 366 * 1440 });
    fc.assert(
      fc.property(minute, fc.constantFrom(...zones), (minutes, zone) => {
        const wall = Temporal.PlainDateTime.from('2026-01-01T00:00').add({ minutes });
        const text = wall.toString({ smallestUnit: 'minute' });
        const moment = wall.toZonedDateTime(zone);
        if (moment.toPlainDateTime().equals(wall)) expect(writtenMoment(text, zone).at).toBe(moment.epochMilliseconds);
        else expect(why(text, zone)).toBe('time-skipped');
      }),
      { numRuns: 500 },
    );
    const part = fc.constantFrom(
      '2026-11-24',
      '9999-12-31',
      '-',
      'T',
      ' ',
      '24:00',
      '8:5',
      ':',
      '00',
      '+',
      'Z',
      '\u0661',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (text) => {
          expect(why(text)).toMatch(/^(taken as|time-|day-)/);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a day', () => {
  it.each([
    ['2026-02-30', 'day-invalid'],
    ['20260228', 'day-invalid'],
    ['2026-02-28T10:00', 'day-invalid'],
    ['1969-12-31', 'time-before-1970'],
  ])('%s is refused: %s', (day, code) =>
    expect(() => dayBounds(day, BERLIN)).toThrow(expect.objectContaining({ code })),
  );
  it('goes to the end of the calendar', () => {
    expect(dayBounds('9999-12-31', 'UTC').to).toBe(253_402_300_800_000);
    expect(dayBounds('2026-03-29', BERLIN)).toEqual({
      from: localMoment('2026-03-29', '00:00', BERLIN),
      to: localMoment('2026-03-30', '00:00', BERLIN),
    });
  });
});
