import type { TFunction } from 'i18next';
import { Label, ProgressBar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CaptureReply } from '../../shared/calls.ts';
import { errorText, type ForeignReport, refusal, reportOf } from '../../shared/errors.ts';
import { Icon } from './Icon.tsx';

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

// How much of something, as a bar with the words beside it: the words carry the meaning, the bar the comparison.

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

/** An error as it came over the bridge. */
export type Trouble = ForeignReport;

export const together = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join(' ');

/** What happened; what was kept and what to do. In the catalogue's words for the language `t` speaks. */
export function troubleWords(trouble: Trouble, t: TFunction): { readonly title: string; readonly detail: string } {
  const { happened, kept, todo } = errorText(trouble, t('ui.language'));
  return { title: happened, detail: together(kept, todo) };
}

/** Why a picture is no good as a sample. */
export const captureWords = (problem: CaptureReply['problems'][number], t: TFunction): string => {
  const why = refusal(problem === 'no-face' ? problem : `poor-quality.${problem}`);
  return troubleWords({ ...why, message: why.reason }, t).title;
};

// An error beside the thing it is about: what happened, what was kept, what to do.

/** `error`: whatever was thrown; `report`: one that came as data. */
export function Problem(props: ({ error: unknown } | { report: Trouble }) & { role?: 'alert' | 'note' }) {
  const { t } = useTranslation();
  const { title, detail } = troubleWords('report' in props ? props.report : reportOf(props.error), t);
  return (
    <div className="problem" role={props.role ?? 'alert'}>
      <Icon name="warning" />
      <p>
        <strong>{title}</strong> {detail}
      </p>
    </div>
  );
}
