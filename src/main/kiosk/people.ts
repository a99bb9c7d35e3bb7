/**
 * Everyone who is enrolled, on disk and in the gallery. A change is whole or not at all: pictures are written first, then
 * `people.json` in one durable write, and only then is the gallery told; when that write fails, memory goes back to what
 * the disk holds.
 *
 * [Note: erasing] The generation before the last stays as `.bak`. When somebody is removed the file is therefore written
 * twice, so that the backup does not hold them either. `eraseBackup` in the first of the two writes makes a kiosk that was
 * killed in between do the second when it opens.
 */
import { Low } from 'lowdb';
import { join } from 'node:path';
import type { CapturePose, Quality } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Gallery } from '../gallery/gallery.ts';
import { meanTemplate } from '../gallery/template.ts';
import { DurableFile, noticeOf } from '../store/durable-file.ts';
import type { FileOps } from '../store/ops.ts';
import type { Codec } from '../store/codec.ts';
import type { FacePictures } from '../vision/vision.ts';
import { newId } from './ids.ts';
import {
  packVector,
  peopleFileSchema,
  sameModel,
  unpackVector,
  type ModelRef,
  type PeopleFile,
  type PersonRecord,
  type SampleRecord,
} from './person-record.ts';
import { alignedName, portraitName, SamplePictures } from './sample-pictures.ts';
import { Turns } from './turns.ts';

export interface NewSample {
  readonly source: 'camera' | 'file';
  readonly pose: CapturePose | null;
  readonly quality: Quality;
  readonly pictureSha256: string | null;
  /** 512 float32 of unit length, made by the model in use. */
  readonly embedding: Float32Array;
  readonly pictures: FacePictures;
}

export type PeopleChange =
  | {
      readonly kind: 'add';
      readonly name: string;
      readonly externalId: string | null;
      readonly group: string | null;
      readonly consentAt: number;
      readonly samples: readonly NewSample[];
    }
  | { readonly kind: 'extend'; readonly personId: string; readonly samples: readonly NewSample[] };

export interface PeopleOptions {
  readonly folder: string;
  /** Kept equal to what is on disk; nobody else may change it. */
  readonly gallery: Gallery;
  /** The embedder in use; null: none, then nobody is ready. */
  readonly model: ModelRef | null;
  readonly readOnly?: boolean;
  readonly ops?: FileOps;
  readonly codec?: Codec;
  readonly wall?: () => number;
}

export class People {
  readonly #db: Low<PeopleFile>;
  readonly #gallery: Gallery;
  readonly #wall: () => number;
  readonly #readOnly: boolean;
  readonly #turns = new Turns();
  readonly pictures: SamplePictures;
  #byId = new Map<string, PersonRecord>();
  #model: ModelRef | null;
  /** What opening had to mend, for the operator. */
  readonly notices: LintelError[] = [];

  private constructor(options: PeopleOptions, file: DurableFile<PeopleFile>) {
    this.#db = new Low(file, { people: [], eraseBackup: false });
    this.#gallery = options.gallery;
    this.#model = options.model;
    this.#wall = options.wall ?? Date.now;
    this.#readOnly = options.readOnly ?? false;
    this.pictures = new SamplePictures(join(options.folder, 'thumbnails'), options);
  }

