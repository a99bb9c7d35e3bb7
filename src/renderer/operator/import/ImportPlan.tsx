/** Who would be brought in, before anything is. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count, shortDay } from '../../ui/format.ts';
import { Tick } from '../../ui/Tick.tsx';
import { picturesAmong } from './dropped-files.ts';
import { forgetImport, runImport, useImport } from './import-run.ts';

const SHOWN = 200;

export function ImportPlan() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const plan = useImport((s) => s.plan);
  const pictures = useImport((s) => s.pictures);
  const [consentAt, setConsentAt] = useState<number | null>(null);
  const [openedAt] = useState(() => Date.now());
  if (plan === null) return null;
  const { people, problems } = plan;
  return (
    <>
      <p className="import-sum">
        <strong>{t('import.plan.people', { count: people.length, number: count(people.length, language) })}</strong>,{' '}
        {t('import.plan.pictures', { count: pictures, number: count(pictures, language) })}
      </p>
      {problems.length === 0 ? null : (
        <details className="import-problems">
          <summary>{t('import.plan.problems', { count: problems.length })}</summary>
          <ul>
            {problems.slice(0, SHOWN).map(({ file, reason }, i) => (
              <li key={`${file}-${i}`}>
                <strong>{file}</strong> {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {people.length === 0 ? (
        <p className="soft">{t('import.plan.nobody')}</p>
      ) : (
        <>
          <ul className="import-people" aria-label={t('import.plan.list')} tabIndex={0}>
            {people.slice(0, SHOWN).map((person, i) => (
              <li key={`${person.name}-${i}`}>
                <strong>{person.name}</strong>
                <span className="soft">
                  {[person.externalId, person.group, t('people.pictures', { count: picturesAmong(person.files) })]
                    .filter((part) => part !== null && part !== '')
                    .join(' · ')}
                </span>
              </li>
            ))}
            {people.length > SHOWN ? (
              <li className="soft">{t('import.plan.more', { count: people.length - SHOWN })}</li>
            ) : null}
          </ul>
          <Tick
            on={consentAt !== null}
            onChange={(agreed) => setConsentAt(agreed ? Date.now() : null)}
            title={t('import.plan.consent', { date: shortDay(consentAt ?? openedAt, language) })}
            detail={t('import.plan.consentDetail')}
          />
        </>
      )}
      <div className="button-row button-row-end">
        <Button onPress={forgetImport}>{t('import.plan.other')}</Button>
        {people.length === 0 ? null : (
          <Button
            kind="primary"
            isDisabled={consentAt === null}
            onPress={() => {
              if (consentAt !== null) void runImport(consentAt);
            }}
          >
            {t('import.plan.start')}
          </Button>
        )}
      </div>
    </>
  );
}
