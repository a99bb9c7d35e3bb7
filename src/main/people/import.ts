/**
 * People from picture files into the store, many at a time. People are saved in batches, each one durable write: a crash
 * costs at most the batch under way, and doing everything again adds nothing twice.
 *
 * [Note: who is who] Somebody to be imported is known again by the id of their `lintel.json`, else by their external id
 * when they have one, else by their exact name. Former names and ids of people who were merged count. Somebody whose record
 * says that others are called the same is known by the id alone: those others may be here already.
 */
import type { Handlers } from '../../shared/calls.ts';
import { createHash } from 'node:crypto';
import type { ExportedFile } from '../../shared/admin.ts';
import { nameSchema, type Turn } from '../../shared/domain.ts';
import { LintelError, type Refusal, refusal, refusalOf, reportOf } from '../../shared/errors.ts';
import { sameModel, unpackVector } from '../gallery/gallery.ts';
import type { Recognition } from '../gallery/recognition.ts';
import { type NoteAudit, unless } from '../storage/context.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import type { SeenFace, SeenPicture, Vision } from '../vision/vision.ts';
import { RECORD_FILE } from '../../shared/people-folder.ts';
import { fieldsOf, filesOf, foldersOf, importSamples, namesakesIn, type PersonFile, readPersonFile } from './export.ts';
import { importPlan } from './import-plan.ts';
import type { PersonRecord } from './records.ts';
import type { NewSample, PeopleChange, PeopleRepository } from './repository.ts';
import { fileProblems, fittingSamples, SAME_PERSON_FMR, type SampleProblem } from './sample-quality.ts';

interface PersonToImport {
  readonly name: string;
  readonly externalId?: string | null;
  readonly group?: string | null;
  /** When they agreed, Unix ms. */
  readonly consentAt: number;
  /** Read one after the other, and not kept: any number of large pictures takes little memory. */
  readonly pictures: readonly { readonly file: string; readonly read: () => Promise<Uint8Array> }[];
}
interface Rejected extends Refusal {
  readonly file: string;
}
interface Turned {
  readonly file: string;
  readonly turned: Turn;
}
export interface ImportResult {
  /** Null when no picture could be used and nobody of that name was enrolled. */
  readonly id: string | null;
  readonly name: string;
  /** How many samples the person has now. */
  readonly samples: number;
  /** How many of them are new. */
  readonly added: number;
  /** Pictures taken after they had been turned upright. */
  readonly turned: readonly Turned[];
  readonly rejected: readonly Rejected[];
  /** Other people, enrolled before or by this import, for whom they could be taken at check-in; most similar first. */
  readonly lookAlikes: readonly { readonly id: string; readonly name: string; readonly similarity: number }[];
}

interface ImportDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  /** The vision, once it answers and the templates are those of its model. */
  readonly vision: () => Promise<Vision>;
  /** Writes that may meet a full disk; see `DiskMonitor.track`. */
  readonly watch?: <T>(write: () => Promise<T>) => Promise<T>;
}
interface ImportOptions {
  /** Called after each picture was looked at. */
  readonly onPicture?: (file: string) => void;
  /** Stops before the next picture; whoever is complete by then is saved. */
  readonly signal?: AbortSignal;
  /** The operator vouches for every picture: also those are taken that look like somebody else than the person's others. */
  readonly evenIfDifferent?: boolean;
}

/** `people.json` is written whole at each save, so not for each person; and a crash should not cost minutes. */
const BATCH = { people: 25, pictures: 150 };
/** Two pictures under way: while one is in the models, the next is decoded. */
const AT_ONCE = 2;
/** How often a picture is tried while vision starts again, and how long is waited each time, ms. */
const PATIENCE = { tries: 20, waitMs: 250 };

/**
 * Imports people, and yields each when they are on disk, in the order given. A picture that can not be used is reported,
 * and nothing else suffers from it.
 * @throws LintelError what stops everything: `vision-stopped`, `model-...`, `disk-full` and the like. Batches before are kept.
 */
