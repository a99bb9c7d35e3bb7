/** When the person came and went of late. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/desk.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { dayAndTime } from '../../ui/format.ts';
import { Problem } from '../../ui/Problem.tsx';

const DAYS = 30;
const SHOWN = 12;
const DAY_MS = 86_400_000;

/** `YYYY-MM-DD` of this machine's calendar. */
function dayOf(at: number): string {
  const d = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export function RecentVisits({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const newest = useKiosk((s) => s.recent[0]?.id);
  const [events, setEvents] = useState<AttendanceReply['events'] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const now = Date.now();
    kiosk()
      // A day more at either end: the kiosk's reports may be in another time zone than this machine.
      .getAttendance({ from: dayOf(now - DAYS * DAY_MS), to: dayOf(now + DAY_MS), personId })
      .then(
        (reply) => {
          if (current) setEvents(reply.events.filter((e) => e.personId === personId).sort((a, b) => b.at - a.at));
        },
        (problem: unknown) => {
          if (current) setError(problem);
        },
      );
    return () => {
      current = false;
    };
  }, [personId, newest]);
  return (
    <section className="card">
      <h2 className="card-title">{t('people.visits.title')}</h2>
      {error === null ? null : <Problem error={error} />}
      {events === null ? null : events.length === 0 ? (
        <p className="soft">{t('people.visits.none', { count: DAYS })}</p>
      ) : (
        <ul className="visits">
          {events.slice(0, SHOWN).map((event) => (
            <li key={event.id}>
              <time>{dayAndTime(event.at, language)}</time>
              <span className="badge">{t(`log.${event.direction}`)}</span>
              {event.corrections.length === 0 ? null : (
                <span className="soft">{t('people.visits.corrected', { reason: event.corrections.at(-1) })}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
