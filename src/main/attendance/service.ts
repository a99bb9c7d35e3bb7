/** Attendance as the operator asks for it: reports over the log and its corrections, exports, and new corrections. */
import type { Handlers, Parsed } from '../../shared/calls.ts';
import type { z } from 'zod';
import { type AttendanceReply, type ExportedFile, newCorrectionSchema } from '../../shared/admin.ts';
import type { Settings } from '../../shared/domain.ts';
import { type ErrorReport, LintelError } from '../../shared/errors.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import { machineZone, newId, type NoteAudit } from '../storage/context.ts';
import { Mutex } from 'async-mutex';
import type { CorrectionLine, Corrections } from './corrections.ts';
import type { CheckInLog } from './log.ts';
import {
  arrivalsByQuarter,
  type AttendancePerson,
  attendanceReport,
  type AttendanceReport,
  type PersonDay,
} from './report.ts';
import {
  type AttendanceLine,
  collectEvents,
  type Day,
  dayBounds,
  dayIn,
  daysBetween,
  type LineProblem,
  localDateTime,
  writtenMoment,
} from './rules.ts';
import { attendanceWords, daysSheet, sheetsToXlsx, sheetToCsv, totalsSheet } from './spreadsheet.ts';

/** What attendance must know of a person. */
interface Attendee {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** None: their face data were erased. */
  readonly samples: readonly unknown[];
}

interface AttendanceDeps {
  readonly people: {
    all(): readonly Attendee[];
    find(id: string): Attendee | undefined;
    /** @throws LintelError `not-found` */
    get(id: string): Attendee;
    /** Whom somebody became by merging. */
    currentId(id: string): string;
  };
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly settings: () => Settings;
  /** Unix ms. */
  readonly wall: () => number;
  readonly note: NoteAudit;
}

export type AttendanceAsked = Parsed<'getAttendance'>;
export type NewCorrection = z.output<typeof newCorrectionSchema>;
export type WrittenCorrection = Parsed<'addCorrection'>;

const DAY_MS = 86_400_000;
/** A stay may begin the day before the range, and end two days after it; clocks may be a day off. */
const BEFORE_MS = 2 * DAY_MS;
const AFTER_MS = 3 * DAY_MS;
/** People times days of one report: 1,000 people for a quarter. More would hold the kiosk up for seconds. */
const MOST_PERSON_DAYS = 100_000;
const MOST_DAYS = 3660;
/** A correction may lie this far ahead of the kiosk's clock, ms: clocks differ. */
const AHEAD_MS = 5 * 60_000;
/** How far back a correction can change what a person's next check-in is, ms. */
const LAST_WITHIN_MS = 3 * DAY_MS;

export class AttendanceService {
  readonly #deps: AttendanceDeps;
  readonly #mutex = new Mutex();

  constructor(deps: AttendanceDeps) {
    this.#deps = deps;
  }

  /** IANA name of the zone whose days are reported. */
  get timeZone(): string {
    return this.#deps.settings().timeZone ?? machineZone();
  }

  /** The working day of a person that a moment belongs to, by their group's schedule. */
  workingDay(person: Pick<Attendee, 'group'> | undefined, at: number): Day {
    const { schedules, defaultSchedule } = this.#deps.settings();
    const own = person?.group === undefined || person.group === null ? undefined : ownOf(schedules, person.group);
    return dayIn(at, this.timeZone, (own ?? defaultSchedule).dayStartsAt);
  }

  /**
   * Days, weeks and months of the people asked for.
   * @throws LintelError `day-invalid`, `report-backwards`, `report-too-long`, `report-too-large`
   */
  async report(asked: AttendanceAsked): Promise<AttendanceReply> {
    const { report, lines, isWanted, timeZone } = await this.#report(asked);
    const { from, to, personId } = asked;
    const narrow = personId !== null || from === to;
    return {
      timeZone,
      people: report.people.map(({ id, name, group }) => ({ id, name, group })),
      days: report.days.map(dayView),
      weeks: report.weeks.map((totals) => ({ ...totals })),
      months: report.months.map((totals) => ({ ...totals })),
      arrivals: arrivalsByQuarter(report.days, timeZone),
      events: narrow ? this.#events(asked, report, lines, isWanted) : [],
      problems: this.#problems(asked, report.problems, timeZone),
    };
  }

