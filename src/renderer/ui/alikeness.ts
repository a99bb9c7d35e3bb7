/** Similarity in words. A cosine means nothing to anyone; these three words do. */

/** How far above the threshold a similarity is called "very" alike: about where two pictures of one person lie. */
const VERY = 0.15;

export type Alikeness = 'very' | 'quite' | 'somewhat';

export function alikeness(similarity: number, threshold: number): Alikeness {
  if (similarity >= threshold + VERY) return 'very';
  return similarity >= threshold ? 'quite' : 'somewhat';
}
