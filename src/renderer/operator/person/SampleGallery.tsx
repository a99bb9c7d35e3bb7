/** Every picture kept of a person, large enough to verify by eye. */
import { useTranslation } from 'react-i18next';
import type { Person, Sample } from '../../../shared/domain.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { SampleCard } from './SampleCard.tsx';

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
      <div className="desk-head">
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
