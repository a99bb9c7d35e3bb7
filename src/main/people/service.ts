/** People as the screens and the terminal see them: summaries and pictures, never vectors. */
import type { Handlers } from '../../shared/calls.ts';
import type { DuplicatePair } from '../../shared/admin.ts';
import type { Person, PersonSummary } from '../../shared/domain.ts';
import { done } from '../../shared/given.ts';
import type { Corrections } from '../attendance/corrections.ts';
import type { CheckInLog } from '../attendance/log.ts';
import { type Gallery, type Pair, sameModel, similarity, unpackVector } from '../gallery/gallery.ts';
import type { Recognition } from '../gallery/recognition.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import type { AmbiguousPair, AmbiguousPairs } from './ambiguous-pairs.ts';
import { bestSample, pairKey, type PersonRecord } from './records.ts';
import type { PeopleRepository } from './repository.ts';
import { SAME_PERSON_FMR, type SampleFit, sampleFits } from './sample-quality.ts';

/** Portraits kept in memory as data URLs. */
const KEPT_PICTURES = 300;

/** A person with the text that searches look through. */
interface Listed {
  readonly person: PersonRecord;
  readonly text: string;
}

export class PeopleViews {
  readonly #people: PeopleRepository;
  readonly #checkIns: CheckInLog;
  readonly #similarityAt: (fmr: number) => number;
  readonly #urls = new Map<string, string>();
  #known: { readonly people: readonly PersonRecord[]; readonly sorted: readonly Listed[] } = {
    people: [],
    sorted: [],
  };

  /** @param similarityAt the similarity that a fraction of pairs of strangers reaches with the model in use */
  constructor(people: PeopleRepository, checkIns: CheckInLog, similarityAt: (fmr: number) => number) {
    this.#people = people;
    this.#checkIns = checkIns;
    this.#similarityAt = similarityAt;
  }

  async picture(personId: string): Promise<string | null> {
    const person = this.#people.find(personId);
    const sample = person === undefined ? undefined : bestSample(person);
    if (sample === undefined) return null;
    const kept = this.#urls.get(sample.id);
    if (kept !== undefined) return kept;
    const url = await this.#people.pictures.url(sample.id);
    if (url === null) return null;
    if (this.#urls.size >= KEPT_PICTURES) this.#urls.delete([...this.#urls.keys()][0] ?? '');
    this.#urls.set(sample.id, url);
    return url;
  }

  /** Forgets the pictures of somebody who was removed. */
  forget(person: PersonRecord): void {
    for (const sample of person.samples) this.#urls.delete(sample.id);
  }

  async summary(person: PersonRecord, withPicture = true): Promise<PersonSummary> {
    return {
      id: person.id,
      name: person.name,
      externalId: person.externalId,
      group: person.group,
      samples: person.samples.length,
      consentAt: person.consentAt,
      createdAt: person.createdAt,
      lastSeenAt: this.#checkIns.last(person.id)?.at ?? null,
      ready: this.#people.isReady(person),
      picture: withPicture ? await this.picture(person.id) : null,
    };
  }

  async whole(person: PersonRecord): Promise<Person> {
    const fits = this.#fits(person);
    const sampleList = await Promise.all(
      person.samples.map(async ({ id, addedAt, source, pose, quality }) => ({
        id,
        addedAt,
        source,
        pose,
        quality,
        picture: await this.#people.pictures.url(id),
        similarity: fits.get(id)?.similarity ?? null,
        outlier: fits.get(id)?.outlier ?? false,
      })),
    );
    return { ...(await this.summary(person)), sampleList };
  }

  /** By sample id, for the samples of the model in use. */
  #fits(person: PersonRecord): Map<string, SampleFit> {
    const { model } = this.#people;
    const samples = person.samples.filter((sample) => model !== null && sameModel(sample.model, model));
    const fits = sampleFits(
      samples.map((sample) => unpackVector(sample.embedding)),
      this.#similarityAt(SAME_PERSON_FMR),
    );
    return new Map(samples.map(({ id }, index) => [id, fits[index] as SampleFit]));
  }

  /** Those whose name, external id or group holds every word of `query`, by name. */
  search(query: string): PersonRecord[] {
    const words = plain(query)
      .split(/\s+/)
      .filter((word) => word !== '');
    return this.#sorted()
      .filter(({ text }) => words.every((word) => text.includes(word)))
      .map(({ person }) => person);
  }

  /** Sorting 10,000 names and looking through accents takes longer than a key stroke should: done once for each change. */
  #sorted(): readonly Listed[] {
    const people = this.#people.all();
    if (people === this.#known.people) return this.#known.sorted;
    const sorted = people
      .map((person) => ({ person, text: plain([person.name, person.externalId ?? '', person.group ?? ''].join(' ')) }))
      .sort((a, b) => BY_NAME.compare(a.person.name, b.person.name));
    this.#known = { people, sorted };
    return sorted;
  }
}

