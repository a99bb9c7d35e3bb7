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
