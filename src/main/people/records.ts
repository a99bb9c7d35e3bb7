/** What `people.json` holds. Vectors are base64 of 512 little-endian float32, beside the model they came from. */
import * as z from 'zod';
import { type CapturePose, capturePoseSchema, type Quality, qualitySchema } from '../../shared/domain.ts';
import { meanLength } from '../gallery/calibration.ts';
import {
  meanTemplate,
  type ModelRef,
  modelRefSchema,
  packVector,
  sameModel,
  unpackVector,
  vectorSchema,
} from '../gallery/gallery.ts';
import { newId } from '../storage/context.ts';
import type { KeptPictures } from './sample-images.ts';

export const sampleRecordSchema = z.object({
  id: z.string(),
  addedAt: z.number(),
  source: z.enum(['camera', 'file']),
  pose: capturePoseSchema.nullable(),
  quality: qualitySchema,
  /** SHA-256 of the picture file it came from, so that the same file is not taken twice; null for the camera. */
  pictureSha256: z.string().nullable(),
  model: modelRefSchema,
  embedding: vectorSchema,
});
export type SampleRecord = z.infer<typeof sampleRecordSchema>;

export const personRecordSchema = z.object({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  group: z.string().nullable(),
  consentAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  samples: z.array(sampleRecordSchema),
  /** When consent was taken back and every vector and picture erased; they cannot be restored by an import. */
  revokedAt: z.number().nullable().default(null),
  /** Whom this person was merged with: their check-ins count as this person's, and an import knows them again. */
  formerly: z.array(z.object({ id: z.string(), name: z.string(), externalId: z.string().nullable() })).default([]),
  /** Mean of the samples made by `model`; null when no sample is of use. */
  template: z.object({ model: modelRefSchema, vector: vectorSchema }).nullable(),
});
export type PersonRecord = z.infer<typeof personRecordSchema>;

export const peopleFileSchema = z.object({
  people: z.array(personRecordSchema),
  /** Pairs of ids whose templates look alike and whom an operator called different people. */
  different: z.array(z.tuple([z.string(), z.string()])).default([]),
  /** Whose lines in the log are to be made anonymous: it was asked for and is not done yet. Opaque ids only. */
  toAnonymise: z
    .array(z.object({ ids: z.array(z.string()), as: z.object({ personId: z.string(), name: z.string() }) }))
    .default([]),
  /** The backup generation may still hold somebody who was removed: it must be written over. */
  eraseBackup: z.boolean().default(false),
});
export type PeopleFile = z.infer<typeof peopleFileSchema>;

export type Anonymising = PeopleFile['toAnonymise'][number];

// What changes to people do to their records. Pure: nothing here touches disk or gallery.

export interface NewSample {
  readonly source: 'camera' | 'file';
  readonly pose: CapturePose | null;
  readonly quality: Quality;
  readonly pictureSha256: string | null;
  /** 512 float32 of unit length, made by the model in use. */
  readonly embedding: Float32Array;
  readonly pictures: KeptPictures;
  /** A sample that comes back from an export keeps its id and date. */
  readonly was?: { readonly id: string; readonly addedAt: number };
}

export interface PersonFields {
  readonly name: string;
  readonly externalId: string | null;
  readonly group: string | null;
}

export type PeopleChange =
  | (PersonFields & {
      readonly kind: 'add';
      readonly consentAt: number | null;
      readonly samples: readonly NewSample[];
      /** Somebody who comes back from an export keeps these. */
      readonly was?: Pick<PersonRecord, 'id' | 'createdAt' | 'revokedAt' | 'formerly'>;
    })
  | {
      readonly kind: 'extend';
      readonly personId: string;
      readonly samples: readonly NewSample[];
      /** Samples these ones take the place of; those the person does not have (any more) are passed over. */
      readonly replace?: readonly string[];
      /** When they agreed, for somebody who took their consent back before. */
      readonly consentAt?: number | null;
    };

export function newPerson(change: Extract<PeopleChange, { kind: 'add' }>, now: number): PersonRecord {
  const { name, externalId, group, consentAt, was } = change;
  return {
    id: was?.id ?? newId('p'),
    // A name that comes back is as it was, to the byte.
    name: was === undefined ? name.normalize('NFC') : name,
    externalId,
    group,
    consentAt,
    createdAt: was?.createdAt ?? now,
    updatedAt: now,
    samples: [],
    revokedAt: was?.revokedAt ?? null,
    formerly: was?.formerly ?? [],
    template: null,
  };
}

/** The samples of `added` that the person does not have yet, as records. A picture file that is there already is left out. */
export function samplesFor(
  person: PersonRecord,
  added: readonly NewSample[],
  model: ModelRef,
  now: number,
): { readonly record: SampleRecord; readonly pictures: KeptPictures }[] {
  const hashes = new Set(person.samples.map((sample) => sample.pictureSha256));
  const ids = new Set(person.samples.map((sample) => sample.id));
  const made: { record: SampleRecord; pictures: KeptPictures }[] = [];
  for (const sample of added) {
    const { source, pose, quality, pictureSha256, embedding, was } = sample;
    const id = was?.id ?? newId('s');
    if (ids.has(id) || (pictureSha256 !== null && hashes.has(pictureSha256))) continue;
    ids.add(id);
    hashes.add(pictureSha256);
    const addedAt = was?.addedAt ?? now;
    const record = { id, addedAt, source, pose, quality, pictureSha256, model, embedding: packVector(embedding) };
    made.push({ record, pictures: sample.pictures });
  }
  return made;
}

