/** A line of text that is applied when the field is left, not at every letter; what cannot be saved stays as typed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { OnScreenKeyboard } from '../../ui/OnScreenKeyboard.tsx';

export function AppliedField({
  label,
  value,
  maxLength,
  isOptional = false,
  onApply,
}: {
  label: string;
  value: string;
  maxLength: number;
  /** Empty is an answer; otherwise an emptied field goes back to what it was. */
  isOptional?: boolean;
  onApply: (value: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [keyboard, setKeyboard] = useState(false);
  const apply = (): void => {
    const wanted = typed.trim();
    if (wanted === '' && !isOptional) setTyped(value);
    else if (wanted !== value) onApply(wanted);
  };
  return (
    <form
      className="stack"
      onBlur={(event) => {
        // Between the field and its keyboard nothing is left yet.
        if (!event.currentTarget.contains(event.relatedTarget)) apply();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <div className="applied">
        <Field label={label} value={typed} onChange={setTyped} maxLength={maxLength} />
        <Button kind="quiet" aria-pressed={keyboard} onPress={() => setKeyboard(!keyboard)}>
          {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
        </Button>
      </div>
      {keyboard ? (
        <>
          <OnScreenKeyboard value={typed} onChange={(text) => setTyped(text.slice(0, maxLength))} />
          <div className="button-row button-row-end">
            <Button kind="primary" type="submit" onPress={() => setKeyboard(false)}>
              {t('settings.apply')}
            </Button>
          </div>
        </>
      ) : null}
    </form>
  );
}
