import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { Problem } from '../../ui/Problem.tsx';

export function RemoveDialog({ person, onClose }: { person: PersonSummary; onClose: () => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      await kiosk().removePerson({ id: person.id });
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.removeTitle', { name: person.name })} onClose={onClose}>
      <div className="stack">
        <div className="row">
          <Portrait picture={person.picture} name={person.name} size="medium" />
          <p>{t('people.removeDetail')}</p>
        </div>
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={() => void remove()}>
            {t('people.remove')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
