import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LookAlike } from '../../../shared/calls.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { CheckboxField } from '../../components/Choice.tsx';
import { Icon } from '../../components/Icon.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { percent, similarityLabel } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import type { Enrollment } from './use-enrollment.ts';

/** Nothing is left that the person could be known by until the operator says which pictures are theirs. */
const isUndecided = ({ captured, misfits }: Enrollment): boolean => misfits.length === captured.samples.length;

/** What is to be said of pictures that look like somebody else. */
function misfitWords(enrollment: Enrollment, t: TFunction): string {
  const { subject, misfits } = enrollment;
  const count = misfits.length;
  if (subject.person !== null) return t('enroll.misfit.enrolled', { count, name: subject.person.name });
  return isUndecided(enrollment) ? t('enroll.misfit.undecided') : t('enroll.misfit.others', { count });
}

/** Pictures that look like somebody else: they are left out unless the operator says that it is the same person. */
function Misfits({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const { captured, misfits, samePerson, subject, details } = enrollment;
  const name = subject.person?.name ?? details.name.trim();
  const shown = captured.samples.filter(({ id }) => misfits.includes(id) || samePerson.includes(id));
  if (shown.length === 0) return null;
  return (
    <section className="misfits" aria-labelledby="misfits">
      <h3 className="misfits-title" id="misfits" aria-live="polite">
        <Icon name="warning" />
        {misfits.length === 0 ? t('enroll.misfit.settled') : misfitWords(enrollment, t)}
      </h3>
      <ul className="misfits-pictures">
        {shown.map((sample) => (
          <li key={sample.id}>
            {sample.picture === null ? null : <img src={sample.picture} alt="" />}
            <CheckboxField
              on={!misfits.includes(sample.id)}
              onChange={(on) => void enrollment.vouchFor(sample.id, on)}
              title={t('enroll.misfit.same', { name })}
              detail={misfits.includes(sample.id) ? t('enroll.misfit.leftOut') : t('enroll.misfit.used')}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Below what is known of the person: the pictures that were taken, the way back, and the way on once they were compared. */
function ReviewFooter({
  enrollment,
  doubtful,
  blocked = false,
  onSave,
  children,
}: {
  enrollment: Enrollment;
  /** Then saving is not the one thing to do. */
  doubtful: boolean;
  /** There is nothing to save before the operator has decided something. */
  blocked?: boolean;
  onSave: () => void;
  /** What saving is called. */
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { captured, lookAlikes, busy, misfits } = enrollment;
  return (
    <>
      <ul className="review-pictures" aria-label={t('enroll.samples')}>
        {captured.samples
          .filter(({ id }) => !misfits.includes(id))
          .map((sample) => (
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
          <Button kind={doubtful ? 'plain' : 'primary'} isDisabled={busy || blocked} onPress={onSave}>
            {children}
          </Button>
        )}
      </div>
    </>
  );
}

function LookAlikeCard({
  lookAlike: { person, similarity, threshold },
  isDisabled,
  onAdd,
}: {
  lookAlike: LookAlike;
  isDisabled: boolean;
  onAdd: (personId: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const about = [person.externalId, person.group].filter((part) => part !== null && part !== '');
  return (
    <li className="alike">
      <Portrait picture={person.picture} name={person.name} size="medium" />
      <span className="row-main">
        <strong className="alike-name">{person.name}</strong>
        {about.length > 0 ? <span className="soft">{about.join(' · ')}</span> : null}
        <span>
          {t(`enroll.alike.${similarityLabel(similarity, threshold)}`, {
            similarity: percent(Math.max(0, similarity), language),
          })}
        </span>
      </span>
      <Button kind="primary" isDisabled={isDisabled} onPress={() => void onAdd(person.id)}>
        {t('enroll.alike.add')}
      </Button>
    </li>
  );
}

export function ReviewStep({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const { details, lookAlikes, busy } = enrollment;
  const name = details.name.trim();
  const alike = lookAlikes ?? [];
  return (
    <div className="review">
      <Misfits enrollment={enrollment} />
      {alike.length > 0 ? (
        <section className="review-alike">
          <h3 className="review-title">
            <Icon name="people" />
            {t('enroll.alike.title')}
          </h3>
          <p>{t('enroll.alike.detail', { name })}</p>
          <ul className="plain-list">
            {alike.slice(0, 3).map((one) => (
              <LookAlikeCard
                key={one.person.id}
                lookAlike={one}
                isDisabled={busy}
                onAdd={(id) => enrollment.addTo(id, enrollment.misfits.length === 0)}
              />
            ))}
          </ul>
        </section>
      ) : (
        <section className="review-plain">
          <h3 className="review-title">{name}</h3>
          <p className="soft">{[details.externalId, details.group].filter((part) => part.trim() !== '').join(' · ')}</p>
          <p aria-live="polite">
            {isUndecided(enrollment)
              ? ''
              : lookAlikes !== null
                ? t('enroll.nobodyAlike')
                : busy
                  ? t('enroll.comparing')
                  : t('enroll.notCompared')}
          </p>
        </section>
      )}
      <ReviewFooter
        enrollment={enrollment}
        doubtful={alike.length > 0}
        blocked={isUndecided(enrollment)}
        onSave={() => void enrollment.saveNew(alike.length > 0)}
      >
        {alike.length > 0 ? t('enroll.alike.different', { name }) : t('enroll.saveNamed', { name })}
      </ReviewFooter>
    </div>
  );
}

// Before pictures are added to somebody: do they show that person at all?

export function MoreReview({ enrollment, person }: { enrollment: Enrollment; person: PersonSummary }) {
  const { t } = useTranslation();
  const { captured, lookAlikes, busy, misfits } = enrollment;
  const { name } = person;
  const others = (lookAlikes ?? []).filter((one) => one.person.id !== person.id);
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
  /** Not one of the pictures looks like those there are: saving says that they show the person all the same. */
  const strange = isUndecided(enrollment);
  const doubtful = strange || finding === 'other' || (finding === 'nobody' && person.ready);
  return (
    <div className="review">
      {strange ? null : <Misfits enrollment={enrollment} />}
      <section className="review-plain">
        <Portrait picture={person.picture} name={name} size="medium" />
        <h3 className="review-title">{name}</h3>
        <div aria-live="polite">
          {finding === null ? (
            <p>{busy ? t('enroll.comparing') : t('enroll.notCompared')}</p>
          ) : doubtful ? (
            <p className="problem">
              <Icon name="warning" />
              <span>
                {t(`people.more.${finding === 'other' ? 'other' : 'nobody'}`, { name, other: first?.name ?? '' })}
              </span>
            </p>
          ) : (
            <p>{t(person.ready ? 'people.more.same' : 'people.more.first', { name })}</p>
          )}
          {finding === 'same' && others.length > 0 ? (
            <p className="problem">
              <Icon name="warning" />
              <span>{t('people.more.alike', { name, others: others.map((one) => one.person.name).join(', ') })}</span>
            </p>
          ) : null}
        </div>
      </section>
      <ReviewFooter
        enrollment={enrollment}
        doubtful={doubtful}
        onSave={() => void enrollment.addTo(person.id, strange)}
      >
        {t(doubtful ? 'people.more.saveAnyway' : 'people.more.save', {
          name,
          count: captured.samples.length - misfits.length,
        })}
      </ReviewFooter>
    </div>
  );
}
