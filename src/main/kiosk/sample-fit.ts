/** How well each of a person's samples fits the others: is one of them somebody else's face? */
import { meanTemplate, similarity } from '../gallery/template.ts';

/**
 * Of pairs of strangers this fraction is at least as similar as the limit below which a sample is marked. The limit is
 * calibrated on pairs of pictures, while here a picture meets the mean of several, to which its own person is nearer.
 * Measured on groups of 3, 5 and 8 pictures, all of one person or one of them somebody else's, with ghostfacenet-v1-1.3-2
 * (mobilefacenet-512): on 24 people in very different pictures 98 % (98 %) of the strangers are marked, and 2 to 3 % (1 %)
 * of the person's own; on the frames of a kiosk's camera 86 to 90 % (99 %) and none. At 0.02 fewer strangers, at 0.001 one
 * in twelve of the own.
 */
export const OUTLIER_FMR = 0.01;
/** With fewer samples nobody can say which of them is the odd one. */
const FEWEST = 3;

export interface SampleFit {
  /** Cosine with the template that all samples make together, -1 to 1. */
  readonly similarity: number;
  readonly outlier: boolean;
}

/**
 * A sample is an outlier when it is less similar to the mean of the other samples than `limit`: measured without itself,
 * because a template made of few samples is near each of them. Of two samples that do not fit together neither is marked.
 * @param vectors of unit length, all of one model and one person
 * @param limit a cosine, see `OUTLIER_FMR`
 */
export function sampleFits(vectors: readonly Float32Array[], limit: number): SampleFit[] {
  if (vectors.length === 0) return [];
  const template = meanTemplate(vectors);
  return vectors.map((vector, index) => ({
    similarity: similarity(vector, template),
    outlier:
      vectors.length >= FEWEST &&
      similarity(vector, meanTemplate(vectors.filter((_, other) => other !== index))) < limit,
  }));
}
