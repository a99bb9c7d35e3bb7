/**
 * The people list as pages that are fetched when they come into view. Ten thousand people are never in memory at once:
 * what has been scrolled far away is forgotten, and what flew past while scrolling is never asked for.
 */
import type { CallOutput } from '../../../shared/api.ts';
import type { PersonSummary } from '../../../shared/domain.ts';

export const PAGE = 50;
/** Pages kept besides those in view. */
const KEPT_PAGES = 40;
/** Asked for at the same time. */
const IN_FLIGHT = 2;
/** After the last keystroke or scroll, ms. */
const TYPING_MS = 180;
const SCROLLING_MS = 60;

export interface PeopleSnapshot {
  /** The query the list is of; what is typed may be ahead of it. */
  readonly query: string;
  /** null until the first answer. */
  readonly total: number | null;
  readonly error: unknown;
  at(index: number): PersonSummary | undefined;
}

type Load = (query: string, offset: number, limit: number) => Promise<CallOutput<'listPeople'>>;

export class PeoplePages {
  readonly #load: Load;
  readonly #listeners = new Set<() => void>();
  #pages = new Map<number, readonly PersonSummary[]>();
  /** Pages of an earlier state: shown until their like has come. */
  #stale = new Set<number>();
  readonly #loading = new Set<number>();
  #wanted = { first: 0, last: 0 };
  #query = '';
  /** Answers to questions asked before this changed are thrown away. */
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #snapshot: PeopleSnapshot = { query: '', total: null, error: null, at: (i) => this.#at(i) };

  constructor(load: Load) {
    this.#load = load;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): PeopleSnapshot => this.#snapshot;

  /** Another search: the list before stays on the screen until the first page of the new one is there. */
  search(query: string): void {
    if (query === this.#query) return;
    this.#query = query;
    this.#wanted = { first: 0, last: 0 };
    this.#renew(TYPING_MS);
  }

  /** Somebody was enrolled, changed or removed. */
  refresh(): void {
    this.#renew(0);
  }

  /** Rows `first` to `last` are in view. */
  want(first: number, last: number): void {
    this.#wanted = { first: Math.floor(first / PAGE), last: Math.floor(last / PAGE) };
    this.#later(SCROLLING_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#generation += 1;
  }

  #at(index: number): PersonSummary | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  #renew(wait: number): void {
    this.#generation += 1;
    this.#loading.clear();
    this.#stale = new Set(this.#pages.keys());
    this.#later(wait);
  }

  #later(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), wait);
  }

  #missing(): number[] {
    const { first, last } = this.#wanted;
    const pages: number[] = [];
    // What is in view first, then a page on either side.
    for (let page = first; page <= last; page++) pages.push(page);
    pages.push(last + 1, first - 1);
    const { total } = this.#snapshot;
    const fresh = this.#snapshot.query === this.#query;
    return pages.filter(
      (page) =>
        page >= 0 &&
        // How many there are is not known before the first page has answered.
        (page === 0 || (fresh && total !== null && page * PAGE < total)) &&
        !this.#loading.has(page) &&
        (!this.#pages.has(page) || this.#stale.has(page)),
    );
  }

  #fetch(): void {
    for (const page of this.#missing().slice(0, IN_FLIGHT - this.#loading.size)) void this.#fetchPage(page);
  }

  async #fetchPage(page: number): Promise<void> {
    const [generation, query] = [this.#generation, this.#query];
    this.#loading.add(page);
    try {
      const { total, people } = await this.#load(query, page * PAGE, PAGE);
      if (generation !== this.#generation) return;
      this.#loading.delete(page);
      if (query !== this.#snapshot.query) this.#pages = new Map();
      this.#pages.delete(page);
      this.#pages.set(page, people);
      this.#stale.delete(page);
      this.#forget();
      this.#tell({ query, total, error: null });
      this.#fetch();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#loading.delete(page);
      this.#tell({ error });
    }
  }

  /** Maps keep the order of insertion: the pages fetched longest ago go first. */
  #forget(): void {
    const { first, last } = this.#wanted;
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) return;
      if (page < first - 1 || page > last + 1) this.#pages.delete(page);
    }
  }

  #tell(change: Partial<PeopleSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
