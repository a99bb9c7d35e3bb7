import { LintelError } from '../../src/shared/errors.ts';

/** The code of the error with which something is refused. */
export const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof LintelError ? error.code : `not a LintelError: ${String(error)}`),
  );