  /**
   * Reads everyone into memory and into the gallery.
   * @throws LintelError `store-damaged`, `store-newer`, `store-failed`
   */
  static async open(options: PeopleOptions): Promise<People> {
    const path = join(options.folder, 'people.json');
    const file = new DurableFile<PeopleFile>({
      path,
      schema: peopleFileSchema,
      schemaVersion: 1,
      readOnly: options.readOnly ?? false,
      ...(options.ops === undefined ? {} : { ops: options.ops }),
      ...(options.codec === undefined ? {} : { codec: options.codec }),
      ...(options.wall === undefined ? {} : { now: options.wall }),
    });
    const people = new People(options, file);
    await people.#db.read();
    people.#index();
    const { outcome } = file;
    const notice = outcome === null ? null : noticeOf(outcome, path);
    if (notice !== null) people.notices.push(notice);
    if (options.readOnly !== true) {
      if (people.#db.data.eraseBackup) await people.#write({ ...people.#db.data, eraseBackup: false });
      // After a restore the pictures of what was lost are kept: they may help to make it again.
      if (outcome?.kind === 'ok') await people.#sweepPictures();
    }
    return people;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The embedder whose templates are in the gallery. */
  get model(): ModelRef | null {
    return this.#model;
  }

  /** In the order in which they were enrolled. */
  all(): readonly PersonRecord[] {
    return this.#db.data.people;
  }

  find(id: string): PersonRecord | undefined {
    return this.#byId.get(id);
  }

  /** @throws LintelError `not-found` */
  get(id: string): PersonRecord {
    const person = this.#byId.get(id);
    if (person === undefined)
      throw new LintelError('not-found', 'This person is not enrolled (any more).', {
        kept: 'Nothing was changed.',
        todo: 'Look at the list of people again.',
      });
    return person;
  }

  /** Whether the person can be recognised with the model in use. */
  isReady(person: PersonRecord): boolean {
    return this.#model !== null && person.template !== null && sameModel(person.template.model, this.#model);
  }

  get enrollAgain(): number {
    return this.#model === null ? 0 : this.all().filter((person) => !this.isReady(person)).length;
  }

  /**
   * Adds people and samples in one durable write. A sample of a picture file that the person already has is left out.
   * @returns the people changed, in the order given
   * @throws LintelError `disk-full` and the like, `not-found`, `model-missing`; then nothing was changed
   */
  save(changes: readonly PeopleChange[]): Promise<PersonRecord[]> {
    return this.#turns.take(async () => {
      const model = this.#model;
      if (model === null) throw new LintelError('model-missing', 'There is no model to enroll with.');
      const now = this.#wall();
      const next = new Map(this.#byId);
      const pictures = new Map<string, FacePictures>();
      const touched: string[] = [];
      for (const change of changes) {
        const before: PersonRecord =
          change.kind === 'extend'
            ? (next.get(change.personId) ?? this.get(change.personId))
            : {
                id: newId('p'),
                name: change.name.normalize('NFC'),
                externalId: change.externalId,
                group: change.group,
                consentAt: change.consentAt,
                createdAt: now,
                updatedAt: now,
                samples: [],
                template: null,
              };
        const added: SampleRecord[] = [];
        for (const sample of change.samples) {
          const hash = sample.pictureSha256;
          const known = [...before.samples, ...added];
          if (hash !== null && known.some((one) => one.pictureSha256 === hash)) continue;
          const record = sampleRecord(sample, model, now);
          pictures.set(record.id, sample.pictures);
          added.push(record);
        }
        const person = withTemplate({ ...before, updatedAt: now, samples: [...before.samples, ...added] }, model);
        next.set(person.id, person);
        touched.push(person.id);
      }
      try {
        await this.pictures.putAll(pictures);
        await this.#write({ people: [...next.values()], eraseBackup: false });
      } catch (error) {
        await this.pictures.remove([...pictures.keys()]).catch(() => undefined); // swept at the next start otherwise
        throw error;
      }
      return touched.map((id) => this.get(id));
    });
  }

  /** Removes a person with samples, vectors and pictures, also from the backup; see [Note: erasing]. */
  remove(id: string): Promise<void> {
    return this.#turns.take(async () => {
      const person = this.get(id);
      const people = this.all().filter((one) => one.id !== id);
      await this.#write({ people, eraseBackup: true });
      await this.#write({ people, eraseBackup: false });
      await this.pictures.remove(person.samples.map((sample) => sample.id));
    });
  }

  /**
   * Makes the templates again for the model in use, from the aligned crops that were kept. One write at the end.
   * Whoever has no crop left stays as they are, and is not ready.
   * @param embed aligned 112x112 pictures to unit embeddings
   * @returns how many people could be renewed
   */
  renew(
    embed: (pictures: readonly Uint8Array[]) => Promise<readonly Float32Array[]>,
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<number> {
    return this.#turns.take(async () => {
      const model = this.#model;
      if (model === null) return 0;
      const old = this.all().filter((person) => person.samples.some((sample) => !sameModel(sample.model, model)));
      const next = new Map(this.#byId);
      let renewed = 0;
      for (const [index, person] of old.entries()) {
        const samples: SampleRecord[] = [];
        for (const sample of person.samples) {
          const crop = sameModel(sample.model, model) ? null : await this.pictures.get(alignedName(sample.id));
          const [embedding] = crop === null ? [] : await embed([crop]);
          samples.push(embedding === undefined ? sample : { ...sample, model, embedding: packVector(embedding) });
        }
        const person2 = withTemplate({ ...person, samples }, model);
        if (this.isReady(person2)) renewed++;
        next.set(person.id, person2);
        onProgress(index + 1, old.length);
      }
      // Beside a running kiosk only this process looks with the other model: the file stays as it is.
      if (renewed > 0) await this.#write({ people: [...next.values()], eraseBackup: false }, true);
      return renewed;
    });
  }

  /** The embedder was changed: the gallery is filled with the templates of `model`, which may be none until `renew`. */
  useModel(model: ModelRef | null): Promise<void> {
    return this.#turns.take(() => {
      this.#model = model;
      this.#index();
      return Promise.resolve();
    });
  }

  /** The portrait to show for a person, as JPEG bytes; null when it is gone. */
  portrait(person: PersonRecord): Promise<Uint8Array | null> {
    const best = bestSample(person);
    return best === undefined ? Promise.resolve(null) : this.pictures.get(portraitName(best.id));
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#turns.idle();
  }

  /** @param inMemory opened for reading, this change may live without the disk */
  async #write(next: PeopleFile, inMemory = false): Promise<void> {
    if (this.#readOnly && !inMemory)
      throw new LintelError('store-read-only', 'The data folder was opened for reading only.', {
        kept: 'Nothing was changed.',
      });
    const before = this.#db.data;
    this.#db.data = next;
    try {
      if (!this.#readOnly) await this.#db.write();
    } catch (error) {
      this.#db.data = before;
      throw error;
    }
    this.#index(before);
  }

  /** Brings the index and the gallery to what `#db.data` holds, touching only who changed since `before`. */
  #index(before?: PeopleFile): void {
    const old = before === undefined ? null : this.#byId;
    this.#byId = new Map(this.#db.data.people.map((person) => [person.id, person]));
    if (old === null) this.#gallery.clear();
    else for (const id of old.keys()) if (!this.#byId.has(id)) this.#gallery.delete(id);
    for (const person of this.#byId.values()) {
      if (old?.get(person.id) === person) continue;
      if (person.template !== null && this.isReady(person))
        this.#gallery.set(person.id, unpackVector(person.template.vector));
      else this.#gallery.delete(person.id);
    }
  }

  /** Pictures that no sample refers to: a save or a removal was cut short. */
  async #sweepPictures(): Promise<void> {
    await this.pictures.sweep(new Set(this.all().flatMap((person) => person.samples.map((sample) => sample.id))));
  }
}

function sampleRecord(sample: NewSample, model: ModelRef, now: number): SampleRecord {
  return {
    id: newId('s'),
    addedAt: now,
    source: sample.source,
    pose: sample.pose,
    quality: sample.quality,
    pictureSha256: sample.pictureSha256,
    model,
    embedding: packVector(sample.embedding),
  };
}

/** The person with the template that follows from their samples of `model`; without one when there are none. */
export function withTemplate(person: PersonRecord, model: ModelRef): PersonRecord {
  const vectors = person.samples
    .filter((sample) => sameModel(sample.model, model))
    .map((s) => unpackVector(s.embedding));
  const template = vectors.length === 0 ? person.template : { model, vector: packVector(meanTemplate(vectors)) };
  return { ...person, template };
}

/** The sample whose portrait stands for the person: looking straight, then the best quality. */
export function bestSample(person: PersonRecord): SampleRecord | undefined {
  const rank = (sample: SampleRecord): number => sample.quality.score + (sample.pose === 'straight' ? 1 : 0);
  return person.samples.reduce<SampleRecord | undefined>(
    (best, sample) => (best === undefined || rank(sample) > rank(best) ? sample : best),
    undefined,
  );
}
