/** What a site's own scores teach about the threshold: a calibration table for its people, its camera and its light. */
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { type Calibration, calibrationSchema, fnmrAt, picturesIn, similarityAt } from '../gallery/calibration.ts';
import { type ModelRef, modelRefSchema, sameModel } from '../gallery/gallery.ts';
import { type NoteAudit, noteNowhere, type StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';
import { Comparisons, interval, type Matches, resample, seeded } from './calibrating.ts';

/** Where strangers are measured: at the strictest of these that so many pairs of people reach; of fewer, others would say otherwise. */
const MEASURED_AT = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2] as const;
const PAIRS_OF_PEOPLE = 100;
/** Below, at this one; of fewer people than `LEAST_PEOPLE` nothing is learnt. */
const MOST_LENIENT = 1e-1;
const LEAST_PEOPLE = 25;
const ROUNDS = 200;

interface Recalibration {
  readonly calibration: Calibration;
  /** How much more alike strangers are here than in the card, one picture against another, cosine; and where it lies (95 %). */
  readonly alike: number;
  readonly alikeInterval: readonly [number, number];
  /** What the card was moved by: `alike` when stricter; when easier, only as far as the interval vouches for. */
  readonly moved: number;
}

/**
 * The card's calibration, moved to this site. People of one town, age or light are more alike than the card's, by the same cosine at
 * every FMR (docs/accuracy.md has the figures). So it is measured where a site has comparisons enough, and the card says what is
 * rarer. A mean adds up what its pictures share, and is moved by as much more as it was shorter than 1.
 *
 * Who is refused is not learnt here: pictures of one sitting are more like each other than those of next week.
 * @param matches leave-one-out, of the enrolled people
 * @throws LintelError `calibration-too-few` for fewer than `LEAST_PEOPLE`; `calibration-alike` when "different" people are so
 *   alike (somebody enrolled twice, over and over) that no table can be made
 */
export function recalibrate({ probes, lengths, scores }: Matches, card: Calibration): Recalibration {
  const people = lengths.length;
  if (people < LEAST_PEOPLE) throw new LintelError('calibration-too-few', { people, needed: LEAST_PEOPLE });
  const fmr = MEASURED_AT.find((one) => (one * people * (people - 1)) / 2 >= PAIRS_OF_PEOPLE) ?? MOST_LENIENT;
  const expected = lengths.map(
    (length) => similarityAt(card, fmr, { samples: picturesIn(card, length), frames: 1 }).value,
  );
  const beyond = (i: number, j: number): number => (scores[i * people + j]! - expected[j]!) * lengths[j]!;
  const templates = lengths.map((_, person) => ({ person }));
  const found = Comparisons.collector(probes, templates, people, Math.min(1, 3 * fmr), beyond);
  for (const [i, { person }] of probes.entries())
    for (let j = 0; j < people; j++) if (j !== person) found.add(beyond(i, j), person, j);
  const comparisons = found.done();
  const alikeFor = (weights: Float64Array): number => comparisons.similarities([fmr], weights, weights)[0]!;
  const random = seeded(1);
  const alike = alikeFor(new Float64Array(people).fill(1));
  const alikeInterval = interval(Array.from({ length: ROUNDS }, () => alikeFor(resample(people, random))));
  // A card that was measured on no pictures can not say what is rarer than what is measured here.
  const easier = card.impostorPairs === undefined ? 0 : Math.min(0, alikeInterval[1]);
  const moved = alike > 0 ? alike : easier;
  const { table, templates: means, genuineMean = 0, flip } = card;
  const lengthOf = (pictures: number): number => Math.sqrt(genuineMean + (1 - genuineMean) / pictures);
  return {
    calibration: {
      data: "this site's own people",
      impostorPairs: probes.length * (people - 1),
      ...given({ flip, genuineMean: card.genuineMean }),
      table: shifted(table, moved),
      ...given({
        templates: means?.map(({ samples, frames, table: own }) => ({
          samples,
          frames,
          table: shifted(own, moved / (lengthOf(samples) * lengthOf(frames))),
        })),
      }),
    },
    alike,
    alikeInterval,
    moved,
  };
}

/** Another similarity for each row, and what the card says of who is refused there. */
function shifted(table: Calibration['table'], by: number): Calibration['table'] {
  const rows = table
    .map(({ fmr, similarity }) => ({ fmr, similarity: similarity + by }))
    .filter(({ similarity }) => similarity <= 1 && similarity >= -1)
    .map((row) => ({ ...row, fnmr: fnmrAt({ table }, row.similarity).value }));
  if (rows.length < 2) throw new LintelError('calibration-alike');
  return rows;
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
