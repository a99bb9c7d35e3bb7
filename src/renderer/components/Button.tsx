import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

/** `primary` the one thing to do; `plain` another; `quiet` on the edge of things; `danger` cannot be taken back. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

export function Button({
  kind = 'plain',
  className = '',
  ...props
}: Omit<ButtonProps, 'className'> & { kind?: ButtonKind; className?: string }) {
  return <AriaButton {...props} className={`button button-${kind} ${className}`} />;
}

/*
 * For what cannot be taken back: it must be held down, by finger, mouse or key, until the bar is full. Works without a
 * keyboard, and an accidental touch does nothing.
 */

const HOLD_MS = 1500;

export function HoldButton({
  onHeld,
  isDisabled = false,
  children,
}: {
  onHeld: () => void;
  isDisabled?: boolean;
  children: ReactNode;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [holding, setHolding] = useState(false);
  const stop = (): void => {
    clearTimeout(timer.current);
    setHolding(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <AriaButton
      className="button button-danger button-hold"
      isDisabled={isDisabled}
      data-holding={holding}
      onPressStart={() => {
        setHolding(true);
        timer.current = setTimeout(() => {
          setHolding(false);
          onHeld();
        }, HOLD_MS);
      }}
      onPressEnd={stop}
    >
      <span className="button-hold-fill" aria-hidden="true" />
      <span className="button-hold-words">{children}</span>
    </AriaButton>
  );
}