export async function* importPeople(
  deps: ImportDeps,
  people: Iterable<PersonToImport>,
  options: ImportOptions = {},
): AsyncGenerator<ImportResult, void> {
  let batch: PersonToImport[] = [];
  let keys = new Set<string>();
  let pictures = 0;
  for (const person of people) {
    if (options.signal?.aborted === true) break;
    const key = person.externalId ? `id ${person.externalId}` : `name ${person.name.normalize('NFC')}`;
    // Somebody who comes twice must find themselves saved the second time.
    if (keys.has(key) || batch.length >= BATCH.people || pictures + person.pictures.length > BATCH.pictures) {
      if (batch.length > 0) yield* await saveBatch(deps, batch, options);
      [batch, keys, pictures] = [[], new Set(), 0];
    }
    batch.push(person);
    keys.add(key);
    pictures += person.pictures.length;
  }
  if (batch.length > 0 && options.signal?.aborted !== true) yield* await saveBatch(deps, batch, options);
}

/** `importPeople` as a list. */
export async function everyone(results: AsyncIterable<ImportResult>): Promise<ImportResult[]> {
  const all: ImportResult[] = [];
  for await (const one of results) all.push(one);
  return all;
}

/** One person of a batch, between being looked at and being saved. */
interface Draft {
  readonly person: PersonToImport;
  readonly before: PersonRecord | undefined;
  readonly record: PersonFile | null;
  /** Nothing of theirs is imported. */
  readonly refused: boolean;
  readonly rejected: Rejected[];
  readonly turned: Turned[];
  /** Of picture files, in their order; null: already there, or no good. */
  readonly pictures: ({ readonly file: string; readonly sample: NewSample } | null)[];
  /** Of a `lintel.json`. */
  readonly restored: NewSample[];
  /** Pictures not looked at yet. */
  left: number;
}

async function saveBatch(
  deps: ImportDeps,
  batch: readonly PersonToImport[],
  { onPicture = () => undefined, signal, evenIfDifferent = false }: ImportOptions,
): Promise<ImportResult[]> {
  const vision = await unless(deps.vision, () => null, { signal });
  if (vision === null) return [];
  const find = finder(deps.people);
  const drafts: Draft[] = [];
  const jobs: (() => Promise<void>)[] = [];
  for (const given of batch) {
    const record = await recordOf(given);
    const { name, externalId = null, group = null } = given;
    const person = record.file === null ? given : { ...given, ...fieldsOf(record.file, { name, externalId, group }) };
    const { before, refusal } = isName(name) ? find(person, record.file) : NOBODY;
    const rejected = record.problem === null ? [] : [record.problem];
    const draft: Draft = {
      person,
      before,
      record: record.file,
      refused: refusal !== null,
      rejected,
      turned: [],
      pictures: [],
      restored: [],
      left: 0,
    };
    drafts.push(draft);
    if (refusal !== null) {
      rejected.splice(0, 1, ...person.pictures.map(({ file }) => ({ file, ...refusal })));
      for (const { file } of person.pictures) onPicture(file);
      continue;
    }
    jobs.push(...jobsOf(deps, vision, draft, onPicture));
  }
  await inTurn(jobs, signal);
  return save(deps, drafts, evenIfDifferent);
}

const leafOf = (file: string): string => file.replaceAll('\\', '/').split('/').at(-1) ?? '';

async function recordOf(
  person: PersonToImport,
): Promise<{ readonly file: PersonFile | null; readonly problem: Rejected | null }> {
  const found = person.pictures.find(({ file }) => leafOf(file) === RECORD_FILE);
  if (found === undefined) return { file: null, problem: null };
  const bytes = await found.read().catch(() => null);
  const file = bytes === null ? null : readPersonFile(bytes);
  if (file !== null) return { file, problem: null };
  return { file: null, problem: { file: found.file, ...refusal('import-record') } };
}

const isName = (name: string): boolean => nameSchema.safeParse(name).success;
const NOBODY: Found = { before: undefined, refusal: refusal('name-invalid') };

interface Found {
  /** Who it is among those enrolled; undefined: somebody new. */
  readonly before: PersonRecord | undefined;
  /** Why nothing of theirs can be imported. */
  readonly refusal: Refusal | null;
}

/** See [Note: who is who]. */
function finder(people: PeopleRepository): (person: PersonToImport, record: PersonFile | null) => Found {
  const byExternalId = new Map<string, PersonRecord>();
  const byName = new Map<string, Set<PersonRecord>>();
  for (const person of people.all())
    for (const { name, externalId } of [person, ...person.formerly]) {
      if (externalId !== null) byExternalId.set(externalId, person);
      byName.set(name, (byName.get(name) ?? new Set()).add(person));
    }
  return ({ name, externalId }, record) => {
    let before = record === null ? undefined : people.find(people.currentId(record.person.id));
    if (record?.person.namesakes === true) return revokedOr(before, record);
    if (before === undefined && externalId) before = byExternalId.get(externalId);
    else if (before === undefined) {
      // File systems of Apple's give names decomposed.
      const [found, ...others] = byName.get(name.normalize('NFC')) ?? [];
      if (others.length > 0) return { before: undefined, refusal: refusal('import-name-ambiguous') };
      before = found;
    }
    return revokedOr(before, record);
  };
}

