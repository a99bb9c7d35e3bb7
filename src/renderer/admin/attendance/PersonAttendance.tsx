/** One person: a year as a calendar, and the day that is chosen on it, line by line, to be put right where it is wrong. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { count, useNow } from '../../components/format.ts';
import { dayAt } from '../../components/period.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Arrivals, YearCalendar } from './AttendanceCharts.tsx';
import { ExportButtons } from './AttendanceTables.tsx';
import { DayLines } from './Corrections.tsx';
import { countByStatus, lengthWords, useAttendance } from './use-attendance.ts';

export function PersonAttendance({
  personId,
  day: openedAt,
  language,
  onBack,
}: {
  personId: string;
  day: string;
  language: string;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const timeZone = useKiosk((s) => s.status?.settings.timeZone ?? null);
  const [day, setDay] = useState(openedAt);
  const year = Number(day.slice(0, 4));
  const question = { from: `${year}-01-01`, to: `${year}-12-31`, personId, group: null };
  const { reply, current, error, reload } = useAttendance(question);
  const person = reply?.people.find((p) => p.id === personId);
  const days = reply?.days.filter((d) => d.personId === personId) ?? [];
  const counts = countByStatus(days);
  const inside = days.reduce((sum, d) => sum + d.insideMs, 0);
  const today = dayAt(useNow(), timeZone);
  const thisYear = Number(today.slice(0, 4));
  const toYear = (to: number): void => setDay(to === thisYear ? today : `${to}-12-31`);
  return (
    <>
      <PageHeader title={person?.name ?? t('ui.loading')} onBack={onBack}>
        <div className="period-walk">
          <Button className="button-icon" aria-label={t('attendance.yearBefore')} onPress={() => toYear(year - 1)}>
            <Icon name="back" />
          </Button>
          <h2 className="period-name" aria-live="polite">
            {year}
          </h2>
          <Button
            className="button-icon"
            aria-label={t('attendance.yearAfter')}
            isDisabled={year >= thisYear}
            onPress={() => toYear(year + 1)}
          >
            <Icon name="forward" />
          </Button>
        </div>
      </PageHeader>
      {error === null ? null : <Problem error={error} />}
      {reply === null ? null : (
        <div className="cards" aria-busy={!current}>
          <section className="card stack" aria-label={t('attendance.calendar')}>
            <p>
              {person?.group === null || person?.group === undefined ? '' : `${person.group} · `}
              {t('attendance.yearPresent', {
                count: counts.present + counts.late,
                number: count(counts.present + counts.late, language),
              })}
              {' · '}
              {t('attendance.yearLate', { count: counts.late })}
              {' · '}
              {t('attendance.yearAbsent', { count: counts.absent })}
              {inside > 0 ? ` · ${lengthWords(inside, t)}` : ''}
            </p>
            <YearCalendar
              year={year}
              days={days}
              chosen={day}
              language={language}
              timeZone={reply.timeZone}
              onChoose={setDay}
            />
          </section>
          <DayLines
            key={day}
            day={day}
            personId={personId}
            name={person?.name ?? ''}
            reply={reply}
            language={language}
            onCorrected={reload}
          />
          <Arrivals arrivals={reply.arrivals} language={language} />
          <ExportButtons question={question} language={language} />
        </div>
      )}
    </>
  );
}
