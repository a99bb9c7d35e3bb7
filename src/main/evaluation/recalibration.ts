/** What a site's own scores teach about the threshold: a calibration table for its people, its camera and its light. */
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { type Calibration, calibrationSchema, perComparisonFmr, similarityAt } from '../gallery/calibration.ts';
import { sameModel } from '../gallery/gallery.ts';
import type { ModelRef } from '../gallery/gallery.ts';
import { modelRefSchema } from '../gallery/gallery.ts';
import { type NoteAudit, noteNowhere, type StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';
import { fnmrAt, impostorPairsNeeded, type ScoreSet } from './figures.ts';

/** The rows of a table, from the most lenient. */
const ROWS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6] as const;

interface Support {
  /** The FMR one comparison may have, so that a gallery of `people` keeps the risk. */
  readonly fmr: number;
  /** Impostor pairs that FMR needs by the rule of three, and those there are. */
  readonly pairsNeeded: number;
  readonly pairs: number;
  /** Whether there are enough. When not, the operator must be warned: the threshold rests on the shipped table there. */
  readonly enough: boolean;
  /** The smallest risk these pairs do support for that many people, 0 to 1. */
  readonly smallestRisk: number;
}

/**
 * Whether `pairs` impostor pairs can vouch for a risk (the chance that one stranger is taken for any of `people`).
 * The rule of three asks for independent pairs; those of a few people are not, so this is the least that is needed, and
 * not a guarantee.
 * @param risk 0 < risk < 1
 */
export function supportFor(risk: number, people: number, pairs: number): Support {
  const fmr = perComparisonFmr(risk, people);
  const pairsNeeded = impostorPairsNeeded(fmr);
  const smallestFmr = Math.min(1, 3 / Math.max(1, pairs));
  return {
    fmr,
    pairsNeeded,
    pairs,
    enough: pairs >= pairsNeeded,
    smallestRisk: smallestFmr === 1 ? 1 : -Math.expm1(Math.max(1, people) * Math.log1p(-smallestFmr)),
  };
}

export interface Recalibration {
  readonly calibration: Calibration;
  /** Where each row (strictest first, as in the table) comes from: measured here, or the shipped row moved. */
  readonly from: readonly ('site' | 'shipped')[];
  /** How much stricter than the shipped table the site is at the strictest row measured here; negative: more lenient. */
  readonly shift: number;
}

/**
 * A calibration from a site's own scores. Rows with at least 3/FMR impostor pairs are measured here. The stricter rows, for
 * which the site has too few pairs, are the shipped ones moved up by as much as the site was stricter at its last measured
 * row; never moved down, as a lucky sample must not loosen what it could not measure.
 *
 * Use the leave-one-out scores of the enrolled people: pictures against templates, as the kiosk compares.
 * @throws LintelError `calibration-too-few` with fewer than 30 impostor pairs or no genuine one: then not even one row is supported.
 *   Also when "different" people are so alike (somebody enrolled twice) that no table of two rows can be made.
 */
export function recalibrate(scores: ScoreSet, shipped: Calibration): Recalibration {
  const { genuine, impostor } = scores;
  const measured = ROWS.filter((fmr) => impostor.length >= impostorPairsNeeded(fmr));
  const last = measured.at(-1);
  if (last === undefined || genuine.length === 0) {
    throw new LintelError('calibration-too-few', {
      impostor: impostor.length,
      genuine: genuine.length,
      needed: impostorPairsNeeded(ROWS[0]),
    });
  }
  const shift = siteSimilarity(impostor, last) - similarityAt(shipped, last).value;
  const rows: { fmr: number; similarity: number; fnmr: number; from: 'site' | 'shipped' }[] = [];
  for (const fmr of ROWS) {
    const site = fmr >= last;
    const wanted = site ? siteSimilarity(impostor, fmr) : similarityAt(shipped, fmr).value + Math.max(0, shift);
    // A stricter row must ask for more similarity, however thin the data or a clamp at 1 make it.
    const least = (rows.at(-1)?.similarity ?? -1) + 1e-6;
    const similarity = Math.max(wanted, least);
    if (similarity > 1) break;
    rows.push({ fmr, similarity, fnmr: fnmrAt(scores, similarity), from: site ? 'site' : 'shipped' });
  }
  if (rows.length < 2) throw new LintelError('calibration-alike');
  rows.reverse();
  return {
    calibration: {
      data: "this site's own people",
      impostorPairs: impostor.length,
      genuinePairs: genuine.length,
      ...given({ flip: shipped.flip }),
      table: rows.map(({ fmr, similarity, fnmr }) => ({ fmr, similarity, fnmr })),
    },
    from: rows.map((row) => row.from),
    shift,
  };
}

