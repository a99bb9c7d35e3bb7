/** Arrivals by quarter hour of the wall clock, as bars; the same figures stand in a table for screen readers. */
import { useTranslation } from 'react-i18next';
import { count } from '../../ui/format.ts';
import { busyQuarters } from './figures.ts';

const WIDTH = 960;
const HEIGHT = 200;
const BASE = 168;
const TOP = 28;

const clock = (quarter: number): string =>
  `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;

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
                <text
                  key={i}
                  className="arrivals-hour"
                  x={i * step}
                  y={HEIGHT - 6}
                  textAnchor={i === 0 ? 'start' : 'middle'}
                >
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
