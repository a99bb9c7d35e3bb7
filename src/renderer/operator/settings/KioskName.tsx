/** The kiosk's name is applied when the field is left, not at every letter. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Field } from '../../ui/Field.tsx';

export function KioskName({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(name);
  const apply = (): void => {
    const wanted = typed.trim();
    if (wanted === '') setTyped(name);
    else if (wanted !== name) onChange(wanted);
  };
  return (
    <form
      onBlur={apply}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Field label={t('settings.kioskName')} value={typed} onChange={setTyped} maxLength={60} />
    </form>
  );
}
