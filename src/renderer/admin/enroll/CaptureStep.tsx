import { type RefObject, useEffect, useRef, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CaptureReply } from '../../../shared/calls.ts';
import {
  type CameraTurn,
  CAPTURE_POSES,
  type CapturePose,
  type FrameMessage,
  type Sample,
} from '../../../shared/domain.ts';
import { reportOf } from '../../../shared/errors.ts';
import { CameraView } from '../../camera/CameraView.tsx';
import { cameraTurn, useCamera } from '../../camera/camera-stream.ts';
import { FrameGrabber, FrameSender } from '../../camera/frame-sender.ts';
import { Button } from '../../components/Button.tsx';
import { captureWords, Problem, troubleWords } from '../../components/Feedback.tsx';
import { Icon, type IconName } from '../../components/Icon.tsx';
import { turnCamera, useKiosk } from '../../state/kiosk.ts';
import { useOperator } from '../../state/operator.ts';
import { PICTURE_FILES } from '../../components/Picture.tsx';
import { type Enrollment, nextPose, type RefusedFile, sampleOf } from './use-enrollment.ts';

/** Between two tries, ms: fast enough not to miss a good moment, slow enough to read the hint. */
const TRY_EVERY_MS = 220;
/** After a sample the person needs a moment to see that it was taken and what comes next, ms. */
const BREATHE_MS = 900;

type CaptureProblem = CaptureReply['problems'][number] | 'camera-turned';
/** What is wrong with the frames, and how the camera's picture would be upright. */
interface Capture {
  readonly problem: CaptureProblem | null;
  readonly turn: CameraTurn;
}

function useCapture(
  video: RefObject<HTMLVideoElement | null>,
  pose: CapturePose | null,
  capture: (pose: CapturePose, frame: FrameMessage) => Promise<CaptureReply>,
): Capture {
  const stream = useCamera((s) => s.stream);
  const [problem, setProblem] = useState<CaptureProblem | null>(null);
  const [turn, setTurn] = useState<CameraTurn>(0);

  useEffect(() => {
    const element = video.current;
    if (element === null || stream === null || pose === null) return;
    const grabber = new FrameGrabber();
    const startedAt = performance.now();
    let before: CaptureProblem | null = null;
    const sender = new FrameSender<FrameMessage, CaptureReply>({
      grab: () => grabber.grab(element),
      send: (frame) => capture(pose, frame),
      onReply: (reply) => {
        // One sample a pose: the next frame may be waiting already, and the next pose is only asked for after a render.
        if (reply.sample !== null) sender.stop();
        const now = reply.sample === null && reply.turned !== 0 ? 'camera-turned' : (reply.problems[0] ?? null);
        if (now === 'camera-turned') setTurn(((cameraTurn() + reply.turned) % 360) as CameraTurn);
        // One odd frame is no news: a hint shows when it is true twice in a row.
        if (now === before) setProblem(now);
        before = now;
      },
      onError: () => setProblem(null),
      interval: () => TRY_EVERY_MS,
      now: () => performance.now(),
    });
    let handle = 0;
    const listen = (): void => {
      handle = element.requestVideoFrameCallback(() => {
        if (performance.now() - startedAt > BREATHE_MS) sender.offer();
        listen();
      });
    };
    listen();
    return () => {
      element.cancelVideoFrameCallback(handle);
      sender.stop();
      setProblem(null);
    };
  }, [video, stream, pose, capture]);

  return { problem, turn };
}

// The oval to fill and an arrow to follow. Left is the person's own left, which in a mirror is also the screen's.

const ARROWS = {
  straight: 'straight',
  left: 'back',
  right: 'forward',
  up: 'up',
  down: 'down',
} as const satisfies Record<CapturePose, IconName>;

function PoseGuide({ pose }: { pose: CapturePose | null }) {
  return (
    <div className="pose-guide" aria-hidden="true">
      <svg viewBox="0 0 300 400" preserveAspectRatio="xMidYMid meet">
        <ellipse cx="150" cy="200" rx="128" ry="172" pathLength="100" />
      </svg>
      {pose === null ? null : (
        <span className="pose-arrow" data-pose={pose} key={pose}>
          <Icon name={ARROWS[pose]} />
        </span>
      )}
    </div>
  );
}

