/** What an operator does with people who are enrolled: edit, prune, revoke, merge, tell apart. */
import type { DuplicatePair } from '../../shared/desk.ts';
import type { Pair } from '../gallery/gallery.ts';
import { done, type Handlers } from './handlers.ts';
import type { Kiosk } from './kiosk.ts';
import type { PersonRecord } from './person-record.ts';

/** More pairs than this at once nobody looks through; the most alike come first. */
const MOST_PAIRS = 200;

/** Two people, by their records. */
export interface LookAlikes {
  readonly a: PersonRecord;
  readonly b: PersonRecord;
  readonly similarity: number;
  readonly threshold: number;
}

export class PeopleDesk {
  readonly #kiosk: Kiosk;

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk;
  }

  /** @throws LintelError `not-found`, `disk-full` and the like; then nothing was changed */
  async edit(id: string, fields: Pick<PersonRecord, 'name' | 'externalId' | 'group'>): Promise<PersonRecord> {
    const { people, disk } = this.#kiosk;
    const person = await disk.watch(() =>
      people.edit(id, { ...fields, externalId: fields.externalId || null, group: fields.group || null }),
    );
    this.#kiosk.statusChanged();
    return person;
  }

  /** @throws LintelError see `People.removeSample` */
  async removeSample(personId: string, sampleId: string): Promise<PersonRecord> {
    const { people, disk, views } = this.#kiosk;
    const before = people.get(personId);
    const person = await disk.watch(() => people.removeSample(personId, sampleId));
    views.forget(before);
    this.#kiosk.statusChanged();
    return person;
  }

  /**
   * Erases vectors and pictures. With `keep` the person stays, as a name in the list and the log. With `anonymise` the person
   * goes, and an opaque word stands for them in every line of the log, so that hours and counts stay what they were.
   * @throws LintelError `not-found`, `disk-full` and the like. What was erased by then stays erased; the log is gone through
   *   again when the kiosk is next opened.
   */
  async revoke(id: string, attendance: 'keep' | 'anonymise'): Promise<void> {
    const { people, disk, views } = this.#kiosk;
    const before = people.get(id);
    await disk.watch(async () => {
      if (attendance === 'keep') await people.revoke(id);
      else await people.remove(id, { anonymous: true });
    });
    views.forget(before);
    this.#kiosk.statusChanged();
    if (attendance === 'anonymise') await disk.watch(() => this.anonymise());
  }

  /** Finishes what `revoke` has begun, also in an earlier life of this kiosk. */
  async anonymise(): Promise<void> {
    const { people, checkIns, corrections } = this.#kiosk;
    for (const them of people.toAnonymise) {
      const ids = new Set(them.ids);
      await checkIns.anonymise(ids, them.as);
      await corrections.anonymise(ids, them.as);
      await people.anonymised(them);
    }
  }

  /**
   * People whose templates are as similar as the threshold at the door: one of them could be taken for the other. The most
   * alike first, at most 200 pairs; pairs called different are left out. In a gallery of strangers about N * risk / 2 pairs
   * are there by chance. The thread is free in between: 10,000 people take some seconds.
   */
  async duplicates(): Promise<LookAlikes[]> {
    const { people, recognition, gallery } = this.#kiosk;
    const { threshold } = recognition;
    let found: Pair[] = [];
    for (const some of gallery.pairs(threshold)) {
      found.push(...some.filter(({ a, b }) => !people.isDifferent(a, b)));
      if (found.length > 20 * MOST_PAIRS) found = mostAlike(found);
      await new Promise((next) => setImmediate(next));
    }
    return mostAlike(found).flatMap(({ a, b, similarity }) => {
      // Somebody may have been removed meanwhile. Who was there first is `a`; of two brought in together, by name.
      const pair = [people.find(a), people.find(b)].filter((one) => one !== undefined);
      const [first, second] = pair.sort(
        (one, other) => one.createdAt - other.createdAt || one.name.localeCompare(other.name),
      );
      return first === undefined || second === undefined ? [] : [{ a: first, b: second, similarity, threshold }];
    });
  }

  /** @throws LintelError see `People.merge` */
  async merge(keep: string, other: string): Promise<PersonRecord> {
    const { people, disk, views, checkIns, corrections } = this.#kiosk;
    const gone = people.get(other);
    await checkIns.readLastSeen();
    const person = await disk.watch(() => people.merge(keep, other));
    checkIns.adopt(keep, other);
    corrections.adopt();
    views.forget(gone);
    this.#kiosk.statusChanged();
    return person;
  }

  /** @throws LintelError see `People.markDifferent` */
  markDifferent(a: string, b: string): Promise<void> {
    const { people, disk } = this.#kiosk;
    return disk.watch(() => people.markDifferent(a, b));
  }
}

const mostAlike = (pairs: Pair[]): Pair[] =>
  pairs.sort((one, other) => other.similarity - one.similarity).slice(0, MOST_PAIRS);

export const peopleDesk = (kiosk: Kiosk) => {
  const { desk, views } = kiosk;
  return {
    editPerson: async ({ id, ...fields }) => views.whole(await desk.edit(id, fields)),
    removeSample: async ({ personId, sampleId }) => views.whole(await desk.removeSample(personId, sampleId)),
    revokeConsent: ({ id, attendance }) => done(desk.revoke(id, attendance)),
    findDuplicates: async () => {
      await kiosk.checkIns.readLastSeen();
      const pairs = await desk.duplicates();
      return Promise.all(
        pairs.map(async ({ a, b, similarity, threshold }): Promise<DuplicatePair> => {
          return { a: await views.summary(a), b: await views.summary(b), similarity, threshold };
        }),
      );
    },
    mergePeople: async ({ keep, other }) => views.whole(await desk.merge(keep, other)),
    markDifferent: ({ a, b }) => done(desk.markDifferent(a, b)),
  } satisfies Partial<Handlers>;
};
