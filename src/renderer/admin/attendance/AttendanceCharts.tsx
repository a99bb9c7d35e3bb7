import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { clockTime, count } from '../../components/format.ts';
import { addDays, dateWords, daysIn, weekdayOf } from '../../components/period.ts';
import { busyQuarters, flagWords, lengthWords, type PersonDay, shadeOf } from './use-attendance.ts';

const WIDTH = 960;
const HEIGHT = 200;
const BASE = 168;
const TOP = 28;

const clock = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

/** Arrivals by quarter hour of the wall clock, as bars; the same figures stand in a table for screen readers. */
export function Arrivals({ arrivals, language }: { arrivals: readonly number[]; language: string }) {
  const { t } = useTranslation();
  const total = arrivals.reduce((sum, n) => sum + n, 0);
  const most = Math.max(...arrivals);
  const { from, to } = busyQuarters(arrivals);
  const step = WIDTH / (to - from);
  const everyHours = Math.max(1, Math.ceil((to - from) / 4 / 12));
  const shown = arrivals.slice(from, to);
  return (
    <section className="card" aria-label={t('attendance.arrivals')}>
      <h2 className="card-title">{t('attendance.arrivals')}</h2>
      {total === 0 ? (
        <p className="soft">{t('attendance.noArrivals')}</p>
      ) : (
        <>
          <svg className="arrivals" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
            {shown.map((n, i) => {
              const height = (n / most) * (BASE - TOP);
              return (
                <rect
                  key={from + i}
                  className={n === most ? 'arrivals-bar arrivals-most' : 'arrivals-bar'}
                  x={i * step + step * 0.1}
                  y={BASE - height}
                  width={step * 0.8}
                  height={height}
                  rx={Math.min(4, step * 0.2)}
                />
              );
            })}
            <line className="arrivals-base" x1="0" x2={WIDTH} y1={BASE} y2={BASE} />
            {shown.map((n, i) =>
              n === most && shown.indexOf(n) === i ? (
                <text key="most" className="arrivals-figure" x={(i + 0.5) * step} y={TOP - 8} textAnchor="middle">
                  {count(most, language)}
                </text>
              ) : null,
            )}
            {shown.map((_n, i) =>
              (from + i) % (4 * everyHours) === 0 ? (
                <text key={i} x={i * step} y={HEIGHT - 6} textAnchor={i === 0 ? 'start' : 'middle'}>
                  {clock(from + i)}
                </text>
              ) : null,
            )}
          </svg>
          <table className="visually-hidden">
            <caption>{t('attendance.arrivals')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('attendance.quarter')}</th>
                <th scope="col">{t('attendance.arrivalsCount')}</th>
              </tr>
            </thead>
            <tbody>
              {arrivals.map((n, i) =>
                n === 0 ? null : (
                  <tr key={clock(i)}>
                    <th scope="row">{clock(i)}</th>
                    <td>{count(n, language)}</td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

/*
 * A year of one person as twelve months, each day as dark as it was long. One stop for Tab, the arrow keys walk the days;
 * every day says in words what its colour says.
 */

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
