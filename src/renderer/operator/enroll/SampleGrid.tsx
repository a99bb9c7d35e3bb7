/** What was taken so far: a place for each pose, then the pictures from files. */
import { useTranslation } from 'react-i18next';
import { CAPTURE_POSES, type CapturePose, type Sample } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon, type IconName } from '../../ui/Icon.tsx';
import { sampleOf } from './draft.ts';
import type { Enrollment } from './useEnrollment.ts';

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

export function SampleGrid({ enrollment, pose }: { enrollment: Enrollment; pose: CapturePose | null }) {
  const { t } = useTranslation();
  const { captured, busy } = enrollment;
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
            <span className="sample-name">{skipped ? t('enroll.skipped') : name}</span>
          </li>
        );
      })}
      {fromFiles.map((sample, i) => (
        <li key={sample.id} className="sample" data-state="taken">
          <Button
            className="sample-picture"
            isDisabled={busy}
            aria-label={t('enroll.discardFile', { number: i + 1 })}
            onPress={() => void enrollment.discard(sample.id)}
          >
            <Picture sample={sample} />
            <Mark icon="bin" />
          </Button>
          <span className="sample-name">{t('enroll.fromFile', { number: i + 1 })}</span>
        </li>
      ))}
    </ul>
  );
}
