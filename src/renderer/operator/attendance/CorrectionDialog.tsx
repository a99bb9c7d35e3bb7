/** A correction and its reason. What was recorded stays in the journal; the correction is a line of its own. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallInput } from '../../../shared/api.ts';
import type { Direction } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { Field } from '../../ui/Field.tsx';
import { clockTime } from '../../ui/format.ts';
import { Modal } from '../../ui/Modal.tsx';
import { MomentField } from '../../ui/MomentField.tsx';
import { OnScreenKeyboard } from '../../ui/OnScreenKeyboard.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { dateAt, momentOf, timeAt } from './zoned.ts';

export type Correcting =
  | { readonly kind: 'add'; readonly day: string }
  | { readonly kind: 'void' | 'retime'; readonly target: string; readonly at: number };

const REASONS = ['forgot', 'camera', 'mistake'] as const;
const LONGEST_REASON = 500;

export function CorrectionDialog({
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

  const correction = (): CallInput<'addCorrection'> | null => {
    const why = reason.trim();
    if (why === '') return null;
    if (correcting.kind === 'void') return { kind: 'void', reason: why, target: correcting.target };
    const at = momentOf(day, time, timeZone);
    if (at === null) return null;
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
      .then(onDone, (problem: unknown) => {
        setBusy(false);
        setError(problem);
      });
  };
  const known = kind === 'add' ? {} : { time: clockTime(correcting.at, language, timeZone) };
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
