/**
 * Everyone who is enrolled, on disk and in the gallery. A change is whole or not at all: pictures are written first, then
 * `people.json` in one durable write, and only then is the gallery told; when that write fails, memory goes back to what
 * the disk holds.
 *
 * [Note: erasing] The generation before the last stays as `.bak`. When a person or a sample is erased the file is therefore
 * written twice, so that the backup does not hold them either. `eraseBackup` in the first of the two writes makes a kiosk
 * that was killed in between do the second when it opens. Generations that were set aside (`people.json.damaged-...`,
 * `people.json.v1`) go too: they may hold who is to be forgotten. Backups made by the operator are the operator's to erase.
 */
import { join } from 'node:path';
import { Low } from 'lowdb';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { type Gallery, type ModelRef, packVector, sameModel, unpackVector } from '../gallery/gallery.ts';
import { type AuditNote, type By, type NoteAudit, noteNowhere, opaqueId } from '../storage/context.ts';
import { DurableFile } from '../storage/durable-file.ts';
import type { Codec } from '../storage/envelope.ts';
import { type FileOps, realOps, removeIfThere } from '../storage/file-ops.ts';
import { Mutex } from 'async-mutex';
import {
  anonymising,
  type Anonymising,
  bestSample,
  merged,
  newPerson,
  pairKey,
  type PeopleChange,
  type PeopleFile,
  peopleFileSchema,
  type PersonFields,
  type PersonRecord,
  renamedPairs,
  type SampleRecord,
  samplesFor,
  withoutBiometrics,
  withoutSamples,
  withTemplate,
} from './records.ts';
import { alignedName, type KeptPictures, portraitName, SamplePictures } from './sample-images.ts';

export type { NewSample, PeopleChange } from './records.ts';

interface PeopleOptions {
  readonly folder: string;
  /** Kept equal to what is on disk; nobody else may change it. */
  readonly gallery: Gallery;
  /** The embedder in use; null: none, then nobody is ready. */
  readonly model: ModelRef | null;
  readonly readOnly?: boolean;
  readonly ops?: FileOps;
  readonly codec?: Codec;
  readonly wall?: () => number;
  /** Told of every change once it is durable. */
  readonly note?: NoteAudit;
  /** Whether anybody was ever enrolled here, which is asked when there are pictures and no people. Default: nobody. */
  readonly everEnrolled?: () => Promise<boolean>;
}

export class PeopleRepository {
  readonly #db: Low<PeopleFile>;
  readonly #gallery: Gallery;
  readonly #wall: () => number;
  readonly #readOnly: boolean;
  readonly #note: NoteAudit;
  readonly #mutex = new Mutex();
  readonly pictures: SamplePictures;
  readonly #folder: string;
  readonly #ops: FileOps;
  #byId = new Map<string, PersonRecord>();
  #formerIds = new Map<string, string>();
  #different = new Set<string>();
  #model: ModelRef | null;
  /** What opening had to mend, for the operator. */
  readonly notices: LintelError[] = [];

  private constructor(options: PeopleOptions, file: DurableFile<PeopleFile>) {
    this.#db = new Low(file, { people: [], different: [], toAnonymise: [], eraseBackup: false });
    this.#folder = options.folder;
    this.#ops = options.ops ?? realOps;
    this.#gallery = options.gallery;
    this.#model = options.model;
    this.#wall = options.wall ?? Date.now;
    this.#readOnly = options.readOnly ?? false;
    this.#note = options.note ?? noteNowhere;
    this.pictures = new SamplePictures(join(options.folder, 'thumbnails'), options);
  }

