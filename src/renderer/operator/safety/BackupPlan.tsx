/** The plan of the backups the kiosk makes by itself: where to, how often, how many, and the passphrase for them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupPlanSettings, BackupStatus } from '../../../shared/trust.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/language.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { withValue } from '../settings/choices.ts';
import { EVERY_HOURS, everyWords, KEEP } from './backup-choices.ts';
import { FolderChoice } from './FolderChoice.tsx';
import { NewPassphrase } from './NewPassphrase.tsx';
import { NOTHING_TYPED, readyPassphrase } from './passphrase.ts';
import { SafetyProblem } from './SafetyProblem.tsx';

export function BackupPlan({
  backup,
  wasSaved,
  onSaved,
}: {
  backup: BackupStatus;
  wasSaved: boolean;
  onSaved: (backup: BackupStatus) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [plan, setPlan] = useState<BackupPlanSettings>(backup.plan);
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [choosing, setChoosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const set = (part: Partial<BackupPlanSettings>): void => setPlan((now) => ({ ...now, ...part }));

  const planned = plan.folder !== null;
  const needed = planned && !backup.passphraseSet;
  const asks = needed || (planned && choosing);
  const passphrase = asks ? readyPassphrase(typed) : null;
  const changed = JSON.stringify(plan) !== JSON.stringify(backup.plan) || passphrase !== null;
  const complete = plan.folder !== '' && (!asks || passphrase !== null);

  const save = async (): Promise<void> => {
    if (!changed || !complete || busy) return;
    setBusy(true);
    setError(null);
    await kiosk()
      .planBackups({ ...plan, passphrase })
      .then(onSaved, setError);
    setBusy(false);
  };
  return (
    <form
      className="card stack"
      aria-label={t('safety.plan.title')}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 className="card-title">{t('safety.plan.title')}</h2>
      <FolderChoice places={backup.places} folder={plan.folder} onFolder={(folder) => set({ folder })} />
      {planned ? (
        <>
          <div className="pair-fields">
            <Select
              label={t('safety.plan.every')}
              value={String(plan.everyHours)}
              onChange={(hours) => set({ everyHours: Number(hours) })}
              options={withValue<number>(EVERY_HOURS, plan.everyHours).map((hours) => ({
                value: String(hours),
                label: everyWords(hours, t),
              }))}
            />
            <Select
              label={t('safety.plan.keep')}
              value={String(plan.keep)}
              onChange={(keep) => set({ keep: Number(keep) })}
              options={withValue<number>(KEEP, plan.keep).map((keep) => ({
                value: String(keep),
                label: t('safety.plan.kept', { count: keep, number: count(keep, language) }),
              }))}
            />
          </div>
          <div>
            <Switch on={plan.forgetDeleted} onChange={(forgetDeleted) => set({ forgetDeleted })}>
              {t('safety.plan.forget')}
            </Switch>
            <p className="soft">{t('safety.plan.forgetAbout')}</p>
          </div>
          {asks ? (
            <>
              <h3 className="safety-subtitle">{t('safety.plan.passphrase')}</h3>
              <p className="soft">{t('safety.plan.passphraseAbout')}</p>
              <NewPassphrase typed={typed} onTyped={setTyped} />
            </>
          ) : (
            <div className="button-row">
              <Button onPress={() => setChoosing(true)}>{t('safety.plan.otherPassphrase')}</Button>
            </div>
          )}
        </>
      ) : null}
      {error === null ? null : <SafetyProblem error={error} about="folder" />}
      {wasSaved && !changed ? (
        <p className="note" role="status">
          <Icon name="check" />
          {t('safety.plan.saved')}
        </p>
      ) : null}
      <div className="button-row">
        <Button kind="primary" type="submit" isDisabled={!changed || !complete || busy}>
          {t('safety.plan.save')}
        </Button>
      </div>
    </form>
  );
}
