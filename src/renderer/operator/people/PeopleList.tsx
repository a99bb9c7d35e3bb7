/** Everyone, as a list of any length: only the rows in view exist. Arrow keys, Home, End and the page keys walk it. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { PersonRow } from './PersonRow.tsx';
import type { PeoplePages, PeopleSnapshot } from './people-pages.ts';

const ROW = 88;

/** Where the keys lead from row `at`; null: not a key of the list. */
export function rowAfter(key: string, at: number, total: number, perScreen: number): number | null {
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
