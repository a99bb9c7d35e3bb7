import type { TFunction } from 'i18next';
import { useCallback, useEffect, useState } from 'react';
import type { AttendanceReply } from '../../../shared/admin.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';

export interface Question {
  readonly from: string;
  readonly to: string;
  readonly personId: string | null;
  readonly group: string | null;
}

interface Attendance {
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

export function useGroups(reply: AttendanceReply | null): readonly string[] {
  const schedules = useKiosk((s) => s.status?.settings.schedules);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const fresh = (reply?.people ?? []).flatMap((p) => (p.group === null || seen.has(p.group) ? [] : [p.group]));
  // A report for one group knows of no other: what was seen before stays.
  if (fresh.length > 0) setSeen(new Set([...seen, ...fresh]));
  return [...new Set([...seen, ...Object.keys(schedules ?? {})])].sort((a, b) => a.localeCompare(b));
}

// What is read off a report: people's days and totals in the order they are shown.

export type PersonDay = AttendanceReply['days'][number];
export type Totals = AttendanceReply['weeks'][number];
export type Status = PersonDay['status'];
export type ReportPerson = AttendanceReply['people'][number];

/** In the order of the filter buttons. */
export const STATUSES = ['present', 'late', 'absent', 'expected', 'off'] as const satisfies readonly Status[];

export interface Row<T> {
  readonly person: ReportPerson;
  readonly entry: T;
}

/** Entries beside their people, by name, those whose name holds `search`. */
export function rowsOf<T extends { readonly personId: string }>(
  reply: Pick<AttendanceReply, 'people'>,
  entries: readonly T[],
  search: string,
  language: string,
): Row<T>[] {
  const people = new Map(reply.people.map((p) => [p.id, p]));
  const wanted = plain(search, language);
  const { compare } = new Intl.Collator(language);
  return entries
    .flatMap((entry): Row<T>[] => {
      const person = people.get(entry.personId);
      return person !== undefined && plain(person.name, language).includes(wanted) ? [{ person, entry }] : [];
    })
    .sort((a, b) => compare(a.person.name, b.person.name));
}

/** Letters without their marks, so that "thao" finds "Thảo". */
const plain = (words: string, language: string): string =>
  words.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLocaleLowerCase(language).trim();

export function countByStatus(days: readonly PersonDay[]): Readonly<Record<Status, number>> {
  const counts = { present: 0, late: 0, absent: 0, expected: 0, off: 0 };
  for (const { status } of days) counts[status]++;
  return counts;
}

/** How dark a day is on the calendar: 0 not there, 1 to 4 by hours inside; without hours (no "out" is recorded) 3. */
export function shadeOf(day: PersonDay): 0 | 1 | 2 | 3 | 4 {
  if (day.status !== 'present' && day.status !== 'late' && day.firstIn === null && day.lastOut === null) return 0;
  const hours = day.insideMs / 3_600_000;
  if (hours === 0) return 3;
  return hours < 3 ? 1 : hours < 6 ? 2 : hours < 8 ? 3 : 4;
}

/** Quarter hours worth drawing: from an hour before the first arrival to an hour after the last, whole hours. */
export function busyQuarters(arrivals: readonly number[]): { readonly from: number; readonly to: number } {
  const first = arrivals.findIndex((n) => n > 0);
  const last = arrivals.findLastIndex((n) => n > 0);
  if (first < 0) return { from: 6 * 4, to: 20 * 4 };
  return { from: Math.max(0, Math.floor(first / 4 - 1) * 4), to: Math.min(96, Math.ceil((last + 1) / 4 + 1) * 4) };
}

// Lengths of time and remarks in words.

/** "7 h 35 min", "35 min"; nothing for nothing. */
export function lengthWords(ms: number, t: TFunction): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes <= 0) return '';
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0
    ? t('attendance.minutes', { minutes: rest })
    : t('attendance.hours', { hours, minutes: String(rest).padStart(2, '0') });
}

const FLAGS = ['missing-in', 'missing-out', 'open', 'repeated-in', 'clock-set-back', 'corrected'];

/** Remarks on a day, those this screen has words for. */
export const flagWords = (flags: readonly string[], t: TFunction): string =>
  flags
    .filter((flag) => FLAGS.includes(flag))
    .map((flag) => t(`attendance.flag.${flag}`))
    .join(', ');
