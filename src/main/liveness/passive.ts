/**
 * Is there a rectangle round the face: the edge of a screen or of a print? Long, straight, unbroken edges on three of the four
 * sides, close round the head and reaching past it, where in front of a real frame on the wall shoulders and hair would
 * break them. After the "bezel" cue of Patel, Han and Jain (TIFS 2016, "Secure face unlock").
 */
import type { Box } from '../../shared/geometry.ts';
import { given } from '../../shared/given.ts';
import { backgroundMotion, type View } from './background-motion.ts';
import { type PassiveFrame, type Plane, sharedMotion, shrink } from './image-motion.ts';

/** An edge is a step in luma of at least this much over two pixels of the half-size picture. */
const STEP = 14;
/** How far an edge may lean, as a slope: a tablet held at an angle of eight degrees. */
const LEAN = 0.14;
const SLOPES = 15;

/** Where the picture, at half its size, steps up (1) or down (-1) across a line: one map for upright lines, one for level ones. */
interface Steps {
  readonly width: number;
  readonly height: number;
  readonly upright: Int8Array;
  readonly level: Int8Array;
}

function stepsOf(plane: Plane): Steps {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const small = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const k = 2 * y * plane.width + 2 * x;
      const d = plane.data;
      small[y * width + x] = (d[k]! + d[k + 1]! + d[k + plane.width]! + d[k + plane.width + 1]!) / 4;
    }
  const upright = new Int8Array(width * height);
  const level = new Int8Array(width * height);
  for (let y = 1; y < height - 1; y++)
    for (let x = 1; x < width - 1; x++) {
      const k = y * width + x;
      const across = small[k + 1]! - small[k - 1]!;
      const along = small[k + width]! - small[k - width]!;
      upright[k] = across > STEP ? 1 : across < -STEP ? -1 : 0;
      level[k] = along > STEP ? 1 : along < -STEP ? -1 : 0;
    }
  return { width, height, upright, level };
}

/**
 * Of all lines that cross the middle of `from..to` between `low` and `high`, the best: the part of its length (0 to 1) where the picture
 * steps across it, the same way up or down. All in pixels of `steps`.
 */
function bestEdge(steps: Steps, vertical: boolean, low: number, high: number, from: number, to: number): number {
  const { width, height } = steps;
  const map = vertical ? steps.upright : steps.level;
  const [stride, across, limit, length] = vertical ? [width, 1, width, height] : [1, width, height, width];
  const middle = (from + to) / 2;
  const [start, end] = [Math.max(1, Math.ceil(from)), Math.min(length - 2, Math.floor(to))];
  let best = 0;
  for (let at = Math.ceil(low); at <= high; at++)
    for (let s = 0; s < SLOPES; s++) {
      const slope = LEAN * ((2 * s) / (SLOPES - 1) - 1);
      let up = 0;
      let down = 0;
      let seen = 0;
      for (let t = start; t <= end; t++) {
        const side = Math.round(at + slope * (t - middle));
        if (side < 1 || side > limit - 2) continue;
        seen++;
        const step = map[t * stride + side * across]!;
        if (step > 0) up++;
        else if (step < 0) down++;
      }
      // An edge mostly outside the picture says nothing.
      if (seen >= (to - from) * 0.6) best = Math.max(best, Math.max(up, down) / seen);
    }
  return best;
}

/**
 * How complete a rectangle stands round the face, 0 to 1: the third best of its four sides (the fourth is often out of the picture or
 * under a hand), each the part of its length where there is an edge.
 */
export function rectangleAround(plane: Plane, box: Box): number {
  const steps = stepsOf(plane);
  const [x, y, w, h] = [box.x / 2, box.y / 2, box.width / 2, box.height / 2];
  const [right, bottom] = [steps.width - 2, steps.height - 2];
  const clamp = (v: number, high: number): number => Math.min(Math.max(v, 1), high);
  const [top, low] = [clamp(y - 0.35 * h, bottom), clamp(y + 1.35 * h, bottom)];
  const [leftEnd, rightEnd] = [clamp(x - 0.5 * w, right), clamp(x + 1.5 * w, right)];
  const sides = [
    bestEdge(steps, true, clamp(x - 1.4 * w, right), clamp(x - 0.22 * w, right), top, low),
    bestEdge(steps, true, clamp(x + 1.22 * w, right), clamp(x + 2.4 * w, right), top, low),
    bestEdge(steps, false, clamp(y - 1.2 * h, bottom), clamp(y - 0.3 * h, bottom), leftEnd, rightEnd),
    bestEdge(steps, false, clamp(y + 1.15 * h, bottom), clamp(y + 2 * h, bottom), leftEnd, rightEnd),
  ];
  return sides.sort((a, b) => b - a)[2]!;
}

// The two-dimensional spectrum of a square patch, for finding patterns that repeat.

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
const LUMA_FLOOR = 40;
/** The colour plane is quieter: half a level. */
const CHROMA_FLOOR = 20;

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

/*
 * The passive cues together, from frames that were taken anyway. They catch what the question cannot: a film that happens to answer it.
 * Each is a number with its own limit; the limits are set where ordinary rooms and people stay clear of them (scripts/pad/README.md), so a cue that says
 * nothing says nothing. They are a second fence, not a certificate: a large, good screen held still and close passes them.
 */