  /**
   * Reads everyone into memory and into the gallery.
   * @throws LintelError `store-damaged`, `store-newer`, `store-failed`
   */
  static async open(options: PeopleOptions): Promise<PeopleRepository> {
    const path = join(options.folder, 'people.json');
    const file = new DurableFile<PeopleFile>({
      path,
      schema: peopleFileSchema,
      schemaVersion: 1,
      readOnly: options.readOnly ?? false,
      ...given({ ops: options.ops, codec: options.codec, now: options.wall }),
    });
    const people = new PeopleRepository(options, file);
    await people.#db.read();
    people.#index();
    const { outcome } = file;
    people.notices.push(...file.notices);
    // Pictures without people: the very first save was cut short, unless somebody had been saved.
    const bare = outcome?.kind === 'fresh' && file.notices.length === 0 && (await people.pictures.ids()).size > 0;
    if (bare && (await options.everEnrolled?.()) === true) {
      const gone = new LintelError('store-damaged.people-gone');
      if (options.readOnly !== true) await file.remember(gone);
      people.notices.push(gone);
    }
    if (options.readOnly !== true) {
      if (people.#db.data.eraseBackup) await people.#eraseOlder();
      // Until the operator has seen what was lost its pictures are kept: they may help to make it again.
      if (outcome?.kind === 'ok' && people.notices.length === 0) await people.#sweepPictures();
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
    if (person === undefined) throw new LintelError('not-found.person');
    return person;
  }

  /** Whether the person can be recognised with the model in use. */
  isReady(person: PersonRecord): boolean {
    return this.#model !== null && person.template !== null && sameModel(person.template.model, this.#model);
  }

  /** How many have samples, but none of the model in use. */
  get enrollAgain(): number {
    if (this.#model === null) return 0;
    return this.all().filter((person) => person.samples.length > 0 && !this.isReady(person)).length;
  }

  /**
   * Adds people and samples in one durable write. A sample of a picture file that the person already has is left out.
   * @returns the people changed, in the order given
   * @throws LintelError `disk-full` and the like, `not-found`, `model-missing`, `consent-required` (samples for somebody who
   *   revoked their consent, without a later one); then nothing was changed
   */
  save(changes: readonly PeopleChange[]): Promise<PersonRecord[]> {
    return this.#mutex.runExclusive(async () => {
      const model = this.#model;
      if (model === null) throw new LintelError('model-missing');
      const now = this.#wall();
      const next = new Map(this.#byId);
      const pictures = new Map<string, KeptPictures>();
      const gone: string[] = [];
      const touched: string[] = [];
      for (const change of changes) {
        const known =
          change.kind === 'extend' ? (next.get(change.personId) ?? this.get(change.personId)) : newPerson(change, now);
        if (change.kind === 'extend' && known.revokedAt !== null && (change.consentAt ?? 0) <= known.revokedAt)
          throw consentRevoked();
        const replaced = new Set(change.kind === 'extend' ? change.replace : []);
        const before = withoutSamples(known, replaced);
        gone.push(...known.samples.filter((sample) => replaced.has(sample.id)).map((sample) => sample.id));
        const added = samplesFor(before, change.samples, model, now);
        for (const { record, pictures: kept } of added) pictures.set(record.id, kept);
        const samples = [...before.samples, ...added.map(({ record }) => record)];
        const consent =
          change.kind === 'extend' && before.consentAt === null && samples.length > 0
            ? { consentAt: change.consentAt ?? null, revokedAt: null }
            : {};
        const person = withTemplate({ ...before, ...consent, updatedAt: now, samples }, model);
        next.set(person.id, person);
        touched.push(person.id);
      }
      const before = this.#byId;
      await this.#commit({ people: [...next.values()] }, { pictures, gone });
      const saved = touched.map((id) => this.get(id));
      await this.#note(...[...new Set(saved)].flatMap((person) => notesOfSave(before.get(person.id), person)));
      return saved;
    });
  }

  /** @throws LintelError `not-found`, `disk-full` and the like; then nothing was changed */
  edit(id: string, fields: PersonFields): Promise<PersonRecord> {
    return this.#mutex.runExclusive(async () => {
      const { externalId, group } = fields;
      const before = this.get(id);
      const person = {
        ...before,
        name: fields.name.normalize('NFC'),
        externalId,
        group,
        updatedAt: this.#wall(),
      };
      await this.#commit({ people: this.#with(person) });
      const changed = (['name', 'externalId', 'group'] as const).filter((field) => before[field] !== person[field]);
      await this.#note({ kind: 'edit', subject: opaqueId(id), details: { fields: changed } });
      return person;
    });
  }

