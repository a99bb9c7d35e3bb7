import './attendance.css';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/admin.ts';
import { Button } from '../../components/Button.tsx';
import { Segments, Select } from '../../components/Choice.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Field } from '../../components/Field.tsx';
import { Icon } from '../../components/Icon.tsx';
import { clockTime, longDay, useNow } from '../../components/format.ts';
import { dayAt, type Period, periodName, rangeOf, shifted, UNITS } from '../../components/period.ts';
import { useDayLog } from '../../state/day-log.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Arrivals } from './AttendanceCharts.tsx';
import { DayTable, ExportButtons, TotalsTable } from './AttendanceTables.tsx';
import { PersonAttendance } from './PersonAttendance.tsx';
import { rowsOf, useAttendance, useGroups } from './use-attendance.ts';

function LogList() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { checkIns, day, error } = useDayLog();
  return (
    <>
      {/* Noon: the day must not slip in any time zone. */}
      <h2 className="card-title">{day === null ? '' : longDay(Date.parse(`${day}T12:00:00`), language)}</h2>
      {error === null ? null : <Problem error={error} />}
      {checkIns.length === 0 ? (
        <p className="empty">{t('log.empty')}</p>
      ) : (
        <ul className="card plain-list">
          {checkIns.map((one) => (
            <li key={one.id} className="row">
              <time className="row-time">{clockTime(one.at, language)}</time>
              <strong className="row-main">{one.name}</strong>
              <span className="badge">{t(`log.${one.direction}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function PeriodBar({
  period,
  today,
  language,
  onChange,
}: {
  period: Period;
  today: string;
  language: string;
  onChange: (period: Period) => void;
}) {
  const { t } = useTranslation();
  const { from, to } = rangeOf(period);
  const isNow = from <= today && today <= to;
  return (
    <div className="period">
      <Segments
        label={t('attendance.unitTitle')}
        value={period.unit}
        onChange={(unit) => onChange({ ...period, unit })}
        options={UNITS.map((value) => ({ value, label: t(`attendance.unit.${value}`) }))}
      />
      <div className="period-walk">
        <Button
          className="button-icon"
          aria-label={t('attendance.before')}
          onPress={() => onChange(shifted(period, -1))}
        >
          <Icon name="back" />
        </Button>
        <h2 className="period-name" aria-live="polite">
          {periodName(period, language)}
        </h2>
        <Button
          className="button-icon"
          aria-label={t('attendance.after')}
          isDisabled={isNow}
          onPress={() => onChange(shifted(period, 1))}
        >
          <Icon name="forward" />
        </Button>
        <Button isDisabled={isNow} onPress={() => onChange({ ...period, day: today })}>
          {t('attendance.today')}
        </Button>
      </div>
    </div>
  );
}

const KNOWN = ['no-target', 'double-id', 'clock-set-back'];

/** What the journal holds that the report could not take as it is. A kind without words here is told in the kiosk's own. */
function ReportProblems({ problems }: { problems: AttendanceReply['problems'] }) {
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
        <div className="admin-head">
          <h1 className="admin-title">{t('admin.attendance')}</h1>
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
