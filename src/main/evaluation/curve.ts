/** The ROC/DET curve: what every possible threshold costs. */
import type { ScoreSet } from './scores.ts';

export interface OperatingPoint {
  /** Pairs with a similarity at or above this are accepted; +Infinity accepts none. */
  readonly threshold: number;
  /** Fraction of impostor pairs accepted. */
  readonly fmr: number;
  /** Fraction of genuine pairs refused. */
  readonly fnmr: number;
}

/**
 * One point for each distinct score, from the strictest threshold (+Infinity: fmr 0, fnmr 1) to the loosest (the lowest
 * score: fmr 1, fnmr 0). These are all the points there are: between two neighbouring scores nothing changes. The same
 * points as scikit-learn's `roc_curve(..., drop_intermediate=False)`. Needs a score of each kind.
 */
export function operatingPoints({ genuine, impostor }: ScoreSet): OperatingPoint[] {
  const points: OperatingPoint[] = [{ threshold: Infinity, fmr: 0, fnmr: 1 }];
  let g = genuine.length;
  let i = impostor.length;
  while (g > 0 || i > 0) {
    const threshold = Math.max(g > 0 ? genuine[g - 1]! : -Infinity, i > 0 ? impostor[i - 1]! : -Infinity);
    while (g > 0 && genuine[g - 1]! >= threshold) g--;
    while (i > 0 && impostor[i - 1]! >= threshold) i--;
    points.push({
      threshold,
      fmr: (impostor.length - i) / impostor.length,
      fnmr: g / genuine.length,
    });
  }
  return points;
}

/**
 * The same curve with few enough points to draw: corners only (where both rates change direction), then thinned so that no
 * two neighbours are closer than 1/`resolution` of either axis, fmr taken on a log scale as the DET draws it.
 */
export function drawableCurve(points: readonly OperatingPoint[], resolution = 400): OperatingPoint[] {
  const x = (p: OperatingPoint): number => Math.log10(Math.max(p.fmr, 1e-7)) / 7;
  const out: OperatingPoint[] = [];
  points.forEach((point, index) => {
    const last = out.at(-1);
    const far =
      last === undefined ||
      index === points.length - 1 ||
      Math.abs(x(point) - x(last)) >= 1 / resolution ||
      Math.abs(point.fmr - last.fmr) >= 1 / resolution ||
      Math.abs(point.fnmr - last.fnmr) >= 1 / resolution;
    if (!far) return;
    // A thinned-out stretch ends at its true last point, so that a vertical step stays vertical.
    const before = points[index - 1];
    if (before !== undefined && last !== before) out.push(before);
    out.push(point);
  });
  return out;
}

export interface Histogram {
  /** Left edge of the first bin and width of each: similarities. */
  readonly from: number;
  readonly width: number;
  /** Fraction of the scores in each bin; the last bin includes its right edge. */
  readonly genuine: readonly number[];
  readonly impostor: readonly number[];
}

/** Both score distributions over the same `bins` equal bins, covering every score, edges at multiples of the bin's width. */
export function histogram({ genuine, impostor }: ScoreSet, width = 0.02): Histogram {
  const lowest = Math.min(genuine[0] ?? Infinity, impostor[0] ?? Infinity);
  const highest = Math.max(genuine.at(-1) ?? -Infinity, impostor.at(-1) ?? -Infinity);
  const first = Math.floor(lowest / width);
  const bins = Number.isFinite(lowest) ? Math.max(1, Math.floor(highest / width) - first + 1) : 0;
  const fill = (scores: Float64Array): number[] => {
    const counts = new Array<number>(bins).fill(0);
    for (const score of scores) counts[Math.min(bins - 1, Math.floor(score / width) - first)]! += 1;
    return counts.map((count) => (scores.length === 0 ? 0 : count / scores.length));
  };
  return { from: bins === 0 ? 0 : first * width, width, genuine: fill(genuine), impostor: fill(impostor) };
}
