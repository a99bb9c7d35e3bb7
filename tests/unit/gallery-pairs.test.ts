import { describe, expect, it } from 'vitest';
import { Gallery, type Pair, similarity } from '../../src/main/gallery/gallery.ts';

/** Unit vectors in few dimensions, so that many are alike. */
function vectors(count: number, dimensions: number, seed: number): Float32Array[] {
  let state = seed;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff;
  return Array.from({ length: count }, () => {
    const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);
    const length = Math.hypot(...vector);
    return vector.map((x) => x / length);
  });
}
const name = (index: number): string => `p${String(index).padStart(4, '0')}`;
const keys = (pairs: readonly Pair[]): string[] => pairs.map(({ a, b }) => `${a} ${b}`).sort();

function naive(all: ReadonlyMap<string, Float32Array>, threshold: number): string[] {
  const found: string[] = [];
  for (const [a, va] of all)
    for (const [b, vb] of all) if (a < b && similarity(va, vb) >= threshold) found.push(`${a} ${b}`);
  return found.sort();
}

describe.each([true, false])('pairs of look-alikes (simd %s)', (simd) => {
  it('finds every pair once, as comparing each with each does', () => {
    const gallery = new Gallery(32, { simd });
    const all = new Map(vectors(700, 32, 7).map((vector, index) => [name(index), vector]));
    for (const [id, vector] of all) gallery.set(id, vector);
    const expected = naive(all, 0.55);
    expect(expected.length).toBeGreaterThan(20);
    const found = [...gallery.pairs(0.55)].flat();
    expect(keys(found)).toEqual(expected);
    for (const { a, b, similarity: value } of found) expect(value).toBeCloseTo(similarity(all.get(a)!, all.get(b)!), 5);
  });

  it('misses nobody who was there all along when people come and go meanwhile', () => {
    const gallery = new Gallery(32, { simd });
    const all = new Map(vectors(900, 32, 11).map((vector, index) => [name(index), vector]));
    for (const [id, vector] of all) gallery.set(id, vector);
    const found: Pair[] = [];
    let piece = 0;
    const stayed = new Map(all);
    for (const some of gallery.pairs(0.55)) {
      found.push(...some);
      piece++;
      // The first one goes, and the last row takes its place, behind the search's back.
      const gone = name(piece * 3);
      gallery.delete(gone);
      stayed.delete(gone);
      gallery.set(`q${piece}`, vectors(1, 32, piece)[0]!);
    }
    expect(piece).toBeGreaterThan(5);
    const expected = naive(stayed, 0.55);
    expect(keys(found)).toEqual(expect.arrayContaining(expected));
    expect(new Set(keys(found)).size).toBe(found.length);
  });
});

it('nobody in the gallery: no pair', () => {
  expect([...new Gallery(32).pairs(0.1)].flat()).toEqual([]);
});
