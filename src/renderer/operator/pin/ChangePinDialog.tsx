/** The old PIN, then the new one twice. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { PinPad } from './PinPad.tsx';

type Step = { at: 'current' } | { at: 'next'; current: string } | { at: 'again'; current: string; next: string };

export function ChangePinDialog({ onClose }: { onClose: () => void }) {
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
