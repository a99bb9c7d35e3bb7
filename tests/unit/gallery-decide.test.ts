import { describe, expect, it } from 'vitest';
import { decide, type Decision, MARGIN } from '../../src/main/gallery/gallery.ts';

const cases: [string, number[], Decision][] = [
  ['nobody is enrolled', [], 'unknown'],
  ['the only one reaches the threshold', [0.5], 'match'],
  ['the only one is just below', [0.4999], 'unknown'],
  ['the second is far behind', [0.8, 0.3], 'match'],
  ['the second is as far behind as the margin asks', [0.75, 0.625], 'match'],
  ['the second is too near and would pass too', [0.8, 0.79], 'ambiguous'],
  ['the second is too near though it would not pass', [0.52, 0.49], 'ambiguous'],
  ['both are below', [0.49, 0.48], 'unknown'],
  ['they are the same', [0.9, 0.9], 'ambiguous'],
  ['the similarity is not a number', [NaN, 0.1], 'unknown'],
];

describe('decide at threshold 0.5 and margin 0.125', () => {
  it.each(cases)('%s: %j is %s', (_name, similarities, expected) => {
    const candidates = similarities.map((similarity) => ({ similarity }));
    expect(decide(candidates, 0.5, 0.125)).toBe(expected);
  });
});

describe('decide at the margin that ships', () => {
  it('lets two people through who are not alike, and not two who are', () => {
    expect(decide([{ similarity: 0.7 }, { similarity: 0.7 - 2 * MARGIN }], 0.5)).toBe('match');
    expect(decide([{ similarity: 0.7 }, { similarity: 0.7 - MARGIN / 2 }], 0.5)).toBe('ambiguous');
  });
});
