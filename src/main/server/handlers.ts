/** The table of answers: one function for each call of `KioskApi`, given what zod has checked. */
import type { z } from 'zod';
import type { CallName, CallOutput, calls } from '../../shared/calls.ts';

export type Parsed<N extends CallName> = z.output<(typeof calls)[N]['input']>;
export type Handlers = { readonly [N in CallName]: (input: Parsed<N>) => Promise<CallOutput<N>> | CallOutput<N> };

/** For calls that answer with nothing. */
export async function done(work: unknown): Promise<undefined> {
  await work;
  return undefined;
}
