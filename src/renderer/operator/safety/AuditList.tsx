/** Lines of the audit journal, of any number: only those in view exist. The page scrolls, not a box within it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../shared/trust.ts';
import { useLanguage } from '../../state/language.ts';
import { AuditLine } from './AuditLine.tsx';

/** Of a line with one line of words, px; lines are measured once they are there. */
const LINE = 88;

export function AuditList({
  lines,
  total,
  hasMore,
  onMore,
}: {
  lines: readonly AuditEntry[];
  total: number;
  hasMore: boolean;
  onMore: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const [above, setAbove] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- no React compiler is used here
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current?.closest<HTMLElement>('.desk-main') ?? null,
    estimateSize: () => LINE,
    overscan: 8,
    scrollMargin: above,
    getItemKey: (index) => lines[index]?.seq ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useLayoutEffect(() => {
    const main = box.current?.closest('.desk-main');
    if (box.current === null || main === null || main === undefined) return;
    setAbove(box.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop);
  }, []);
  useEffect(() => {
    if (hasMore && last >= lines.length - 20) onMore();
  }, [hasMore, last, lines.length, onMore]);

  return (
    <div ref={box} className="card audit-list">
      <div
        role="list"
        aria-label={t('safety.audit.list')}
        className="audit-lines"
        style={{ height: rows.getTotalSize() }}
      >
        {items.map(({ index, start, key }) => {
          const entry = lines[index];
          return entry === undefined ? null : (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={total}
              aria-posinset={index + 1}
              className="audit-place"
              style={{ transform: `translateY(${start - above}px)` }}
            >
              <AuditLine entry={entry} language={language} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
