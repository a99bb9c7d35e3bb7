/** A week or a month: days and hours, person by person. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { count } from '../../ui/format.ts';
import type { Row, Totals } from './figures.ts';
import { More, PersonCell, SHOWN } from './table.tsx';
import { lengthWords } from './words.ts';

export function TotalsTable({
  label,
  rows,
  language,
  onOpen,
}: {
  label: string;
  rows: readonly Row<Totals>[];
  language: string;
  onOpen: (personId: string) => void;
}) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(SHOWN);
  const figure = (n: number): string => (n === 0 ? '–' : count(n, language));
  return (
    <section className="card" aria-label={label}>
      <div className="report-scroll">
        <table className="report">
          <thead>
            <tr>
              <th scope="col">{t('attendance.name')}</th>
              <th scope="col">{t('attendance.daysPresent')}</th>
              <th scope="col">{t('attendance.daysLate')}</th>
              <th scope="col">{t('attendance.daysAbsent')}</th>
              <th scope="col">{t('attendance.inside')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map(({ person, entry }) => (
              <tr key={person.id}>
                <PersonCell
                  person={person}
                  remark={entry.incomplete > 0 ? t('attendance.incomplete', { count: entry.incomplete }) : ''}
                  onOpen={onOpen}
                />
                <td className="figure">{figure(entry.present)}</td>
                <td className="figure">
                  {figure(entry.late)}
                  {entry.lateMs > 0 ? <span className="soft report-under">{lengthWords(entry.lateMs, t)}</span> : null}
                </td>
                <td className="figure">{figure(entry.absent)}</td>
                <td className="figure">{lengthWords(entry.insideMs, t) || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More hidden={rows.length - shown} onMore={() => setShown(shown + SHOWN)} />
    </section>
  );
}
