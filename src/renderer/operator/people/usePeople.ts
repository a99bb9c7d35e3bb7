/** The people list for a screen: searched as one types, fetched as one scrolls, renewed when somebody comes or goes. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { PeoplePages, type PeopleSnapshot } from './people-pages.ts';

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
