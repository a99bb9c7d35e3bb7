/** Enrollment as a dialog: who, five looks, is it somebody we know, saved. */
import { useTranslation } from 'react-i18next';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { CaptureStep } from './CaptureStep.tsx';
import { DetailsStep } from './DetailsStep.tsx';
import { DoneStep } from './DoneStep.tsx';
import { NEW_PERSON, type Subject } from './draft.ts';
import { MoreReview } from './MoreReview.tsx';
import { ReviewStep } from './ReviewStep.tsx';
import { useEnrollment, type Step } from './useEnrollment.ts';
import './enroll.css';

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

export function EnrollDialog({ subject: start = NEW_PERSON, onClose }: { subject?: Subject; onClose: () => void }) {
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
