/** Two states of one kiosk made into one. Pure. */
import type { PeopleData, PersonData } from './parts.ts';

export interface PeopleEffect {
  /** In the backup only: they come. */
  readonly added: number;
  /** In both; changed later in the backup: it wins. */
  readonly newerInBackup: number;
  /** In both; changed later here: they stay as they are (merge) or go back (replace). */
  readonly newerHere: number;
  readonly same: number;
  /** Here only: they stay (merge) or go (replace). */
  readonly onlyHere: number;
  /** Deleted here since, so they are not brought back. */
  readonly leftOut: number;
  /** People who come although someone else of the same name is here: maybe the same person, enrolled twice. */
  readonly sameName: number;
}

export interface PeoplePlan {
  readonly data: PeopleData;
  /** Samples of people as the backup has them: their pictures are needed. */
  readonly samples: ReadonlySet<string>;
  /** False: what is here is already so. */
  readonly changes: boolean;
  readonly effect: PeopleEffect;
}

/**
 * By person: `merge` keeps whichever was changed last, `replace` takes the backup's.
 * @param deleted ids of people whose face must not come back
 */
export function planPeople(
  here: PeopleData | null,
  backup: PeopleData,
  how: 'merge' | 'replace',
  deleted: ReadonlySet<string>,
): PeoplePlan {
  const mine = new Map((here?.people ?? []).map((person) => [person.id, person]));
  const names = new Map((here?.people ?? []).map((person) => [person.name, person.id]));
  const next = new Map<string, PersonData>(how === 'merge' ? mine : []);
  const taken: PersonData[] = [];
  const effect = { added: 0, newerInBackup: 0, newerHere: 0, same: 0, onlyHere: 0, leftOut: 0, sameName: 0 };
  const inBackup = new Set<string>();
  for (const theirs of backup.people) {
    inBackup.add(theirs.id);
    const own = mine.get(theirs.id);
    if (own === undefined && deleted.has(theirs.id)) {
      effect.leftOut++;
      continue;
    }
    if (own === undefined) {
      effect.added++;
      if (names.has(theirs.name)) effect.sameName++;
    } else if (theirs.updatedAt > own.updatedAt) effect.newerInBackup++;
    else if (theirs.updatedAt < own.updatedAt) effect.newerHere++;
    else effect.same++;
    // Somebody who took their consent back stays as they are since, a name without a face.
    const revoked = own !== undefined && deleted.has(theirs.id) && own.updatedAt >= theirs.updatedAt;
    if (revoked) next.set(own.id, own);
    else if (how === 'replace' || own === undefined || theirs.updatedAt > own.updatedAt) {
      next.set(theirs.id, theirs);
      taken.push(theirs);
    }
  }
  for (const id of mine.keys()) if (!inBackup.has(id)) effect.onlyHere++;
  const frame = how === 'merge' && here !== null ? here : backup;
  return {
    data: { ...frame, people: [...next.values()] },
    samples: new Set(taken.flatMap((person) => person.samples.map((sample) => sample.id))),
    changes: how === 'replace' || taken.length > 0,
    effect,
  };
}

/** A line of a journal: its bytes, and when it happened (null: unknown, it stays where it is). */
export interface TimedLine {
  readonly bytes: Uint8Array;
  readonly at: number | null;
}

/** The lines of both, each side in its own order, put together by time. */
export function mergeLines(here: readonly TimedLine[], added: readonly TimedLine[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let next = 0;
  for (const line of here) {
    for (let one = added[next]; one !== undefined && line.at !== null && (one.at ?? 0) < line.at; one = added[next]) {
      out.push(one.bytes);
      next++;
    }
    out.push(line.bytes);
  }
  for (const one of added.slice(next)) out.push(one.bytes);
  return out;
}
