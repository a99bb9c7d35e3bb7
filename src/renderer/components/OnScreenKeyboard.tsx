/**
 * Letters for a kiosk without a keyboard: enough to type any name in a Latin script, accents included; and for passphrases and
 * paths the signs of a real keyboard.
 */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Field } from './Field.tsx';
import { Icon } from './Icon.tsx';
import { given } from '../../shared/given.ts';

/** Combining marks put onto the letter before: acute, grave, circumflex, diaeresis, tilde, hook, dot below, horn, ring, caron, cedilla. */
const ACCENTS = [
  '\u0301',
  '\u0300',
  '\u0302',
  '\u0308',
  '\u0303',
  '\u0309',
  '\u0323',
  '\u031b',
  '\u030a',
  '\u030c',
  '\u0327',
];

/** `text` with the mark on its last letter, composed where Unicode has such a letter; unchanged if that is no letter. */
export function withAccent(text: string, mark: string): string {
  return /\p{L}\p{M}*$/u.test(text) ? (text + mark).normalize('NFC') : text;
}

/** `text` without its last letter, marks and all. */
export function withoutLast(text: string): string {
  const letters = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)];
  return letters
    .slice(0, -1)
    .map((s) => s.segment)
    .join('');
}

/** A name's words begin with a capital. */
const startsWord = (text: string): boolean => text === '' || /[\s-]$/u.test(text);

/** What a real keyboard has besides letters, digits and what stands among the letters here. */
const SIGNS = ['!"#$%&()*+,', '/:;<=>?@[]', '\\^_`{|}~'] as const;

export function OnScreenKeyboard({
  value,
  onChange,
  writes = 'names',
}: {
  value: string;
  onChange: (value: string) => void;
  /** `anything`: no capital of its own accord, and signs on a second page. */
  writes?: 'names' | 'anything';
}) {
  const { t } = useTranslation();
  const [shift, setShift] = useState<boolean | null>(null);
  const [signs, setSigns] = useState(false);
  const upper = shift ?? (writes === 'names' && startsWord(value));
  const type = (letter: string): void => {
    onChange(value + letter);
    setShift(null);
  };
  const letters = (row: string) =>
    [...row].map((key) => {
      const letter = upper ? key.toUpperCase() : key;
      return (
        <Button key={key} className="keyboard-key" preventFocusOnPress onPress={() => type(letter)}>
          {letter}
        </Button>
      );
    });
  const space = (
    <Button className="keyboard-key keyboard-space" preventFocusOnPress onPress={() => type(' ')}>
      {t('keyboard.space')}
    </Button>
  );
  const erase = (
    <Button
      className="keyboard-key"
      preventFocusOnPress
      aria-label={t('keyboard.erase')}
      onPress={() => onChange(withoutLast(value))}
    >
      <Icon name="erase" />
    </Button>
  );
  const page =
    writes === 'names' ? null : (
      <Button
        className="keyboard-key keyboard-page"
        preventFocusOnPress
        aria-label={signs ? t('keyboard.letters') : t('keyboard.signs')}
        onPress={() => setSigns(!signs)}
      >
        {signs ? 'abc' : '#+='}
      </Button>
    );
  if (signs)
    return (
      <div className="keyboard" data-writes={writes} role="group" aria-label={t('keyboard.label')}>
        <div className="keyboard-row">{letters('1234567890-')}</div>
        <div className="keyboard-row">{letters(SIGNS[0])}</div>
        <div className="keyboard-row">{letters(SIGNS[1])}</div>
        <div className="keyboard-row">
          {letters(SIGNS[2])}
          {erase}
        </div>
        <div className="keyboard-row keyboard-marks">
          {page}
          {space}
        </div>
      </div>
    );
  return (
    <div className="keyboard" data-writes={writes} role="group" aria-label={t('keyboard.label')}>
      <div className="keyboard-row">{letters('1234567890-')}</div>
      <div className="keyboard-row">{letters('qwertyuiop')}</div>
      <div className="keyboard-row">{letters("asdfghjkl'")}</div>
      <div className="keyboard-row">
        <Button
          className="keyboard-key"
          preventFocusOnPress
          aria-label={t('keyboard.shift')}
          aria-pressed={upper}
          onPress={() => setShift(!upper)}
        >
          <Icon name="shift" />
        </Button>
        {letters('zxcvbnm.')}
        {erase}
      </div>
      <div className="keyboard-row keyboard-marks">
        {ACCENTS.map((mark) => (
          <Button
            key={mark}
            className="keyboard-key"
            preventFocusOnPress
            aria-label={t('keyboard.accent', { example: `a${mark}`.normalize('NFC') })}
            onPress={() => onChange(withAccent(value, mark))}
          >
            {`\u25cc${mark}`}
          </Button>
        ))}
        {letters('đ')}
        {page}
        {space}
      </div>
    </div>
  );
}

/*
 * Fields for what is no name: passphrases, paths, numbers. One keyboard on the screen for all of them, with every character
 * of a real one; passphrases are hidden until somebody asks to see them.
 */

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
          {...given({ error })}
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
