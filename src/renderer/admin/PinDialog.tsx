import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LintelError } from '../../shared/errors.ts';
import { Modal } from '../components/Dialog.tsx';
import { Problem } from '../components/Feedback.tsx';
import { PinPad } from '../components/PinPad.tsx';
import { kiosk, useKiosk } from '../state/kiosk.ts';
import { onUnlockCancelled, onUnlocked } from '../state/operator.ts';

function useCountdown(): readonly [seconds: number, start: (seconds: number) => void] {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (seconds <= 0) return;
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  return [seconds, (from) => setSeconds(Math.ceil(from))];
}

function UnlockPad() {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [seconds, startCountdown] = useCountdown();

  const unlock = async (pin: string): Promise<void> => {
    try {
      onUnlocked(await kiosk().unlock({ pin }));
    } catch (problem) {
      const wait = problem instanceof LintelError ? Number(problem.params?.['seconds'] ?? 0) : 0;
      if (wait > 0) startCountdown(wait);
      setError(problem);
    }
  };

  const waiting = seconds > 0;
  return (
    <PinPad
      label={t('pin.enter')}
      action={t('pin.open')}
      isDisabled={waiting}
      onEnter={unlock}
      note={
        waiting ? (
          <p className="pin-note" role="alert">
            {t('pin.wait', { count: seconds })}
          </p>
        ) : error === null ? null : (
          <Problem error={error} />
        )
      }
    />
  );
}

function CreatePad() {
  const { t } = useTranslation();
  const [first, setFirst] = useState<string | null>(null);
  const [differs, setDiffers] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const enter = async (pin: string): Promise<void> => {
    if (first === null) {
      setFirst(pin);
      setDiffers(false);
    } else if (pin !== first) {
      setFirst(null);
      setDiffers(true);
    } else {
      try {
        onUnlocked(await kiosk().createPin({ pin }));
      } catch (problem) {
        setFirst(null);
        setError(problem);
      }
    }
  };

  return (
    <PinPad
      key={first === null ? 'first' : 'again'}
      label={first === null ? t('pin.choose') : t('pin.again')}
      action={first === null ? t('pin.next') : t('pin.set')}
      onEnter={enter}
      note={
        error !== null ? (
          <Problem error={error} />
        ) : (
          <p className="pin-note" role={differs ? 'alert' : undefined}>
            {differs ? t('pin.differs') : t('pin.rule')}
          </p>
        )
      }
    />
  );
}

export function PinDialog() {
  const { t } = useTranslation();
  const pinSet = useKiosk((s) => s.status?.pinSet ?? true);
  return (
    <Modal title={pinSet ? t('pin.title') : t('pin.firstTitle')} size="small" onClose={onUnlockCancelled}>
      {pinSet ? <UnlockPad /> : <CreatePad />}
    </Modal>
  );
}