  /**
   * The same as a file for a spreadsheet: CSV with the days, or a workbook with days, weeks and months.
   * @throws LintelError as `report`, and `locale-unknown`
   */
  async export(asked: AttendanceAsked & { format: 'csv' | 'xlsx'; locale: string }): Promise<ExportedFile> {
    const locale = knownLocale(asked.locale);
    const { report, timeZone } = await this.#report(asked);
    const words = attendanceWords[/^vi\b/i.test(locale) ? 'vi' : 'en'];
    const where = { locale, timeZone };
    await this.#deps.note({
      kind: 'export',
      subject: null,
      details: { what: 'attendance', format: asked.format, count: report.days.length },
    });
    const name = `attendance-${asked.from}-${asked.to}.${asked.format}`;
    if (asked.format === 'csv')
      return {
        name,
        type: 'text/csv;charset=utf-8',
        bytes: new TextEncoder().encode(sheetToCsv(daysSheet(report, words), where)),
      };
    const sheets = [daysSheet(report, words), totalsSheet(report, 'week', words), totalsSheet(report, 'month', words)];
    return {
      name,
      type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      bytes: new Uint8Array(await sheetsToXlsx(sheets, where)),
    };
  }

  /**
   * Writes a correction. Resolves when it is on disk.
   * @returns its id; of an added check-in that is the check-in's
   * @throws LintelError `not-found` for a person or check-in that is not there, `correction-...` for one that was taken out or a
   *   time to come, `disk-full` and the like: then nothing was written
   */
  correct(given: NewCorrection): Promise<string> {
    return this.#mutex.runExclusive(async () => {
      const { success, data: asked, error } = newCorrectionSchema.safeParse(given);
      if (!success) throw refusedCorrection(error);
      const { corrections, wall } = this.#deps;
      const madeAt = wall();
      if (asked.kind !== 'void' && asked.at > madeAt + AHEAD_MS) throw new LintelError('correction-future');
      const line = await this.#line(asked, madeAt);
      await corrections.append(line);
      await this.#correctLast(new Set([line.of.personId]));
      return line.id;
    });
  }

  /** Once at the start: what the corrections of the last days say of who is in and who is out. */
  async initialise(): Promise<void> {
    const since = this.#deps.wall() - LAST_WITHIN_MS;
    const about = this.#deps.corrections.all.filter((line) => line.madeAt >= since || line.of.at >= since);
    if (about.length > 0) await this.#correctLast(new Set(about.map((line) => line.of.personId)));
  }

  close(): Promise<void> {
    return this.#mutex.waitForUnlock();
  }

  async #line(asked: NewCorrection, madeAt: number): Promise<CorrectionLine> {
    const { people, corrections, checkIns } = this.#deps;
    const { reason } = asked;
    if (asked.kind === 'add') {
      const { personId, at, direction } = asked;
      const { name } = people.get(personId);
      return { kind: 'add', id: newId('a'), madeAt, reason, personId, name, at, direction, of: { personId, at } };
    }
    const { target } = asked;
    if (corrections.all.some((line) => line.kind === 'void' && line.target === target))
      throw new LintelError('correction-void');
    const added = corrections.all.find((line) => line.kind === 'add' && line.id === target);
    const found = added?.of ?? (await checkIns.find(target));
    if (found === null) throw new LintelError('not-found.check-in');
    const head = { id: newId('x'), madeAt, reason, target, of: { personId: found.personId, at: found.at } };
    return asked.kind === 'void' ? { ...head, kind: 'void' } : { ...head, kind: 'retime', at: asked.at };
  }

  /** Alternating and asking go by what really was the last thing these people did. */
  async #correctLast(personIds: ReadonlySet<string>): Promise<void> {
    const { checkIns, wall } = this.#deps;
    const now = wall();
    const { events } = collectEvents(await this.#lines(now - LAST_WITHIN_MS, now + DAY_MS));
    const last = new Map(events.map((event) => [event.personId, event]));
    for (const personId of personIds) checkIns.correctLast(personId, last.get(personId) ?? null);
  }

  async #report(asked: AttendanceAsked): Promise<{
    readonly report: AttendanceReport;
    readonly lines: readonly AttendanceLine[];
    readonly isWanted: (personId: string) => boolean;
    readonly timeZone: string;
  }> {
    const { people, settings, wall } = this.#deps;
    const { from, to, personId, group } = asked;
    const { timeZone } = this;
    // Before every one of them is worked out.
    const roughly = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
    if (roughly > MOST_DAYS) throw new LintelError('report-too-long');
    const days = daysBetween(from, to).length;
    if (days === 0) throw new LintelError('report-backwards');
    const chosen = people
      .all()
      .filter((person) => (personId === null || person.id === personId) && (group === null || person.group === group));
    if (chosen.length * days > MOST_PERSON_DAYS)
      throw new LintelError('report-too-large', { people: chosen.length, days });
    const ids = new Set(chosen.map((person) => person.id));
    const all = personId === null && group === null;
    // Whoever is only in the log any more has no group.
    const isWanted = (id: string): boolean => all || ids.has(id) || id === personId;
    const { schedules, defaultSchedule } = settings();
    const lines = await this.#lines(dayBounds(from, timeZone).from - BEFORE_MS, dayBounds(to, timeZone).to + AFTER_MS);
    const whole = attendanceReport(
      chosen.map((person) => this.#expected(person)),
      lines,
      {
        timeZone,
        from,
        to,
        now: wall(),
        schedules: new Map(Object.entries(schedules)),
        otherwise: defaultSchedule,
      },
    );
    const report: AttendanceReport = {
      days: whole.days.filter((day) => isWanted(day.personId)),
      weeks: whole.weeks.filter((totals) => isWanted(totals.personId)),
      months: whole.months.filter((totals) => isWanted(totals.personId)),
      people: whole.people.filter((person) => isWanted(person.id)),
      problems: whole.problems,
    };
    return { report, lines, isWanted, timeZone };
  }

  /** Expected from the day of enrollment; no longer once the face data were erased, as nobody could recognise them. */
  #expected(person: Attendee): AttendancePerson {
    const { id, name, group, createdAt, updatedAt, samples } = person;
    const until = samples.length === 0 ? this.workingDay(person, updatedAt) : null;
    return { id, name, group, from: this.workingDay(person, createdAt), until };
  }

  /**
   * What the log says about a time, Unix ms: check-ins in the journal's order, then the corrections that concern them, and
   * check-ins of other times which a correction has put into it.
   */
  async #lines(from: number, to: number): Promise<AttendanceLine[]> {
    const { checkIns, corrections } = this.#deps;
    const lines: AttendanceLine[] = [];
    const ids = new Set<string>();
    for await (const checkIn of checkIns.read(from, to)) {
      lines.push({ line: 'check-in', checkIn });
      ids.add(checkIn.id);
    }
    for (const line of corrections.all) if (line.kind === 'add') ids.add(line.id);
    for (const line of corrections.all) {
      if (line.kind !== 'retime' || line.at < from || line.at >= to || ids.has(line.target)) continue;
      for await (const checkIn of checkIns.read(line.of.at, line.of.at + 1)) {
        if (checkIn.id !== line.target) continue;
        ids.add(checkIn.id);
        // Where the kiosk's clock had it, so that it does not look like a clock set back.
        if (checkIn.at < from) lines.unshift({ line: 'check-in', checkIn });
        else lines.push({ line: 'check-in', checkIn });
      }
    }
    for (const correction of corrections.all)
      if (correction.kind === 'add' || ids.has(correction.target)) lines.push({ line: 'correction', correction });
    return lines;
  }

  /** The lines behind the days shown, each with the reasons it is as it is. */
  #events(
    { from, to }: AttendanceAsked,
    report: AttendanceReport,
    lines: readonly AttendanceLine[],
    isWanted: (personId: string) => boolean,
  ): AttendanceReply['events'] {
    const { people, corrections } = this.#deps;
    const reasons = new Map(corrections.all.map((line) => [line.id, line.reason]));
    const inStays = new Set(report.days.flatMap((day) => day.stays.flatMap((stay) => [stay.in?.id, stay.out?.id])));
    return collectEvents(lines)
      .events.filter(({ id, personId, at }) => {
        if (!isWanted(personId)) return false;
        if (inStays.has(id)) return true;
        const day = this.workingDay(people.find(personId), at);
        return day >= from && day <= to;
      })
      .map(({ id, at, personId, name, direction, correctedBy }) => ({
        id,
        at,
        personId,
        name: people.find(personId)?.name ?? name,
        direction,
        corrections: correctedBy.flatMap((correction) => reasons.get(correction) ?? []),
      }));
  }

  #problems(
    { from, to }: AttendanceAsked,
    problems: readonly LineProblem[],
    timeZone: string,
  ): AttendanceReply['problems'] {
    const start = dayBounds(from, timeZone).from;
    const end = dayBounds(to, timeZone).to + DAY_MS;
    return problems.flatMap((problem): AttendanceReply['problems'] => {
      switch (problem.kind) {
        case 'clock-set-back':
          if (problem.at < start || problem.at >= end) return [];
          return [{ kind: problem.kind, detail: localDateTime(problem.at, timeZone) }];
        case 'no-target':
          return [{ kind: problem.kind, detail: problem.correction }];
        case 'double-id':
          return [{ kind: problem.kind, detail: problem.id }];
      }
    });
  }
}

