/** Two entries that are one person become one: the operator chooses whose name stays. */
import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { DuplicatePair } from '../../../shared/desk.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { Problem } from '../../ui/Problem.tsx';

export function MergeDialog({
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
