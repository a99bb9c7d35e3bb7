/**
 * A year of one person as twelve months, each day as dark as it was long. One stop for Tab, the arrow keys walk the days;
 * every day says in words what its colour says.
 */
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime } from '../../ui/format.ts';
import { shadeOf, type PersonDay } from './figures.ts';
import { addDays, dateWords, daysIn, weekdayOf } from './period.ts';
import { flagWords, lengthWords } from './words.ts';

const STEP: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function YearCalendar({
  year,
  days,
  chosen,
  language,
  timeZone,
  onChoose,
}: {
  year: number;
  days: readonly PersonDay[];
  chosen: string;
  language: string;
  timeZone: string;
  onChoose: (day: string) => void;
}) {
  const { t } = useTranslation();
  const byDay = new Map(days.map((d) => [d.day, d]));
  const months = Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}-01`);

  const walk = (event: KeyboardEvent<HTMLElement>): void => {
    const step = STEP[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = addDays(chosen, step);
    if (!to.startsWith(String(year))) return;
    onChoose(to);
    event.currentTarget.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus();
  };
  const say = (day: string): string => {
    const date = dateWords(day, language, { weekday: 'long', day: 'numeric', month: 'long' });
    const entry = byDay.get(day);
    if (entry === undefined) return date;
    const parts = [
      t(`attendance.status.${entry.status}`),
      entry.firstIn === null ? '' : `${t('attendance.firstIn')} ${clockTime(entry.firstIn, language, timeZone)}`,
      lengthWords(entry.insideMs, t),
      flagWords(entry.flags, t),
    ];
    return `${date}: ${parts.filter((part) => part !== '').join(', ')}`;
  };
  return (
    <>
      <div className="year" onKeyDown={walk}>
        {months.map((first) => (
          <div
            key={first}
            className="month"
            role="group"
            aria-label={dateWords(first, language, { month: 'long', year: 'numeric' })}
          >
            <span className="month-name" aria-hidden="true">
              {dateWords(first, language, { month: 'long' })}
            </span>
            <div className="month-days">
              {Array.from({ length: daysIn(first) }, (_, i) => {
                const day = addDays(first, i);
                const entry = byDay.get(day);
                return (
                  <button
                    key={day}
                    type="button"
                    className="day"
                    data-day={day}
                    data-status={entry?.status ?? 'off'}
                    data-shade={entry === undefined ? 0 : shadeOf(entry)}
                    aria-label={say(day)}
                    aria-pressed={day === chosen}
                    tabIndex={day === chosen ? 0 : -1}
                    style={i === 0 ? { gridColumnStart: weekdayOf(day) } : undefined}
                    onClick={() => onChoose(day)}
                  >
                    <span aria-hidden="true">{i + 1}</span>
                  </button>
                );
              })}
            </div>
          </div>
        ))}
      </div>
      <ul className="year-key" aria-hidden="true">
        <li>
          <span className="day day-key" data-status="present" data-shade="1" />
          <span className="day day-key" data-status="present" data-shade="2" />
          <span className="day day-key" data-status="present" data-shade="3" />
          <span className="day day-key" data-status="present" data-shade="4" />
          {t('attendance.keyHours')}
        </li>
        <li>
          <span className="day day-key" data-status="late" data-shade="3" />
          {t('attendance.status.late')}
        </li>
        <li>
          <span className="day day-key" data-status="absent" data-shade="0" />
          {t('attendance.status.absent')}
        </li>
      </ul>
    </>
  );
}
