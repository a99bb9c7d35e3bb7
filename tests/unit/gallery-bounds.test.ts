import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { Bounds, CHUNK_ROWS, MAX_PROBES, MODULE } from '../../src/main/gallery/bounds.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { benchGallery, randomPeople, randomUnitVectors } from '../../src/main/hosts/cli/bench.ts';
import { bundle } from '../support/bundle.ts';
import { projectRoot } from '../support/data.ts';

it('runs what kernel.wat says', async () => {
  const source = readFileSync(resolve(projectRoot, 'src/main/gallery/kernel.wat'), 'utf8');
  const assembled = (await wabt()).parseWat('kernel.wat', source, { threads: true, simd: true }).toBinary({}).buffer;
  expect(MODULE).toBe(Buffer.from(assembled).toString('base64'));
});

const KINDS = [
  'random',
  'copy',
  'ulp',
  'within a step',
  'denormal',
  'axis',
  'opposite',
  'lopsided',
  'level',
  'long',
  'short',
] as const;
type Kind = (typeof KINDS)[number];

/** A row that is hard to tell from others, of unit length or as far from it as a gallery takes. */
function hardRow(kind: Kind, base: Float32Array, seed: number): Float32Array {
  const random = randomUnitVectors(base.length, seed);
  const at = seed % base.length;
  const row = Float32Array.from(base);
  const bits = new Int32Array(row.buffer);
  if (kind === 'random') return random();
  if (kind === 'ulp') bits[at] += seed % 2 === 0 ? 1 : -1;
  if (kind === 'within a step') {
    const noise = random();
    row.forEach((x, i) => (row[i] = x + noise[i] * 2e-5));
  }
  if (kind === 'denormal') return row.map((_, i) => (i === at ? (seed % 2 === 0 ? 1 : -1) : (i % 7) * 1e-41));
  if (kind === 'axis') return row.map((_, i) => (i === at ? 1 : 0));
  if (kind === 'opposite') return row.map((x) => -x);
  if (kind === 'lopsided' && row.length > 1) {
    const noise = random().map((x, i) => (i === at ? 0 : x));
    const length = Math.hypot(...noise);
    return noise.map((x, i) => (i === at ? 0.9 : (x / length) * Math.sqrt(1 - 0.81)));
  }
  // The largest sum of products that codes can make.
  if (kind === 'level') return row.fill(1 / Math.sqrt(row.length));
  if (kind === 'long') return row.map((x) => x * 1.0009);
  if (kind === 'short') return row.map((x) => x * 0.9991);
  return row;
}

const hardGallery = fc.record({
  dimensions: fc.constantFrom(1, 2, 15, 16, 33, 128, 512),
  seed: fc.nat(1e6),
  kinds: fc.uniqueArray(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 4 }),
  rows: fc.constantFrom(0, 1, 3, 4, 5, 63, 1000, 1023, 1024, 1025, 2500),
});

function hardRows({ dimensions, seed, kinds, rows }: typeof hardGallery extends fc.Arbitrary<infer T> ? T : never) {
  const base = randomUnitVectors(dimensions, seed)();
  const vectors = Array.from({ length: rows }, (_, i) => hardRow(kinds[i % kinds.length], base, seed + i));
  const probes = KINDS.map((kind, i) => hardRow(kind, base, seed + 7 * i));
  return { vectors, probes };
}

/** float64, correct to far more than float32 */
const exact = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i], 0);
const padded = (vector: Float32Array, stride: number): Float32Array => {
  const row = new Float32Array(stride);
  row.set(vector);
  return row;
};

describe('bounds of the first pass', () => {
  it('are never below the similarity, nor further above it than the codes are coarse', () => {
    fc.assert(
      fc.property(hardGallery, (given) => {
        const { vectors, probes } = hardRows(given);
        const stride = Math.ceil(given.dimensions / 16) * 16;
        const bounds = Bounds.create(stride);
        if (bounds === null) throw new Error('this Node has WebAssembly SIMD');
        expect(bounds.reserve(vectors.length)).toBe(true);
        vectors.forEach((vector, row) => bounds.set(row, padded(vector, stride)));
        const some = probes.slice(0, MAX_PROBES);
        bounds.load(
          some.map((probe) => padded(probe, stride)),
          vectors.length,
        );
        bounds.scanAll();
        for (const [p, probe] of some.entries())
          for (const [row, vector] of vectors.entries()) {
            const chunk = Math.floor(row / CHUNK_ROWS);
            const bound = bounds.of(p, chunk)[row % CHUNK_ROWS];
            const score = exact(probe, vector);
            // Half a step in each number, twice (up and down), of the row; the probe's steps are finer by far.
            const coarse = (Math.max(...vector.map(Math.abs)) / 127) * Math.sqrt(given.dimensions) * 1.01 + 2e-4;
            if (!(bound >= score && bound <= score + coarse)) expect({ bound, score, coarse, row, p }).toBe('a bound');
            if (!(bounds.greatest(p, chunk) >= bound)) expect(bounds.greatest(p, chunk)).toBe(bound);
          }
      }),
      { numRuns: 60 },
    );
  });

  it('do not overflow with more numbers than an embedding has', () => {
    const level = new Float32Array(5000).fill(1 / Math.sqrt(5000));
    const gallery = new Gallery(5000);
    gallery.set('level', level);
    gallery.set(
      'opposite',
      level.map((x) => -x),
    );
    expect(gallery.search(level, 2)).toEqual(gallery.scan(level, 2));
    expect(gallery.search(level, 2).map(({ id }) => id)).toEqual(['level', 'opposite']);
  });
});

