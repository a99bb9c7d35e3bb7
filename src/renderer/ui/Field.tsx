import { FieldError, Input, Label, TextField } from 'react-aria-components';

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
      {...(onFocus === undefined ? {} : { onFocus })}
      {...(inputId === undefined ? {} : { id: inputId })}
    >
      <Label className="field-label">{label}</Label>
      {/* Only where the dialog opens on it. */}
      <Input className="field-input" autoComplete="off" spellCheck="false" autoFocus={autoFocus} />
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
