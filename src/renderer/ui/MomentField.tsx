/** A day and a time, in the browser's own fields: they know the language's order and have a picker for touch. */
import { useId } from 'react';

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
