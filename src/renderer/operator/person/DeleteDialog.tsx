import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { HoldButton } from '../../ui/HoldButton.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { Problem } from '../../ui/Problem.tsx';

export function DeleteDialog({
  person,
  onClose,
  onDeleted,
}: {
  person: Person;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await kiosk().removePerson({ id: person.id });
      onDeleted();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.delete.title', { name: person.name })} onClose={onClose}>
      <div className="stack">
        <div className="row">
          <Portrait picture={person.picture} name={person.name} size="medium" />
          <p>{t('people.delete.detail')}</p>
        </div>
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <HoldButton isDisabled={busy} onHeld={() => void remove()}>
            {t('people.delete.hold')}
          </HoldButton>
        </div>
      </div>
    </Modal>
  );
}