function revokedOr(before: PersonRecord | undefined, record: PersonFile | null): Found {
  // Their own record without a sample takes nothing from them and gives nothing back.
  if (before !== undefined && before.revokedAt !== null && record?.samples.length !== 0)
    return { before: undefined, refusal: refusal('consent-required.revoked') };
  return { before, refusal: null };
}

function jobsOf(
  deps: ImportDeps,
  vision: Vision,
  draft: Draft,
  onPicture: (file: string) => void,
): (() => Promise<void>)[] {
  const { person, record, before } = draft;
  const ofRecord = new Set(record?.samples.map(({ picture }) => picture));
  const plain = person.pictures.filter(({ file }) => leafOf(file) !== RECORD_FILE && !ofRecord.has(leafOf(file)));
  const jobs: (() => Promise<void>)[] = [];
  if (record !== null) jobs.push(() => restore(deps, vision, draft, record, onPicture));
  const known = new Set(before?.samples.map((sample) => sample.pictureSha256));
  plain.forEach(({ file, read }, index) => {
    draft.pictures.push(null);
    jobs.push(async () => {
      try {
        const bytes = await read();
        const pictureSha256 = createHash('sha256').update(bytes).digest('hex');
        if (!known.has(pictureSha256)) {
          known.add(pictureSha256);
          const { faces, turned } = await look(vision, bytes);
          draft.pictures[index] = { file, sample: sampleOf(faces, pictureSha256) };
          if (turned !== 0) draft.turned.push({ file, turned });
        }
      } catch (error) {
        const why = refusalOf(error);
        if (/^(vision|model)-/.test(why.code)) throw error; // not the picture's fault
        draft.rejected.push({ file, ...why });
      }
      onPicture(file);
    });
  });
  draft.left = jobs.length;
  return jobs.map((job) => async () => {
    await job();
    draft.left--;
  });
}

async function restore(
  { people }: ImportDeps,
  vision: Vision,
  draft: Draft,
  record: PersonFile,
  onPicture: (file: string) => void,
): Promise<void> {
  const { person, before } = draft;
  const { model } = people;
  if (model === null) throw new LintelError('model-missing');
  const known = new Set(before?.samples.map((sample) => sample.id));
  const ofRecord = new Set(record.samples.map(({ picture }) => picture));
  const portraits = new Map<string, Uint8Array>();
  for (const { file, read } of person.pictures) {
    // One that can not be read is as one that is not there: its sample is left out, and said.
    const bytes = ofRecord.has(leafOf(file)) ? await read().catch(() => null) : null;
    if (bytes !== null) portraits.set(leafOf(file), bytes);
    if (ofRecord.has(leafOf(file)) || leafOf(file) === RECORD_FILE) onPicture(file);
  }
  const news: PersonFile = { ...record, samples: record.samples.filter(({ id }) => !known.has(id)) };
  const taken = new Set(
    people.all().flatMap((one) => (one.id === before?.id ? [] : one.samples.map((sample) => sample.id))),
  );
  const { samples, refused } = await importSamples(news, portraits, {
    vision,
    model,
    isTaken: (id) => taken.has(id),
    name: RECORD_FILE,
  });
  draft.restored.push(...samples);
  draft.rejected.push(...refused);
}

/** A picture, also when vision has to start again in between. */
async function look(vision: Vision, bytes: Uint8Array): Promise<SeenPicture> {
  for (let tries = 1; ; tries++) {
    try {
      return await vision.analyzePicture(bytes, { embed: 'largest', pictures: true });
    } catch (error) {
      if (reportOf(error).code !== 'vision-restarting' || tries >= PATIENCE.tries) throw error;
      await new Promise((later) => setTimeout(later, PATIENCE.waitMs));
    }
  }
}

/** @throws LintelError why the picture is no good as a sample */
function sampleOf(faces: readonly SeenFace[], pictureSha256: string): NewSample {
  const [problem] = fileProblems(faces);
  const [face] = faces;
  if (problem !== undefined || face?.embedding === undefined || face.pictures === undefined)
    throw new LintelError(keyOfProblem(problem ?? 'no-face'), { problem: problem ?? 'no-face' });
  const { embedding, pictures, quality } = face;
  return { source: 'file', pose: null, quality, pictureSha256, embedding, pictures };
}

