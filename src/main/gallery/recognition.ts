/** From a face's embedding to a decision: the gallery, the model's calibration and the accepted risk together. */
import type { Candidate, DecisionKind } from '../../shared/domain.ts';
import { type Calibration, fmrAt, fnmrAt, meanLength, picturesIn, similarityAt, thresholdFor } from './calibration.ts';
import { decide, type Gallery, meanTemplate } from './gallery.ts';

/** How many candidates an answer holds. */
export const CANDIDATES = 5;

export interface Recognised {
  readonly kind: DecisionKind;
  /** Most similar first. */
  readonly candidates: readonly Candidate[];
  /** That of the first candidate. */
  readonly threshold: number;
  /**
   * The threshold of the candidate at `place`: a template of several pictures is more like everybody than one is.
   * @param others so many people of the gallery are known not to be this face, so that fewer could be taken for it
   */
  readonly thresholdAt: (place: number, others?: number) => number;
}

export class Recognition {
  readonly #gallery: Gallery;
  readonly #nameOf: (id: string) => string;
  readonly #lengthOf: (id: string) => number;
  readonly #risk: () => number;
  #calibration: Calibration;
  #pairs: Calibration;

  constructor(options: {
    readonly gallery: Gallery;
    readonly nameOf: (id: string) => string;
    /** Length of the mean of somebody's samples, see `picturesIn`. Default 1: they have one. */
    readonly lengthOf?: (id: string) => number;
    readonly risk: () => number;
    readonly calibration: Calibration;
    /** Picture against picture, where that is another than picture against template. */
    readonly pairs?: Calibration;
  }) {
    this.#gallery = options.gallery;
    this.#nameOf = options.nameOf;
    this.#lengthOf = options.lengthOf ?? (() => 1);
    this.#risk = options.risk;
    this.#calibration = options.calibration;
    this.#pairs = options.pairs ?? options.calibration;
  }

  /**
   * Another embedder is in use, or another calibration of it.
   * @param calibration for pictures against the gallery's templates
   * @param pairs for one picture against another: a site's own calibration is of templates and says nothing about these
   */
  useCalibration(calibration: Calibration, pairs = calibration): void {
    this.#calibration = calibration;
    this.#pairs = pairs;
  }

  /** The calibration of pictures against the gallery's templates in use. */
  get calibration(): Calibration {
    return this.#calibration;
  }

  /** What the threshold would be with another calibration. */
  thresholdWith(calibration: Calibration): number {
    return this.#thresholdOf(1, 1, calibration);
  }

