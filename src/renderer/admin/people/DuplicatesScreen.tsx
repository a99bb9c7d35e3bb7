import { useEffect, useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { DuplicatePair } from '../../../shared/admin.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { dayAndTime, similarityLabel } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { kiosk, useKiosk } from '../../state/kiosk.ts';

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

function DuplicateCard({
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
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { a, b, similarity, threshold, ambiguous } = pair;
  const different = async (): Promise<void> => {
    setBusy(true);
    await onDifferent();
    setBusy(false);
  };
  return (
    <section className="card pair" aria-label={t('people.duplicates.pair', { a: a.name, b: b.name })}>
      <div className="pair-sides">
        <Side person={a} onOpen={onOpen} />
        <span className="pair-words">{t(`people.duplicates.alike.${similarityLabel(similarity, threshold)}`)}</span>
        <Side person={b} onOpen={onOpen} />
      </div>
      {ambiguous === null ? null : (
        <p className="problem">
          <Icon name="warning" />
          <span>
            {t('people.duplicates.door', { count: ambiguous.times, when: dayAndTime(ambiguous.lastAt, language) })}
          </span>
        </p>
      )}
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

// Two entries that are one person become one: the operator chooses whose name stays.

function MergeDialog({
  pair: { a, b },
  onClose,
  onMerged,
}: {
  pair: DuplicatePair;
  onClose: () => void;
  onMerged: () => void;
}) {
  const { t } = useTranslation();
  // Whoever has more pictures is likely the entry that is looked after.
  const [keep, setKeep] = useState(b.samples > a.samples ? b.id : a.id);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const merge = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await kiosk().mergePeople({ keep, other: keep === a.id ? b.id : a.id });
      onMerged();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.merge.title')} onClose={onClose}>
      <div className="stack">
        <RadioGroup className="choice" value={keep} onChange={setKeep}>
          <Label className="field-label">{t('people.merge.who')}</Label>
          <div className="choice-options">
            {[a, b].map((person) => (
              <Radio key={person.id} value={person.id} className="choice-option merge-option">
                <Portrait picture={person.picture} name={person.name} size="medium" />
                <span>
                  <span className="choice-label">{person.name}</span>
                  <span className="choice-detail">
                    {[person.externalId, t('people.samples', { count: person.samples })]
                      .filter((part) => part !== null && part !== '')
                      .join(' · ')}
                  </span>
                </span>
              </Radio>
            ))}
          </div>
        </RadioGroup>
        <p>{t('people.merge.detail', { keep: (keep === a.id ? a : b).name, other: (keep === a.id ? b : a).name })}</p>
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={() => void merge()}>
            {t('people.merge.do')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

// Pairs of people who look alike: one person enrolled twice, or two people.

const keyOf = ({ a, b }: DuplicatePair): string => `${a.id} ${b.id}`;

export function DuplicatesScreen({ onBack, onOpen }: { onBack: () => void; onOpen: (id: string) => void }) {
  const { t } = useTranslation();
  const [pairs, setPairs] = useState<readonly DuplicatePair[] | null>(null);
  const [merging, setMerging] = useState<DuplicatePair | null>(null);
  const [error, setError] = useState<unknown>(null);
  /** A merge may settle other pairs of the same people: then everything is looked at anew. */
  const [round, setRound] = useState(0);

  useEffect(() => {
    let current = true;
    kiosk()
      .findDuplicates()
      .then(
        (found) => {
          if (current) setPairs(found);
        },
        (problem: unknown) => {
          if (current) setError(problem);
        },
      );
    return () => {
      current = false;
    };
  }, [round]);

  const callDifferent = async (pair: DuplicatePair): Promise<void> => {
    setError(null);
    try {
      await kiosk().markDifferent({ a: pair.a.id, b: pair.b.id });
      setPairs((known) => known?.filter((one) => keyOf(one) !== keyOf(pair)) ?? null);
    } catch (problem) {
      setError(problem);
    }
  };

  return (
    <>
      <PageHeader title={t('people.duplicates.title')} onBack={onBack} />
      <p className="soft lead">{t('people.duplicates.about')}</p>
      {error === null ? null : <Problem error={error} />}
      <div aria-live="polite" className="cards">
        {pairs === null ? (
          error === null ? (
            <p className="empty">{t('people.duplicates.looking')}</p>
          ) : null
        ) : pairs.length === 0 ? (
          <p className="empty">{t('people.duplicates.none')}</p>
        ) : (
          pairs.map((pair) => (
            <DuplicateCard
              key={keyOf(pair)}
              pair={pair}
              onOpen={onOpen}
              onMerge={() => setMerging(pair)}
              onDifferent={() => callDifferent(pair)}
            />
          ))
        )}
      </div>
      {merging === null ? null : (
        <MergeDialog
          pair={merging}
          onClose={() => setMerging(null)}
          onMerged={() => {
            setMerging(null);
            setRound((n) => n + 1);
          }}
        />
      )}
    </>
  );
}
