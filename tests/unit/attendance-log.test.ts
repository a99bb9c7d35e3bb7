import { describe, expect, it } from 'vitest';
import { nextDirection } from '../../src/main/attendance/log.ts';
import { dayBounds, dayOf } from '../../src/main/attendance/rules.ts';
import type { CheckIn } from '../../src/shared/domain.ts';

describe('in and out', () => {
  const at = new Date(2026, 4, 4, 9).getTime();
  const last = (time: number, direction: CheckIn['direction']): CheckIn => ({
    id: 'c',
    at: time,
    personId: 'p',
    name: '',
    direction,
    similarity: 1,
    threshold: 0,
    kiosk: '',
    model: '',
  });
  it.each([
    ['in', last(at - 1000, 'in'), 'in'],
    ['out', null, 'out'],
    ['alternate', null, 'in'],
    ['alternate', last(at - 1000, 'in'), 'out'],
    ['alternate', last(at - 1000, 'out'), 'in'],
    ['alternate', last(at - 86_400_000, 'in'), 'in'],
  ] as const)('%s', (mode, before, expected) => {
    expect(nextDirection(mode, before, at)).toBe(expected);
  });
});

describe('days', () => {
  it('begin and end at midnight of this machine', () => {
    const { from, to } = dayBounds('2026-05-04');
    expect([dayOf(from), dayOf(to - 1), dayOf(to)]).toEqual(['2026-05-04', '2026-05-04', '2026-05-05']);
  });
  it('that do not exist are refused', () => {
    for (const day of ['2026-02-30', '2026-13-01', 'today', ''])
      expect(() => dayBounds(day)).toThrow(expect.objectContaining({ code: 'day-invalid' }));
  });
});
