/** Attendance: everybody by day, week or month, and from there one person's year. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../checkin/useNow.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Field } from '../../ui/Field.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { Select } from '../../ui/Select.tsx';
import { LogList } from '../log/LogList.tsx';
import { Arrivals } from './Arrivals.tsx';
import { DayTable } from './DayTable.tsx';
import { ExportButtons } from './ExportButtons.tsx';
import { rowsOf } from './figures.ts';
import { dayAt, periodName, rangeOf, type Period } from './period.ts';
import { PeriodBar } from './PeriodBar.tsx';
import { PersonAttendance } from './PersonAttendance.tsx';
import { ReportProblems } from './ReportProblems.tsx';
import { TotalsTable } from './TotalsTable.tsx';
import { useAttendance } from './useAttendance.ts';
import { useGroups } from './useGroups.ts';
import './attendance.css';

const EVERYBODY = '';

function Report({
  language,
  visit,
  onOpen,
}: {
  language: string;
  /** Counts how often one came here from a person. */
  visit: number;
  onOpen: (personId: string, day: string) => void;
}) {
  const { t } = useTranslation();
  const timeZone = useKiosk((s) => s.status?.settings.timeZone ?? null);
  const today = dayAt(useNow(), timeZone);
  const [period, setPeriod] = useState<Period>({ unit: 'day', day: today });
  const [group, setGroup] = useState(EVERYBODY);
  const [search, setSearch] = useState('');
  const question = { ...rangeOf(period), personId: null, group: group === EVERYBODY ? null : group };
  const { reply, current, error } = useAttendance(question, visit);
  const groups = useGroups(reply);
  const open = (personId: string): void => onOpen(personId, period.day);
  const totals = reply === null ? [] : period.unit === 'week' ? reply.weeks : reply.months;
  return (
    <>
      <PeriodBar period={period} today={today} language={language} onChange={setPeriod} />
      <div className="report-filters">
        <Field label={t('attendance.search')} value={search} onChange={setSearch} maxLength={120} />
        <Select
          label={t('attendance.group')}
          value={group}
          onChange={setGroup}
          options={[
            { value: EVERYBODY, label: t('attendance.everybody') },
            ...groups.map((name) => ({ value: name, label: name })),
          ]}
        />
      </div>
      {error === null ? null : <Problem error={error} />}
      {reply === null ? null : (
        <div className="cards" aria-busy={!current}>
          {reply.people.length === 0 ? (
            <p className="empty">{t('attendance.nobody')}</p>
          ) : period.unit === 'day' ? (
            <DayTable
              rows={rowsOf(reply, reply.days, search, language)}
              timeZone={reply.timeZone}
              language={language}
              onOpen={open}
            />
          ) : (
            <TotalsTable
              label={periodName(period, language)}
              rows={rowsOf(reply, totals, search, language)}
              language={language}
              onOpen={open}
            />
          )}
          <Arrivals arrivals={reply.arrivals} language={language} />
          <ReportProblems problems={reply.problems} />
          <ExportButtons question={question} language={language} />
        </div>
      )}
    </>
  );
}

export function AttendanceScreen() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const [tab, setTab] = useState<'report' | 'log'>('report');
  const [visit, setVisit] = useState(0);
  const [opened, setOpened] = useState<{ personId: string; day: string } | null>(null);
  return (
    <>
      {opened === null ? null : (
        <PersonAttendance
          {...opened}
          language={language}
          onBack={() => {
            setOpened(null);
            setVisit(visit + 1);
          }}
        />
      )}
      {/* Kept while a person is looked at, so that the way back leads to where one was. */}
      <div className="report-all" hidden={opened !== null}>
        <div className="desk-head">
          <h1 className="desk-title">{t('desk.attendance')}</h1>
          <Segments
            label={t('attendance.tabs')}
            value={tab}
            onChange={setTab}
            options={[
              { value: 'report', label: t('attendance.report') },
              { value: 'log', label: t('attendance.log') },
            ]}
          />
        </div>
        {tab === 'log' ? (
          <LogList />
        ) : (
          <Report language={language} visit={visit} onOpen={(personId, day) => setOpened({ personId, day })} />
        )}
      </div>
    </>
  );
}
