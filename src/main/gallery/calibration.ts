/**
 * From the risk an operator accepts to the similarity that keeps it. A model's card carries a table, measured on pairs of
 * pictures of strangers and of the same person: which similarity lets which fraction of each through.
 */
import * as z from 'zod';

const rowSchema = z.object({
  /** Fraction of impostor pairs at or above `similarity`. */
  fmr: z.number().gt(0).lte(1),
  similarity: z.number().gte(-1).lte(1),
  /** Fraction of genuine pairs below `similarity`. */
  fnmr: z.number().gte(0).lte(1),
});
type CalibrationRow = z.infer<typeof rowSchema>;

export const calibrationSchema = z
  .object({
    data: z.string().optional(),
    impostorPairs: z.int().positive().optional(),
    genuinePairs: z.int().positive().optional(),
    /** Whether the embeddings were averaged with those of the mirrored crops. */
    flip: z.boolean().optional(),
    table: z.array(rowSchema).min(2),
  })
  .transform((card) => ({ ...card, table: [...card.table].sort((a, b) => a.fmr - b.fmr) }))
  .refine(
    ({ table }) =>
      table.every((row, i) => i === 0 || (row.fmr > table[i - 1].fmr && row.similarity < table[i - 1].similarity)),
    {
      message: 'a higher similarity must let fewer strangers through',
    },
  );
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

/** The similarity that this fraction of impostor pairs reaches. Linear in log10 of the FMR; see `Reading` for the ends. */
export function similarityAt({ table }: Calibration, fmr: number): Reading {
  if (!(fmr > 0 && fmr <= 1)) throw new RangeError('a false match rate lies between 0 and 1');
  const place = (row: CalibrationRow): number => Math.log10(row.fmr);
  const x = Math.log10(fmr);
  const [a, b] = around(table, place, x);
  return {
    value: onLine(x, place(a), a.similarity, place(b), b.similarity),
    extrapolated: fmr < table[0].fmr || fmr > table[table.length - 1].fmr,
  };
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
 * The threshold that keeps `risk` in a gallery of `size`. Never above `HIGHEST_THRESHOLD`, and never below the similarity of
 * the table's most lenient row: further down nothing was measured, and no risk worth taking leads there.
 */
export function thresholdFor(calibration: Calibration, risk: number, size: number): Threshold {
  const fmr = perComparisonFmr(risk, size);
  const { value, extrapolated } = similarityAt(calibration, fmr);
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
