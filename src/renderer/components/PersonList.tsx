import './people.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/calls.ts';
import type { PersonSummary } from '../../shared/domain.ts';
import { kiosk, useKiosk } from '../state/kiosk.ts';
import { Modal } from './Dialog.tsx';
import { Problem } from './Feedback.tsx';
import { Icon } from './Icon.tsx';
import { Portrait } from './Picture.tsx';
import { dayAndTime } from './format.ts';

const PAGE = 50;
/** Pages kept besides those in view. */
const KEPT_PAGES = 40;
/** Asked for at the same time. */
const IN_FLIGHT = 2;
/** After the last keystroke or scroll, ms. */
const TYPING_MS = 180;
const SCROLLING_MS = 60;

interface PeopleSnapshot {
  /** The query the list is of; what is typed may be ahead of it. */
  readonly query: string;
  /** null until the first answer. */
  readonly total: number | null;
  readonly error: unknown;
  at(index: number): PersonSummary | undefined;
}

type Load = (query: string, offset: number, limit: number) => Promise<CallOutput<'listPeople'>>;

/**
 * The people list as pages that are fetched when they come into view. Ten thousand people are never in memory at once:
 * what has been scrolled far away is forgotten, and what flew past while scrolling is never asked for.
 */
class PeoplePages {
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

// The people list for a screen: searched as one types, fetched as one scrolls, renewed when somebody comes or goes.

export function usePeople(query: string): { readonly pages: PeoplePages; readonly list: PeopleSnapshot } {
  const [pages] = useState(
    () => new PeoplePages((text, offset, limit) => kiosk().listPeople({ query: text, offset, limit })),
  );
  const list = useSyncExternalStore(pages.subscribe, pages.snapshot);
  // The number of people changes with every enrollment and removal: that is when to look again.
  const enrolled = useKiosk((s) => s.status?.people);
  useEffect(() => pages.search(query), [pages, query]);
  useEffect(() => pages.refresh(), [pages, enrolled]);
  useEffect(() => () => pages.close(), [pages]);
  return { pages, list };
}

// Whether a person can be recognised, and if not, why.

/** `enroll-again`: their vectors are another model's. `no-face-data`: consent was revoked, only the name is left. */
type EnrollmentStatus = 'ready' | 'enroll-again' | 'no-face-data';

export function enrollmentStatus(person: Pick<PersonSummary, 'ready' | 'samples'>): EnrollmentStatus {
  if (person.ready) return 'ready';
  return person.samples === 0 ? 'no-face-data' : 'enroll-again';
}

/** One person of the list; the whole row opens their page. */
const PersonRow = memo(function PersonRow({
  person,
  index,
  reachable,
  onFocus,
  onOpen,
}: {
  /** undefined: not fetched yet. */
  person: PersonSummary | undefined;
  index: number;
  reachable: boolean;
  onFocus: (index: number) => void;
  onOpen: (person: PersonSummary) => void;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  if (person === undefined)
    return (
      <div className="person-row">
        <span className="portrait portrait-small" />
        <span className="row-main">
          <span className="person-waiting" />
          <span className="visually-hidden">{t('ui.loading')}</span>
        </span>
      </div>
    );
  const about = [person.externalId, person.group, t('people.samples', { count: person.samples })];
  const status = enrollmentStatus(person);
  return (
    <button
      type="button"
      className="person-row"
      data-row={index}
      tabIndex={reachable ? 0 : -1}
      onFocus={() => onFocus(index)}
      onClick={() => onOpen(person)}
    >
      <Portrait picture={person.picture} name={person.name} size="small" />
      <span className="row-main">
        <strong className="one-line">{person.name}</strong>
        <span className="soft one-line">{about.filter((part) => part !== null && part !== '').join(' · ')}</span>
      </span>
      {status === 'ready' ? (
        <span className="soft row-seen">
          {person.lastSeenAt === null
            ? t('people.neverSeen')
            : t('people.lastSeen', { when: dayAndTime(person.lastSeenAt, language) })}
        </span>
      ) : (
        <span className="badge" data-bad={status === 'enroll-again'}>
          {t(`people.status.${status}`)}
        </span>
      )}
      <Icon name="forward" />
    </button>
  );
});

// Everyone, as a list of any length: only the rows in view exist. Arrow keys, Home, End and the page keys walk it.

const ROW = 88;

/** Where the keys lead from row `at`; null: not a key of the list. */
function rowAfter(key: string, at: number, total: number, perScreen: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: total - 1,
    PageDown: at + perScreen,
    PageUp: at - perScreen,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(total - 1, to));
}

export function PeopleList({
  pages,
  list,
  onOpen,
  place,
}: {
  pages: PeoplePages;
  list: PeopleSnapshot;
  onOpen: (person: PersonSummary) => void;
  /** Where the list was scrolled to, kept by whoever outlives it. */
  place?: { current: number };
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const moved = useRef(false);
  const total = list.total ?? 0;
  // eslint-disable-next-line react-hooks/incompatible-library -- no React compiler is used here
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 6,
    initialOffset: () => place?.current ?? 0,
  });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => pages.want(first, last), [pages, first, last, list.query]);

  // Another search begins at its top.
  const query = useRef(list.query);
  useEffect(() => {
    if (query.current === list.query) return;
    query.current = list.query;
    box.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [list.query]);

  // A row the keys lead to may only exist after the list has scrolled there.
  useEffect(() => {
    if (!moved.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${active}"]`);
    if (row === null || row === undefined) return;
    moved.current = false;
    row.focus({ preventScroll: true });
  });

  const walk = (event: KeyboardEvent): void => {
    const perScreen = Math.max(1, Math.floor((box.current?.clientHeight ?? ROW) / ROW) - 1);
    const to = rowAfter(event.key, active, total, perScreen);
    if (to === null) return;
    event.preventDefault();
    moved.current = true;
    setActive(to);
    rows.scrollToIndex(to, { align: 'auto' });
  };
  // The row that Tab leads to must exist.
  const reachable = active >= first && active <= last ? active : first;

  return (
    <div
      ref={box}
      className="people-list card"
      onKeyDown={walk}
      onScroll={(event) => {
        if (place !== undefined) place.current = event.currentTarget.scrollTop;
      }}
    >
      <div role="list" aria-label={t('people.list')} className="people-rows" style={{ height: rows.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <div
            key={index}
            role="listitem"
            aria-setsize={total}
            aria-posinset={index + 1}
            className="people-place"
            style={{ height: ROW, transform: `translateY(${start}px)` }}
          >
            <PersonRow
              person={list.at(index)}
              index={index}
              reachable={index === reachable}
              onFocus={setActive}
              onOpen={onOpen}
            />
          </div>
        ))}
      </div>
    </div>
  );
}

export function PersonPicker({
  title,
  onPick,
  onClose,
}: {
  title: string;
  onPick: (person: PersonSummary) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const { pages, list } = usePeople(query);
  return (
    <Modal size="full" title={title} onClose={onClose}>
      <div className="people">
        {/* The dialog was opened to search. */}
        <SearchField className="search" value={query} onChange={setQuery} autoFocus>
          <Label className="visually-hidden">{t('people.search')}</Label>
          <Icon name="search" />
          <Input className="field-input" placeholder={t('people.search')} />
        </SearchField>
        {list.error === null ? null : <Problem error={list.error} />}
        {list.total === null ? null : list.total === 0 ? (
          <p className="empty">{list.query === '' ? t('people.none') : t('people.noMatch')}</p>
        ) : (
          <PeopleList pages={pages} list={list} onOpen={onPick} />
        )}
      </div>
    </Modal>
  );
}
