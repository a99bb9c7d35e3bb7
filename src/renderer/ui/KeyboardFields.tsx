/**
 * Fields for what is no name: passphrases, paths, numbers. One keyboard on the screen for all of them, with every character
 * of a real one; passphrases are hidden until somebody asks to see them.
 */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Field } from './Field.tsx';
import { OnScreenKeyboard } from './OnScreenKeyboard.tsx';

export interface KeyboardField {
  /** Tells the fields apart. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoFocus?: boolean;
  readonly error?: string | null;
  readonly maxLength?: number;
  /** Never hidden, though others beside it are. */
  readonly isOpen?: boolean;
}

const LONGEST = 1000;

export function KeyboardFields({ fields, isSecret = false }: { fields: readonly KeyboardField[]; isSecret?: boolean }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const [keyboard, setKeyboard] = useState(false);
  const [focused, setFocused] = useState<string | null>(null);
  const typed = fields.find(({ name }) => name === focused) ?? fields[0];
  return (
    <div className="keyboard-fields">
      {fields.map(({ name, label, value, onChange, autoFocus = false, error, maxLength = LONGEST, isOpen = false }) => (
        <Field
          key={name}
          label={label}
          value={value}
          onChange={onChange}
          onFocus={() => setFocused(name)}
          autoFocus={autoFocus}
          maxLength={maxLength}
          isHidden={isSecret && !isOpen && !shown}
          {...(error === undefined ? {} : { error })}
        />
      ))}
      <div className="button-row">
        {isSecret ? (
          <Button aria-pressed={shown} onPress={() => setShown(!shown)}>
            {shown ? t('ui.hideTyped') : t('ui.showTyped')}
          </Button>
        ) : null}
        <Button aria-pressed={keyboard} onPress={() => setKeyboard(!keyboard)}>
          {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
        </Button>
      </div>
      {keyboard && typed !== undefined ? (
        <OnScreenKeyboard
          writes="anything"
          value={typed.value}
          onChange={(text) => typed.onChange(text.slice(0, typed.maxLength ?? LONGEST))}
        />
      ) : null}
    </div>
  );
}