describe('a search', () => {
  it('finds what a scan of every row finds, to the last bit and in its order, however close the rows are', () => {
    const k = fc.constantFrom(0, 1, 2, 5, 40, 1024, 3000);
    fc.assert(
      fc.property(hardGallery, k, fc.integer({ min: 1, max: KINDS.length }), (given, want, faces) => {
        const { vectors, probes } = hardRows(given);
        const gallery = new Gallery(given.dimensions);
        vectors.forEach((vector, i) => gallery.set(`p${i}`, vector));
        const some = probes.slice(0, faces);
        const found = gallery.topk(some, want);
        expect(found).toEqual(some.map((probe) => gallery.scan(probe, want)));
        expect(found.every((hits) => hits.length === Math.min(want, vectors.length))).toBe(true);
        for (const [i, probe] of some.entries())
          for (const { id, similarity } of found[i].slice(0, 5))
            expect(similarity).toBeCloseTo(exact(probe, vectors[Number(id.slice(1))]), 2);
      }),
      { numRuns: 120 },
    );
  });

  it('looks at few rows when few can be among the best, and at all when they are all the same', () => {
    const person = randomPeople(4000, 512, 3);
    const gallery = new Gallery();
    for (let i = 0; i < 4000; i++) gallery.set(`p${i}`, person(i));
    for (let i = 0; i < 20; i++) {
      gallery.search(person(i), 5);
      expect(gallery.looked).toBeLessThan(100);
    }
    const same = new Gallery(16);
    const vector = randomUnitVectors(16)();
    for (let i = 0; i < 3000; i++) same.set(`p${i}`, vector);
    expect(same.search(vector, 3).map(({ id }) => id)).toEqual(['p0', 'p1', 'p2']);
    expect(same.looked).toBe(3000);
  });
});

describe('a large gallery', () => {
  it('is searched on all cores, also after it grew, shrank and changed, and as it was before when they are gone', () => {
    const person = randomPeople(60_000, 32, 5);
    const gallery = new Gallery(32);
    const probes = Array.from({ length: 11 }, (_, i) => person(i));
    const agrees = (): void => expect(gallery.topk(probes, 7)).toEqual(probes.map((probe) => gallery.scan(probe, 7)));
    for (let i = 0; i < 5000; i++) gallery.set(`p${i}`, person(i));
    agrees();
    expect(gallery.threads).toBe(1);
    for (let i = 5000; i < 20_000; i++) gallery.set(`p${i}`, person(i));
    for (let round = 0; round < 50; round++) agrees();
    expect(gallery.threads).toBe(Math.min(8, availableParallelism()));
    for (let i = 20_000; i < 60_000; i++) {
      gallery.set(`p${i}`, person(i));
      if (i % 4000 === 0) agrees();
    }
    for (let i = 0; i < 40_000; i += 3) gallery.delete(`p${i}`);
    agrees();
    for (let i = 1; i < 40_000; i += 3) gallery.set(`p${i}`, probes[i % 11]);
    agrees();
    gallery.close();
    agrees();
    expect(gallery.threads).toBe(1);
    gallery.clear();
    expect(gallery.topk(probes, 7)).toEqual(probes.map(() => []));
    gallery.set('a', probes[0]);
    agrees();
  });

  it('lets the process end though nobody closed it', async () => {
    const child = await bundle('tests/support/gallery-child.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [child], { timeout: 60_000 });
    expect(stdout).toBe(`${Math.min(8, availableParallelism())} threads\n`);
  });

  // 512 numbers as in a kiosk take 3 GB.
  const dimensions = process.availableMemory() > 6e9 ? 512 : 32;
  it(
    `of 1,000,000 x ${dimensions} is searched exactly, with at most 0.8 GB beside the float32`,
    { timeout: 600_000 },
    async () => {
      const bench = await benchGallery(1_000_000, dimensions, 5, 12);
      expect(bench.exact).toEqual({ probes: 6, same: 6 });
      expect(bench.extraBytes).toBeLessThan(0.8e9);
      expect(bench.looked.most).toBeLessThan(10_000);
    },
  );
});
