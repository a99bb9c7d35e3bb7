/** A passphrase that is chosen, typed twice, with a word on how good it is. */
import { useTranslation } from 'react-i18next';
import { KeyboardFields } from '../../ui/KeyboardFields.tsx';
import { differs, PASSPHRASE_MIN, strengthOf, type Typed } from './passphrase.ts';

export function NewPassphrase({
  typed,
  onTyped,
  autoFocus = false,
}: {
  typed: Typed;
  onTyped: (typed: Typed) => void;
  autoFocus?: boolean;
}) {
  const { t } = useTranslation();
  const strength = strengthOf(typed.first);
  return (
    <div className="stack new-passphrase">
      <KeyboardFields
        isSecret
        fields={[
          {
            name: 'first',
            label: t('safety.passphrase'),
            value: typed.first,
            onChange: (first) => onTyped({ ...typed, first }),
            autoFocus,
          },
          {
            name: 'again',
            label: t('safety.again'),
            value: typed.again,
            onChange: (again) => onTyped({ ...typed, again }),
            error: differs(typed) ? t('safety.differs') : null,
          },
        ]}
      />
      <p className="strength" data-strength={typed.first === '' ? 'none' : strength} aria-live="polite">
        {typed.first === ''
          ? t('safety.rule', { count: PASSPHRASE_MIN })
          : t(`safety.strength.${strength}`, { count: PASSPHRASE_MIN })}
      </p>
    </div>
  );
}
