/** Which of a person's samples show one person: the rule, on made-up vectors whose similarities are known. */
import { describe, expect, it } from 'vitest';
import { fittingSamples, sampleFits } from '../../src/main/people/sample-quality.ts';

const LIMIT = 0.37;
/** Somebody's picture: cosine 0.6 with another of theirs, 0 with anybody else's. */
function picture(person: number, which: number): Float32Array {
  const vector = new Float32Array(512);
  vector[person] = Math.sqrt(0.6);
  vector[100 + person * 20 + which] = Math.sqrt(0.4);
  return vector;
}
const pictures = (text: string): Float32Array[] =>
  [...text].map((person, which) => picture(person.charCodeAt(0) - 'A'.charCodeAt(0), which));
const fitting = (text: string, trusted = ''): string => {
  const known = [...trusted].map((person, which) => picture(person.charCodeAt(0) - 'A'.charCodeAt(0), 19 - which));
  return fittingSamples(pictures(text), LIMIT, known)
    .map((fits) => (fits ? '+' : '-'))
    .join('');
};

describe('pictures that do not belong to a person', () => {
  it.each([
    ['', ''],
    ['A', '+'],
    ['AA', '++'],
    ['AAAAA', '+++++'],
  ])('%s: of one person every picture fits', (text, fits) => expect(fitting(text)).toBe(fits));

  it.each([
    ['AAB', '++-'],
    ['ABA', '+-+'],
    ['BAA', '-++'],
    ['AAAAAB', '+++++-'],
    ['ABABA', '+-+-+'],
    ['AABC', '++--'],
  ])('%s: whom most of them show is the person, wherever the others are (%s)', (text, fits) =>
    expect(fitting(text)).toBe(fits),
  );

  it.each(['AB', 'AABB', 'ABC', 'BABA', 'CBADDA'])('%s: nobody can say which are right, so none fits', (text) =>
    expect(fitting(text)).toBe('-'.repeat(text.length)),
  );

  it.each([
    ['B', 'A', '-'],
    ['BBB', 'A', '---'],
    ['ABBA', 'A', '+--+'],
    ['AB', 'B', '-+'],
    ['A', 'AB', '+'],
  ])('%s for somebody with the samples %s: %s', (text, trusted, fits) => expect(fitting(text, trusted)).toBe(fits));

  it('one weak picture that is near the mean of the others fits, though no single one of them is near', () => {
    const others = pictures('AAAAA');
    const weak = new Float32Array(512);
    // 0.35 with each of them; with their mean 0.35 / 0.825 = 0.42.
    weak[0] = 0.35 / Math.sqrt(0.6);
    weak[500] = Math.sqrt(1 - weak[0] ** 2);
    expect(fittingSamples([...others, weak], LIMIT)).toEqual([true, true, true, true, true, true]);
    expect(fittingSamples([others[0]!, weak], LIMIT)).toEqual([false, false]);
  });

  it('what is stored is judged by the same rule', () => {
    expect(sampleFits(pictures('AAB'), LIMIT).map(({ outlier }) => outlier)).toEqual([false, false, true]);
    expect(sampleFits(pictures('AB'), LIMIT).map(({ outlier }) => outlier)).toEqual([true, true]);
    expect(sampleFits(pictures('A'), LIMIT)).toEqual([{ similarity: expect.closeTo(1, 5) as number, outlier: false }]);
  });
});