  /** What the threshold would be for so many people, picture against picture. */
  pairThresholdFor(people: number): number {
    return thresholdFor(this.#pairs, this.#risk(), people).similarity;
  }

  /** The similarity from which on somebody is taken for an enrolled person with one sample, with the gallery as it is now. */
  get threshold(): number {
    return this.thresholdWith(this.#calibration);
  }

  /** @param samples, frames lengths of the template's mean and of the probe's */
  #thresholdOf(samples: number, frames: number, calibration = this.#calibration, size = this.#gallery.size): number {
    const compared = { samples: picturesIn(calibration, samples), frames: picturesIn(calibration, frames) };
    return thresholdFor(calibration, this.#risk(), size, compared).similarity;
  }

  /** The threshold of one comparison: is this the same person? */
  get pairThreshold(): number {
    return thresholdFor(this.#pairs, this.#risk(), 1).similarity;
  }

  /**
   * What a similarity of two pictures means: which fraction of pairs of different people is at least as similar (`fmr`), and
   * which of pairs of the same person is less (`fnmr`).
   */
  pairRates(similarity: number): { readonly fmr: number; readonly fnmr: number } {
    return { fmr: fmrAt(this.#pairs, similarity).value, fnmr: fnmrAt(this.#pairs, similarity).value };
  }

  /** The similarity that this fraction of pairs of strangers reaches. */
  similarityAt(fmr: number): number {
    return similarityAt(this.#pairs, fmr).value;
  }

  /** @param embedding 512 float32 of unit length */
  candidates(embedding: Float32Array, count = CANDIDATES): Candidate[] {
    return this.#candidates([embedding], count)[0];
  }

  /**
   * @param embedding of one picture
   * @param earlier embeddings of the same face in other frames: their mean with this one decides, unless this one by itself is most
   * like somebody else. It changes less from frame to frame, so how often strangers are taken for anybody hardly depends on the light.
   */
  recognise(embedding: Float32Array, earlier: readonly Float32Array[] = []): Recognised {
    if (earlier.length === 0) return this.#decided(this.candidates(embedding), 1);
    const frames = [...earlier, embedding];
    const [alone, together] = this.#candidates([embedding, meanTemplate(frames)], CANDIDATES);
    return alone[0]?.id === together[0]?.id ? this.#decided(together, meanLength(frames)) : this.#decided(alone, 1);
  }

  /** As `recognise` for each, in one pass over the gallery: all faces of a group photo. */
  recogniseAll(embeddings: readonly Float32Array[], count = CANDIDATES): Recognised[] {
    return this.#candidates(embeddings, count).map((candidates) => this.#decided(candidates, 1));
  }

  #decided(candidates: Candidate[], length: number): Recognised {
    const { size } = this.#gallery;
    const thresholdAt = (place: number, others = 0): number =>
      this.#thresholdOf(this.#lengthOf(candidates[place].id), length, this.#calibration, size - others);
    const threshold = candidates.length === 0 ? this.threshold : thresholdAt(0);
    return { kind: decide(candidates, threshold), candidates, threshold, thresholdAt };
  }

  #candidates(embeddings: readonly Float32Array[], count: number): Candidate[][] {
    return this.#gallery
      .topk(embeddings, count)
      .map((hits) => hits.map(({ id, similarity }) => ({ id, name: this.#nameOf(id), similarity })));
  }
}

/**
 * Decisions for several faces of one picture, where nobody can be twice. Whoever a face is matched to is none of the faces that
 * resemble them less: those are decided again, as before a gallery without them. So the threshold is lower, by what keeps the risk
 * with fewer people, and a second-best name still has to be good enough by itself. What only lost its name becomes `ambiguous`.
 * The candidates are left as they are: they say what the vectors say.
 */
export function onceEach(faces: readonly Recognised[]): (Recognised & { readonly match: Candidate | null })[] {
  const taken: Set<string>[] = faces.map(() => new Set());
  const open = (index: number): readonly Candidate[] =>
    (faces[index]?.candidates ?? []).filter(({ id }) => !taken[index]?.has(id));
  const kindOf = (index: number): DecisionKind => {
    const [first] = open(index);
    const place = faces[index]?.candidates.findIndex(({ id }) => id === first?.id) ?? -1;
    return decide(open(index), place < 0 ? 1 : (faces[index]?.thresholdAt(place, taken[index]?.size) ?? 1));
  };
  // Every pass takes at least one name from one face, so this ends.
  for (let changed = true; changed;) {
    changed = false;
    for (const winner of faces.keys()) {
      const [first] = open(winner);
      if (first === undefined || kindOf(winner) !== 'match') continue;
      for (const other of faces.keys()) {
        if (other === winner || taken[other]?.has(first.id) === true) continue;
        const rival = faces[other]?.candidates.find(({ id }) => id === first.id);
        if (rival !== undefined && rival.similarity >= first.similarity) continue;
        taken[other]?.add(first.id);
        changed = true;
      }
    }
  }
  return faces.map((face, index) => {
    const kind = kindOf(index);
    if (kind === 'match') return { ...face, kind, match: open(index)[0] ?? null };
    return { ...face, kind: face.kind === 'match' ? 'ambiguous' : kind, match: null };
  });
}