interface PassiveScores {
  /**
   * 0 to 1: how complete a rectangle stands round the face; the median of the frames, or of the first views when that is more:
   * a print that is bent to answer was flat before.
   */
  readonly border: number;
  /** Peak over surroundings in the spectrum of the face, the larger of luma and colour. */
  readonly moire: number;
  /** Part of the face's box that is blown out; the median of the frames. */
  readonly glare: number;
  /** How far the surroundings move as the face does (image-motion.ts); null when there is too little motion to say. */
  readonly shared: number | null;
  /** How far the whole room wanders behind the face, pixels (background-motion.ts); null when there is too little to see of it. */
  readonly backgroundMotion: number | null;
}

interface PassiveLimits {
  readonly border: number;
  readonly moire: number;
  readonly glare: number;
  readonly shared: number;
  readonly backgroundMotion: number;
}

export const PASSIVE_LIMITS: PassiveLimits = {
  border: 0.85,
  moire: 11,
  glare: 0.12,
  shared: 0.6,
  backgroundMotion: 0.4,
};

type PassiveCue = keyof PassiveScores;

interface PassiveVerdict {
  /** Greatest of the cues as a part of its limit: 1 or more is an attack. */
  readonly score: number;
  readonly live: boolean;
  /** The cues beyond their limits, for the log of an operator; never shown at the door. */
  readonly cues: readonly PassiveCue[];
}

/** So many views show how the face was before it answered. */
const FIRST_VIEWS = 5;

/** A face hardly has a pattern in this colour, so a weaker peak says as much as a stronger one in luma. */
const CHROMA_WEIGHT = 1.6;

/** Luma at and above which a pixel is blown out. */
const BLOWN = 250;

/**
 * Part of the face's box that is blown out, 0 to 1: a lamp mirrored in a glossy print or a glass pane covers far more of a face than
 * the shine of skin. After the specular features of Wen, Han and Jain (TIFS 2015, "Face spoof detection with image distortion analysis").
 */
export function glareOf({ luma, face }: PassiveFrame): number {
  const left = Math.max(0, Math.round(face.x));
  const top = Math.max(0, Math.round(face.y));
  const right = Math.min(luma.width, Math.round(face.x + face.width));
  const bottom = Math.min(luma.height, Math.round(face.y + face.height));
  let blown = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (luma.data[y * luma.width + x]! >= BLOWN) blown++;
  return blown / Math.max(1, (right - left) * (bottom - top));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** What one frame says by itself, and what is kept of it for the comparison with the others (about 180 kB). */
export interface PassiveReading extends View {
  readonly border: number;
  readonly glare: number;
  /** Spectra of luma and colour; null when the picture is smaller than the patch. */
  readonly spectra: readonly [Float32Array, Float32Array] | null;
}

/** The costly part, frame by frame (some milliseconds each), so that nobody has to wait for all of them at the end. */
export function readPassive(frame: PassiveFrame): PassiveReading {
  const luma = patchSpectrum(frame.luma, frame.face);
  const chroma = patchSpectrum(frame.chroma, frame.face);
  return {
    at: frame.at,
    face: frame.face,
    ...given({ others: frame.others }),
    border: rectangleAround(frame.luma, frame.face),
    glare: glareOf(frame),
    spectra: luma === null || chroma === null ? null : [luma, chroma],
    small: shrink(frame.luma),
  };
}

/**
 * @param readings of a few (4 to 10) frames of one face in order of time, 60 to 300 ms apart
 * @param views of the room for as long as the face was looked at, see `withView` in background-motion.ts
 */
export function passiveScores(readings: readonly PassiveReading[], views: readonly View[] = readings): PassiveScores {
  const spectra = readings.flatMap((r) => (r.spectra === null ? [] : [r.spectra]));
  const peak = (which: 0 | 1, floor: number): number =>
    spectra.length === 0 ? 0 : peakRatio(meanSpectrum(spectra.map((pair) => pair[which])), floor);
  return {
    border: Math.max(
      median(readings.map((r) => r.border)),
      views.length < FIRST_VIEWS ? 0 : median(views.slice(0, FIRST_VIEWS).map((view) => view.border ?? 0)),
    ),
    moire: Math.max(peak(0, LUMA_FLOOR), peak(1, CHROMA_FLOOR) * CHROMA_WEIGHT),
    glare: median(readings.map((r) => r.glare)),
    shared: sharedMotion(readings).ratio,
    backgroundMotion: backgroundMotion(views),
  };
}

export function passiveVerdict(scores: PassiveScores, limits: PassiveLimits = PASSIVE_LIMITS): PassiveVerdict {
  const parts: [PassiveCue, number][] = (['border', 'moire', 'glare', 'shared', 'backgroundMotion'] as const).map(
    (cue) => [cue, (scores[cue] ?? 0) / limits[cue]],
  );
  const score = Math.max(0, ...parts.map(([, part]) => part));
  return { score, live: score < 1, cues: parts.filter(([, part]) => part >= 1).map(([cue]) => cue) };
}
