/** How long things are kept, and who may come in here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Select } from '../../ui/Select.tsx';
import { ChangePinDialog } from '../pin/ChangePinDialog.tsx';
import { daysWords, KEEPING, withValue } from './choices.ts';
import type { PartProps } from './SettingsScreen.tsx';

type Kept = keyof Settings['retention'];
const FOR_GOOD = '';

export function DataSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const { retention, language } = settings;
  const [asked, setAsked] = useState<{ readonly what: Kept; readonly days: number } | null>(null);
  const [changingPin, setChangingPin] = useState(false);

  const choose = (what: Kept, days: number | null): void => {
    const now = retention[what];
    // Keeping longer is done at once; keeping shorter erases.
    if (days !== null && (now === null || days < now)) setAsked({ what, days });
    else change((now) => ({ retention: { ...now.retention, [what]: days } }));
  };
  return (
    <>
      <section className="card stack" aria-label={t('settings.keeping')}>
        <h2 className="card-title">{t('settings.keeping')}</h2>
        {(['pictureDays', 'logDays', 'unseenDays'] as const).map((what) => (
          <div key={what} className="stack">
            <Select
              label={t(`settings.keep.${what}.label`)}
              value={retention[what] === null ? FOR_GOOD : String(retention[what])}
              onChange={(value) => choose(what, value === FOR_GOOD ? null : Number(value))}
              options={withValue<number | null>(KEEPING, retention[what]).map((days) => ({
                value: days === null ? FOR_GOOD : String(days),
                label: days === null ? t('settings.keepForGood') : daysWords(days, language),
              }))}
            />
            <p className="soft">{t(`settings.keep.${what}.about`)}</p>
          </div>
        ))}
      </section>
      <section className="card stack" aria-label={t('settings.security')}>
        <h2 className="card-title">{t('settings.security')}</h2>
        <p className="soft">{t('settings.pinAbout')}</p>
        <div className="button-row">
          <Button onPress={() => setChangingPin(true)}>{t('settings.changePin')}</Button>
        </div>
      </section>
      {asked === null ? null : (
        <ConfirmDialog
          title={t(`settings.keep.${asked.what}.ask`)}
          detail={t(`settings.keep.${asked.what}.askDetail`, { age: daysWords(asked.days, language) })}
          action={t('settings.keepDo')}
          kind="danger"
          onClose={() => setAsked(null)}
          onConfirm={() => {
            change((now) => ({ retention: { ...now.retention, [asked.what]: asked.days } }));
            setAsked(null);
          }}
        />
      )}
      {changingPin ? <ChangePinDialog onClose={() => setChangingPin(false)} /> : null}
    </>
  );
}
