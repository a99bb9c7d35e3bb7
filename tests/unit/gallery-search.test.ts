import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gallery, meanTemplate, similarity } from '../../src/main/gallery/gallery.ts';
import { benchGallery, randomUnitVectors } from '../../src/main/hosts/cli/bench.ts';

const unit = (...numbers: number[]): Float32Array => {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (x) => x / length);
};

describe('meanTemplate', () => {
  it('is the direction between two samples, of unit length', () => {
    const [x, y] = meanTemplate([unit(1, 0), unit(0, 1)]);
    expect(x).toBeCloseTo(Math.SQRT1_2, 6);
    expect(y).toBeCloseTo(Math.SQRT1_2, 6);
  });
  it('weighs each sample alike: (1,0), (1,0) and (0,1) give (2,1)/sqrt 5', () => {
    const [x, y] = meanTemplate([unit(1, 0), unit(1, 0), unit(0, 1)]);
    expect(x).toBeCloseTo(2 / Math.sqrt(5), 6);
    expect(y).toBeCloseTo(1 / Math.sqrt(5), 6);
  });
  it('of one sample is that sample', () => {
    expect([...meanTemplate([unit(3, 4)])]).toEqual([...unit(3, 4)]);
  });
  it('refuses nothing, opposites, other lengths, NaN and vectors that are not of unit length', () => {
    expect(() => meanTemplate([])).toThrow(RangeError);
    expect(() => meanTemplate([unit(1, 0), unit(-1, 0)])).toThrow(/cancel/);
    expect(() => meanTemplate([unit(1, 0), unit(1, 0, 0)])).toThrow(RangeError);
    expect(() => meanTemplate([Float32Array.of(NaN, 0)])).toThrow(RangeError);
    expect(() => meanTemplate([Float32Array.of(2, 0)])).toThrow(RangeError);
  });
});

