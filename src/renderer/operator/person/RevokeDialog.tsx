/** Consent is taken back: face data and pictures go, and the operator says what becomes of the check-ins. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';

const FATES = ['keep', 'anonymise'] as const;

export function RevokeDialog({
  person,
  onClose,
  onRevoked,
}: {
  person: Person;
  onClose: () => void;
  onRevoked: (anonymised: boolean) => void;
}) {
  const { t } = useTranslation();
  const [fate, setFate] = useState<(typeof FATES)[number]>('keep');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const revoke = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await kiosk().revokeConsent({ id: person.id, attendance: fate });
      onRevoked(fate === 'anonymise');
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.revoke.title', { name: person.name })} onClose={onClose}>
      <div className="stack">
        <p>{t('people.revoke.detail')}</p>
        <Choice
          label={t('people.revoke.attendance')}
          value={fate}
          onChange={setFate}
          options={FATES.map((value) => ({
            value,
            label: t(`people.revoke.fate.${value}.label`),
            detail: t(`people.revoke.fate.${value}.detail`, { name: person.name }),
          }))}
        />
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={() => void revoke()}>
            {t('people.revoke.do')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
