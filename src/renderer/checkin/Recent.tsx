/** The last check-ins: people like to see that it worked for the one before them. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../state/kiosk.ts';
import { clockTime } from '../ui/format.ts';
import { Portrait } from '../ui/Portrait.tsx';

export function Recent({ language }: { language: string }) {
  const { t } = useTranslation();
  const recent = useKiosk((s) => s.recent);
  return (
    <section className="recent" aria-label={t('checkin.recent.label')}>
      <h2 className="recent-title">{recent.length === 0 ? t('checkin.recent.none') : t('checkin.recent.label')}</h2>
      <ul className="recent-list">
        {recent.map((one) => (
          <li key={one.id} className="recent-one">
            <Portrait picture={one.picture} name={one.name} size="small" />
            <span className="recent-name">{one.name}</span>
            <time className="recent-time">
              {t(`checkin.recent.${one.direction}`, { time: clockTime(one.at, language) })}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}
