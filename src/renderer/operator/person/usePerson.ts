/** One person with every picture kept of them, and what can be done to them. */
import { useCallback, useEffect, useState } from 'react';
import type { Person } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';

export interface PersonDesk {
  /** null until read. */
  readonly person: Person | null;
  readonly error: unknown;
  readonly busy: boolean;
  /** Does something that gives the person as they are afterwards. @returns whether it went well */
  change(work: () => Promise<Person>): Promise<boolean>;
  reload(): Promise<void>;
}

export function usePerson(id: string): PersonDesk {
  const [person, setPerson] = useState<Person | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const change = useCallback(async (work: () => Promise<Person>): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      setPerson(await work());
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);

  const reload = useCallback(async (): Promise<void> => {
    try {
      setPerson(await kiosk().getPerson({ id }));
    } catch (problem) {
      setError(problem);
    }
  }, [id]);
  useEffect(() => {
    let current = true;
    kiosk()
      .getPerson({ id })
      .then(
        (found) => {
          if (current) setPerson(found);
        },
        (problem: unknown) => {
          if (current) setError(problem);
        },
      );
    return () => {
      current = false;
    };
  }, [id]);

  return { person, error, busy, change, reload };
}