const BY_NAME = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** Without case and diacritics, so that "nguyen" finds "Nguyễn" and "duc" finds "Đức". */
const plain = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();

// What an operator does with people who are enrolled: edit, prune, revoke, merge, tell apart.

/** More pairs than this at once nobody looks through; the most alike come first. */
const MOST_PAIRS = 200;

/** Two people, by their records. */
interface LookAlikes {
  readonly a: PersonRecord;
  readonly b: PersonRecord;
  readonly similarity: number;
  readonly threshold: number;
  /** How often the kiosk did not tell them apart at the door since one of them was last changed; null: not repeatedly. */
  readonly ambiguous: { readonly times: number; readonly lastAt: number } | null;
}

interface PeopleDeps {
  readonly people: PeopleRepository;
  readonly views: PeopleViews;
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly gallery: Gallery;
  readonly ambiguous: AmbiguousPairs;
  readonly recognition: Recognition;
  readonly disk: DiskMonitor;
  readonly statusChanged: () => void;
}

export class PeopleService {
  readonly #deps: PeopleDeps;

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** Everyone, by name. */
  async list(query = ''): Promise<PersonSummary[]> {
    const { checkIns, views } = this.#deps;
    await checkIns.readLastSeen();
    return Promise.all(views.search(query).map((person) => views.summary(person, false)));
  }

  /** @throws LintelError `not-found` */
  async get(id: string): Promise<Person> {
    const { checkIns, views, people } = this.#deps;
    await checkIns.readLastSeen();
    return views.whole(people.get(id));
  }

  /** @throws LintelError `not-found`, `disk-full` and the like */
  async remove(id: string): Promise<void> {
    const { people, disk, views, statusChanged, ambiguous } = this.#deps;
    const person = people.get(id);
    await disk.track(() => people.remove(id));
    await disk.track(() => ambiguous.forgetSettled());
    views.forget(person);
    statusChanged();
  }

  /** @throws LintelError `not-found`, `disk-full` and the like; then nothing was changed */
  async edit(id: string, fields: Pick<PersonRecord, 'name' | 'externalId' | 'group'>): Promise<Person> {
    const { people, disk, views } = this.#deps;
    const person = await disk.track(() =>
      people.edit(id, { ...fields, externalId: fields.externalId || null, group: fields.group || null }),
    );
    this.#deps.statusChanged();
    return views.whole(person);
  }

  /** @throws LintelError see `People.removeSample` */
  async removeSample(personId: string, sampleId: string): Promise<Person> {
    const { people, disk, views } = this.#deps;
    const before = people.get(personId);
    const person = await disk.track(() => people.removeSample(personId, sampleId));
    views.forget(before);
    this.#deps.statusChanged();
    return views.whole(person);
  }

