/** Enrollment as a dialog: who, five looks, is it somebody we know, saved. */
import { useTranslation } from 'react-i18next';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { CaptureStep } from './CaptureStep.tsx';
import { DetailsStep } from './DetailsStep.tsx';
import { DoneStep } from './DoneStep.tsx';
import { ReviewStep } from './ReviewStep.tsx';
import { useEnrollment, type Step } from './useEnrollment.ts';
import './enroll.css';

const STEPS: readonly Step[] = ['details', 'capture', 'review'];

function Progress({ step }: { step: Step }) {
  const { t } = useTranslation();
  const at = step === 'done' ? STEPS.length : STEPS.indexOf(step);
  return (
    <ol className="enroll-steps">
      {STEPS.map((one, i) => (
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

export function EnrollDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const enrollment = useEnrollment();
  const { step, error, draftLost } = enrollment;
  return (
    <Modal title={t('enroll.title')} size="full" onClose={onClose}>
      <Progress step={step} />
      {error === null ? null : <Problem error={error} />}
      {draftLost ? (
        <p className="problem" role="alert">
          {t('enroll.draftLost')}
        </p>
      ) : null}
      <div className="enroll-body">
        {step === 'details' ? <DetailsStep enrollment={enrollment} onClose={onClose} /> : null}
        {step === 'capture' ? <CaptureStep enrollment={enrollment} /> : null}
        {step === 'review' ? <ReviewStep enrollment={enrollment} /> : null}
        {step === 'done' ? <DoneStep enrollment={enrollment} onClose={onClose} /> : null}
      </div>
    </Modal>
  );
}
