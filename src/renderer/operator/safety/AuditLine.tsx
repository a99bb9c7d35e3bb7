import { useTranslation } from 'react-i18next';
import type { AuditEntry } from '../../../shared/trust.ts';
import { count, dayAndTime } from '../../ui/format.ts';
import { auditWords } from './audit-words.ts';

/** One line: what happened, when, at which door, and to whom by the id that says nothing of them. */
export function AuditLine({ entry, language }: { entry: AuditEntry; language: string }) {
  const { t } = useTranslation();
  const { words, door, isOdd } = auditWords(entry, t, language);
  return (
    <div className="audit-line" data-odd={isOdd}>
      <span className="audit-number" aria-label={t('safety.audit.line', { seq: entry.seq })}>
        {count(entry.seq, language)}
      </span>
      <span className="row-main">
        <strong>{words}</strong>
        <span className="soft">
          {dayAndTime(entry.at, language)} · {door}
          {entry.subject === null ? null : <span className="audit-id"> · {entry.subject}</span>}
        </span>
      </span>
    </div>
  );
}
