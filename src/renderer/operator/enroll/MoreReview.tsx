/** Before pictures are added to somebody: do they show that person at all? */
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { ReviewFoot } from './ReviewFoot.tsx';
import type { Enrollment } from './useEnrollment.ts';

export function MoreReview({ enrollment, person }: { enrollment: Enrollment; person: PersonSummary }) {
  const { t } = useTranslation();
  const { captured, lookAlikes, busy } = enrollment;
  const { name } = person;
  const first = lookAlikes?.[0]?.person;
  /** `same` it looks like them; `other` like somebody else; `nobody` like no one enrolled. */
  const finding =
    lookAlikes === null
      ? null
      : first === undefined
        ? 'nobody'
        : lookAlikes.some((one) => one.person.id === person.id)
          ? 'same'
          : 'other';
  const doubtful = finding === 'other' || (finding === 'nobody' && person.ready);
  return (
    <div className="review">
      <section className="review-plain">
        <Portrait picture={person.picture} name={name} size="medium" />
        <h3 className="review-title">{name}</h3>
        <div aria-live="polite">
          {finding === null ? (
            <p>{busy ? t('enroll.comparing') : t('enroll.notCompared')}</p>
          ) : doubtful ? (
            <p className="problem">
              <Icon name="warning" />
              <span>{t(`people.more.${finding}`, { name, other: first?.name ?? '' })}</span>
            </p>
          ) : (
            <p>{t(person.ready ? 'people.more.same' : 'people.more.first', { name })}</p>
          )}
        </div>
      </section>
      <ReviewFoot enrollment={enrollment} doubtful={doubtful} onSave={() => void enrollment.addTo(person.id)}>
        {t(doubtful ? 'people.more.saveAnyway' : 'people.more.save', { name, count: captured.samples.length })}
      </ReviewFoot>
    </div>
  );
}
