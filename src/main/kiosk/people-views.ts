/** People as the screens and the terminal see them: summaries and pictures, never vectors. */
import type { Person, PersonSummary } from '../../shared/domain.ts';
import type { CheckIns } from './checkins.ts';
import type { People } from './people.ts';
import { bestSample } from './people-changes.ts';
import { sameModel, unpackVector, type PersonRecord } from './person-record.ts';
import { OUTLIER_FMR, sampleFits, type SampleFit } from './sample-fit.ts';

/** Portraits kept in memory as data URLs. */
const KEPT_PICTURES = 300;

/** A person with the text that searches look through. */
interface Listed {
  readonly person: PersonRecord;
  readonly text: string;
}

export class PeopleViews {
  readonly #people: People;
  readonly #checkIns: CheckIns;
  readonly #similarityAt: (fmr: number) => number;
  readonly #urls = new Map<string, string>();
  #known: { readonly people: readonly PersonRecord[]; readonly sorted: readonly Listed[] } = {
    people: [],
    sorted: [],
  };

  /** @param similarityAt the similarity that a fraction of pairs of strangers reaches with the model in use */
  constructor(people: People, checkIns: CheckIns, similarityAt: (fmr: number) => number) {
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
      this.#similarityAt(OUTLIER_FMR),
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
