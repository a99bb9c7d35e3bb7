import { useRef } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { CameraView } from '../../camera/CameraView.tsx';
import { useCamera } from '../../state/camera.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { useOperator } from '../../state/operator.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { nextPose } from './draft.ts';
import { PoseGuide } from './PoseGuide.tsx';
import { RefusedFiles } from './RefusedFiles.tsx';
import { SampleGrid } from './SampleGrid.tsx';
import { useCapture } from './useCapture.ts';
import type { Enrollment } from './useEnrollment.ts';

export function CaptureStep({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const mirror = useKiosk((s) => s.status?.settings.camera.mirror ?? true);
  const cameraProblem = useCamera((s) => s.problem);
  const { captured } = enrollment;
  const unlocked = useOperator((s) => s.session.unlocked);
  const pose = nextPose(captured);
  // Behind the PIN nothing is captured.
  const problem = useCapture(video, unlocked ? pose : null, enrollment.capture);
  const enough = captured.samples.length > 0;

  const hint =
    cameraProblem !== null
      ? `${t(`camera.${cameraProblem}.title`)}. ${t('enroll.useFiles')}`
      : problem !== null
        ? pose === 'straight' && problem === 'wrong-pose'
          ? t('enroll.notStraight')
          : t(`enroll.problem.${problem}`)
        : pose === null
          ? t('enroll.allTakenDetail')
          : t('enroll.pictureTakesItself');

  return (
    <div className="capture">
      <div className="capture-mirror" data-done={pose === null}>
        <CameraView ref={video} mirror={mirror} />
        <PoseGuide pose={pose} />
      </div>
      <div className="capture-words">
        <p className="capture-count">{t('enroll.count', { count: captured.samples.length })}</p>
        <div aria-live="polite" className="capture-say">
          <p className="capture-instruction">
            {pose === null
              ? captured.samples.length > 0
                ? t('enroll.allTaken')
                : t('enroll.nothingAsked')
              : t(`enroll.pose.${pose}`)}
          </p>
          <p className="capture-hint" data-problem={problem !== null || cameraProblem !== null}>
            {hint}
          </p>
        </div>
        <div className="button-row">
          {pose === null ? null : <Button onPress={() => enrollment.skip(pose)}>{t('enroll.skip')}</Button>}
          <FileTrigger
            allowsMultiple
            acceptedFileTypes={['image/*']}
            onSelect={(files) => void enrollment.addFiles([...(files ?? [])])}
          >
            <Button isDisabled={enrollment.busy}>
              <Icon name="photo" />
              {t('enroll.addFiles')}
            </Button>
          </FileTrigger>
        </div>
        <RefusedFiles refused={enrollment.refused} />
      </div>
      <SampleGrid enrollment={enrollment} pose={pose} />
      <div className="button-row enroll-actions">
        {enrollment.subject.person === null ? (
          <Button onPress={() => enrollment.goTo('details')}>{t('ui.back')}</Button>
        ) : null}
        <span className="enroll-gap" />
        <Button
          kind={pose === null ? 'primary' : 'plain'}
          isDisabled={!enough || enrollment.busy}
          onPress={() => enrollment.goTo('review')}
        >
          {t('ui.next')}
        </Button>
      </div>
    </div>
  );
}
