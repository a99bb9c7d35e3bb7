import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { KeyboardFields } from '../../components/OnScreenKeyboard.tsx';
import { count as countWords } from '../../components/format.ts';

export const peopleWords = (count: number, t: TFunction, language: string): string =>
  t('security.people', { count, number: countWords(count, language) });
export const checkInsWords = (count: number, t: TFunction, language: string): string =>
  t('security.checkIns', { count, number: countWords(count, language) });

// A passphrase that is chosen: whether it will do, and how well. Main has the last word.

/** As main counts them: characters of NFKC. */
const PASSPHRASE_MIN = 10;
const STRONG = 20;
/** With fewer different characters than these it is no passphrase but a pattern. */
const FEW = 6;
const MANY = 9;

/** `short`: refused. The others are accepted. */
type Strength = 'short' | 'weak' | 'fair' | 'strong';

export function strengthOf(passphrase: string): Strength {
  const letters = [...passphrase.normalize('NFKC')];
  if (letters.length < PASSPHRASE_MIN) return 'short';
  const different = new Set(letters.map((letter) => letter.toLowerCase())).size;
  if (different < FEW || /^[\d\s.-]*$/.test(passphrase)) return 'weak';
  return letters.length >= STRONG && different >= MANY ? 'strong' : 'fair';
}

interface Typed {
  readonly first: string;
  readonly again: string;
}

export const NOTHING_TYPED: Typed = { first: '', again: '' };

/** Only what was typed to its end twice can be told to differ. */
export const differs = ({ first, again }: Typed): boolean => again !== '' && !first.startsWith(again);

/** The passphrase, once it is long enough and was typed the same way twice; null until then. */
export const readyPassphrase = ({ first, again }: Typed): string | null =>
  strengthOf(first) !== 'short' && first === again ? first : null;

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
            label: t('security.passphrase'),
            value: typed.first,
            onChange: (first) => onTyped({ ...typed, first }),
            autoFocus,
          },
          {
            name: 'again',
            label: t('security.again'),
            value: typed.again,
            onChange: (again) => onTyped({ ...typed, again }),
            error: differs(typed) ? t('security.differs') : null,
          },
        ]}
      />
      <p className="strength" data-strength={typed.first === '' ? 'none' : strength} aria-live="polite">
        {typed.first === ''
          ? t('security.rule', { count: PASSPHRASE_MIN })
          : t(`security.strength.${strength}`, { count: PASSPHRASE_MIN })}
      </p>
    </div>
  );
}
