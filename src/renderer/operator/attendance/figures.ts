/** What is read off a report: people's days and totals in the order they are shown. */
import type { AttendanceReply } from '../../../shared/desk.ts';

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
