import { useId } from 'react';
import { FieldError, Input, Label, TextField } from 'react-aria-components';
import { given } from '../../shared/given.ts';

export function Field({
  label,
  value,
  onChange,
  onFocus,
  isRequired = false,
  autoFocus = false,
  maxLength,
  error,
  inputId,
  isHidden = false,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onFocus?: () => void;
  isRequired?: boolean;
  autoFocus?: boolean;
  maxLength: number;
  /** Shown under the field; the field is marked invalid. */
  error?: string | null;
  inputId?: string;
  /** What is typed shows as dots. */
  isHidden?: boolean;
}) {
  const invalid = error !== undefined && error !== null;
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      type={isHidden ? 'password' : 'text'}
      isRequired={isRequired}
      isInvalid={invalid}
      maxLength={maxLength}
      validationBehavior="aria"
      {...given({ onFocus, id: inputId })}
    >
      <Label className="field-label">{label}</Label>
      {/* Only where the dialog opens on it. */}
      <Input className="field-input" autoComplete="off" spellCheck="false" autoFocus={autoFocus} />
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}

// A day and a time, in the browser's own fields: they know the language's order and have a picker for touch.

export function MomentField({
  dayLabel,
  timeLabel,
  day,
  time,
  onDay,
  onTime,
}: {
  dayLabel: string;
  timeLabel: string;
  /** `YYYY-MM-DD`, or empty. */
  day: string;
  /** `HH:MM`, or empty. */
  time: string;
  onDay: (day: string) => void;
  onTime: (time: string) => void;
}) {
  const id = useId();
  return (
    <div className="moment-field">
      <div className="field">
        <label className="field-label" htmlFor={`${id}-day`}>
          {dayLabel}
        </label>
        <input
          id={`${id}-day`}
          type="date"
          className="field-input"
          value={day}
          required
          onChange={(event) => onDay(event.target.value)}
        />
      </div>
      <TimeField label={timeLabel} time={time} onTime={onTime} isRequired />
    </div>
  );
}

export function TimeField({
  label,
  time,
  onTime,
  isRequired = false,
}: {
  label: string;
  time: string;
  onTime: (time: string) => void;
  isRequired?: boolean;
}) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="time"
        className="field-input"
        value={time}
        required={isRequired}
        onChange={(event) => onTime(event.target.value)}
      />
    </div>
  );
}
