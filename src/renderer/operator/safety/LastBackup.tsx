/** The last backup, the next, what is in the way, and one at once. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupStatus } from '../../../shared/trust.ts';
import { useNow } from '../../checkin/useNow.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/language.ts';
import { Button } from '../../ui/Button.tsx';
import { bytesWords, dayAndTime } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { SafetyProblem } from './SafetyProblem.tsx';
import { checkInsWords, peopleWords } from './amounts.ts';

export function LastBackup({
  backup,
  onBackup,
  onAsk,
}: {
  backup: BackupStatus;
  onBackup: (backup: BackupStatus) => void;
  onAsk: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { last, plan, problem, nextAt } = backup;
  const running = busy || backup.running;

  const backUp = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    await kiosk()
      .backUpNow()
      .then(onBackup, (failed: unknown) => {
        setError(failed);
        onAsk();
      });
    setBusy(false);
  };
  return (
    <section className="card stack" aria-label={t('safety.last.title')}>
      <h2 className="card-title">{t('safety.last.title')}</h2>
      {last === null ? (
        <p>{t('safety.last.none')}</p>
      ) : (
        <dl className="facts">
          <dt>{t('safety.last.at')}</dt>
          <dd>{dayAndTime(last.at, language)}</dd>
          <dt>{t('safety.last.holds')}</dt>
          <dd>
            {peopleWords(last.people, t, language)} · {checkInsWords(last.checkIns, t, language)}
          </dd>
          <dt>{t('safety.last.size')}</dt>
          <dd>{bytesWords(last.bytes, language)}</dd>
        </dl>
      )}
      {error !== null ? (
        <SafetyProblem error={error} about="folder" />
      ) : problem === null ? null : (
        <SafetyProblem report={problem} about="folder" />
      )}
      {running ? (
        <p className="note" role="status">
          <Icon name="moment" />
          {t('safety.last.running')}
        </p>
      ) : (
        <p className="soft">
          {plan.folder === null || nextAt === null
            ? t('safety.last.noNext')
            : nextAt <= now
              ? t('safety.last.nextNow')
              : t('safety.last.next', { when: dayAndTime(nextAt, language) })}
        </p>
      )}
      <div className="button-row">
        <Button kind="primary" isDisabled={running || plan.folder === null} onPress={() => void backUp()}>
          <Icon name="save" />
          {t('safety.last.do')}
        </Button>
      </div>
    </section>
  );
}
