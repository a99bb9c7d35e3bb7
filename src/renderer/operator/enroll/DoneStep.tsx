import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import type { Enrollment } from './useEnrollment.ts';

export function DoneStep({ enrollment, onClose }: { enrollment: Enrollment; onClose: () => void }) {
  const { t } = useTranslation();
  const { saved, subject } = enrollment;
  if (saved === null) return null;
  return (
    <div className="done">
      <div className="done-words" role="alert">
        <span className="done-check">
          <Icon name="check" />
        </span>
        <Portrait picture={saved.picture} name={saved.name} size="large" />
        <h3 className="done-title">
          {t(subject.person === null ? 'enroll.done' : 'people.more.done', { name: saved.name })}
        </h3>
        <p className="soft">{t('enroll.doneDetail', { count: saved.samples })}</p>
      </div>
      <div className="button-row enroll-actions">
        {subject.person === null ? <Button onPress={enrollment.another}>{t('enroll.another')}</Button> : null}
        <span className="enroll-gap" />
        <Button kind="primary" autoFocus onPress={onClose}>
          {t('enroll.finish')}
        </Button>
      </div>
    </div>
  );
}
