/** The two-dimensional spectrum of a square patch, for finding patterns that repeat. */
import type { Box } from '../../shared/geometry.ts';
import type { Plane } from './planes.ts';

/** Patch side, pixels; a power of two. */
export const PATCH = 128;

const COS = Float64Array.from({ length: PATCH }, (_, k) => Math.cos((2 * Math.PI * k) / PATCH));
const SIN = Float64Array.from({ length: PATCH }, (_, k) => Math.sin((2 * Math.PI * k) / PATCH));

/** In-place radix-2 fast Fourier transform of n complex numbers (n a power of two, at most PATCH). */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const turn = PATCH / size;
    for (let start = 0; start < n; start += size)
      for (let k = 0; k < size / 2; k++) {
        const c = COS[k * turn]!;
        const s = -SIN[k * turn]!;
        const a = start + k;
        const b = a + size / 2;
        const x = re[b]! * c - im[b]! * s;
        const y = re[b]! * s + im[b]! * c;
        re[b] = re[a]! - x;
        im[b] = im[a]! - y;
        re[a]! += x;
        im[a]! += y;
      }
  }
}

/**
 * Magnitudes of the spectrum of the patch in the middle of the face, PATCH x PATCH, frequency (kx, ky) at ky * PATCH + kx; the mean is
 * taken out and the patch faded at its edges (Hann).
 * @returns null when the patch does not fit into the picture.
 */
export function patchSpectrum(plane: Plane, face: Box): Float32Array | null {
  if (plane.width < PATCH || plane.height < PATCH) return null;
  const n = PATCH;
  const left = Math.round(Math.min(Math.max(face.x + face.width / 2 - n / 2, 0), plane.width - n));
  const top = Math.round(Math.min(Math.max(face.y + face.height / 2 - n / 2, 0), plane.height - n));
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  let mean = 0;
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) mean += re[y * n + x] = plane.data[(top + y) * plane.width + left + x]!;
  mean /= n * n;
  const fade = Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / n));
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) re[y * n + x] = (re[y * n + x]! - mean) * fade[x]! * fade[y]!;
  for (let y = 0; y < n; y++) fft(re.subarray(y * n, (y + 1) * n), im.subarray(y * n, (y + 1) * n));
  const [colRe, colIm] = [new Float64Array(n), new Float64Array(n)];
  const out = new Float32Array(n * n);
  for (let x = 0; x < n; x++) {
    for (let y = 0; y < n; y++) {
      colRe[y] = re[y * n + x]!;
      colIm[y] = im[y * n + x]!;
    }
    fft(colRe, colIm);
    for (let y = 0; y < n; y++) out[y * n + x] = Math.hypot(colRe[y]!, colIm[y]!);
  }
  return out;
}

/** The mean of several spectra, which steadies the noise and leaves a pattern's peak standing. */
export function meanSpectrum(spectra: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(spectra[0]?.length ?? 0);
  for (const s of spectra) for (let i = 0; i < out.length; i++) out[i]! += s[i]! / spectra.length;
  return out;
}

/** The median that noise of one grey level would give is 0.83 of 3/8 of PATCH: in a smoother picture faint patterns would look strong. */
export const LUMA_FLOOR = 40;
/** The colour plane is quieter: half a level. */
export const CHROMA_FLOOR = 20;

/**
 * How far the strongest isolated peak of the upper frequencies stands above its surroundings: the ratio of the peak to the median of the
 * ring of its radius. A face and noise give a smooth spectrum (a ratio of about 2 to 4); the stripes of a screen, folded by the
 * camera's pixels (moire), give peaks. After Garcia and de Queiroz, "Face-spoofing 2D-detection based on moire-pattern
 * analysis" (TIFS 2015). Frequencies on the axes that a JPEG's 8x8 blocks make are left out.
 */
export function peakRatio(spectrum: Float32Array, floor = LUMA_FLOOR): number {
  const n = PATCH;
  const rings: number[][] = [];
  const cells: { radius: number; value: number }[] = [];
  for (let y = 0; y < n; y++)
    for (let x = 0; x <= n / 2; x++) {
      const ky = y > n / 2 ? y - n : y;
      const radius = Math.round(Math.hypot(x, ky));
      if (radius < 10 || radius > n / 2) continue;
      const value = spectrum[y * n + x]!;
      (rings[radius] ??= []).push(value);
      const block = n / 8;
      const onBlocks = (k: number): boolean => Math.abs(k / block - Math.round(k / block)) * block <= 1;
      if ((Math.abs(ky) <= 1 && onBlocks(x)) || (x <= 1 && onBlocks(ky))) continue;
      cells.push({ radius, value });
    }
  const medians = rings.map((ring) => ring.sort((a, b) => a - b)[ring.length >> 1]!);
  let best = 0;
  for (const { radius, value } of cells) {
    const around = medians[radius]!;
    best = Math.max(best, value / (around + floor));
  }
  return best;
}
