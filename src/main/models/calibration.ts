/** Which similarity means what, for an embedder: as measured, or on the safe side when nobody has measured. */
import type { CalibrationCard, CalibrationRow, Manifest } from './manifest.ts';

/**
 * For an embedder without a calibration. At every risk it asks for more than either of the two embedders we measured
 * does (29.6 million impostor pairs of LFW each), by at least 0.03: strangers are kept out at the price of more people
 * who are asked to try again. `fnmr` is unknown and given as 1, the worst it can be.
 */
export const FALLBACK_CALIBRATION: readonly CalibrationRow[] = [
  { fmr: 1e-6, similarity: 0.78, fnmr: 1 },
  { fmr: 1e-5, similarity: 0.72, fnmr: 1 },
  { fmr: 1e-4, similarity: 0.64, fnmr: 1 },
  { fmr: 1e-3, similarity: 0.54, fnmr: 1 },
  { fmr: 1e-2, similarity: 0.42, fnmr: 1 },
  { fmr: 1e-1, similarity: 0.25, fnmr: 1 },
];

/**
 * The calibration of an embedder by its manifest id, as `parseCalibration` of the gallery reads it. `measured` is false
 * when the fallback stands in.
 */
export function calibrationOf(
  manifest: Manifest,
  modelId: string,
): { readonly card: CalibrationCard; readonly measured: boolean } {
  const card = manifest.calibrations.get(modelId);
  return card === undefined
    ? { card: { table: [...FALLBACK_CALIBRATION] }, measured: false }
    : { card, measured: true };
}
