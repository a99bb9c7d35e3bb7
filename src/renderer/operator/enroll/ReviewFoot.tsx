/** Below what is known of the person: the pictures that were taken, the way back, and the way on once they were compared. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import type { Enrollment } from './useEnrollment.ts';

export function ReviewFoot({
  enrollment,
  doubtful,
  onSave,
  children,
}: {
  enrollment: Enrollment;
  /** Then saving is not the one thing to do. */
  doubtful: boolean;
  onSave: () => void;
  /** What saving is called. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { captured, lookAlikes, busy } = enrollment;
  return (
    <>
      <ul className="review-pictures" aria-label={t('enroll.samples')}>
        {captured.samples.map((sample) => (
          <li key={sample.id}>{sample.picture === null ? null : <img src={sample.picture} alt="" />}</li>
        ))}
      </ul>
      <div className="button-row enroll-actions">
        <Button isDisabled={busy} onPress={() => enrollment.goTo('capture')}>
          {t('ui.back')}
        </Button>
        <span className="enroll-gap" />
        {lookAlikes === null ? (
          <Button isDisabled={busy} onPress={() => void enrollment.findLookAlikes()}>
            {busy ? t('ui.loading') : t('ui.retry')}
          </Button>
        ) : (
          <Button kind={doubtful ? 'plain' : 'primary'} isDisabled={busy} onPress={onSave}>
            {children}
          </Button>
        )}
      </div>
    </>
  );
}
