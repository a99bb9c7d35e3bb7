import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { clockTime, count, download } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';
import {
  countByStatus,
  flagWords,
  lengthWords,
  type PersonDay,
  type Question,
  type ReportPerson,
  type Row,
  type Status,
  STATUSES,
  type Totals,
} from './use-attendance.ts';

/** Rows put on the screen at a time: a table of ten thousand would hold the page up. */
const SHOWN = 100;

function PersonCell({
  person,
  remark,
  onOpen,
}: {
  person: ReportPerson;
  remark: string;
  onOpen: (personId: string) => void;
}) {
  const under = [person.group ?? '', remark].filter((words) => words !== '').join(' · ');
  return (
    <th scope="row">
      <Button kind="quiet" className="report-person" onPress={() => onOpen(person.id)}>
        <strong>{person.name}</strong>
        {under === '' ? null : <span className="soft report-under">{under}</span>}
      </Button>
    </th>
  );
}

function More({ hidden, onMore }: { hidden: number; onMore: () => void }) {
  const { t } = useTranslation();
  if (hidden <= 0) return null;
  return (
    <div className="button-row report-more">
      <Button onPress={onMore}>{t('attendance.more', { count: hidden })}</Button>
    </div>
  );
}

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

export function ExportButtons({ question, language }: { question: Question; language: string }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async (format: 'csv' | 'xlsx'): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const file = await kiosk().exportAttendance({ ...question, format, locale: language });
      download(file.name, [file.bytes as BlobPart], file.type);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        {(['xlsx', 'csv'] as const).map((format) => (
          <Button key={format} onPress={() => void save(format)}>
            <Icon name="save" />
            {t(`attendance.save.${format}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
