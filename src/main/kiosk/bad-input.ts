/** What is said of an input that its schema refuses: the first field that is wrong, never what it held. */
import type { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';

/** The parts of a zod definition that hold other schemas. */
interface Inside {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
}

/**
 * The path as far as its parts are words of the contract. Keys of a record are somebody's own words, say the names of groups:
 * there it ends.
 */
function fieldOf(path: readonly PropertyKey[], schema: z.ZodType | undefined): readonly string[] {
  const [first, ...rest] = path;
  if (first === undefined || schema === undefined) return [];
  const { shape, element, options, innerType, in: from } = schema.def as Inside;
  const next = innerType ?? from;
  if (next !== undefined) return fieldOf(path, next);
  if (options !== undefined)
    return options.map((option) => fieldOf(path, option)).reduce((a, b) => (b.length > a.length ? b : a), []);
  if (element !== undefined && typeof first === 'number') return [String(first), ...fieldOf(rest, element)];
  const word = String(first);
  if (shape === undefined || !Object.hasOwn(shape, word)) return [];
  return [word, ...fieldOf(rest, shape[word])];
}

export function badInput(error: z.ZodError, schema: z.ZodType): LintelError {
  const field = fieldOf(error.issues[0]?.path ?? [], schema).join('.');
  return new LintelError(
    'bad-input',
    field === '' ? 'The input is not as expected.' : `"${field}" is not as expected.`,
    { params: { field } },
  );
}
