import { useTranslation } from 'react-i18next';
import { Icon } from '../../ui/Icon.tsx';
import { LookAlikeCard } from './LookAlikeCard.tsx';
import { ReviewFoot } from './ReviewFoot.tsx';
import type { Enrollment } from './useEnrollment.ts';

export function ReviewStep({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const { details, lookAlikes, busy } = enrollment;
  const name = details.name.trim();
  const alike = lookAlikes ?? [];
  return (
    <div className="review">
      {alike.length > 0 ? (
        <section className="review-alike">
          <h3 className="review-title">
            <Icon name="people" />
            {t('enroll.alike.title')}
          </h3>
          <p>{t('enroll.alike.detail', { name })}</p>
          <ul className="plain-list">
            {alike.slice(0, 3).map((one) => (
              <LookAlikeCard key={one.person.id} lookAlike={one} isDisabled={busy} onAdd={enrollment.addTo} />
            ))}
          </ul>
        </section>
      ) : (
        <section className="review-plain">
          <h3 className="review-title">{name}</h3>
          <p className="soft">{[details.externalId, details.group].filter((part) => part.trim() !== '').join(' · ')}</p>
          <p aria-live="polite">
            {lookAlikes !== null ? t('enroll.nobodyAlike') : busy ? t('enroll.comparing') : t('enroll.notCompared')}
          </p>
        </section>
      )}
      <ReviewFoot
        enrollment={enrollment}
        doubtful={alike.length > 0}
        onSave={() => void enrollment.saveNew(alike.length > 0)}
      >
        {alike.length > 0 ? t('enroll.alike.different', { name }) : t('enroll.saveNamed', { name })}
      </ReviewFoot>
    </div>
  );
}
