/** What a restore would do, line by line. Pure. */
import type { TFunction } from 'i18next';
import type { RestoreOutcome } from '../../../shared/trust.ts';
import { count as countWords } from '../../ui/format.ts';

/** `come` from the backup; `stay` as they are; `go` for good; `look`: a person should. */
export type Effect = 'come' | 'stay' | 'go' | 'look';

export interface RestoreLine {
  readonly key: string;
  readonly effect: Effect;
  readonly number: string;
  readonly words: string;
}

/** What becomes of what is here and in the backup, by how it is put back. */
const FATE = {
  merge: { newerHere: 'stay', onlyHere: 'stay' },
  replace: { newerHere: 'go', onlyHere: 'go' },
} as const satisfies Record<RestoreOutcome['how'], Record<string, Effect>>;

/** Lines about nobody and nothing are left out, but for the one that says that nothing changes. */
export function restoreLines(outcome: RestoreOutcome, t: TFunction, language: string): readonly RestoreLine[] {
  const { how, people, checkIns } = outcome;
  const fate = FATE[how];
  const line = (key: string, effect: Effect, count: number): RestoreLine[] =>
    count === 0
      ? []
      : [
          {
            key,
            effect,
            number: countWords(count, language),
            words: t(`safety.restore.would.${key}`, { count }),
          },
        ];
  return [
    ...line('added', 'come', people.added),
    ...line('newerInBackup', 'come', people.newerInBackup),
    ...line(`${how}NewerHere`, fate.newerHere, people.newerHere),
    ...line('same', 'stay', people.same),
    ...line(`${how}OnlyHere`, fate.onlyHere, people.onlyHere),
    ...line('leftOut', 'stay', people.leftOut),
    ...line('sameName', 'look', people.sameName),
    ...line('checkInsAdded', 'come', checkIns.added),
    ...line('checkInsSame', 'stay', checkIns.same),
    ...line(`${how}CheckInsOnlyHere`, fate.onlyHere, checkIns.onlyHere),
  ];
}
