/**
 * What evaluations on this site's own people taught about the threshold, in `calibration.json`: one calibration for each
 * embedder, by its file's hash, used instead of the model card's until an operator goes back to that.
 */
import { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { calibrationSchema, type Calibration } from '../gallery/calibration.ts';
import { modelRefSchema, sameModel, type ModelRef } from './person-record.ts';
import { noteNowhere, type NoteAudit } from './audit-note.ts';
import { Document, type DocumentKind } from './document.ts';
import type { RoomFolder } from './room-folder.ts';

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

const DOCUMENT: DocumentKind<CalibrationFile> = {
  name: 'calibration.json',
  schema: calibrationFileSchema,
  initial: { calibrations: [] },
  damaged: new LintelError('store-damaged', 'What was learnt here about the threshold could not be read.', {
    kept: "The model's own calibration is in use. People and check-ins are not touched.",
    todo: 'Run the evaluation of the enrolled people again and apply it.',
  }),
};

export class SiteCalibrations {
  readonly #file: Document<CalibrationFile>;
  readonly #note: NoteAudit;

  private constructor(file: Document<CalibrationFile>, note: NoteAudit) {
    this.#file = file;
    this.#note = note;
  }

  /** A file that can not be read is kept aside and said: the calibrations of the model cards are good ones. */
  static async open(on: RoomFolder): Promise<SiteCalibrations> {
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
