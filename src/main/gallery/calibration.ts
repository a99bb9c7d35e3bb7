/**
 * From the risk an operator accepts to the similarity that keeps it. A model's card carries a table, measured on pairs of
 * pictures of strangers and of the same person: which similarity lets which fraction of each through. The mean of several
 * pictures is more like everybody than one is, so there may be more tables: of means against means.
 */
import * as z from 'zod';

const rowSchema = z.object({
  /** Fraction of impostor pairs at or above `similarity`. */
  fmr: z.number().gt(0).lte(1),
  similarity: z.number().gte(-1).lte(1),
  /** Fraction of genuine pairs below `similarity`. */
  fnmr: z.number().gte(0).lte(1),
  /** Where the similarity lies with 95 % confidence, other people being asked. */
  interval: z.tuple([z.number(), z.number()]).optional(),
});
type CalibrationRow = z.infer<typeof rowSchema>;

/** Rows from the strictest to the most lenient. */
const tableSchema = z
  .array(rowSchema)
  .min(2)
  .transform((table) => [...table].sort((a, b) => a.fmr - b.fmr))
  .refine((table) => table.every((row, i) => i === 0 || stricter(table[i - 1], row)), {
    message: 'a higher similarity must let fewer strangers through',
  });
const stricter = (a: CalibrationRow, b: CalibrationRow): boolean => a.fmr < b.fmr && a.similarity > b.similarity;

/** What is compared: the mean of so many frames of a face with a template of so many samples, see `picturesIn`. */
export interface Compared {
  readonly samples: number;
  readonly frames: number;
}

export const calibrationSchema = z.object({
  data: z.string().optional(),
  impostorPairs: z.int().positive().optional(),
  genuinePairs: z.int().positive().optional(),
  /** Whether the embeddings were averaged with those of the mirrored crops. */
  flip: z.boolean().optional(),
  /** One picture against another. */
  table: tableSchema,
  /** Mean cosine of two pictures of the same person, in what the tables below were measured on. */
  genuineMean: z.number().gt(0).lt(1).optional(),
  /**
   * Means of `frames` pictures of strangers against templates of `samples`, everybody having one. Absent: these are taken for
   * pictures, as `table` has them.
   */
  templates: z
    .array(
      z.object({
        samples: z.int().positive(),
        frames: z.int().positive(),
        table: tableSchema,
      }),
    )
    .min(1)
    .optional(),
});
/** A calibration, its rows from the strictest to the most lenient. */
export type Calibration = z.infer<typeof calibrationSchema>;

/** @throws ZodError when it is not a calibration */
export const parseCalibration = (card: unknown): Calibration => calibrationSchema.parse(card);

/** A number read off the table; `extrapolated` when it lies beyond what was measured, and so is a guess. */
interface Reading {
  readonly value: number;
  readonly extrapolated: boolean;
}

/** The line through (x0, y0) and (x1, y1) at x. */
const onLine = (x: number, x0: number, y0: number, x1: number, y1: number): number =>
  y0 + ((x - x0) * (y1 - y0)) / (x1 - x0);

/** The two neighbouring rows whose line serves `x`, where `at` (rising along the table) is each row's place. */
function around(
  rows: readonly CalibrationRow[],
  at: (row: CalibrationRow) => number,
  x: number,
): [CalibrationRow, CalibrationRow] {
  let i = 1;
  while (i < rows.length - 1 && at(rows[i]) < x) i++;
  return [rows[i - 1], rows[i]];
}

/**
 * The similarity that this fraction of impostor comparisons reaches: of one picture with another, or of what `compared` says.
 * Linear in log10 of the FMR; see `Reading` for the ends. Between (and beyond) the numbers of samples and frames that there are tables for, linear in one over the number: what one
 * picture more adds to a mean.
 */
export function similarityAt(calibration: Calibration, fmr: number, compared?: Compared): Reading {
  if (!(fmr > 0 && fmr <= 1)) throw new RangeError('a false match rate lies between 0 and 1');
  const { table, templates } = calibration;
  const value =
    compared === undefined || templates === undefined
      ? similarityIn(table, fmr)
      : between(templates, 'frames', compared.frames, (some) =>
          between(some, 'samples', compared.samples, ([one]) => similarityIn(one.table, fmr)),
        );
  return { value, extrapolated: fmr < table[0].fmr || fmr > table[table.length - 1].fmr };
}

function similarityIn(table: readonly CalibrationRow[], fmr: number): number {
  const place = (row: CalibrationRow): number => Math.log10(row.fmr);
  const x = Math.log10(fmr);
  const [a, b] = around(table, place, x);
  return onLine(x, place(a), a.similarity, place(b), b.similarity);
}

/**
 * How many pictures as different as those of the calibration a mean is worth: five frames of one second are hardly more than
 * one. From its length, as n unit vectors with a mean cosine of r have a mean of squared length r + (1 - r) / n.
 * @param length of the mean of unit vectors, before it is made unit length: 1 for a single one
 * @returns 1 or more, not whole
 */
