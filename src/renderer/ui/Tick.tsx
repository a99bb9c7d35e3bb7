/** Something a person says is so, with room for what exactly. */
import { Checkbox } from 'react-aria-components';
import { Icon } from './Icon.tsx';

export function Tick({
  on,
  onChange,
  title,
  detail,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  title: string;
  detail: string;
}) {
  return (
    <Checkbox className="consent" isSelected={on} onChange={onChange}>
      <span className="consent-box">
        <Icon name="check" />
      </span>
      <span>
        <strong>{title}</strong>
        <span className="soft">{detail}</span>
      </span>
    </Checkbox>
  );
}
