/** Is the journal as it was written? At once, and against what was noted on paper. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AuditCheck } from '../../../shared/trust.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/language.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { KeyboardFields } from '../../ui/KeyboardFields.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { auditProblemWords, hashGroups, notedLink } from './audit-words.ts';

function Report({ report, withNoted }: { report: AuditCheck; withNoted: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (report.ok)
    return (
      <p className="note" data-tone="good" role="status">
        <Icon name="check" />
        {t(withNoted ? 'safety.audit.okNoted' : 'safety.audit.ok', {
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
          <strong>{t('safety.audit.notOk')}</strong> {t('safety.audit.notOkDetail')}
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

export function AuditCheckDialog({ onClose }: { onClose: () => void }) {
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
    <Modal title={t('safety.audit.check')} size="wide" onClose={onClose}>
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
            <p className="soft">{t('safety.audit.checking')}</p>
          ) : null
        ) : (
          <>
            <Report {...result} />
            {/* Whoever compares has one; the fields need the room. */}
            {comparing ? null : (
              <div className="audit-last">
                <h3 className="safety-subtitle">{t('safety.audit.note')}</h3>
                <p className="soft">{t('safety.audit.noteAbout')}</p>
                <dl className="facts">
                  <dt>{t('safety.audit.number')}</dt>
                  <dd className="audit-hash">{count(result.report.last.seq, language)}</dd>
                  <dt>{t('safety.audit.hash')}</dt>
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
                { name: 'seq', label: t('safety.audit.notedNumber'), value: seq, onChange: setSeq, maxLength: 20 },
                { name: 'hash', label: t('safety.audit.notedHash'), value: hash, onChange: setHash, maxLength: 100 },
              ]}
            />
            {noted === null && hash !== '' ? <p className="soft">{t('safety.audit.notedRule')}</p> : null}
          </>
        ) : null}
        <div className="button-row button-row-end">
          {comparing ? (
            <Button kind="primary" type="submit" isDisabled={noted === null}>
              {t('safety.audit.compare')}
            </Button>
          ) : (
            <Button onPress={() => setComparing(true)}>{t('safety.audit.compareStart')}</Button>
          )}
          <Button onPress={onClose}>{t('ui.close')}</Button>
        </div>
      </form>
    </Modal>
  );
}
