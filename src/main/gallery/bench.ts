/** How fast a search is, measured beside the loop that one would write first. */
import { Gallery } from './gallery.ts';
import { lengthOf } from './template.ts';

export interface GalleryBench {
  readonly templates: number;
  readonly dimensions: number;
  readonly k: number;
  /** True when the searches ran in WebAssembly SIMD. */
  readonly simd: boolean;
  /** Milliseconds per search. */
  readonly gallery: { readonly p50: number; readonly p95: number };
  /** The same in plain JavaScript over the same contiguous array. */
  readonly plain: { readonly p50: number; readonly p95: number };
  /** The same over an array of arrays of numbers, sorted whole. */
  readonly naive: { readonly p50: number; readonly p95: number };
}

/** Random unit vectors from a small generator with a seed: the same on every machine. */
export function randomUnitVectors(dimensions: number, seed = 1): () => Float32Array {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    // Sums of four uniforms are near enough to normal for directions spread evenly.
    const vector = Float32Array.from({ length: dimensions }, () => next() + next() + next() + next() - 2);
    const length = lengthOf(vector);
    return vector.map((x) => x / length);
  };
}

/** Times `runs` searches for the best `k` of `templates` random templates. Takes some seconds and about 1 GB. */
export function benchGallery(templates = 100_000, dimensions = 512, k = 5, runs = 40): GalleryBench {
  const random = randomUnitVectors(dimensions);
  const fast = new Gallery(dimensions);
  const plain = new Gallery(dimensions, { simd: false });
  const naive: { id: string; vector: number[] }[] = [];
  for (let i = 0; i < templates; i++) {
    const vector = random();
    const id = `t${i}`;
    fast.set(id, vector);
    plain.set(id, vector);
    naive.push({ id, vector: [...vector] });
  }
  const probes = Array.from({ length: runs }, random);
  const naiveSearch = (probe: Float32Array): unknown =>
    naive
      .map(({ id, vector }) => ({ id, similarity: vector.reduce((sum, x, i) => sum + x * probe[i], 0) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k);
  return {
    templates,
    dimensions,
    k,
    simd: fast.simd,
    gallery: timed(probes, (probe) => fast.search(probe, k)),
    plain: timed(probes, (probe) => plain.search(probe, k)),
    naive: timed(probes.slice(0, Math.max(3, runs >> 2)), naiveSearch),
  };
}

function timed(
  probes: readonly Float32Array[],
  search: (probe: Float32Array) => unknown,
): { p50: number; p95: number } {
  // The first few let the compiler warm up.
  for (const probe of probes.slice(0, 3)) search(probe);
  const times = probes.map((probe) => {
    const start = performance.now();
    search(probe);
    return performance.now() - start;
  });
  times.sort((a, b) => a - b);
  const at = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))];
  return { p50: at(0.5), p95: at(0.95) };
}