const keyOfProblem = (problem: SampleProblem) =>
  problem === 'no-face' ? problem : (`poor-quality.${problem}` as const);

/**
 * Runs jobs in their order, some at once. After an error no further one is begun, and those begun are waited for; a stop waits
 * for none.
 */
async function inTurn(jobs: readonly (() => Promise<void>)[], signal: AbortSignal | undefined): Promise<void> {
  let next = 0;
  let failed: { readonly error: unknown } | null = null;
  const worker = async (): Promise<void> => {
    for (let job = jobs[next++]; job !== undefined && failed === null && signal?.aborted !== true; job = jobs[next++])
      await job().catch((error: unknown) => void (failed ??= { error }));
  };
  await unless(
    () => Promise.all(Array.from({ length: AT_ONCE }, worker)),
    () => null,
    { signal },
  );
  if (failed !== null) throw (failed as { error: unknown }).error;
}

/** One durable write for all who are complete. */
async function save(deps: ImportDeps, drafts: readonly Draft[], evenIfDifferent: boolean): Promise<ImportResult[]> {
  const { people, watch = (write) => write() } = deps;
  const complete = drafts.filter((draft) => draft.left === 0);
  const changes: PeopleChange[] = [];
  const changeOf = new Map<Draft, number>();
  for (const draft of complete) {
    const samples = samplesOf(deps, draft, evenIfDifferent);
    // Whoever took their consent back has no sample, and comes back as the name they are.
    const onlyName = draft.before === undefined && draft.record !== null && draft.record.samples.length === 0;
    if (draft.refused || (samples.length === 0 && !onlyName)) continue;
    changeOf.set(draft, changes.length);
    changes.push(changeFor(draft, samples, people));
  }
  const saved = changes.length === 0 ? [] : await watch(() => people.save(changes));
  return complete.map((draft) => {
    const { before, person, turned, rejected } = draft;
    const record = saved[changeOf.get(draft) ?? -1] ?? before;
    const samples = record?.samples.length ?? 0;
    return {
      id: record?.id ?? null,
      name: person.name,
      samples,
      added: samples - (before?.samples.length ?? 0),
      turned,
      rejected,
      lookAlikes: record === undefined ? [] : lookAlikesOf(deps, record),
    };
  });
}

/**
 * What is to be stored of a draft. A picture that shows somebody else than the others, or than the samples which the person
 * has already, is rejected; so are all when nobody can say which of them are the person's. The samples of an export are
 * the person's own: an operator has seen them.
 */
function samplesOf({ people, recognition }: ImportDeps, draft: Draft, evenIfDifferent: boolean): NewSample[] {
  const { before, record, restored, rejected } = draft;
  const pictures = draft.pictures.filter((picture) => picture !== null);
  const isOwn = record !== null && (before === undefined || people.currentId(record.person.id) === before.id);
  const { model } = people;
  const stored = (before?.samples ?? [])
    .filter((sample) => model !== null && sameModel(sample.model, model))
    .map((sample) => unpackVector(sample.embedding));
  const trusted = [...stored, ...(isOwn ? restored.map(({ embedding }) => embedding) : [])];
  const asked = [...pictures, ...(isOwn ? [] : restored.map((sample) => ({ file: RECORD_FILE, sample })))];
  const fits = fittingSamples(
    asked.map(({ sample }) => sample.embedding),
    recognition.similarityAt(SAME_PERSON_FMR),
    trusted,
  );
  const why = trusted.length > 0 ? 'enrolled' : fits.includes(true) ? 'others' : 'undecided';
  const taken = asked.filter(({ file }, index) => {
    if (fits[index] === true || evenIfDifferent) return true;
    rejected.push({ file, ...refusal(`pictures-differ.${why}`) });
    return false;
  });
  return [...taken.map(({ sample }) => sample), ...(isOwn ? restored : [])];
}

/** More look-alikes of one person nobody looks through. */
const MOST_LOOK_ALIKES = 20;

/** Those whom the gallery would take the person for. Pairs called different by an operator are left out. */
function lookAlikesOf({ people, recognition }: ImportDeps, { id, template }: PersonRecord): ImportResult['lookAlikes'] {
  const { model } = people;
  if (template === null || model === null || !sameModel(template.model, model)) return [];
  const { threshold } = recognition;
  return recognition
    .candidates(unpackVector(template.vector), MOST_LOOK_ALIKES + 1)
    .filter((other) => other.id !== id && other.similarity >= threshold && !people.isDifferent(id, other.id));
}

