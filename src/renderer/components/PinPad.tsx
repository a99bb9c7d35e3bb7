import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

const PIN_MIN = 4;
const PIN_MAX = 8;

/** A number pad for fingers, and the keyboard for those who have one. The digits never show. */
export function PinPad({
  label,
  action,
  note,
  onEnter,
  isDisabled = false,
}: {
  label: string;
  /** What the button that hands the PIN in says. */
  action: string;
  /** Under the digits: a rule, an error, a wait. */
  note: ReactNode;
  onEnter: (pin: string) => Promise<void>;
  isDisabled?: boolean;
}) {
  const { t } = useTranslation();
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const blocked = busy || isDisabled;
  const complete = pin.length >= PIN_MIN && !blocked;

  const enter = async (): Promise<void> => {
    if (!complete) return;
    setBusy(true);
    await onEnter(pin);
    setPin('');
    setBusy(false);
    input.current?.focus();
  };
  const add = (digit: string): void => setPin((p) => (p + digit).slice(0, PIN_MAX));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') void enter();
  };

  return (
    <div className="pin">
      <label className="pin-label">
        <span>{label}</span>
        <input
          ref={input}
          className="pin-input"
          type="password"
          inputMode="none"
          autoComplete="off"
          value={pin}
          maxLength={PIN_MAX}
          // A dialog opened to type a PIN: typing must work at once.
          autoFocus
          onKeyDown={onKeyDown}
          onChange={(event) => setPin(event.target.value.replace(/\D/g, '').slice(0, PIN_MAX))}
        />
      </label>
      <div className="pin-space">{note}</div>
      <div className="pin-keys" role="group" aria-label={t('pin.pad')}>
        {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
          <Button key={digit} className="pin-key" isDisabled={blocked} onPress={() => add(digit)}>
            {digit}
          </Button>
        ))}
        <Button
          className="pin-key"
          isDisabled={blocked}
          aria-label={t('pin.erase')}
          onPress={() => setPin((p) => p.slice(0, -1))}
        >
          <Icon name="erase" />
        </Button>
        <Button className="pin-key" isDisabled={blocked} onPress={() => add('0')}>
          0
        </Button>
        <Button kind="primary" className="pin-key" isDisabled={!complete} onPress={() => void enter()}>
          {action}
        </Button>
      </div>
    </div>
  );
}
