import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { dateWords } from '../attendance/period.ts';
import { AppliedTime } from './AppliedTime.tsx';
import { GRACES, secondsWords, withValue } from './choices.ts';

type Schedule = Settings['defaultSchedule'];
/** A Monday, for the names of the days of the week. */
const MONDAY = '2024-01-0';

export function ScheduleFields({
  schedule,
  language,
  onChange,
}: {
  schedule: Schedule;
  language: string;
  onChange: (part: (now: Schedule) => Partial<Schedule>) => void;
}) {
  const { t } = useTranslation();
  const { start, graceMinutes, workdays, dayStartsAt } = schedule;
  const toggle = (day: number): void =>
    onChange((now) => ({
      workdays: now.workdays.includes(day)
        ? now.workdays.filter((d) => d !== day)
        : [...now.workdays, day].sort((a, b) => a - b),
    }));
  return (
    <>
      <div className="schedule">
        <AppliedTime
          key={`start-${start}`}
          label={t('settings.start')}
          value={start}
          onApply={(time) => onChange(() => ({ start: time }))}
        />
        <Select
          label={t('settings.grace')}
          value={String(graceMinutes)}
          onChange={(value) => onChange(() => ({ graceMinutes: Number(value) }))}
          options={withValue<number>(GRACES, graceMinutes).map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t('settings.graceNone') : secondsWords(minutes * 60, language),
          }))}
        />
        <AppliedTime
          key={`day-${dayStartsAt}`}
          label={t('settings.dayStartsAt')}
          value={dayStartsAt}
          onApply={(time) => onChange(() => ({ dayStartsAt: time ?? '00:00' }))}
        />
      </div>
      <div className="workdays" role="group" aria-label={t('settings.workdays')}>
        <span className="field-label">{t('settings.workdays')}</span>
        <div className="workdays-row">
          {[1, 2, 3, 4, 5, 6, 7].map((day) => (
            <Button key={day} className="workday" aria-pressed={workdays.includes(day)} onPress={() => toggle(day)}>
              {dateWords(`${MONDAY}${day}`, language, { weekday: 'short' })}
            </Button>
          ))}
        </div>
      </div>
      <p className="soft">{start === null ? t('settings.startNone') : t('settings.dayStartsAbout')}</p>
    </>
  );
}
