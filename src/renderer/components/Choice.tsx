import { type ReactNode, useId } from 'react';
import { Checkbox, Label, Radio, RadioGroup, Switch as AriaSwitch } from 'react-aria-components';
import { Icon } from './Icon.tsx';

/** Something a person says is so, with room for what exactly. */
export function CheckboxField({
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

export function Switch({
  on,
  onChange,
  children,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
}) {
  return (
    <AriaSwitch className="switch" isSelected={on} onChange={onChange}>
      <span className="switch-words">{children}</span>
      <span className="switch-track" />
    </AriaSwitch>
  );
}

// One of two to four, side by side, for switching what is shown.

export function Segments<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: V;
  options: readonly { readonly value: V; readonly label: string }[];
  onChange: (value: V) => void;
}) {
  return (
    <RadioGroup
      className="segments"
      aria-label={label}
      orientation="horizontal"
      value={value}
      onChange={(v) => onChange(v as V)}
    >
      {options.map((option) => (
        <Radio key={option.value} value={option.value} className="segment">
          {option.label}
        </Radio>
      ))}
    </RadioGroup>
  );
}

// One of many, in the system's own list: it works by touch, keyboard and screen reader everywhere.

export function Select<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: V;
  options: readonly { readonly value: V; readonly label: string }[];
  onChange: (value: V) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="select">
        <select id={id} className="field-input" value={value} onChange={(event) => onChange(event.target.value as V)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </div>
    </div>
  );
}

// One of a few: every choice is on the screen, with room for a word about each.

interface Option<V extends string> {
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