  /**
   * Removes a sample for good; the template follows. A person's last sample stays: without it they could not be recognised
   * and would not know, so they are removed or their consent is revoked instead.
   * @throws LintelError `not-found`, `last-picture`, `disk-full` and the like; then nothing was changed
   */
  removeSample(personId: string, sampleId: string): Promise<PersonRecord> {
    return this.#mutex.runExclusive(async () => {
      const before = this.get(personId);
      if (!before.samples.some((sample) => sample.id === sampleId)) throw new LintelError('not-found.picture');
      if (before.samples.length === 1) throw new LintelError('last-picture');
      const less = { ...withoutSamples(before, new Set([sampleId])), updatedAt: this.#wall() };
      const person = this.#model === null ? less : withTemplate(less, this.#model);
      await this.#commit({ people: this.#with(person) }, { gone: [sampleId] });
      await this.#note({ kind: 'edit', subject: opaqueId(personId), details: { fields: ['samples'] } });
      return person;
    });
  }

  /**
   * Removes a person with samples, vectors and pictures, also from the backup; see [Note: erasing].
   * @param anonymous their lines in the log are to be made anonymous too: remembered under `toAnonymise` in the same write,
   *   so that it is done even if this kiosk is killed before, until `anonymised` is called
   */
  remove(id: string, how: { readonly anonymous?: boolean; readonly by?: By } = {}): Promise<void> {
    const { anonymous = false, by } = how;
    return this.#mutex.runExclusive(async () => {
      const person = this.get(id);
      const people = this.all().filter((one) => one.id !== id);
      const { different, toAnonymise } = this.#db.data;
      await this.#commit(
        {
          people,
          different: renamedPairs(different, id, null),
          ...(anonymous ? { toAnonymise: [...toAnonymise, anonymising(person)] } : {}),
        },
        { gone: person.samples.map((sample) => sample.id), erase: true },
      );
      const subject = opaqueId(id);
      if (anonymous) await this.#note({ kind: 'consent-revoked', subject, details: { attendance: 'anonymised' } });
      await this.#note({ kind: 'delete', subject, details: { samples: person.samples.length }, ...given({ by }) });
    });
  }

  /** See `remove`. */
  get toAnonymise(): readonly Anonymising[] {
    return this.#db.data.toAnonymise;
  }

  /** The log holds nothing of them any more. */
  anonymised(them: Anonymising): Promise<void> {
    return this.#mutex.runExclusive(() =>
      this.#commit({ toAnonymise: this.toAnonymise.filter(({ as }) => as.personId !== them.as.personId) }),
    );
  }

  /** Erases vectors and pictures, see [Note: erasing]. The name stays, for the log, and the person is not ready any more. */
  revoke(id: string): Promise<PersonRecord> {
    return this.#mutex.runExclusive(async () => {
      const before = this.get(id);
      const person = withoutBiometrics(before, this.#wall());
      const different = renamedPairs(this.#db.data.different, id, null);
      const gone = before.samples.map((sample) => sample.id);
      await this.#commit({ people: this.#with(person), different }, { gone, erase: true });
      await this.#note({ kind: 'consent-revoked', subject: opaqueId(id), details: { attendance: 'kept' } });
      return person;
    });
  }

  /**
   * Gives `other`'s samples to `keep`, under whose name and fields they go on; `other` is gone, and `currentId` gives `keep`
   * for it. A picture both have stays once.
   * @throws LintelError `not-found`, `same-person`, `disk-full` and the like; then nothing was changed
   */
  merge(keepId: string, otherId: string): Promise<PersonRecord> {
    return this.#mutex.runExclusive(async () => {
      const [keep, other] = [this.get(keepId), this.get(otherId)];
      if (keep.id === other.id) throw samePerson();
      const person = merged(keep, other, this.#model, this.#wall());
      const people = this.#with(person).filter((one) => one.id !== other.id);
      const different = renamedPairs(this.#db.data.different, other.id, keep.id);
      const kept = new Set(person.samples.map((sample) => sample.id));
      const gone = other.samples.map((sample) => sample.id).filter((id) => !kept.has(id));
      await this.#commit({ people, different }, { gone });
      await this.#note({ kind: 'merge', subject: opaqueId(keepId), details: { from: opaqueId(otherId) } });
      return person;
    });
  }

  /** Remembers that two people who look alike are two people. @throws LintelError as `merge` */
  markDifferent(a: string, b: string): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      const pair: [string, string] = [this.get(a).id, this.get(b).id];
      if (a === b) throw samePerson();
      if (!this.isDifferent(a, b)) await this.#commit({ different: [...this.#db.data.different, pair] });
    });
  }

  /** Whether an operator called these two different people. */
  isDifferent(a: string, b: string): boolean {
    return this.#different.has(pairKey(a, b));
  }

  /** The id under which somebody is known now: that of the person they were merged with, or their own. */
  currentId(id: string): string {
    return this.#formerIds.get(id) ?? id;
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
    return this.#mutex.runExclusive(async () => {
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
      if (renewed > 0) await this.#write({ ...this.#db.data, people: [...next.values()] }, true);
      return renewed;
    });
  }

  /** Ids of those who are not ready but whom `renew` makes so: of one of their samples the aligned crop is kept. */
  async renewable(): Promise<ReadonlySet<string>> {
    const waiting = this.all().filter((person) => person.samples.length > 0 && !this.isReady(person));
    if (this.#model === null || waiting.length === 0) return new Set();
    const kept = await this.pictures.names();
    return new Set(
      waiting.filter(({ samples }) => samples.some(({ id }) => kept.has(alignedName(id)))).map(({ id }) => id),
    );
  }

  /** The embedder was changed: the gallery is filled with the templates of `model`, which may be none until `renew`. */
  useModel(model: ModelRef | null): Promise<void> {
    return this.#mutex.runExclusive(() => {
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
    return this.#mutex.waitForUnlock();
  }

  /** Everyone, with this one in the place of who has the same id. */
  #with(person: PersonRecord): PersonRecord[] {
    return this.all().map((one) => (one.id === person.id ? person : one));
  }

  /**
   * One change, whole or not at all: new pictures, the file, and then what is gone for good; see [Note: erasing].
   * @param more.gone samples whose vectors are not in `next` any more and whose pictures go
   * @param more.erase there is more to forget than samples
   */
  async #commit(
    next: Partial<Omit<PeopleFile, 'eraseBackup'>>,
    more: {
      readonly pictures?: ReadonlyMap<string, KeptPictures>;
      readonly gone?: readonly string[];
      readonly erase?: boolean;
    } = {},
  ): Promise<void> {
    const { pictures = new Map<string, KeptPictures>(), gone = [] } = more;
    const erase = more.erase === true || gone.length > 0;
    try {
      await this.pictures.putAll(pictures);
      await this.#write({ ...this.#db.data, ...next, eraseBackup: erase });
    } catch (error) {
      await this.pictures.remove([...pictures.keys()]).catch(() => undefined); // swept at the next start otherwise
      throw error;
    }
    if (!erase) return;
    await this.#eraseOlder();
    await this.pictures.remove(gone);
  }

  /** Writes over the backup generation, and removes the generations set aside. */
  async #eraseOlder(): Promise<void> {
    await this.#write({ ...this.#db.data, eraseBackup: false });
    for (const name of await this.#ops.list(this.#folder))
      if (/^people\.json\.(damaged-|v\d)/.test(name)) await removeIfThere(this.#ops, join(this.#folder, name));
    await this.#ops.syncFolder(this.#folder);
  }

  /** @param inMemory opened for reading, this change may live without the disk */
  async #write(next: PeopleFile, inMemory = false): Promise<void> {
    if (this.#readOnly && !inMemory) throw new LintelError('store-read-only.opened');
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
    const { people, different } = this.#db.data;
    this.#byId = new Map(people.map((person) => [person.id, person]));
    this.#formerIds = new Map(
      people.flatMap(({ id, formerly }) =>
        // Whoever is there is nobody else, whatever a record from outside says.
        formerly.filter((was) => !this.#byId.has(was.id)).map((was): [string, string] => [was.id, id]),
      ),
    );
    this.#different = new Set(different.map(([a, b]) => pairKey(a, b)));
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

/** What is to be said of somebody who was saved. @param before as they were; undefined: they were not there */
function notesOfSave(before: PersonRecord | undefined, person: PersonRecord): AuditNote[] {
  const subject = opaqueId(person.id);
  const known = new Set(before?.samples.map((sample) => sample.id));
  const other = known.size !== person.samples.length || person.samples.some((sample) => !known.has(sample.id));
  const notes: AuditNote[] = [];
  if (before === undefined) notes.push({ kind: 'enroll', subject, details: { samples: person.samples.length } });
  else if (other) notes.push({ kind: 'edit', subject, details: { fields: ['samples'] } });
  if (person.consentAt !== null && person.consentAt !== (before?.consentAt ?? null))
    notes.push({ kind: 'consent-given', subject, details: {} });
  return notes;
}

const consentRevoked = (): LintelError => new LintelError('consent-required.revoked');
const samePerson = (): LintelError => new LintelError('same-person');
