/**
 * The passive cues together, from frames that were taken anyway. They catch what the question cannot: a film that happens to answer it.
 * Each is a number with its own limit; the limits are set where ordinary rooms and people stay clear of them (scripts/pad/README.md), so a cue that says
 * nothing says nothing. They are a second fence, not a certificate: a large, good screen held still and close passes them.
 */
import { rectangleAround } from './border.ts';
import { sharedMotion, shrink } from './motion.ts';
import type { PassiveFrame } from './planes.ts';
import { CHROMA_FLOOR, LUMA_FLOOR, meanSpectrum, patchSpectrum, peakRatio } from './spectrum.ts';
import { unsteadiness, type View } from './unsteady.ts';

export interface PassiveScores {
  /**
   * 0 to 1: how complete a rectangle stands round the face (border.ts); the median of the frames, or of the first views when that is more:
   * a print that is bent to answer was flat before.
   */
  readonly border: number;
  /** Peak over surroundings in the spectrum of the face, the larger of luma and colour (spectrum.ts). */
  readonly moire: number;
  /** Part of the face's box that is blown out (specular.ts); the median of the frames. */
  readonly glare: number;
  /** How far the surroundings move as the face does (motion.ts); null when there is too little motion to say. */
  readonly shared: number | null;
  /** How far the whole room wanders behind the face, pixels (unsteady.ts); null when there is too little to see of it. */
  readonly unsteady: number | null;
}

export interface PassiveLimits {
  readonly border: number;
  readonly moire: number;
  readonly glare: number;
  readonly shared: number;
  readonly unsteady: number;
}

export const PASSIVE_LIMITS: PassiveLimits = { border: 0.85, moire: 11, glare: 0.12, shared: 0.6, unsteady: 0.4 };

export type PassiveCue = keyof PassiveScores;

export interface PassiveVerdict {
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
    ...(frame.others === undefined ? {} : { others: frame.others }),
    border: rectangleAround(frame.luma, frame.face),
    glare: glareOf(frame),
    spectra: luma === null || chroma === null ? null : [luma, chroma],
    small: shrink(frame.luma),
  };
}

/**
 * @param readings of a few (4 to 10) frames of one face in order of time, 60 to 300 ms apart
 * @param views of the room for as long as the face was looked at, see `withView` in unsteady.ts
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
    unsteady: unsteadiness(views),
  };
}

export function passiveVerdict(scores: PassiveScores, limits: PassiveLimits = PASSIVE_LIMITS): PassiveVerdict {
  const parts: [PassiveCue, number][] = (['border', 'moire', 'glare', 'shared', 'unsteady'] as const).map((cue) => [
    cue,
    (scores[cue] ?? 0) / limits[cue],
  ]);
  const score = Math.max(0, ...parts.map(([, part]) => part));
  return { score, live: score < 1, cues: parts.filter(([, part]) => part >= 1).map(([cue]) => cue) };
}
