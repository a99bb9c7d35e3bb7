/** What `people.json` holds. Vectors are base64 of 512 little-endian float32, beside the model they came from. */
import { z } from 'zod';
import { capturePoseSchema, qualitySchema } from '../../shared/domain.ts';

export const DIMENSIONS = 512;
const VECTOR_BYTES = DIMENSIONS * 4;

/** Which embedder made a vector: vectors of different models are never compared. */
export const modelRefSchema = z.object({ id: z.string(), sha256: z.string() });
export type ModelRef = z.infer<typeof modelRefSchema>;

const vectorSchema = z.string().length(Math.ceil(VECTOR_BYTES / 3) * 4);

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
  /** When consent was taken back and every vector and picture erased; they can not be brought back by an import. */
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

export const sameModel = (a: ModelRef, b: ModelRef): boolean => a.sha256 === b.sha256;

/** @param vector 512 float32 */
export function packVector(vector: Float32Array): string {
  const bytes = Buffer.alloc(VECTOR_BYTES);
  for (let i = 0; i < DIMENSIONS; i++) bytes.writeFloatLE(vector[i] ?? 0, i * 4);
  return bytes.toString('base64');
}

export function unpackVector(packed: string): Float32Array {
  const bytes = Buffer.from(packed, 'base64');
  const vector = new Float32Array(DIMENSIONS);
  for (let i = 0; i < DIMENSIONS; i++) vector[i] = bytes.readFloatLE(i * 4);
  return vector;
}