/** The lowest impostor score that may be accepted so that no more than a fraction `fmr` of the impostors is. */
function siteSimilarity(impostor: Float64Array, fmr: number): number {
  const affordable = Math.floor(fmr * impostor.length + 1e-9);
  const firstRefused = impostor[impostor.length - 1 - affordable]!;
  let i = impostor.length - affordable;
  while (i < impostor.length && impostor[i]! <= firstRefused) i++;
  return i < impostor.length ? impostor[i]! : firstRefused + 1e-6;
}

/*
 * What evaluations on this site's own people taught about the threshold, in `calibration.json`: one calibration for each
 * embedder, by its file's hash, used instead of the model card's until an operator goes back to that.
 */

const siteCalibrationSchema = z.object({
  model: modelRefSchema,
  /** Unix ms. */
  madeAt: z.number(),
  /** What it was learnt from. */
  people: z.int(),
  samples: z.int(),
  /** The risk in the settings then, and whether there were pairs enough for it (rule of three). */
  risk: z.number(),
  supported: z.boolean(),
  calibration: calibrationSchema,
});
type SiteCalibration = z.output<typeof siteCalibrationSchema>;

export const calibrationFileSchema = z.object({ calibrations: z.array(siteCalibrationSchema) });
type CalibrationFile = z.output<typeof calibrationFileSchema>;

const DOCUMENT: DocumentKind<CalibrationFile> = {
  name: 'calibration.json',
  schema: calibrationFileSchema,
  initial: { calibrations: [] },
  damaged: new LintelError('store-damaged.calibration'),
};

export class SiteCalibrations {
  readonly #file: Document<CalibrationFile>;
  readonly #note: NoteAudit;

  private constructor(file: Document<CalibrationFile>, note: NoteAudit) {
    this.#file = file;
    this.#note = note;
  }

  /** A file that can not be read is kept aside and said: the calibrations of the model cards are good ones. */
  static async open(on: StorageContext): Promise<SiteCalibrations> {
    return new SiteCalibrations(await Document.open(on, DOCUMENT), on.note ?? noteNowhere);
  }

  get notices(): readonly LintelError[] {
    return this.#file.notices;
  }

  /** The calibration learnt here for a model; null: there is none, its card's is used. */
  of(model: ModelRef | null): SiteCalibration | null {
    return this.#file.data.calibrations.find((one) => model !== null && sameModel(one.model, model)) ?? null;
  }

  /** From now on this one. @throws LintelError `disk-full` and the like: then nothing was changed */
  apply(learnt: Omit<SiteCalibration, 'calibration'> & { readonly calibration: Calibration }): Promise<void> {
    const calibration = { ...learnt.calibration, table: [...learnt.calibration.table] };
    return this.#put(learnt.model, { ...learnt, calibration });
  }

  /** Back to the model card's. Same errors. */
  forget(model: ModelRef): Promise<void> {
    return this.of(model) === null ? Promise.resolve() : this.#put(model, null);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  #put(model: ModelRef, learnt: SiteCalibration | null): Promise<void> {
    const file = this.#file;
    return file.take(async () => {
      const others = file.data.calibrations.filter((one) => !sameModel(one.model, model));
      await file.put({ calibrations: learnt === null ? others : [...others, learnt] });
      await this.#note({ kind: 'settings', subject: null, details: { fields: ['calibration'] } });
    });
  }
}
