import './enroll.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { CheckboxField } from '../../components/Choice.tsx';
import { Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Field } from '../../components/Field.tsx';
import { Icon } from '../../components/Icon.tsx';
import { OnScreenKeyboard } from '../../components/OnScreenKeyboard.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { shortDay } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import type { Subject } from '../../state/operator.ts';
import { CaptureStep } from './CaptureStep.tsx';
import { MoreReview, ReviewStep } from './ReviewStep.tsx';
import { type Details, detailsComplete, type Enrollment, type Step, useEnrollment } from './use-enrollment.ts';

type Typed = Exclude<keyof Details, 'consentAt'>;
const LONGEST: Readonly<Record<Typed, number>> = { name: 120, externalId: 100, group: 100 };

function DetailsStep({ enrollment, onClose }: { enrollment: Enrollment; onClose: () => void }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { details, setDetails } = enrollment;
  const [field, setField] = useState<Typed>('name');
  const [keyboard, setKeyboard] = useState(false);
  const [openedAt] = useState(() => Date.now());
  const input = (name: Typed, more: { isRequired?: boolean; autoFocus?: boolean } = {}) => (
    <Field
      label={t(`enroll.${name}`)}
      value={details[name]}
      maxLength={LONGEST[name]}
      onChange={(value) => setDetails({ [name]: value })}
      onFocus={() => setField(name)}
      {...more}
    />
  );
  const consentDay = shortDay(details.consentAt ?? openedAt, language);
  return (
    <form
      className="enroll-details"
      onSubmit={(event) => {
        event.preventDefault();
        if (detailsComplete(details)) enrollment.goTo('capture');
      }}
    >
      <div className="enroll-fields" data-keyboard={keyboard}>
        {input('name', { isRequired: true, autoFocus: true })}
        {input('externalId')}
        {input('group')}
        <CheckboxField
          on={details.consentAt !== null}
          onChange={(agreed) => setDetails({ consentAt: agreed ? Date.now() : null })}
          title={t('enroll.consent', { date: consentDay })}
          detail={t('enroll.consentDetail')}
        />
      </div>
      {keyboard ? (
        <OnScreenKeyboard
          value={details[field]}
          onChange={(value) => setDetails({ [field]: value.slice(0, LONGEST[field]) })}
        />
      ) : null}
      <div className="button-row enroll-actions">
        <Button kind="quiet" onPress={() => setKeyboard(!keyboard)} aria-pressed={keyboard}>
          {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
        </Button>
        <span className="enroll-gap" />
        <Button onPress={onClose}>{t('ui.cancel')}</Button>
        <Button kind="primary" type="submit" isDisabled={!detailsComplete(details)}>
          {t('ui.next')}
        </Button>
      </div>
    </form>
  );
}

function DoneStep({ enrollment, onClose }: { enrollment: Enrollment; onClose: () => void }) {
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

const STEPS: readonly Step[] = ['details', 'capture', 'review'];

function Progress({ step, known }: { step: Step; known: boolean }) {
  const { t } = useTranslation();
  // Who it is, is known already when pictures are added to somebody.
  const steps = known ? STEPS.slice(1) : STEPS;
  const at = step === 'done' ? steps.length : steps.indexOf(step);
  return (
    <ol className="enroll-steps">
      {steps.map((one, i) => (
        <li
          key={one}
          data-state={i < at ? 'past' : i === at ? 'now' : 'later'}
          aria-current={i === at ? 'step' : undefined}
        >
          {t(`enroll.step.${one}`)}
        </li>
      ))}
    </ol>
  );
}

export function EnrollDialog({ subject: start, onClose }: { subject: Subject; onClose: () => void }) {
  const { t } = useTranslation();
  const enrollment = useEnrollment(start);
  const { person, replace } = enrollment.subject;
  const { step, error, draftLost } = enrollment;
  return (
    <Modal
      title={
        person === null
          ? t('enroll.title')
          : t(replace === null ? 'people.more.title' : 'people.more.retakeTitle', { name: person.name })
      }
      size="full"
      onClose={onClose}
    >
      <Progress step={step} known={person !== null} />
      {error === null ? null : <Problem error={error} />}
      {draftLost ? (
        <p className="problem" role="alert">
          {t('enroll.draftLost')}
        </p>
      ) : null}
      <div className="enroll-body">
        {step === 'details' ? <DetailsStep enrollment={enrollment} onClose={onClose} /> : null}
        {step === 'capture' ? <CaptureStep enrollment={enrollment} /> : null}
        {step === 'review' && person === null ? <ReviewStep enrollment={enrollment} /> : null}
        {step === 'review' && person !== null ? <MoreReview enrollment={enrollment} person={person} /> : null}
        {step === 'done' ? <DoneStep enrollment={enrollment} onClose={onClose} /> : null}
      </div>
    </Modal>
  );
}
