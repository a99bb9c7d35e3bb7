/** The audit journal from its newest line down: the next page is fetched when its end comes into view. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AuditEntry } from '../../../shared/trust.ts';
import { kiosk } from '../../state/kiosk.ts';

const PAGE = 100;

export interface AuditLines {
  /** Newest first, without gaps. */
  readonly lines: readonly AuditEntry[];
  /** How many there are in all; null until the first answer. */
  readonly total: number | null;
  readonly hasMore: boolean;
  readonly error: unknown;
}

export function useAudit(): AuditLines & { readonly more: () => void } {
  const [audit, setAudit] = useState<AuditLines>({ lines: [], total: null, hasMore: true, error: null });
  const asking = useRef(false);
  /** The lowest number there is so far; null: none yet. */
  const lowest = useRef<number | null>(null);
  const more = useCallback((): void => {
    if (asking.current || lowest.current === 1) return;
    asking.current = true;
    kiosk()
      .listAudit({ before: lowest.current, limit: PAGE })
      .then(
        ({ total, lines }) => {
          lowest.current = lines.at(-1)?.seq ?? 1;
          const hasMore = lines.length === PAGE && lowest.current > 1;
          if (!hasMore) lowest.current = 1;
          setAudit((now) => ({ lines: [...now.lines, ...lines], total, hasMore, error: null }));
        },
        (error: unknown) => setAudit((now) => ({ ...now, error })),
      )
      .finally(() => {
        asking.current = false;
      });
  }, []);
  useEffect(more, [more]);
  return { ...audit, more };
}