describe.each([
  ['WebAssembly SIMD', true],
  ['plain JavaScript', false],
])('Gallery in %s', (_name, simd) => {
  it('is what it says', () => {
    expect(new Gallery(512, { simd }).simd).toBe(simd);
  });

  it('gives cosines worked out by hand, most similar first', () => {
    const gallery = new Gallery(3, { simd });
    gallery.set('x', unit(1, 0, 0));
    gallery.set('xy', unit(1, 1, 0));
    gallery.set('z', unit(0, 0, 1));
    gallery.set('-x', unit(-1, 0, 0));
    const hits = gallery.search(unit(3, 4, 0), 4);
    expect(hits.map((hit) => hit.id)).toEqual(['xy', 'x', 'z', '-x']);
    [7 / (5 * Math.SQRT2), 0.6, 0, -0.6].forEach((cosine, i) => expect(hits[i].similarity).toBeCloseTo(cosine, 6));
    expect(gallery.search(unit(3, 4, 0), 2).map((hit) => hit.id)).toEqual(['xy', 'x']);
  });

  it('gives nothing when empty or when nothing is asked for, and all when more is asked for than there is', () => {
    const gallery = new Gallery(2, { simd });
    expect(gallery.search(unit(1, 0), 5)).toEqual([]);
    gallery.set('a', unit(1, 0));
    expect(gallery.search(unit(1, 0), 0)).toEqual([]);
    expect(gallery.search(unit(1, 0), 5)).toEqual([{ id: 'a', similarity: 1 }]);
  });

  it('takes of equals the one that was there first', () => {
    const gallery = new Gallery(2, { simd });
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) gallery.set(id, unit(1, 1));
    expect(gallery.search(unit(1, 0), 3).map((hit) => hit.id)).toEqual(['a', 'b', 'c']);
  });

  it('replaces, removes and forgets', () => {
    const gallery = new Gallery(2, { simd });
    gallery.set('a', unit(1, 0));
    gallery.set('b', unit(0, 1));
    gallery.set('a', unit(-1, 0));
    expect(gallery.size).toBe(2);
    expect(gallery.search(unit(1, 0), 1)[0]).toEqual({ id: 'b', similarity: 0 });
    expect(gallery.delete('a')).toBe(true);
    expect(gallery.delete('a')).toBe(false);
    expect(gallery.get('a')).toBeUndefined();
    expect(gallery.ids()).toEqual(['b']);
    gallery.clear();
    expect(gallery.size).toBe(0);
    expect(gallery.has('b')).toBe(false);
    expect(gallery.search(unit(1, 0), 1)).toEqual([]);
  });

  it('hands out and takes in copies', () => {
    const gallery = new Gallery(2, { simd });
    const mine = unit(1, 0);
    gallery.set('a', mine);
    mine.fill(0);
    gallery.get('a')?.fill(0);
    expect([...(gallery.get('a') ?? [])]).toEqual([1, 0]);
  });

  it('refuses vectors that would spoil every comparison, and stays as it was', () => {
    const gallery = new Gallery(2, { simd });
    gallery.set('a', unit(1, 0));
    for (const bad of [
      unit(1, 0, 0),
      Float32Array.of(NaN, 1),
      Float32Array.of(2, 0),
      new Float32Array(2),
      Float32Array.of(Infinity, 0),
    ]) {
      expect(() => gallery.set('a', bad)).toThrow(RangeError);
      expect(() => gallery.search(bad, 1)).toThrow(RangeError);
    }
    expect(() => gallery.search(unit(1, 0), -1)).toThrow(RangeError);
    expect(() => gallery.search(unit(1, 0), 1.5)).toThrow(RangeError);
    expect(gallery.search(unit(1, 0), 1)).toEqual([{ id: 'a', similarity: 1 }]);
  });

  it('equals a naive search after any sequence of adding, changing, removing and clearing', () => {
    const dimensions = fc.constantFrom(1, 3, 8, 20, 32);
    const steps = fc.array(
      fc.record({
        do: fc.constantFrom('set', 'set', 'set', 'set', 'delete', 'search', 'clear'),
        id: fc.nat(150),
        seed: fc.nat(1e6),
      }),
      { minLength: 1, maxLength: 400 },
    );
    fc.assert(
      fc.property(dimensions, steps, (size, sequence) => {
        const gallery = new Gallery(size, { simd });
        const naive = new Map<string, Float32Array>();
        for (const step of sequence) {
          const id = `p${step.id}`;
          const vector = randomUnitVectors(size, step.seed)();
          if (step.do === 'set') {
            gallery.set(id, vector);
            naive.set(id, vector);
          } else if (step.do === 'delete') expect(gallery.delete(id)).toBe(naive.delete(id));
          else if (step.do === 'clear' && step.seed % 10 === 0) {
            gallery.clear();
            naive.clear();
          } else {
            const k = step.seed % 8;
            const expected = [...naive].map(([, template]) => similarity(template, vector)).sort((a, b) => b - a);
            const hits = gallery.search(vector, k);
            expect(hits).toHaveLength(Math.min(k, naive.size));
            hits.forEach((hit, i) => {
              expect(hit.similarity).toBeCloseTo(expected[i], 5);
              expect(similarity(naive.get(hit.id) as Float32Array, vector)).toBeCloseTo(hit.similarity, 5);
            });
            expect(new Set(hits.map((hit) => hit.id)).size).toBe(hits.length);
          }
          expect(gallery.size).toBe(naive.size);
        }
        for (const [id, template] of naive) expect(gallery.get(id)).toEqual(template);
        expect([...gallery.ids()].sort()).toEqual([...naive.keys()].sort());
      }),
      { numRuns: 60 },
    );
  });
});

describe('the two ways to search', () => {
  it('agree to the last bit on 3,001 templates of 512 and on every rank', () => {
    const random = randomUnitVectors(512, 7);
    const fast = new Gallery(512);
    const plain = new Gallery(512, { simd: false });
    for (let i = 0; i < 3001; i++) {
      const vector = random();
      fast.set(`t${i}`, vector);
      plain.set(`t${i}`, vector);
    }
    const probe = random();
    const hits = fast.search(probe, 3001);
    expect(hits).toHaveLength(3001);
    expect(hits).toEqual(plain.search(probe, 3001));
  });
  it('find every template again as its own nearest', () => {
    const random = randomUnitVectors(512, 9);
    const gallery = new Gallery();
    const all = Array.from({ length: 500 }, random);
    all.forEach((vector, i) => gallery.set(`t${i}`, vector));
    all.forEach((vector, i) => expect(gallery.search(vector, 1)[0].id).toBe(`t${i}`));
  });
});

describe('benchGallery', () => {
  it('measures a search, a batch and the plain scan, and compares what they find', async () => {
    const bench = await benchGallery(200, 64, 5, 8);
    expect(bench).toMatchObject({ templates: 200, dimensions: 64, k: 5, simd: true, exact: { probes: 4, same: 4 } });
    for (const { p50, p95 } of [bench.gallery, bench.plain]) {
      expect(p50).toBeGreaterThan(0);
      expect(p95).toBeGreaterThanOrEqual(p50);
    }
    expect(bench.batched.perSecond).toBeGreaterThan(0);
    expect(bench.looked.most).toBeGreaterThanOrEqual(5);
  });
});