function changeFor(
  { before, person, record }: Draft,
  samples: readonly NewSample[],
  people: PeopleRepository,
): PeopleChange {
  if (before !== undefined) return { kind: 'extend', personId: before.id, samples };
  const { name, externalId, group, consentAt } = person;
  const fields = { name, externalId: externalId || null, group: group || null, samples };
  if (record === null || people.find(record.person.id) !== undefined) return { kind: 'add', ...fields, consentAt };
  const { consentAt: agreedAt, ...was } = record.person;
  if (samples.length === 0) return { kind: 'add', ...fields, consentAt: agreedAt, was };
  // Of an earlier version's record, or of one that has it taken back: they agreed to this import.
  const agreed = was.name === undefined || was.revokedAt !== null ? (agreedAt ?? consentAt) : agreedAt;
  return { kind: 'add', ...fields, consentAt: agreed, was: { ...was, revokedAt: null } };
}

// Import and export of people, as the screens ask for it.

interface ImportServiceDeps {
  readonly people: PeopleRepository;
  readonly recognition: Recognition;
  /** The vision, once it answers. */
  readonly vision: () => Promise<Vision>;
  readonly disk: DiskMonitor;
  readonly note: NoteAudit;
  readonly statusChanged: () => void;
}

export class ImportService {
  readonly #deps: ImportServiceDeps;

  constructor(deps: ImportServiceDeps) {
    this.#deps = deps;
  }

  /** See `importPeople`; the status is told when it is over. */
  async *run(people: Iterable<PersonToImport>, options: ImportOptions = {}): AsyncGenerator<ImportResult, void> {
    const { people: repository, recognition, vision, disk, statusChanged } = this.#deps;
    const watch = <T>(write: () => Promise<T>): Promise<T> => disk.track(write);
    const deps = { people: repository, recognition, vision, watch };
    try {
      yield* importPeople(deps, people, options);
    } finally {
      statusChanged();
    }
  }

  /** One page of everybody, in the order in which they were enrolled; see export.ts. */
  async export(
    offset: number,
    limit: number,
  ): Promise<{ total: number; next: number | null; files: ExportedFile[]; damaged: string[] }> {
    const { people } = this.#deps;
    const all = people.all();
    const some = all.slice(offset, offset + limit);
    const { files, damaged } = await filesOf(some, this.#named(all), people.pictures);
    // Before they leave: an export that nobody knows of is worse than one that was noted and not taken.
    if (some.length > 0)
      await this.#deps.note({
        kind: 'export',
        subject: null,
        details: { what: 'people', format: 'folder', count: some.length },
      });
    const next = offset + limit < all.length ? offset + limit : null;
    return { total: all.length, next, files, damaged };
  }

  #last: { readonly all: readonly PersonRecord[]; readonly named: Parameters<typeof filesOf>[1] } | null = null;

  /** The same for every page while nobody comes or goes. */
  #named(all: readonly PersonRecord[]): Parameters<typeof filesOf>[1] {
    if (this.#last?.all !== all) this.#last = { all, named: { folders: foldersOf(all), namesakes: namesakesIn(all) } };
    return this.#last.named;
  }
}

export const importCalls = ({ imports }: { readonly imports: ImportService }) =>
  ({
    planImport: ({ files, csv, kinds }) => {
      const kindOf = new Map(files.map((file, i) => [file, kinds[i] === 'none' ? null : (kinds[i] ?? undefined)]));
      return importPlan(files, csv, (file) => kindOf.get(file));
    },
    importPeople: async ({ people, consentAt, evenIfDifferent }) => {
      const readable = people.map(({ name, externalId, group, pictures }) => ({
        name,
        externalId,
        group,
        consentAt,
        pictures: pictures.map((picture) => ({ file: picture.name, read: () => Promise.resolve(picture.bytes) })),
      }));
      const results = await everyone(imports.run(readable, { evenIfDifferent }));
      return results.map((one) => ({
        ...one,
        turned: [...one.turned],
        rejected: [...one.rejected],
        lookAlikes: [...one.lookAlikes],
      }));
    },
    exportPeople: ({ offset, limit }) => imports.export(offset, limit),
  }) satisfies Partial<Handlers>;
