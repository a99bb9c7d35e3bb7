import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DuplicatePair } from '../../../shared/desk.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { alikeness } from '../../ui/alikeness.ts';
import { Button } from '../../ui/Button.tsx';
import { Portrait } from '../../ui/Portrait.tsx';

function Side({ person, onOpen }: { person: PersonSummary; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const about = [person.externalId, person.group].filter((part) => part !== null && part !== '');
  return (
    <button type="button" className="pair-side" onClick={() => onOpen(person.id)}>
      <Portrait picture={person.picture} name={person.name} size="large" />
      <strong className="pair-name">{person.name}</strong>
      <span className="soft">{[...about, t('people.samples', { count: person.samples })].join(' · ')}</span>
    </button>
  );
}

export function DuplicateCard({
  pair,
  onOpen,
  onMerge,
  onDifferent,
}: {
  pair: DuplicatePair;
  onOpen: (id: string) => void;
  onMerge: () => void;
  onDifferent: () => Promise<void>;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const { a, b, similarity, threshold } = pair;
  const different = async (): Promise<void> => {
    setBusy(true);
    await onDifferent();
    setBusy(false);
  };
  return (
    <section className="card pair" aria-label={t('people.duplicates.pair', { a: a.name, b: b.name })}>
      <div className="pair-sides">
        <Side person={a} onOpen={onOpen} />
        <span className="pair-words">{t(`people.duplicates.alike.${alikeness(similarity, threshold)}`)}</span>
        <Side person={b} onOpen={onOpen} />
      </div>
      <div className="button-row pair-actions">
        <Button isDisabled={busy} onPress={() => void different()}>
          {t('people.duplicates.different')}
        </Button>
        <Button kind="primary" isDisabled={busy} onPress={onMerge}>
          {t('people.duplicates.merge')}
        </Button>
      </div>
    </section>
  );
}
