/** Unit vectors and what is made of them. */

/** How far from 1 the length of a "unit" vector may be: float32 rounding over 512 numbers, and a good deal more. */
export const UNIT_TOLERANCE = 1e-3;

/** Euclidean length, summed in float64. */
export function lengthOf(vector: Float32Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

/** Cosine of the angle between two unit vectors of the same length, -1 to 1. */
export function similarity(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError('vectors of different lengths can not be compared');
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return Math.max(-1, Math.min(1, sum));
}

/**
 * A person's template: the mean of their samples' unit vectors, made unit length again.
 * @param samples at least one; each of unit length and of the same number of dimensions
 * @throws RangeError when there is none, when one is not a unit vector, or when they cancel each other out (opposite
 *   vectors have no direction between them; faces of one person never come near that)
 */
export function meanTemplate(samples: readonly Float32Array[]): Float32Array {
  const first = samples[0];
  if (first === undefined) throw new RangeError('a template needs at least one sample');
  const sum = new Float64Array(first.length);
  for (const sample of samples) {
    if (sample.length !== first.length) throw new RangeError('samples of different lengths make no template');
    // Written so that NaN fails too.
    if (!(Math.abs(lengthOf(sample) - 1) <= UNIT_TOLERANCE)) throw new RangeError('a sample is not of unit length');
    for (let i = 0; i < sum.length; i++) sum[i] += sample[i];
  }
  const length = Math.hypot(...sum);
  if (!(length / samples.length > UNIT_TOLERANCE)) throw new RangeError('the samples cancel each other out');
  return Float32Array.from(sum, (x) => x / length);
}
