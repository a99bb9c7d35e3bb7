/** Whether a person can be recognised, and if not, why. */
import type { PersonSummary } from '../../../shared/domain.ts';

/** `enroll-again`: their vectors are another model's. `no-face-data`: consent was revoked, only the name is left. */
export type Standing = 'ready' | 'enroll-again' | 'no-face-data';

export function standingOf(person: Pick<PersonSummary, 'ready' | 'samples'>): Standing {
  if (person.ready) return 'ready';
  return person.samples === 0 ? 'no-face-data' : 'enroll-again';
}
