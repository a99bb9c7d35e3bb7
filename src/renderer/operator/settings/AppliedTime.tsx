/** A time of day that is applied when the field is left: half a time is none. */
import { useState } from 'react';
import { TimeField } from '../../ui/MomentField.tsx';

export function AppliedTime({
  label,
  value,
  onApply,
}: {
  label: string;
  /** `HH:MM`; null: none. */
  value: string | null;
  onApply: (value: string | null) => void;
}) {
  const [typed, setTyped] = useState(value ?? '');
  const apply = (): void => {
    const wanted = typed === '' ? null : typed;
    if (wanted !== value) onApply(wanted);
  };
  return (
    <form
      onBlur={apply}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <TimeField label={label} time={typed} onTime={setTyped} />
    </form>
  );
}
