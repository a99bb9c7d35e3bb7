/** Is it the same person? Two pictures, or a picture and somebody enrolled. */
import { useTranslation } from 'react-i18next';
import { Problem } from '../../ui/Problem.tsx';
import { FaceSlot } from './FaceSlot.tsx';
import { useVerification } from './useVerification.ts';
import { Verdict } from './Verdict.tsx';
import './verify.css';

export function VerifyPanel() {
  const { t } = useTranslation();
  const { sides, reply, busy, error, set } = useVerification();
  return (
    <div className="stack">
      <div className="verify-slots">
        {([0, 1] as const).map((which) => (
          <FaceSlot
            key={which}
            label={t('verify.slot', { number: which + 1 })}
            side={sides[which]}
            crop={reply?.crops[which] ?? null}
            onChange={(side) => set(which, side)}
          />
        ))}
      </div>
      <div aria-live="polite">
        {busy ? <p className="verify-wait">{t('verify.comparing')}</p> : null}
        {reply === null && !busy && error === null ? <p className="soft">{t('verify.about')}</p> : null}
        {reply === null ? null : <Verdict reply={reply} />}
      </div>
      {error === null ? null : <Problem error={error} />}
    </div>
  );
}
