import { useTranslation } from 'react-i18next';
import type { Sample } from '../../../shared/domain.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { shortDay } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { fitOf, goodness } from './sample-words.ts';

export function SampleCard({
  sample,
  number,
  threshold,
  busy,
  isLast,
  onRetake,
  onRemove,
}: {
  sample: Sample;
  /** Its place in the list, to name it by. */
  number: number;
  threshold: number | null;
  busy: boolean;
  isLast: boolean;
  onRetake: () => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const fit = fitOf(sample, threshold);
  const quality = goodness(sample.quality.score);
  const from = sample.pose === null ? t('people.sample.fromFile') : t(`enroll.poseName.${sample.pose}`);
  return (
    <li className="sample-card" data-outlier={sample.outlier}>
      <div className="sample-face">
        {sample.picture === null ? (
          <span className="soft">{t('people.sample.noPicture')}</span>
        ) : (
          <img src={sample.picture} alt={t('people.sample.alt', { number })} draggable={false} />
        )}
      </div>
      <p className="soft sample-from">
        {from}, {shortDay(sample.addedAt, language)}
      </p>
      <Meter
        label={t('people.sample.quality')}
        words={t(`people.sample.goodness.${quality}`)}
        part={sample.quality.score}
        tone={quality === 'poor' ? 'warn' : 'plain'}
      />
      {fit === 'unknown' ? (
        <p className="soft">{t('people.sample.fit.unknown')}</p>
      ) : (
        <Meter
          label={t('people.sample.fits')}
          words={t(`people.sample.fit.${fit}`)}
          part={sample.similarity ?? 0}
          tone={fit === 'outlier' ? 'warn' : 'good'}
          mark={threshold}
        />
      )}
      <div className="sample-actions">
        <Button isDisabled={busy} aria-label={t('people.sample.retakeNamed', { number })} onPress={onRetake}>
          {t('people.sample.retake')}
        </Button>
        <Button
          className="button-icon"
          isDisabled={busy || isLast}
          aria-label={t('people.sample.removeNamed', { number })}
          onPress={onRemove}
        >
          <Icon name="bin" />
        </Button>
      </div>
    </li>
  );
}