/**
 * The person with the template that follows from their samples of `model`. Without any such sample the template stays as it
 * is while there are samples of another model, and is none when there is no sample at all.
 */
export function withTemplate(person: PersonRecord, model: ModelRef): PersonRecord {
  const vectors = person.samples
    .filter((sample) => sameModel(sample.model, model))
    .map((s) => unpackVector(s.embedding));
  if (vectors.length > 0) return { ...person, template: { model, vector: packVector(meanTemplate(vectors)) } };
  return person.samples.length === 0 ? { ...person, template: null } : person;
}

const lengths = new WeakMap<PersonRecord, number>();

/** Length of the mean of the samples that a person's template is made of; 1 when that can not be told. See `picturesIn`. */
export function templateLength(person: PersonRecord): number {
  const { template, samples } = person;
  const known = lengths.get(person);
  if (known !== undefined || template === null) return known ?? 1;
  const own = samples.filter(({ model }) => sameModel(model, template.model));
  const length = meanLength(own.map(({ embedding }) => unpackVector(embedding)));
  lengths.set(person, length);
  return length;
}

/**
 * The person without some of their samples, and the template that follows, also when it is of a model no longer in use:
 * nothing of an erased face may live on in a mean.
 */
export function withoutSamples(person: PersonRecord, gone: ReadonlySet<string>): PersonRecord {
  const samples = person.samples.filter((sample) => !gone.has(sample.id));
  if (samples.length === person.samples.length) return person;
  const { template } = person;
  if (template === null) return { ...person, samples };
  const left = samples.some((sample) => sameModel(sample.model, template.model));
  return left ? withTemplate({ ...person, samples }, template.model) : { ...person, samples, template: null };
}

/** The person without anything of their body: no vector, no picture, no consent. */
export const withoutBiometrics = (person: PersonRecord, now: number): PersonRecord => ({
  ...person,
  consentAt: null,
  revokedAt: now,
  samples: [],
  template: null,
  updatedAt: now,
});

/** What the log says instead of a person: the lines of one remain those of one, and nothing else is left. */
export const anonymising = (person: PersonRecord): Anonymising => {
  const personId = newId('x');
  return { ids: [person.id, ...person.formerly.map((was) => was.id)], as: { personId, name: personId } };
};

/** `keep` with the samples of `other`, who is remembered under `formerly`. A picture that both have stays once. */
export function merged(keep: PersonRecord, other: PersonRecord, model: ModelRef | null, now: number): PersonRecord {
  const hashes = new Set(keep.samples.flatMap(({ pictureSha256: hash }) => (hash === null ? [] : [hash])));
  const more = other.samples.filter(({ pictureSha256: hash }) => hash === null || !hashes.has(hash));
  const samples = [...keep.samples, ...more].sort((a, b) => a.addedAt - b.addedAt);
  const agreed = [keep.consentAt, other.consentAt].filter((at) => at !== null);
  const person: PersonRecord = {
    ...keep,
    externalId: keep.externalId ?? other.externalId,
    group: keep.group ?? other.group,
    consentAt: agreed.length === 0 ? null : Math.min(...agreed),
    revokedAt: samples.length > 0 ? null : (keep.revokedAt ?? other.revokedAt),
    createdAt: Math.min(keep.createdAt, other.createdAt),
    updatedAt: now,
    samples,
    template: keep.template ?? other.template,
    formerly: [...keep.formerly, ...other.formerly, { id: other.id, name: other.name, externalId: other.externalId }],
  };
  return model === null ? person : withTemplate(person, model);
}

export const pairKey = (a: string, b: string): string => (a < b ? `${a}\n${b}` : `${b}\n${a}`);

/** The pairs called different, with `from` now called `to` (null: gone). */
export function renamedPairs(pairs: PeopleFile['different'], from: string, to: string | null): PeopleFile['different'] {
  const kept = new Map<string, [string, string]>();
  for (const [a, b] of pairs) {
    const [x, y] = [a === from ? to : a, b === from ? to : b];
    if (x !== null && y !== null && x !== y) kept.set(pairKey(x, y), [x, y]);
  }
  return [...kept.values()];
}

/** The sample whose portrait stands for the person: looking straight, then the best quality. */
export function bestSample(person: PersonRecord): SampleRecord | undefined {
  const rank = (sample: SampleRecord): number => sample.quality.score + (sample.pose === 'straight' ? 1 : 0);
  return person.samples.reduce<SampleRecord | undefined>(
    (best, sample) => (best === undefined || rank(sample) > rank(best) ? sample : best),
    undefined,
  );
}
