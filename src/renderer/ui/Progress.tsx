import { Label, ProgressBar } from 'react-aria-components';

/** How far something is, with the words above the bar. */
export function Progress({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <ProgressBar className="progress" value={done} maxValue={Math.max(1, total)}>
      {({ percentage }) => (
        <>
          <Label className="progress-label">{label}</Label>
          <span className="progress-track">
            <span className="progress-fill" style={{ width: `${percentage ?? 0}%` }} />
          </span>
        </>
      )}
    </ProgressBar>
  );
}
