import { useTranslation } from 'react-i18next';
import type { Person, Sample } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Meter } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { shortDay, similarityLabel } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';

type Goodness = 'very-good' | 'good' | 'fair' | 'poor';

/** @param score of `Quality`, 0 to 1 */
function goodness(score: number): Goodness {
  if (score >= 0.8) return 'very-good';
  if (score >= 0.55) return 'good';
  return score >= 0.3 ? 'fair' : 'poor';
}

/** `unknown`: there is no template of the model in use. */
type Fit = 'very' | 'quite' | 'somewhat' | 'outlier' | 'unknown';

function fitOf(sample: Pick<Sample, 'similarity' | 'outlier'>, threshold: number | null): Fit {
  if (sample.outlier) return 'outlier';
  if (sample.similarity === null || threshold === null) return 'unknown';
  return similarityLabel(sample.similarity, threshold);
}

function SampleCard({
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

export function SampleGallery({
  person,
  busy,
  onAdd,
  onRetake,
  onRemove,
}: {
  person: Person;
  busy: boolean;
  onAdd: () => void;
  onRetake: (sample: Sample) => void;
  onRemove: (sample: Sample) => void;
}) {
  const { t } = useTranslation();
  const threshold = useKiosk((s) => s.status?.threshold ?? null);
  const outliers = person.sampleList.filter((sample) => sample.outlier).length;
  return (
    <section className="card stack" aria-labelledby="person-samples">
      <div className="admin-head">
        <h2 className="card-title" id="person-samples">
          {t('people.samplesTitle', { count: person.sampleList.length })}
        </h2>
        {person.consentAt === null ? null : (
          <Button kind="primary" isDisabled={busy} onPress={onAdd}>
            <Icon name="add" />
            {t('people.sample.add')}
          </Button>
        )}
      </div>
      {outliers === 0 ? null : (
        <p className="problem">
          <Icon name="warning" />
          <span>{t('people.sample.outliers', { count: outliers })}</span>
        </p>
      )}
      {person.sampleList.length === 0 ? <p className="soft">{t('people.sample.none')}</p> : null}
      <ul className="sample-cards">
        {person.sampleList.map((sample, i) => (
          <SampleCard
            key={sample.id}
            sample={sample}
            number={i + 1}
            threshold={threshold}
            busy={busy}
            // Without a picture there is nobody to recognise: then the person is deleted instead.
            isLast={person.sampleList.length === 1}
            onRetake={() => onRetake(sample)}
            onRemove={() => onRemove(sample)}
          />
        ))}
      </ul>
    </section>
  );
}