function RefusedFiles({ refused }: { refused: readonly RefusedFile[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <div className="refused" role="alert">
      <p>{t('enroll.refused', { count: refused.length })}</p>
      <ul>
        {refused.map(({ fileName, problem, error }, i) => (
          <li key={`${fileName}-${i}`}>
            <strong>{fileName}</strong>{' '}
            {problem === null ? troubleWords(reportOf(error), t).title : captureWords(problem, t)}
          </li>
        ))}
      </ul>
    </div>
  );
}

// What was taken so far: a place for each pose, then the pictures from files.

function Picture({ sample }: { sample: Sample }) {
  return sample.picture === null ? <Icon name="check" /> : <img src={sample.picture} alt="" draggable={false} />;
}

/** The whole picture is the button; the mark says what pressing it does. */
function Mark({ icon }: { icon: IconName }) {
  return (
    <span className="sample-mark">
      <Icon name={icon} />
    </span>
  );
}

function SampleGrid({ enrollment, pose }: { enrollment: Enrollment; pose: CapturePose | null }) {
  const { t } = useTranslation();
  const { captured, busy, misfits } = enrollment;
  const fromFiles = captured.samples.filter((s) => s.source === 'file');
  return (
    <ul className="samples" aria-label={t('enroll.samples')}>
      {CAPTURE_POSES.map((one) => {
        const sample = sampleOf(captured, one);
        const skipped = captured.skipped.includes(one);
        const name = t(`enroll.poseName.${one}`);
        return (
          <li
            key={one}
            className="sample"
            data-misfit={sample !== undefined && misfits.includes(sample.id)}
            data-state={sample ? 'taken' : skipped ? 'skipped' : one === pose ? 'now' : 'later'}
          >
            {sample || skipped ? (
              <Button
                className="sample-picture"
                isDisabled={busy}
                aria-label={t('enroll.retakeNamed', { pose: name })}
                onPress={() => (sample ? void enrollment.discard(sample.id) : enrollment.askAgain(one))}
              >
                {sample ? <Picture sample={sample} /> : null}
                <Mark icon="retake" />
              </Button>
            ) : (
              <span className="sample-picture" />
            )}
            <span className="sample-name">
              {skipped ? t('enroll.skipped') : sample && misfits.includes(sample.id) ? t('enroll.misfit.mark') : name}
            </span>
          </li>
        );
      })}
      {fromFiles.map((sample, i) => (
        <li key={sample.id} className="sample" data-state="taken" data-misfit={misfits.includes(sample.id)}>
          <Button
            className="sample-picture"
            isDisabled={busy}
            aria-label={t('enroll.discardFile', { number: i + 1 })}
            onPress={() => void enrollment.discard(sample.id)}
          >
            <Picture sample={sample} />
            <Mark icon="bin" />
          </Button>
          <span className="sample-name">
            {misfits.includes(sample.id) ? t('enroll.misfit.mark') : t('enroll.fromFile', { number: i + 1 })}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function CaptureStep({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const mirror = useKiosk((s) => s.status?.settings.camera.mirror ?? true);
  const cameraProblem = useCamera((s) => s.problem);
  const { captured } = enrollment;
  const unlocked = useOperator((s) => s.session.unlocked);
  const pose = nextPose(captured);
  // Behind the PIN nothing is captured.
  const { problem, turn } = useCapture(video, unlocked ? pose : null, enrollment.capture);
  const isTurned = cameraProblem === null && problem === 'camera-turned';
  const [error, setError] = useState<unknown>(null);
  const mend = (): Promise<void> => turnCamera(turn).catch(setError);
  const enough = captured.samples.length > 0;

  const away = useKiosk((s) => s.link === 'down');
  const hint = away
    ? t('checkin.moment.connection')
    : cameraProblem !== null
      ? `${t(`camera.${cameraProblem}.title`).replace(/[^.!?]$/, '$&.')} ${t('enroll.useFiles')}`
      : problem !== null
        ? pose === 'straight' && problem === 'wrong-pose'
          ? t('enroll.notStraight')
          : problem === 'camera-turned'
            ? t('camera.turned.title')
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
          <p className="capture-hint" data-problem={away || problem !== null || cameraProblem !== null}>
            {hint}
          </p>
        </div>
        <div className="button-row">
          {isTurned ? (
            <Button kind="primary" onPress={() => void mend()}>
              <Icon name="retake" />
              {t('camera.turned.mend')}
            </Button>
          ) : pose === null ? null : (
            <Button onPress={() => enrollment.skip(pose)}>{t('enroll.skip')}</Button>
          )}
          <FileTrigger
            allowsMultiple
            acceptedFileTypes={PICTURE_FILES}
            onSelect={(files) => void enrollment.addFiles([...(files ?? [])])}
          >
            <Button isDisabled={enrollment.busy}>
              <Icon name="photo" />
              {t('enroll.addFiles')}
            </Button>
          </FileTrigger>
        </div>
        {error === null ? null : <Problem error={error} />}
        {enrollment.turned.map(({ fileName, turned }, i) => (
          <p key={`${fileName}-${i}`} className="soft" role="status">
            {t('enroll.turned', { name: fileName, degrees: turned })}
          </p>
        ))}
        {enrollment.misfits.length === 0 ? null : (
          <p className="problem" role="alert">
            <Icon name="warning" />
            <span>{t('enroll.misfit.notice', { count: enrollment.misfits.length })}</span>
          </p>
        )}
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
