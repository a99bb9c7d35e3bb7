/** The admin area as zod schemas: people, attendance, photos, verification, evaluation. Calls are in calls.ts. */
import * as z from 'zod';
import {
  boxSchema,
  decisionKindSchema,
  directionSchema,
  errorReportSchema,
  momentSchema,
  nameSchema,
  personSummarySchema,
  pictureUrlSchema,
  pointSchema,
  qualitySchema,
  turnSchema,
} from './domain.ts';

/** A day of the kiosk's calendar, `YYYY-MM-DD`. */
const daySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const idSchema = z.string().min(1).max(100);
const bytes = z.instanceof(Uint8Array);

// ---------------------------------------------------------------- people

export const personFieldsSchema = z.object({
  name: nameSchema,
  externalId: z.string().trim().max(100).nullable(),
  group: z.string().trim().max(100).nullable(),
});

/** What becomes of the check-ins of somebody whose biometrics are erased. */
export const attendanceFateSchema = z.enum(['keep', 'anonymise']);

/** Two people whose templates look alike and whom nobody has called different yet. */
export const duplicatePairSchema = z.object({
  a: personSummarySchema,
  b: personSummarySchema,
  similarity: z.number(),
  threshold: z.number(),
  /** How often the kiosk did not tell them apart at the door, and when last (Unix ms); null: not repeatedly. */
  ambiguous: z.object({ times: z.int(), lastAt: z.number() }).nullable(),
});
export type DuplicatePair = z.infer<typeof duplicatePairSchema>;

// ---------------------------------------------------------------- import and export

const importPersonSchema = personFieldsSchema.extend({
  /** Paths as the operator's folder has them; the pictures travel with `importPeople`. */
  files: z.array(z.string().max(1000)),
});
/** A file or a row that was left out: `reason` in English, the rest to word it in any language. */
const refusedFileSchema = z.object({
  file: z.string(),
  ...errorReportSchema.pick({ code: true, variant: true, params: true }).shape,
  reason: z.string(),
});
export const importPlanSchema = z.object({
  people: z.array(importPersonSchema),
  /** Files and rows that can not be used, and why. */
  problems: z.array(refusedFileSchema),
  /** What was assumed of a table that does not say in which encoding it is. */
  assumed: errorReportSchema.optional(),
});
export type ImportPlan = z.infer<typeof importPlanSchema>;

export const importedPersonSchema = z.object({
  id: z.string().nullable(),
  name: z.string(),
  /** Samples the person has now, and how many of them this import added; pictures already there are not added again. */
  samples: z.int(),
  added: z.int(),
  /** Pictures that were taken after they had been turned upright. */
  turned: z.array(z.object({ file: z.string(), turned: turnSchema })),
  rejected: z.array(refusedFileSchema),
  /** Others for whom the person could be taken at check-in; most similar first. */
  lookAlikes: z.array(z.object({ id: z.string(), name: z.string(), similarity: z.number() })),
});
export type ImportedPerson = z.infer<typeof importedPersonSchema>;

// ---------------------------------------------------------------- attendance

export const attendanceQuerySchema = z.object({
  from: daySchema,
  to: daySchema,
  personId: idSchema.nullable().default(null),
  group: z.string().max(100).nullable().default(null),
});

const totalsSchema = z.object({
  personId: z.string(),
  period: z.string(),
  present: z.int(),
  late: z.int(),
  absent: z.int(),
  insideMs: z.number(),
  lateMs: z.number(),
  incomplete: z.int(),
});

const attendanceEventSchema = z.object({
  id: z.string(),
  at: z.number(),
  personId: z.string(),
  name: z.string(),
  direction: directionSchema,
  /** Reasons of the corrections that made this line what it is, oldest first; empty for an untouched line. */
  corrections: z.array(z.string()),
});

export const attendanceReplySchema = z.object({
  timeZone: z.string(),
  people: z.array(z.object({ id: z.string(), name: z.string(), group: z.string().nullable() })),
  days: z.array(
    z.object({
      personId: z.string(),
      day: daySchema,
      status: z.enum(['present', 'late', 'absent', 'off', 'expected']),
      firstIn: z.number().nullable(),
      lastOut: z.number().nullable(),
      insideMs: z.number(),
      spanMs: z.number(),
      lateMs: z.number(),
      flags: z.array(z.string()),
    }),
  ),
  weeks: z.array(totalsSchema),
  months: z.array(totalsSchema),
  /** 96 counts of arrivals by quarter hour of the wall clock. */
  arrivals: z.array(z.int()).length(96),
  /** The lines behind the days, for one person or one day; left empty when the range is larger than that. */
  events: z.array(attendanceEventSchema),
  problems: z.array(z.object({ kind: z.string(), detail: z.string() })),
});
export type AttendanceReply = z.infer<typeof attendanceReplySchema>;

const reason = z.string().trim().min(1).max(500);
const correctionsAt = <T extends z.ZodType>(at: T) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('add'), reason, personId: idSchema, at, direction: directionSchema }),
    z.object({ kind: z.literal('void'), reason, target: idSchema }),
    z.object({ kind: z.literal('retime'), reason, target: idSchema, at }),
  ]);
/** A correction as the operator makes it; main gives it its id, time and author. */
export const newCorrectionSchema = correctionsAt(momentSchema);
/** The same with a time that may be as somebody wrote it, `2026-01-31T08:05`: by the kiosk's clock. */
export const writtenCorrectionSchema = correctionsAt(z.union([momentSchema, z.string().max(100)]));

export const fileSchema = z.object({ name: z.string(), type: z.string(), bytes });
export type ExportedFile = z.infer<typeof fileSchema>;

// ---------------------------------------------------------------- photos and verification

