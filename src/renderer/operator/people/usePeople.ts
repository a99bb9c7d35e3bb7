/** The people list, searched as one types, a page at a time. */
import { useEffect, useState } from 'react';
import type { PersonSummary } from '../../../shared/domain.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';

const PAGE = 50;
/** Between keystrokes nothing is asked, ms. */
const TYPING_MS = 180;

export interface PeopleList {
  readonly people: readonly PersonSummary[];
  readonly total: number;
  readonly loading: boolean;
  readonly error: unknown;
}

export function usePeople(query: string): PeopleList & { readonly more: () => void } {
  // The number of people changes with every enrollment and removal: that is when to look again.
  const enrolled = useKiosk((s) => s.status?.people);
  const [limit, setLimit] = useState(PAGE);
  const [list, setList] = useState<PeopleList>({ people: [], total: 0, loading: true, error: null });

  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      try {
        const people: PersonSummary[] = [];
        let total: number;
        do {
          const page = await kiosk().listPeople({ query, offset: people.length, limit: PAGE });
          total = page.total;
          people.push(...page.people);
          if (page.people.length === 0) break;
        } while (people.length < Math.min(limit, total));
        if (current) setList({ people, total, loading: false, error: null });
      } catch (error) {
        if (current) setList((l) => ({ ...l, loading: false, error }));
      }
    };
    const timer = setTimeout(() => void load(), TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query, limit, enrolled]);

  return { ...list, more: () => setLimit((l) => l + PAGE) };
}
