/** Pairs of people who look alike: one person enrolled twice, or two who must be told apart. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DuplicatePair } from '../../../shared/desk.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Problem } from '../../ui/Problem.tsx';
import { BackHead } from '../BackHead.tsx';
import { DuplicateCard } from './DuplicateCard.tsx';
import { MergeDialog } from './MergeDialog.tsx';

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
          if (current) setPairs([...found].sort((x, y) => y.similarity - x.similarity));
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
      <BackHead title={t('people.duplicates.title')} onBack={onBack} />
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
