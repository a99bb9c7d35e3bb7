/** One day: who came when, went when, how long, how late. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { clockTime, count } from '../../ui/format.ts';
import { countByStatus, STATUSES, type PersonDay, type Row, type Status } from './figures.ts';
import { More, PersonCell, SHOWN } from './table.tsx';
import { flagWords, lengthWords } from './words.ts';

export function DayTable({
  rows,
  timeZone,
  language,
  onOpen,
}: {
  rows: readonly Row<PersonDay>[];
  timeZone: string;
  language: string;
  onOpen: (personId: string) => void;
}) {
  const { t } = useTranslation();
  const [only, setOnly] = useState<Status | null>(null);
  const [shown, setShown] = useState(SHOWN);
  const counts = countByStatus(rows.map((r) => r.entry));
  const chosen = only !== null && counts[only] === 0 ? null : only;
  const picked = chosen === null ? rows : rows.filter((r) => r.entry.status === chosen);
  return (
    <section className="card" aria-label={t('attendance.unit.day')}>
      <div className="statuses" role="group" aria-label={t('attendance.show')}>
        {STATUSES.filter((status) => counts[status] > 0).map((status) => (
          <Button
            key={status}
            className="status-filter"
            aria-pressed={chosen === status}
            onPress={() => setOnly(chosen === status ? null : status)}
          >
            <span className="status-dot" data-status={status} />
            {t(`attendance.status.${status}`)} <strong>{count(counts[status], language)}</strong>
          </Button>
        ))}
      </div>
      <div className="report-scroll">
        <table className="report">
          <thead>
            <tr>
              <th scope="col">{t('attendance.name')}</th>
              <th scope="col">{t('attendance.statusTitle')}</th>
              <th scope="col">{t('attendance.firstIn')}</th>
              <th scope="col">{t('attendance.lastOut')}</th>
              <th scope="col">{t('attendance.inside')}</th>
            </tr>
          </thead>
          <tbody>
            {picked.slice(0, shown).map(({ person, entry }) => (
              <tr key={person.id}>
                <PersonCell person={person} remark={flagWords(entry.flags, t)} onOpen={onOpen} />
                <td>
                  <span className="status-word">
                    <span className="status-dot" data-status={entry.status} />
                    {t(`attendance.status.${entry.status}`)}
                  </span>
                  {entry.lateMs > 0 ? (
                    <span className="soft report-under">
                      {t('attendance.lateBy', { length: lengthWords(entry.lateMs, t) })}
                    </span>
                  ) : null}
                </td>
                <td className="figure">
                  {entry.firstIn === null ? '–' : clockTime(entry.firstIn, language, timeZone)}
                </td>
                <td className="figure">
                  {entry.lastOut === null ? '–' : clockTime(entry.lastOut, language, timeZone)}
                </td>
                <td className="figure">{lengthWords(entry.insideMs, t) || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <More hidden={picked.length - shown} onMore={() => setShown(shown + SHOWN)} />
    </section>
  );
}
