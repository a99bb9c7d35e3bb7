/** What must be so whatever is sent. Each breach is an error that says which rule, for which call. */
import { type CallName, calls } from '../../src/shared/calls.ts';
import { ERROR_KEYS } from '../../src/shared/errors.ts';
import type { Outcome } from './hosts.ts';
import { CANARY } from './hostile.ts';
import type { CallTrace } from './world.ts';

const codes: ReadonlySet<string> = new Set(ERROR_KEYS.map((key) => key.split('.', 1)[0]!));
const REPORT_KEYS = new Set(['code', 'variant', 'message', 'kept', 'todo', 'params']);
/** Wrong PINs are counted on disk, see [Note: PIN tries]: the one thing a refused call may write. */
const COUNTS_TRIES = new Set(['unlock', 'changePin']);
const TRY_FILES = / (operator\.json|audit)/;
/** No sentence a person reads is longer than this. */
const LONGEST = 600;

export class Breach extends Error {}

export const isOperators = (name: string): boolean =>
  Object.hasOwn(calls, name) && calls[name as CallName].access === 'operator';

/** @param trace what reached the kiosk; undefined: the host itself refused */
export function judge(name: string, outcome: Outcome, trace: CallTrace | undefined, unlocked: boolean): void {
  const breach = (rule: string, detail: unknown = ''): never => {
    const cause = trace?.cause instanceof Error ? `\n${trace.cause.stack}` : '';
    throw new Breach(`${name}: ${rule} ${typeof detail === 'string' ? detail : JSON.stringify(detail)}${cause}`);
  };
  if (outcome.ok === 'closed') {
    if (Object.hasOwn(calls, name)) breach('the host was shut on a call of the contract');
    return;
  }
  if (outcome.ok) {
    if (!Object.hasOwn(calls, name)) breach('a call that does not exist was answered');
    if (isOperators(name) && !unlocked) breach('answered without a session');
    const parsed = calls[name as CallName].output.safeParse(outcome.value);
    if (!parsed.success) breach('the answer is not of its schema:', parsed.error.issues.slice(0, 3));
    return;
  }
  const { error } = outcome;
  if (!codes.has(error.code)) breach('an error without a code of ours:', error);
  if (error.code === 'internal') breach('a mistake of ours came to light:', error.message);
  const strange = Object.keys(error).filter((key) => !REPORT_KEYS.has(key));
  if (strange.length > 0) breach('an error with more in it than a report:', strange.join());
  const words = JSON.stringify(error);
  if (words.length > LONGEST) breach('an error of', `${words.length} characters`);
  if (words.includes(CANARY)) breach('an error repeats what was sent:', words.slice(0, 300));
  if (!Object.hasOwn(calls, name) && error.code !== 'bad-input') breach('not bad-input for no such call:', error.code);
  // Without a trace the message never reached the kiosk: the host could not read it, or would not.
  if (trace === undefined && error.code !== 'bad-input') breach('the host refused with', error.code);
  if (trace !== undefined && isOperators(name) && !unlocked && error.code !== 'pin-required')
    breach('not pin-required but', error.code);
  const wrote = (trace?.wrote ?? []).filter((step) => !(COUNTS_TRIES.has(name) && TRY_FILES.test(step)));
  // A folder's fsync belongs to the file that was counted.
  const changed = COUNTS_TRIES.has(name) ? wrote.filter((step) => !step.startsWith('syncFolder')) : wrote;
  if (changed.length > 0) breach(`refused (${error.code}), yet it wrote:`, changed.join(', '));
}

/** Nobody's prototype has been touched. */
export function unpolluted(): void {
  const probe = {} as Record<string, unknown>;
  if (probe['polluted'] !== undefined || Object.keys(Object.prototype).length > 0)
    throw new Breach('Object.prototype was polluted');
  if (([] as unknown as Record<string, unknown>)['polluted'] !== undefined)
    throw new Breach('Array.prototype was polluted');
}
