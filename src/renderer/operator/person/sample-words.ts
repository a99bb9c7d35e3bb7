/** What is said of a sample: how good the picture is, and how well it fits the person's others. */
import type { Sample } from '../../../shared/domain.ts';
import { alikeness } from '../../ui/alikeness.ts';

export type Goodness = 'very-good' | 'good' | 'fair' | 'poor';

/** @param score of `Quality`, 0 to 1 */
export function goodness(score: number): Goodness {
  if (score >= 0.8) return 'very-good';
  if (score >= 0.55) return 'good';
  return score >= 0.3 ? 'fair' : 'poor';
}

/** `unknown`: there is no template of the model in use. */
export type Fit = 'very' | 'quite' | 'somewhat' | 'outlier' | 'unknown';

export function fitOf(sample: Pick<Sample, 'similarity' | 'outlier'>, threshold: number | null): Fit {
  if (sample.outlier) return 'outlier';
  if (sample.similarity === null || threshold === null) return 'unknown';
  return alikeness(sample.similarity, threshold);
}
