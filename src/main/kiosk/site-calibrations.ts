/**
 * What evaluations on this site's own people taught about the threshold, in `calibration.json`: one calibration for each
 * embedder, by its file's hash, used instead of the model card's until an operator goes back to that.
 */
import { Low } from 'lowdb';
import { join } from 'node:path';
import { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { calibrationSchema, type Calibration } from '../gallery/calibration.ts';
import type { Codec } from '../store/codec.ts';
import { DurableFile } from '../store/durable-file.ts';
import type { FileOps } from '../store/ops.ts';
import { modelRefSchema, sameModel, type ModelRef } from './person-record.ts';
import { noteNowhere, type NoteAudit } from './audit-note.ts';
import { readOrSetAside } from './read-or-set-aside.ts';
import { Turns } from './turns.ts';

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
export type SiteCalibration = z.output<typeof siteCalibrationSchema>;

export const calibrationFileSchema = z.object({ calibrations: z.array(siteCalibrationSchema) });
type CalibrationFile = z.output<typeof calibrationFileSchema>;

export class SiteCalibrations {
  readonly #db: Low<CalibrationFile>;
  readonly #turns = new Turns();
  readonly #note: NoteAudit;
  readonly notices: LintelError[] = [];

  private constructor(file: DurableFile<CalibrationFile>, note: NoteAudit) {
    this.#db = new Low(file, { calibrations: [] });
    this.#note = note;
  }

  /** A file that can not be read is kept aside and said: the calibrations of the model cards are good ones. */
  static async open(options: {
    readonly folder: string;
    readonly readOnly?: boolean;
    readonly ops?: FileOps;
    readonly codec?: Codec;
    readonly wall?: () => number;
    readonly note?: NoteAudit;
  }): Promise<SiteCalibrations> {
    const { folder, readOnly = false, ops, codec, wall = Date.now } = options;
    const path = join(folder, 'calibration.json');
    const file = new DurableFile<CalibrationFile>({
      path,
      schema: calibrationFileSchema,
      schemaVersion: 1,
      readOnly,
      now: wall,
      ...(ops === undefined ? {} : { ops }),
      ...(codec === undefined ? {} : { codec }),
    });
    const opened = new SiteCalibrations(file, options.note ?? noteNowhere);
    const damaged = new LintelError('store-damaged', 'What was learnt here about the threshold could not be read.', {
      kept: "The model's own calibration is in use. People and check-ins are not touched.",
      todo: 'Run the evaluation of the enrolled people again and apply it.',
    });
    opened.notices.push(...(await readOrSetAside(opened.#db, file, { path, readOnly, wall, damaged })));
    return opened;
  }

  /** The calibration learnt here for a model; null: there is none, its card's is used. */
  of(model: ModelRef | null): SiteCalibration | null {
    return this.#db.data.calibrations.find((one) => model !== null && sameModel(one.model, model)) ?? null;
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
    return this.#turns.idle();
  }

  #put(model: ModelRef, learnt: SiteCalibration | null): Promise<void> {
    return this.#turns.take(async () => {
      const before = this.#db.data;
      const others = before.calibrations.filter((one) => !sameModel(one.model, model));
      this.#db.data = { calibrations: learnt === null ? others : [...others, learnt] };
      try {
        await this.#db.write();
      } catch (error) {
        this.#db.data = before;
        throw error;
      }
      await this.#note({ kind: 'settings', subject: null, details: { fields: ['calibration'] } });
    });
  }
}
