import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import type { Enrollment } from './useEnrollment.ts';

export function DoneStep({ enrollment, onClose }: { enrollment: Enrollment; onClose: () => void }) {
  const { t } = useTranslation();
  const { saved } = enrollment;
  if (saved === null) return null;
  return (
    <div className="done">
      <div className="done-words" role="alert">
        <span className="done-check">
          <Icon name="check" />
        </span>
        <Portrait picture={saved.picture} name={saved.name} size="large" />
        <h3 className="done-title">{t('enroll.done', { name: saved.name })}</h3>
        <p className="soft">{t('enroll.doneDetail', { count: saved.samples })}</p>
      </div>
      <div className="button-row enroll-actions">
        <Button onPress={enrollment.another}>{t('enroll.another')}</Button>
        <span className="enroll-gap" />
        <Button kind="primary" autoFocus onPress={onClose}>
          {t('enroll.finish')}
        </Button>
      </div>
    </div>
  );
}