/**
 * A correction whose time is as somebody wrote it; `notice` is what was assumed of a time that came twice.
 * @throws LintelError as `writtenMoment`
 */
export function readCorrection(
  asked: WrittenCorrection,
  timeZone: string,
): { readonly correction: NewCorrection; readonly notice: ErrorReport | null } {
  if (asked.kind === 'void') return { correction: asked, notice: null };
  const { at, notice } =
    typeof asked.at === 'number' ? { at: asked.at, notice: null } : writtenMoment(asked.at, timeZone);
  return { correction: { ...asked, at }, notice };
}

/** What of a correction is not as it can be. */
function refusedCorrection({ issues }: z.ZodError): LintelError {
  switch (issues[0]?.path[0]) {
    case 'personId':
      return new LintelError('not-found.person');
    case 'target':
      return new LintelError('not-found.check-in');
    case 'at':
      return new LintelError('time-invalid');
    default:
      return new LintelError('correction-reason');
  }
}

export const dayView = ({ personId, day, status, firstIn, lastOut, insideMs, spanMs, lateMs, flags }: PersonDay) => ({
  personId,
  day,
  status,
  firstIn,
  lastOut,
  insideMs,
  spanMs,
  lateMs,
  flags: [...flags],
});

const ownOf = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    throw new LintelError('locale-unknown');
  }
}

export const attendanceCalls = ({
  attendance,
  disk,
}: {
  readonly attendance: AttendanceService;
  readonly disk: DiskMonitor;
}) =>
  ({
    getAttendance: (asked) => attendance.report(asked),
    exportAttendance: (asked) => attendance.export(asked),
    addCorrection: async (asked) => {
      const { correction, notice } = readCorrection(asked, attendance.timeZone);
      await disk.track(() => attendance.correct(correction));
      return { notice: notice === null ? null : { ...notice } };
    },
  }) satisfies Partial<Handlers>;
