/** One of a few: every choice is on the screen, with room for a word about each. */
import { Label, Radio, RadioGroup } from 'react-aria-components';

export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly detail?: string;
}

export function Choice<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: V;
  options: readonly Option<V>[];
  onChange: (value: V) => void;
}) {
  return (
    <RadioGroup className="choice" value={value} onChange={(v) => onChange(v as V)}>
      <Label className="field-label">{label}</Label>
      <div className="choice-options">
        {options.map((option) => (
          <Radio key={option.value} value={option.value} className="choice-option">
            <span className="choice-label">{option.label}</span>
            {option.detail === undefined ? null : <span className="choice-detail">{option.detail}</span>}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