export const photoFaceSchema = z.object({
  box: boxSchema,
  landmarks: z.array(pointSchema),
  score: z.number(),
  quality: qualitySchema,
  kind: decisionKindSchema,
  candidates: z.array(
    z.object({ id: z.string(), name: z.string(), similarity: z.number(), picture: pictureUrlSchema.nullable() }),
  ),
});

export const verificationSideSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('picture'), bytes }),
  z.object({ kind: z.literal('person'), personId: idSchema }),
]);

export const verificationReplySchema = z.object({
  similarity: z.number(),
  /** Of one comparison at the risk in the settings. */
  threshold: z.number(),
  same: z.boolean(),
  /** Fraction of pairs of different people at least this similar, by the model's calibration. */
  fmr: z.number(),
  /** Fraction of pairs of the same person that are less similar. */
  fnmr: z.number(),
  /** By how much each picture had to be turned; a person's is 0. */
  turned: z.tuple([turnSchema, turnSchema]),
  /** The aligned crops that were compared. */
  crops: z.tuple([pictureUrlSchema, pictureUrlSchema]),
  /** The five enrolled people nearest to the first face. */
  nearest: z.array(
    z.object({ id: z.string(), name: z.string(), similarity: z.number(), picture: pictureUrlSchema.nullable() }),
  ),
});
export type VerificationReply = z.infer<typeof verificationReplySchema>;

// ---------------------------------------------------------------- how good is it here

export const evaluationSourceSchema = z.discriminatedUnion('kind', [
  /** The enrolled people's own samples, each against templates made without it. */
  z.object({ kind: z.literal('enrolled') }),
  /** Labelled pictures, sent before with `addEvaluationPicture`. */
  z.object({ kind: z.literal('folder'), aligned: z.boolean() }),
  /** A pairs list (`pairs.csv` or LFW's `pairs.txt`) over pictures sent before. */
  z.object({
    kind: z.literal('pairs'),
    /** Bytes: as it is on the disk, in whatever encoding. */
    list: z.union([z.string().max(8_000_000), bytes]),
    /** The list's file name, for what is said about it. */
    name: z.string().max(1000).default('pairs.csv'),
    aligned: z.boolean(),
  }),
]);

/** Strangers and members before a gallery of so many people, see `GalleryFigures`. */
const galleryReplySchema = z.object({
  people: z.int(),
  risk: z.number(),
  fpir: z.number(),
  fpirInterval: z.tuple([z.number(), z.number()]).readonly(),
  fnir: z.number().nullable(),
  fnirInterval: z.tuple([z.number(), z.number()]).readonly().nullable(),
});
export type GalleryReply = z.infer<typeof galleryReplySchema>;

/** A rate as so many of a whole number of people, with where it would lie (95 %) with other people. */
export interface OutOf {
  readonly of: number;
  readonly about: number;
  readonly low: number;
  readonly high: number;
  /** Below, a number is said with a decimal. */
  readonly wholeFrom: 1 | 10;
}
export const decimals = (n: number, { wholeFrom }: OutOf): 0 | 1 => (n > 0 && n < wholeFrom ? 1 : 0);
const outOf = (of: number, rate: number, [low, high]: readonly [number, number], wholeFrom: 1 | 10): OutOf => ({
  of,
  about: rate * of,
  low: low * of,
  high: high * of,
  wholeFrom,
});

/** No operator thinks in FPIR and FNIR: strangers, of so many that at least one is promised, and members of a hundred. */
export function inPeople({ risk, fpir, fpirInterval, fnir, fnirInterval }: Omit<GalleryReply, 'people'>): {
  readonly strangers: OutOf & { readonly promised: number };
  /** Null: nobody has two pictures. */
  readonly members: OutOf | null;
} {
  const of = Math.max(1000, Math.round(1 / risk));
  return {
    strangers: { ...outOf(of, fpir, fpirInterval, 10), promised: Math.round(risk * of * 10) / 10 },
    members: fnir === null || fnirInterval === null ? null : outOf(100, fnir, fnirInterval, 1),
  };
}

export const evaluationReplySchema = z.object({
  evaluationId: z.string(),
  protocol: z.enum(['pairs', 'folder', 'leave-one-out']),
  pairs: z.int(),
  genuine: z.int(),
  impostor: z.int(),
  skipped: z.int(),
  accuracy: z.number(),
  auc: z.number(),
  eer: z.number(),
  tar: z.record(z.string(), z.number()),
  /** Those of `tar` with fewer impostor pairs than the rule of three asks for. */
  unsupported: z.array(z.string()),
  threshold: z.number().nullable(),
  inUse: z.object({ threshold: z.number(), fmr: z.number(), fnmr: z.number() }).nullable(),
  identification: z.object({ rank1: z.number() }).nullable(),
  /** At the risk in the settings, the smallest gallery first; none for a list of pairs. */
  galleries: z.array(galleryReplySchema),
  /** A page that stands alone: curves, histograms, worst mistakes. */
  report: z.string(),
  /** What applying it would do; null for evaluations that are not of this site's people. */
  recalibration: z
    .object({
      people: z.int(),
      pictures: z.int(),
      /** Why nothing can be learnt from them; null: it can. */
      problem: errorReportSchema.nullable(),
      /** How much more alike strangers are here than in the model's own calibration, cosine, and where it lies (95 %). */
      alike: z.number().nullable(),
      alikeInterval: z.tuple([z.number(), z.number()]).readonly().nullable(),
      /** What the model's own calibration would be moved by. */
      moved: z.number(),
      /** Of somebody with one picture. */
      thresholdNow: z.number(),
      thresholdThen: z.number(),
    })
    .nullable(),
  /** What was assumed of a list of pairs that does not say in which encoding it is. */
  assumed: errorReportSchema.optional(),
});
export type EvaluationReply = z.infer<typeof evaluationReplySchema>;
