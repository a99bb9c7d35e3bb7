/** A person's check-ins of one day, with the reasons of what was corrected, and the ways to correct more. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/desk.ts';
import { Button } from '../../ui/Button.tsx';
import { clockTime } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { CorrectionDialog, type Correcting } from './CorrectionDialog.tsx';
import { dateWords } from './period.ts';
import { flagWords, lengthWords } from './words.ts';
import { dateAt } from './zoned.ts';

export function DayLines({
  day,
  personId,
  name,
  reply,
  language,
  onCorrected,
}: {
  day: string;
  personId: string;
  name: string;
  reply: AttendanceReply;
  language: string;
  onCorrected: () => void;
}) {
  const { t } = useTranslation();
  const [correcting, setCorrecting] = useState<Correcting | null>(null);
  const { timeZone } = reply;
  const entry = reply.days.find((d) => d.personId === personId && d.day === day);
  // A night's stay belongs to the day it began: its "out" is shown there too.
  const lines = reply.events.filter(
    (e) =>
      e.personId === personId && (dateAt(e.at, timeZone) === day || (entry !== undefined && e.at === entry.lastOut)),
  );
  const title = dateWords(day, language, { weekday: 'long', day: 'numeric', month: 'long' });
  const sums =
    entry === undefined
      ? []
      : [
          t(`attendance.status.${entry.status}`),
          entry.lateMs > 0 ? t('attendance.lateBy', { length: lengthWords(entry.lateMs, t) }) : '',
          entry.insideMs > 0 ? t('attendance.insideFor', { length: lengthWords(entry.insideMs, t) }) : '',
          flagWords(entry.flags, t),
        ].filter((words) => words !== '');
  return (
    <section className="card" aria-label={title}>
      <div className="desk-head">
        <div>
          <h2 className="card-title day-title">{title}</h2>
          <p className="soft">{sums.join(' · ')}</p>
        </div>
        <Button onPress={() => setCorrecting({ kind: 'add', day })}>
          <Icon name="add" />
          {t('attendance.correct.add')}
        </Button>
      </div>
      {lines.length === 0 ? (
        <p className="soft day-empty">{t('attendance.noLines')}</p>
      ) : (
        <ul className="plain-list">
          {lines.map((line) => (
            <li key={line.id} className="row">
              <time className="row-time">{clockTime(line.at, language, timeZone)}</time>
              <span className="row-main">
                <strong>{t(`log.${line.direction}`)}</strong>
                {line.corrections.map((reason, i) => (
                  <span key={`${reason}-${i}`} className="soft">
                    {t('attendance.correctedWhy', { reason })}
                  </span>
                ))}
              </span>
              <Button
                aria-label={t('attendance.correct.retimeOf', { time: clockTime(line.at, language, timeZone) })}
                onPress={() => setCorrecting({ kind: 'retime', target: line.id, at: line.at })}
              >
                <Icon name="moment" />
                {t('attendance.correct.retimeShort')}
              </Button>
              <Button
                aria-label={t('attendance.correct.voidOf', { time: clockTime(line.at, language, timeZone) })}
                onPress={() => setCorrecting({ kind: 'void', target: line.id, at: line.at })}
              >
                <Icon name="bin" />
                {t('attendance.correct.voidShort')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {correcting === null ? null : (
        <CorrectionDialog
          correcting={correcting}
          personId={personId}
          name={name}
          timeZone={timeZone}
          language={language}
          onClose={() => setCorrecting(null)}
          onDone={() => {
            setCorrecting(null);
            onCorrected();
          }}
        />
      )}
    </section>
  );
}
