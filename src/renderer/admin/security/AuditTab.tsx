import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditCheck, AuditEntry } from '../../../shared/security.ts';
import { Button } from '../../components/Button.tsx';
import { Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { KeyboardFields } from '../../components/OnScreenKeyboard.tsx';
import { count, dayAndTime } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/operator.ts';
import { auditProblemWords, auditWords, hashGroups, notedLink } from './audit-words.ts';

const PAGE = 100;

interface AuditLines {
  /** Newest first, without gaps. */
  readonly lines: readonly AuditEntry[];
  /** How many there are in all; null until the first answer. */
  readonly total: number | null;
  readonly hasMore: boolean;
  readonly error: unknown;
}

/** The audit journal from its newest line down: the next page is fetched when its end comes into view. */
function useAudit(): AuditLines & { readonly more: () => void } {
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

/** One line: what happened, when, from where, and to whom by the id that says nothing of them. */
function AuditLine({ entry, language }: { entry: AuditEntry; language: string }) {
  const { t } = useTranslation();
  const { words, source, isOdd } = auditWords(entry, t, language);
  return (
    <div className="audit-line" data-odd={isOdd}>
      <span className="audit-number" aria-label={t('security.audit.line', { seq: entry.seq })}>
        {count(entry.seq, language)}
      </span>
      <span className="row-main">
        <strong>{words}</strong>
        <span className="soft">
          {dayAndTime(entry.at, language)} · {source}
          {entry.subject === null ? null : <span className="audit-id"> · {entry.subject}</span>}
        </span>
      </span>
    </div>
  );
}

// Lines of the audit journal, of any number: only those in view exist. The page scrolls, not a box within it.

/** Of a line with one line of words, px; lines are measured once they are there. */
const LINE = 88;

function AuditList({
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
    getScrollElement: () => box.current?.closest<HTMLElement>('.admin-main') ?? null,
    estimateSize: () => LINE,
    overscan: 8,
    scrollMargin: above,
    getItemKey: (index) => lines[index]?.seq ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useLayoutEffect(() => {
    const main = box.current?.closest('.admin-main');
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
        aria-label={t('security.audit.list')}
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

function Report({ report, withNoted }: { report: AuditCheck; withNoted: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (report.ok)
    return (
      <p className="note" data-tone="good" role="status">
        <Icon name="check" />
        {t(withNoted ? 'security.audit.okNoted' : 'security.audit.ok', {
          count: report.lines,
          number: count(report.lines, language),
        })}
      </p>
    );
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div className="stack">
        <p>
          <strong>{t('security.audit.notOk')}</strong> {t('security.audit.notOkDetail')}
        </p>
        <ul className="audit-problems">
          {report.problems.map((problem, i) => (
            <li key={`${problem.kind}-${i}`}>{auditProblemWords(problem, t)}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function AuditCheckDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [result, setResult] = useState<{ readonly report: AuditCheck; readonly withNoted: boolean } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(true);
  const [comparing, setComparing] = useState(false);
  const [seq, setSeq] = useState('');
  const [hash, setHash] = useState('');
  const noted = notedLink(seq, hash);

  const check = (against: typeof noted): void => {
    setBusy(true);
    setError(null);
    kiosk()
      .verifyAudit({ noted: against })
      .then((report) => setResult({ report, withNoted: against !== null }), setError)
      .finally(() => setBusy(false));
  };
  // Whoever opens this wants to know.
  useEffect(() => {
    kiosk()
      .verifyAudit({ noted: null })
      .then((report) => setResult({ report, withNoted: false }), setError)
      .finally(() => setBusy(false));
  }, []);
  return (
    <Modal title={t('security.audit.check')} size="wide" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (noted !== null) check(noted);
        }}
      >
        {error === null ? null : <Problem error={error} />}
        {result === null ? (
          busy ? (
            <p className="soft">{t('security.audit.checking')}</p>
          ) : null
        ) : (
          <>
            <Report {...result} />
            {/* Whoever compares has one; the fields need the room. */}
            {comparing ? null : (
              <div className="audit-last">
                <h3 className="security-subtitle">{t('security.audit.note')}</h3>
                <p className="soft">{t('security.audit.noteAbout')}</p>
                <dl className="facts">
                  <dt>{t('security.audit.number')}</dt>
                  <dd className="audit-hash">{count(result.report.last.seq, language)}</dd>
                  <dt>{t('security.audit.hash')}</dt>
                  <dd className="audit-hash">{hashGroups(result.report.last.hash)}</dd>
                </dl>
              </div>
            )}
          </>
        )}
        {comparing ? (
          <>
            <KeyboardFields
              fields={[
                { name: 'seq', label: t('security.audit.notedNumber'), value: seq, onChange: setSeq, maxLength: 20 },
                { name: 'hash', label: t('security.audit.notedHash'), value: hash, onChange: setHash, maxLength: 100 },
              ]}
            />
            {noted === null && hash !== '' ? <p className="soft">{t('security.audit.notedRule')}</p> : null}
          </>
        ) : null}
        <div className="button-row button-row-end">
          {comparing ? (
            <Button kind="primary" type="submit" isDisabled={noted === null}>
              {t('security.audit.compare')}
            </Button>
          ) : (
            <Button onPress={() => setComparing(true)}>{t('security.audit.compareStart')}</Button>
          )}
          <Button onPress={onClose}>{t('ui.close')}</Button>
        </div>
      </form>
    </Modal>
  );
}

export function AuditTab() {
  const { t } = useTranslation();
  const [checking, setChecking] = useState(false);
  const { lines, total, hasMore, error, more } = useAudit();
  return (
    <>
      <section className="card security-about" aria-label={t('security.audit.title')}>
        <div>
          <h2 className="card-title">{t('security.audit.title')}</h2>
          <p className="soft">{t('security.audit.about')}</p>
        </div>
        <Button kind="primary" onPress={() => setChecking(true)}>
          <Icon name="search" />
          {t('security.audit.check')}
        </Button>
      </section>
      {error === null ? null : <Problem error={error} />}
      {total === 0 ? <p className="empty">{t('security.audit.none')}</p> : null}
      {lines.length === 0 ? null : <AuditList lines={lines} total={total ?? 0} hasMore={hasMore} onMore={more} />}
      {checking ? <AuditCheckDialog onClose={() => setChecking(false)} /> : null}
    </>
  );
}