export function picturesIn({ genuineMean = 0 }: Calibration, length: number): number {
  return 1 / Math.min(1, Math.max(1 / MOST_PICTURES, (length ** 2 - genuineMean) / (1 - genuineMean)));
}
/** The length of the mean of unit vectors, see `picturesIn`; of none or one it is 1. */
export function meanLength(vectors: readonly Float32Array[]): number {
  if (vectors.length < 2) return 1;
  const sum = new Float64Array(vectors[0].length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i] += vector[i];
  return Math.hypot(...sum) / vectors.length;
}
/** More than these say nothing new. */
const MOST_PICTURES = 64;

type Measured = Compared & { readonly table: readonly CalibrationRow[] };

/** `read` of the tables whose `what` is `count`; where there are none, on the line through its two neighbours' in 1/count. */
function between(
  tables: readonly Measured[],
  what: keyof Compared,
  count: number,
  read: (tables: readonly [Measured, ...Measured[]]) => number,
): number {
  const counts = [...new Set(tables.map((one) => one[what]))].sort((a, b) => a - b);
  const at = (n: number): number => read(tables.filter((one) => one[what] === n) as [Measured, ...Measured[]]);
  if (counts.length === 1 || counts.includes(count)) return at(counts.length === 1 ? counts[0] : count);
  const above = counts.findIndex((n) => n > count);
  const j = above === -1 ? counts.length - 1 : Math.max(1, above);
  const [a, b] = [counts[j - 1], counts[j]];
  return onLine(1 / count, 1 / a, at(a), 1 / b, at(b));
}

/** The fraction of impostor pairs that reach this similarity: the inverse of `similarityAt`, at most 1. */
export function fmrAt({ table }: Calibration, similarity: number): Reading {
  const [a, b] = around(table, (row) => -row.similarity, -similarity);
  const log = onLine(similarity, a.similarity, Math.log10(a.fmr), b.similarity, Math.log10(b.fmr));
  return { value: Math.min(1, 10 ** log), extrapolated: outside(table, similarity) };
}

/**
 * The fraction of genuine pairs that do not reach this similarity, picture against picture (a template of several
 * pictures does better). Linear in the similarity, kept within 0 and 1.
 */
export function fnmrAt({ table }: Calibration, similarity: number): Reading {
  const [a, b] = around(table, (row) => -row.similarity, -similarity);
  const value = onLine(similarity, a.similarity, a.fnmr, b.similarity, b.fnmr);
  return { value: Math.min(1, Math.max(0, value)), extrapolated: outside(table, similarity) };
}

const outside = (table: readonly CalibrationRow[], similarity: number): boolean =>
  similarity > table[0].similarity || similarity < table[table.length - 1].similarity;

/**
 * The FMR of one comparison that keeps the chance of a stranger being taken for any of `size` people at `risk`:
 * 1 - (1 - risk)^(1/size), by way of log1p and expm1 so that small risks do not drown in rounding.
 * @param risk 0 < risk < 1
 * @param size of the gallery; an empty one counts as one
 */
export function perComparisonFmr(risk: number, size: number): number {
  if (!(risk > 0 && risk < 1)) throw new RangeError('a risk lies between 0 and 1');
  return -Math.expm1(Math.log1p(-risk) / Math.max(1, size));
}

/**
 * No threshold goes above this, however big the gallery: a line drawn on from the table's last rows would in the end ask
 * for more than even two pictures taken one after the other reach, and nobody would be let in.
 */
export const HIGHEST_THRESHOLD = 0.95;

interface Threshold {
  /** The similarity from which on a candidate is taken for the person. */
  readonly similarity: number;
  /** What one comparison's FMR was to be. */
  readonly fmr: number;
  /** What a genuine picture loses there, picture against picture. */
  readonly fnmr: number;
  /** The table does not reach so far: the promise rests on a line drawn on. */
  readonly extrapolated: boolean;
  /** The similarity was held at a bound, so the promise is stricter (floor) or weaker (ceiling) than asked. */
  readonly held: 'floor' | 'ceiling' | null;
}

/**
 * The threshold that keeps `risk` in a gallery of `size`, for the candidate whose template is of `compared.samples`: each
 * kind of template lets its share of strangers through, so a gallery may hold several kinds. Never above `HIGHEST_THRESHOLD`, and never below the similarity of
 * the table's most lenient row: further down nothing was measured, and no risk worth taking leads there.
 */
export function thresholdFor(calibration: Calibration, risk: number, size: number, compared?: Compared): Threshold {
  const fmr = perComparisonFmr(risk, size);
  const { value, extrapolated } = similarityAt(calibration, fmr, compared);
  const floor = calibration.table[calibration.table.length - 1].similarity;
  const similarity = Math.max(floor, Math.min(HIGHEST_THRESHOLD, value));
  return {
    similarity,
    fmr,
    fnmr: fnmrAt(calibration, similarity).value,
    extrapolated,
    held: similarity === value ? null : similarity === floor ? 'floor' : 'ceiling',
  };
}
