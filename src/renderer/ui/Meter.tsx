/** How much of something, as a bar with the words beside it: the words carry the meaning, the bar the comparison. */

export function Meter({
  label,
  words,
  part,
  tone = 'plain',
  mark = null,
}: {
  /** What is measured. */
  label: string;
  /** How it is said. */
  words: string;
  /** 0 to 1; what lies outside is cut. */
  part: number;
  tone?: 'plain' | 'good' | 'warn';
  /** A line on the bar, 0 to 1. */
  mark?: number | null;
}) {
  const percent = Math.round(Math.max(0, Math.min(1, part)) * 100);
  return (
    <div className="meter" data-tone={tone}>
      <span className="meter-words">
        <span className="soft">{label}</span> <strong>{words}</strong>
      </span>
      <span
        className="meter-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <span className="meter-fill" style={{ width: `${percent}%` }} />
        {mark === null ? null : <span className="meter-mark" style={{ left: `${mark * 100}%` }} />}
      </span>
    </div>
  );
}
