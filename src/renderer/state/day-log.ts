/** Today's check-ins, read again whenever somebody checks in. */
import { useEffect, useState } from 'react';
import type { CallOutput } from '../../shared/calls.ts';
import { kiosk, useKiosk } from './kiosk.ts';

interface DayLog {
  readonly day: string | null;
  /** Newest first. */
  readonly checkIns: CallOutput<'getLog'>['checkIns'];
  readonly error: unknown;
}

export function useDayLog(): DayLog {
  const newest = useKiosk((s) => s.recent[0]?.id);
  const [log, setLog] = useState<DayLog>({ day: null, checkIns: [], error: null });
  useEffect(() => {
    let current = true;
    kiosk()
      .getLog({ day: null })
      .then(
        ({ day, checkIns }) => {
          if (current) setLog({ day, checkIns: [...checkIns].sort((a, b) => b.at - a.at), error: null });
        },
        (error: unknown) => {
          if (current) setLog((l) => ({ ...l, error }));
        },
      );
    return () => {
      current = false;
    };
  }, [newest]);
  return log;
}