  /**
   * Erases vectors and pictures. With `keep` the person stays, as a name in the list and the log. With `anonymise` the person
   * goes, and an opaque word stands for them in every line of the log, so that hours and counts stay what they were.
   * @throws LintelError `not-found`, `disk-full` and the like. What was erased by then stays erased; the log is gone through
   *   again when the kiosk is next opened.
   */
  async revoke(id: string, attendance: 'keep' | 'anonymise'): Promise<void> {
    const { people, disk, views } = this.#deps;
    const before = people.get(id);
    await disk.track(async () => {
      if (attendance === 'keep') await people.revoke(id);
      else await people.remove(id, { anonymous: true });
    });
    await disk.track(() => this.#deps.ambiguous.forgetSettled());
    views.forget(before);
    this.#deps.statusChanged();
    if (attendance === 'anonymise') await disk.track(() => this.anonymise());
  }

  /** Finishes what `revoke` has begun, also in an earlier life of this kiosk. */
  async anonymise(): Promise<void> {
    const { people, checkIns, corrections } = this.#deps;
    for (const them of people.toAnonymise) {
      const ids = new Set(them.ids);
      await checkIns.anonymise(ids, them.as);
      await corrections.anonymise(ids, them.as);
      await people.anonymised(them);
    }
  }

  /**
   * People whose templates are as similar as the threshold at check-in: one of them could be taken for the other; and those
   * whom the kiosk did not tell apart at the door, these before the others. The most alike first, at most 200 pairs; pairs called different are left out. In a gallery of strangers about N * risk / 2 pairs
   * are there by chance. The thread is free in between: 10,000 people take some seconds.
   */
  async duplicates(): Promise<LookAlikes[]> {
    const { people, recognition, gallery, ambiguous } = this.#deps;
    const { threshold } = recognition;
    const atTheDoor = new Map(ambiguous.repeated.map((pair) => [pairKey(pair.a.id, pair.b.id), pair]));
    let found: Pair[] = [];
    for (const some of gallery.pairs(threshold)) {
      found.push(...some.filter(({ a, b }) => !people.isDifferent(a, b)));
      if (found.length > 20 * MOST_PAIRS) found = mostAlike(found);
      await new Promise((next) => setImmediate(next));
    }
    for (const { a, b } of atTheDoor.values()) {
      const [one, other] = [gallery.get(a.id), gallery.get(b.id)];
      found = found.filter((pair) => pairKey(pair.a, pair.b) !== pairKey(a.id, b.id));
      if (one !== undefined && other !== undefined)
        found.push({ a: a.id, b: b.id, similarity: similarity(one, other) });
    }
    const isUrgent = ({ a, b }: Pair): number => (atTheDoor.has(pairKey(a, b)) ? 1 : 0);
    const first = mostAlike(found).sort((one, other) => isUrgent(other) - isUrgent(one));
    return first.flatMap(({ a, b, similarity: alike }) => {
      // Somebody may have been removed meanwhile. Who was there first is `a`; of two brought in together, by name.
      const pair = [people.find(a), people.find(b)].filter((one) => one !== undefined);
      const [first, second] = pair.sort(
        (one, other) => one.createdAt - other.createdAt || one.name.localeCompare(other.name),
      );
      if (first === undefined || second === undefined) return [];
      const { times, lastAt } = atTheDoor.get(pairKey(a, b)) ?? { times: 0, lastAt: 0 };
      const door = times === 0 ? null : { times, lastAt };
      return [{ a: first, b: second, similarity: alike, threshold, ambiguous: door }];
    });
  }

  /** Pairs whom the kiosk did not tell apart at the door, repeatedly; the latest first. */
  get ambiguous(): readonly AmbiguousPair[] {
    return this.#deps.ambiguous.repeated;
  }

  /** @throws LintelError see `People.merge` */
  async merge(keep: string, other: string): Promise<Person> {
    const { people, disk, views, checkIns, corrections } = this.#deps;
    const gone = people.get(other);
    await checkIns.readLastSeen();
    const person = await disk.track(() => people.merge(keep, other));
    checkIns.adopt(keep, other);
    corrections.adopt();
    await disk.track(() => this.#deps.ambiguous.forgetSettled());
    views.forget(gone);
    this.#deps.statusChanged();
    return views.whole(person);
  }

  /** @throws LintelError see `People.markDifferent` */
  async markDifferent(a: string, b: string): Promise<void> {
    const { people, disk, ambiguous, statusChanged } = this.#deps;
    await disk.track(() => people.markDifferent(a, b));
    await disk.track(() => ambiguous.forget(a, b));
    statusChanged();
  }
}

const mostAlike = (pairs: Pair[]): Pair[] =>
  pairs.sort((one, other) => other.similarity - one.similarity).slice(0, MOST_PAIRS);

export const peopleCalls = ({
  peopleService,
  views,
  checkIns,
}: {
  readonly peopleService: PeopleService;
  readonly views: PeopleViews;
  readonly checkIns: CheckInLog;
}) =>
  ({
    listPeople: async ({ query, offset, limit }) => {
      await checkIns.readLastSeen();
      const found = views.search(query);
      const page = found.slice(offset, offset + limit);
      return { total: found.length, people: await Promise.all(page.map((person) => views.summary(person))) };
    },
    getPerson: ({ id }) => peopleService.get(id),
    removePerson: ({ id }) => done(peopleService.remove(id)),
    editPerson: ({ id, ...fields }) => peopleService.edit(id, fields),
    removeSample: ({ personId, sampleId }) => peopleService.removeSample(personId, sampleId),
    revokeConsent: ({ id, attendance }) => done(peopleService.revoke(id, attendance)),
    findDuplicates: async () => {
      await checkIns.readLastSeen();
      const pairs = await peopleService.duplicates();
      return Promise.all(
        pairs.map(async ({ a, b, ...pair }): Promise<DuplicatePair> => {
          return { a: await views.summary(a), b: await views.summary(b), ...pair };
        }),
      );
    },
    listAmbiguous: () =>
      peopleService.ambiguous.map(({ a, b, times, lastAt }) => ({ a: a.name, b: b.name, times, lastAt })),
    mergePeople: ({ keep, other }) => peopleService.merge(keep, other),
    markDifferent: ({ a, b }) => done(peopleService.markDifferent(a, b)),
  }) satisfies Partial<Handlers>;
