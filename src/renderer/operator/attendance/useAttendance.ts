/** A report, asked for again whenever the question changes, somebody checks in, or a correction was made. */
import { useCallback, useEffect, useState } from 'react';
import type { AttendanceReply } from '../../../shared/desk.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';

export interface Question {
  readonly from: string;
  readonly to: string;
  readonly personId: string | null;
  readonly group: string | null;
}

export interface Attendance {
  /** The last answer; while a new question is open, the answer to the one before. */
  readonly reply: AttendanceReply | null;
  /** Whether `reply` answers the question of now. */
  readonly current: boolean;
  readonly error: unknown;
  readonly reload: () => void;
}

/** @param visit asked again when it changes: something may have been corrected elsewhere */
export function useAttendance({ from, to, personId, group }: Question, visit = 0): Attendance {
  const newest = useKiosk((s) => s.recent[0]?.id);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<{ reply: AttendanceReply | null; key: string; error: unknown }>({
    reply: null,
    key: '',
    error: null,
  });
  const key = JSON.stringify([from, to, personId, group]);
  useEffect(() => {
    let wanted = true;
    kiosk()
      .getAttendance({ from, to, personId, group })
      .then(
        (reply) => wanted && setAnswer({ reply, key, error: null }),
        (error: unknown) => wanted && setAnswer((before) => ({ ...before, error })),
      );
    return () => {
      wanted = false;
    };
  }, [key, from, to, personId, group, newest, round, visit]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { reply: answer.reply, current: answer.key === key, error: answer.error, reload };
}
