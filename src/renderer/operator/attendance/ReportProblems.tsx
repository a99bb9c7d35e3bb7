import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/desk.ts';

const KNOWN = ['no-target', 'double-id', 'clock-set-back'];

/** What the journal holds that the report could not take as it is. A kind without words here is told in the kiosk's own. */
export function ReportProblems({ problems }: { problems: AttendanceReply['problems'] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  const counts = new Map<string, { readonly words: string | null; readonly detail: string; count: number }>();
  for (const { kind, detail } of problems) {
    const known = counts.get(kind);
    if (known !== undefined) known.count++;
    else counts.set(kind, { words: KNOWN.includes(kind) ? t(`attendance.problem.${kind}`) : null, detail, count: 1 });
  }
  return (
    <section className="card card-warn">
      <h2 className="card-title">{t('attendance.problems')}</h2>
      <ul className="stack">
        {[...counts].map(([kind, { words, detail, count }]) => (
          <li key={kind}>
            {words ?? <span lang="en">{detail}</span>}
            {count > 1 ? ` ${t('attendance.times', { number: count })}` : ''}
          </li>
        ))}
      </ul>
    </section>
  );
}
