/** Evaluations, whole: from pairs or samples to everything a report shows. Data in, results out. */
import { LintelError } from '../../shared/errors.ts';
import { drawableCurve, histogram, operatingPoints, type Histogram, type OperatingPoint } from './curve.ts';
import { figuresOf, REPORTED_FMR, type Figures, type ReportedFmr } from './figures.ts';
import {
  identify,
  leaveOneOut,
  scoreAllPairs,
  type Identification,
  type LabelledSample,
  type Watching,
} from './labelled.ts';
import { ExtremePairs, type Mistake } from './mistakes.ts';
import type { LabelledPair } from './pairs-file.ts';
import { fmrAt, fnmrAt, scorePairs, scoreSetOf, type ScoreSet, type SkippedPair } from './scores.ts';

/** The threshold the kiosk works with, to see what it does on these pairs. */
export interface InUse {
  readonly threshold?: number;
  /** How far ahead of the second candidate the first must be, for identification. Default 0. */
  readonly margin?: number;
}

export interface Evaluation {
  /** A list of pairs, every pair of a labelled folder, or samples against templates made without them. */
  readonly protocol: 'pairs' | 'folder' | 'leave-one-out';
  readonly figures: Figures;
  readonly scores: ScoreSet;
  readonly curve: readonly OperatingPoint[];
  readonly histogram: Histogram;
  /** The threshold drawn, and at which mistakes are counted: the one in use, else that of the best accuracy. */
  readonly operating: OperatingPoint & { readonly inUse: boolean };
  /** Identification at that threshold; null for a list of pairs, which has no gallery. */
  readonly identification: Identification | null;
  /** The ten worst mistakes at that threshold. */
  readonly mistakes: readonly Mistake[];
  /** Pairs that could not be scored; in no figure. */
  readonly skipped: readonly SkippedPair[];
}

function conclude(
  protocol: Evaluation['protocol'],
  figures: Figures,
  scores: ScoreSet,
  extremes: ExtremePairs,
  inUse: InUse,
): Omit<Evaluation, 'identification' | 'skipped'> {
  const threshold = inUse.threshold ?? figures.threshold;
  return {
    protocol,
    figures,
    scores,
    curve: drawableCurve(operatingPoints(scores)),
    histogram: histogram(scores),
    operating: {
      threshold,
      fmr: fmrAt(scores, threshold),
      fnmr: fnmrAt(scores, threshold),
      inUse: inUse.threshold !== undefined,
    },
    mistakes: extremes.at(threshold),
  };
}

/**
 * A list of pairs. `embeddings` by the pairs' picture names; pairs with a picture that has none are skipped and counted.
 * @throws LintelError `bad-input` when no genuine or no impostor pair has a score.
 */
export function evaluatePairs(
  pairs: readonly LabelledPair[],
  embeddings: ReadonlyMap<string, Float32Array>,
  inUse: InUse = {},
): Evaluation {
  const { scored, skipped } = scorePairs(pairs, embeddings);
  const scores = scoreSetOf(scored);
  const extremes = new ExtremePairs();
  for (const { a, b, genuine, score } of scored) extremes.add(a, b, genuine, score);
  const whole = conclude('pairs', figuresOf(scores, scored), scores, extremes, inUse);
  return { ...whole, identification: null, skipped };
}

/**
 * A labelled folder: the figures over every pair of pictures; identification by leave-one-out templates.
 * @throws LintelError `bad-input` when there are not two people, or nobody has two pictures; or too many pictures.
 */
export async function evaluateFolder(
  samples: readonly LabelledSample[],
  inUse: InUse = {},
  watching: Watching = {},
): Promise<Evaluation> {
  checkLabels(samples);
  const { scores, extremes } = await scoreAllPairs(samples, part(watching, 0, 0.8));
  const whole = conclude('folder', figuresOf(scores), scores, extremes, inUse);
  const out = await leaveOneOut(samples, part(watching, 0.8, 1));
  return { ...whole, identification: identify(out, whole.operating.threshold, inUse.margin), skipped: [] };
}

/**
 * The enrolled people's own samples, as the kiosk compares: each sample against the templates, its own made without it.
 * `scores` of this one are what `recalibrate` wants. In a mistake, `b` is the person's id. Same errors.
 */
export async function evaluateEnrolled(
  samples: readonly LabelledSample[],
  inUse: InUse = {},
  watching: Watching = {},
): Promise<Evaluation> {
  checkLabels(samples);
  const out = await leaveOneOut(samples, watching);
  const whole = conclude('leave-one-out', figuresOf(out.scores), out.scores, out.extremes, inUse);
  return { ...whole, identification: identify(out, whole.operating.threshold, inUse.margin), skipped: [] };
}

function checkLabels(samples: readonly LabelledSample[]): void {
  const length = samples[0]?.embedding.length;
  if (samples.some((s) => s.embedding.length !== length)) {
    throw new LintelError('bad-input', 'The pictures were embedded by different models.', {
      todo: 'Embed all of them with the model in use.',
    });
  }
}

const part = ({ onProgress, signal }: Watching, from: number, to: number): Watching => ({
  ...(onProgress === undefined ? {} : { onProgress: (done: number) => onProgress(from + done * (to - from)) }),
  ...(signal === undefined ? {} : { signal }),
});

/** What `evaluate --json` prints. Rates are fractions, 0 to 1; definitions are in `figures.ts`. */
export interface EvaluationJson {
  readonly protocol: Evaluation['protocol'];
  readonly pairs: number;
  readonly genuine: number;
  readonly impostor: number;
  /** Pairs left out because a picture gave no embedding. */
  readonly skipped: number;
  readonly accuracy: number;
  readonly accuracyBy: Figures['accuracyBy'];
  /** Standard deviation over the folds; null without folds. */
  readonly accuracyDeviation: number | null;
  readonly auc: number;
  readonly eer: number;
  readonly tar: Readonly<Record<ReportedFmr, number>>;
  /** Those of `tar` for which there are fewer than 3/FMR impostor pairs: not to be relied on. */
  readonly unsupported: readonly ReportedFmr[];
  /** The threshold of the best accuracy; null when accepting nothing is best. */
  readonly threshold: number | null;
  /** The kiosk's own threshold and what it gives here; null when none was given. */
  readonly inUse: { readonly threshold: number; readonly fmr: number; readonly fnmr: number } | null;
  readonly identification: Identification | null;
}

export function evaluationJson({ protocol, figures, operating, identification, skipped }: Evaluation): EvaluationJson {
  const { threshold, fmr, fnmr } = operating;
  return {
    protocol,
    pairs: figures.pairs,
    genuine: figures.genuine,
    impostor: figures.impostor,
    skipped: skipped.length,
    accuracy: figures.accuracy,
    accuracyBy: figures.accuracyBy,
    accuracyDeviation: figures.folds?.deviation ?? null,
    auc: figures.auc,
    eer: figures.eer,
    tar: { '1e-2': figures.tar['1e-2'].tar, '1e-3': figures.tar['1e-3'].tar, '1e-4': figures.tar['1e-4'].tar },
    unsupported: REPORTED_FMR.filter((rate) => !figures.tar[rate].supported),
    threshold: Number.isFinite(figures.threshold) ? figures.threshold : null,
    inUse: operating.inUse ? { threshold, fmr, fnmr } : null,
    identification,
  };
}
