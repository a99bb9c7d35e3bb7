import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Select } from '../../components/Choice.tsx';
import { ConfirmDialog, Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { PinPad } from '../../components/PinPad.tsx';
import { daysWords, RETENTION_DAYS, withValue } from '../../components/choices.ts';
import { kiosk } from '../../state/kiosk.ts';
import type { PartProps } from './use-settings.ts';

type Step = { at: 'current' } | { at: 'next'; current: string } | { at: 'again'; current: string; next: string };

function ChangePinDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step | { at: 'done' }>({ at: 'current' });
  const [error, setError] = useState<unknown>(null);
  const [differs, setDiffers] = useState(false);

  const enter = async (pin: string): Promise<void> => {
    setDiffers(false);
    if (step.at === 'current') {
      setError(null);
      setStep({ at: 'next', current: pin });
    } else if (step.at === 'next') setStep({ at: 'again', current: step.current, next: pin });
    else if (step.at === 'again' && pin !== step.next) {
      setDiffers(true);
      setStep({ at: 'next', current: step.current });
    } else if (step.at === 'again') {
      try {
        await kiosk().changePin({ current: step.current, next: step.next });
        setStep({ at: 'done' });
      } catch (problem) {
        setError(problem);
        setStep({ at: 'current' });
      }
    }
  };

  const labels = { current: t('pin.current'), next: t('pin.choose'), again: t('pin.again') };
  return (
    <Modal title={t('settings.changePin')} size="small" onClose={onClose}>
      {step.at === 'done' ? (
        <div className="stack">
          <p>{t('pin.changed')}</p>
          <Button kind="primary" autoFocus onPress={onClose}>
            {t('ui.close')}
          </Button>
        </div>
      ) : (
        <PinPad
          key={step.at}
          label={labels[step.at]}
          action={step.at === 'again' ? t('pin.set') : t('pin.next')}
          onEnter={enter}
          note={
            error !== null ? (
              <Problem error={error} />
            ) : (
              <p className="pin-note" role={differs ? 'alert' : undefined}>
                {differs ? t('pin.differs') : step.at === 'next' ? t('pin.rule') : ''}
              </p>
            )
          }
        />
      )}
    </Modal>
  );
}

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
      <section className="card stack" aria-label={t('settings.retention')}>
        <h2 className="card-title">{t('settings.retention')}</h2>
        {(['pictureDays', 'logDays', 'unseenDays'] as const).map((what) => (
          <div key={what} className="stack">
            <Select
              label={t(`settings.keep.${what}.label`)}
              value={retention[what] === null ? FOR_GOOD : String(retention[what])}
              onChange={(value) => choose(what, value === FOR_GOOD ? null : Number(value))}
              options={withValue<number | null>(RETENTION_DAYS, retention[what]).map((days) => ({
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
