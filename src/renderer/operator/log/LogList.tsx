/** Today's check-ins as they were recorded, newest first. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { clockTime, longDay } from '../../ui/format.ts';
import { Problem } from '../../ui/Problem.tsx';
import { useDayLog } from './useDayLog.ts';

export function LogList() {
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
