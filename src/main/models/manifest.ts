/** `models/manifest.json`: every model Lintel knows, in order of preference. The manifest alone decides what is used. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';

/** A file name and nothing else: a manifest must not reach outside of the model folders. */
const fileName = z
  .string()
  .regex(/^[\w][\w.-]*$/)
  .max(200);

const calibrationRowSchema = z.object({ fmr: z.number(), similarity: z.number(), fnmr: z.number() });
/** One line of a calibration: at this cosine a fraction `fmr` of impostor pairs is accepted and `fnmr` of genuine ones lost. */
type CalibrationRow = z.infer<typeof calibrationRowSchema>;

const common = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]*$/)
    .max(100),
  file: fileName,
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.string().min(1),
  /** What a person should know before using it: where it is from, what its terms ask. */
  licenceNote: z.string().min(1),
  /** Model card beside the manifest. */
  card: fileName.optional(),
  /** Where it can be had on a machine with a network: docs/security.md says when it is asked. */
  download: z.object({ url: z.url({ protocol: /^https$/ }) }).optional(),
};

const modelEntrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('detector'), ...common }),
  z.object({
    kind: z.literal('embedder'),
    ...common,
    /** What the file cannot say: channel order and the numbers in (x - mean) / scale. */
    input: z.object({ channels: z.enum(['rgb', 'bgr']), mean: z.number(), scale: z.number().positive() }),
    /** Calibration file beside the manifest. Without one, see `FALLBACK_CALIBRATION`. */
    calibration: fileName.optional(),
  }),
  z.object({ kind: z.literal('landmarker'), ...common }),
]);
export type ModelEntry = z.infer<typeof modelEntrySchema>;
export type ModelKind = ModelEntry['kind'];

const manifestSchema = z.object({
  version: z.literal(1),
  /** In order of preference within each kind. */
  models: z.array(modelEntrySchema).refine((models) => new Set(models.map((m) => m.id)).size === models.length, {
    message: 'two models have the same id',
  }),
});

export interface Manifest {
  readonly models: readonly ModelEntry[];
  /** Measured calibrations by model id, as their files hold them. */
  readonly calibrations: ReadonlyMap<string, CalibrationCard>;
  /** Model cards by model id, Markdown; a card that cannot be read is left out. */
  readonly cards: ReadonlyMap<string, string>;
}

/** The table and what its file says about how it was measured. The gallery parses it in full. */
const calibrationCardSchema = z.looseObject({ table: z.array(calibrationRowSchema).min(2) });
type CalibrationCard = z.infer<typeof calibrationCardSchema>;

/**
 * Reads a manifest and the calibrations it names.
 * @throws LintelError model-missing when it or a calibration is not there, model-damaged when one cannot be understood.
 */
export function readManifest(path: string): Manifest {
  const { models } = parse(path, manifestSchema);
  const calibrations = new Map<string, CalibrationCard>();
  for (const model of models) {
    if (model.kind !== 'embedder' || model.calibration === undefined) continue;
    calibrations.set(model.id, parse(resolve(dirname(path), model.calibration), calibrationCardSchema));
  }
  const cards = new Map(
    models.flatMap(({ id, card }): [string, string][] => {
      const text = card === undefined ? null : textOf(resolve(dirname(path), card));
      return text === null ? [] : [[id, text]];
    }),
  );
  return { models, calibrations, cards };
}

/** A named pipe would be waited on for ever. */
function contentOf(path: string): string {
  if (!statSync(path).isFile()) throw new Error('not an ordinary file');
  return readFileSync(path, 'utf8');
}

/** A card is for people to read: without it the model works as well. */
function textOf(path: string): string | null {
  try {
    return contentOf(path);
  } catch {
    return null;
  }
}

function parse<T>(path: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = contentOf(path);
  } catch (cause) {
    throw new LintelError('model-missing.list', { path }, { cause });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const where = (cause instanceof z.ZodError && cause.issues[0]?.path.join('.')) || '/';
    throw new LintelError('model-damaged.list', { path, where }, { cause });
  }
}

// Which similarity means what, for an embedder: as measured, or on the safe side when nobody has measured.

/**
 * For an embedder without a calibration. At every risk it asks for more than either of the two embedders we measured
 * does (7.4 and 29.6 million impostor pairs of LFW), by at least 0.03: strangers are kept out at the price of more people
 * who are asked to try again. `fnmr` is unknown and given as 1, the worst it can be.
 */
export const FALLBACK_CALIBRATION: readonly CalibrationRow[] = [
  { fmr: 1e-7, similarity: 0.84, fnmr: 1 },
  { fmr: 1e-6, similarity: 0.78, fnmr: 1 },
  { fmr: 1e-5, similarity: 0.72, fnmr: 1 },
  { fmr: 1e-4, similarity: 0.64, fnmr: 1 },
  { fmr: 1e-3, similarity: 0.54, fnmr: 1 },
  { fmr: 1e-2, similarity: 0.42, fnmr: 1 },
  { fmr: 1e-1, similarity: 0.25, fnmr: 1 },
];

/**
 * The calibration of an embedder by its manifest id, as `parseCalibration` of the gallery reads it. `measured` is false
 * when the fallback stands in.
 */
export function calibrationOf(
  manifest: Manifest,
  modelId: string,
): { readonly card: CalibrationCard; readonly measured: boolean } {
  const card = manifest.calibrations.get(modelId);
  return card === undefined
    ? { card: { table: [...FALLBACK_CALIBRATION] }, measured: false }
    : { card, measured: true };
}
