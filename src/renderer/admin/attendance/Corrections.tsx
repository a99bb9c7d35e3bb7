import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/admin.ts';
import type { CallInput, CallOutput } from '../../../shared/calls.ts';
import type { Direction } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Choice } from '../../components/Choice.tsx';
import { Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Field, MomentField } from '../../components/Field.tsx';
import { Icon } from '../../components/Icon.tsx';
import { OnScreenKeyboard } from '../../components/OnScreenKeyboard.tsx';
import { clockTime } from '../../components/format.ts';
import { dateWords } from '../../components/period.ts';
import { kiosk } from '../../state/kiosk.ts';
import { flagWords, lengthWords } from './use-attendance.ts';

/** Wall-clock times of the report's time zone, which need not be this machine's. */

/** What a zone's wall clock shows at a moment, as if it were UTC, ms. */
function wallAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** `HH:MM` on the zone's wall clock. */
export const timeAt = (at: number, timeZone: string): string =>
  new Date(wallAt(at, timeZone)).toISOString().slice(11, 16);
/** `YYYY-MM-DD` on the zone's wall clock. */
export const dateAt = (at: number, timeZone: string): string =>
  new Date(wallAt(at, timeZone)).toISOString().slice(0, 10);

// A correction and its reason. What was recorded stays in the journal; the correction is a line of its own.

type Correcting =
  | { readonly kind: 'add'; readonly day: string }
  | { readonly kind: 'void' | 'retime'; readonly target: string; readonly at: number };

const REASONS = ['forgot', 'camera', 'mistake'] as const;
const LONGEST_REASON = 500;

function CorrectionDialog({
  correcting,
  personId,
  name,
  timeZone,
  language,
  onClose,
  onDone,
}: {
  correcting: Correcting;
  personId: string;
  name: string;
  timeZone: string;
  language: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const { kind } = correcting;
  const [day, setDay] = useState(kind === 'add' ? correcting.day : dateAt(correcting.at, timeZone));
  const [time, setTime] = useState(kind === 'add' ? '' : timeAt(correcting.at, timeZone));
  const [direction, setDirection] = useState<Direction>('in');
  const [reason, setReason] = useState('');
  const [keyboard, setKeyboard] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  /** What was assumed of the time: it is written, and this is to be read. */
  const [notice, setNotice] = useState<CallOutput<'addCorrection'>['notice']>(null);

  const correction = (): CallInput<'addCorrection'> | null => {
    const why = reason.trim();
    if (why === '') return null;
    if (correcting.kind === 'void') return { kind: 'void', reason: why, target: correcting.target };
    if (day === '' || time === '') return null;
    // The kiosk reads it: it knows which times did not exist and which came twice.
    const at = `${day}T${time}`;
    return correcting.kind === 'add'
      ? { kind: 'add', reason: why, personId, at, direction }
      : { kind: 'retime', reason: why, target: correcting.target, at };
  };
  const ready = correction();
  const save = (): void => {
    // Not by disabling the button: that would take the focus out of the dialog.
    if (ready === null || busy) return;
    setBusy(true);
    kiosk()
      .addCorrection(ready)
      .then(
        (reply) => (reply.notice === null ? onDone() : setNotice(reply.notice)),
        (problem: unknown) => {
          setBusy(false);
          setError(problem);
        },
      );
  };
  const known = kind === 'add' ? {} : { time: clockTime(correcting.at, language, timeZone) };
  if (notice !== null)
    return (
      <Modal title={t(`attendance.correct.${kind}`)} size="medium" onClose={onDone}>
        <Problem report={notice} />
        <div className="button-row button-row-end">
          <Button kind="primary" onPress={onDone}>
            {t('ui.close')}
          </Button>
        </div>
      </Modal>
    );
  return (
    <Modal title={t(`attendance.correct.${kind}`)} size="medium" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <p>{t(`attendance.correct.${kind}About`, { name, ...known })}</p>
        {kind === 'void' ? null : (
          <MomentField
            dayLabel={t('attendance.correct.day')}
            timeLabel={t('attendance.correct.time')}
            day={day}
            time={time}
            onDay={setDay}
            onTime={setTime}
          />
        )}
        {kind === 'add' ? (
          <Choice
            label={t('attendance.correct.direction')}
            value={direction}
            onChange={setDirection}
            options={(['in', 'out'] as const).map((value) => ({ value, label: t(`attendance.correct.${value}`) }))}
          />
        ) : null}
        <Field
          label={t('attendance.correct.reason')}
          value={reason}
          onChange={setReason}
          maxLength={LONGEST_REASON}
          isRequired
        />
        <div className="button-row reasons" role="group" aria-label={t('attendance.correct.reasons')}>
          {REASONS.map((one) => (
            <Button key={one} onPress={() => setReason(t(`attendance.correct.why.${one}`))}>
              {t(`attendance.correct.why.${one}`)}
            </Button>
          ))}
        </div>
        {keyboard ? (
          <OnScreenKeyboard value={reason} onChange={(value) => setReason(value.slice(0, LONGEST_REASON))} />
        ) : null}
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button kind="quiet" onPress={() => setKeyboard(!keyboard)} aria-pressed={keyboard}>
            {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
          </Button>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" isDisabled={ready === null}>
            {t('attendance.correct.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

// A person's check-ins of one day, with the reasons of what was corrected, and the ways to correct more.

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
      <div className="admin-head">
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
