/** `lintel attendance`, `lintel correct add|void|retime` */
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { LintelError } from '../../../shared/errors.ts';
import { calendarDay, localDateTime, writtenTime } from '../../attendance/rules.ts';
import type { AttendanceReply } from '../../../shared/admin.ts';
import { readCorrection, type WrittenCorrection } from '../../attendance/service.ts';
import { writePlain } from '../../storage/file-ops.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Answer, errorText, note, printable, type Terminal } from './terminal.ts';

export interface AttendanceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly person?: string;
  readonly group?: string;
  readonly export?: string;
  readonly locale?: string;
}

/** Reports by day, week and month; with `export` also a file for a spreadsheet. */
export async function attendance(kiosk: Kiosk, terminal: Terminal, options: AttendanceOptions): Promise<Answer> {
  const today = (await kiosk.checkInService.log(null)).day;
  const to = options.to ?? options.from ?? today;
  const asked = {
    from: options.from ?? to,
    to,
    personId: options.person ?? null,
    group: options.group ?? null,
  };
  const report = await kiosk.attendance.report(asked);
  if (report.people.length === 0 && options.person !== undefined) kiosk.people.get(options.person);
  const text = reportLines(report);
  if (options.export === undefined) return { json: report, text };
  const format = /\.xlsx$/i.test(options.export) ? 'xlsx' : 'csv';
  const locale = options.locale ?? localeOf(terminal.env);
  const { bytes } = await kiosk.attendance.export({ ...asked, format, locale });
  try {
    await writePlain(resolve(terminal.cwd, options.export), bytes, 0o600);
  } catch (error) {
    throw new LintelError('file-not-written', undefined, { cause: error });
  }
  return { json: { ...report, exported: options.export }, text: [...text, `written to ${printable(options.export)}`] };
}

function reportLines({ people, days, months, timeZone, problems }: AttendanceReply): string[] {
  const names = new Map(people.map(({ id, name }) => [id, printable(name)]));
  const time = (at: number | null): string => (at === null ? '--:--' : localDateTime(at, timeZone).slice(11, 16));
  const hours = (ms: number): string => `${(ms / 3_600_000).toFixed(2)} h`;
  return [
    ...days
      .filter(({ status }) => status !== 'off')
      .map(({ personId, day, status, firstIn, lastOut, insideMs, flags }) =>
        [
          day,
          names.get(personId) ?? personId,
          status,
          ...(firstIn === null && lastOut === null ? [] : [`${time(firstIn)}-${time(lastOut)}`, hours(insideMs)]),
          ...(flags.length === 0 ? [] : [`(${flags.join(', ')})`]),
        ].join('  '),
      ),
    ...months.map(
      ({ personId, period, present, late, absent, insideMs }) =>
        `${period}  ${names.get(personId) ?? personId}  ${present} days there (${late} late), ${absent} absent, ${hours(insideMs)}`,
    ),
    ...problems.map(({ kind, detail }) => `look at this: ${kind} ${printable(detail)}`),
    `days are those of ${timeZone}`,
  ];
}

/** @param file must end in `.csv` or `.xlsx` */
export function parseExport(file: string): string {
  if (!/\.(csv|xlsx)$/i.test(file)) throw new InvalidArgumentError('A name that ends in .csv or .xlsx is needed.');
  return file;
}

export function parseDirection(text: string): 'in' | 'out' {
  if (text !== 'in' && text !== 'out') throw new InvalidArgumentError('A direction is in or out.');
  return text;
}

/** As commander wants what is wrong with an argument. */
const checked = (text: string, check: (text: string) => unknown): string => {
  try {
    check(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(errorText(error));
  }
};
export const parseDay = (text: string): string => checked(text, calendarDay);
export const parseTime = (text: string): string => checked(text, writtenTime);

/** Writes a correction: a further line of the log, with its reason. */
export async function correct(kiosk: Kiosk, terminal: Terminal, asked: WrittenCorrection): Promise<Answer> {
  const { timeZone } = kiosk.attendance;
  const { correction, notice } = readCorrection(asked, timeZone);
  const id = await kiosk.attendance.correct(correction);
  const words = notice === null ? [] : [errorText(LintelError.fromReport(notice))];
  for (const line of words) note(terminal, line);
  const did = { add: 'added', void: 'taken out', retime: 'put to another time' }[correction.kind];
  const when = correction.kind === 'void' ? null : correction.at;
  return {
    json: {
      correction: id,
      ...(correction.kind === 'add' ? {} : { target: correction.target }),
      ...(when === null ? {} : { at: when }),
      ...(notice === null ? {} : { notice }),
    },
    text: [
      `${correction.kind === 'add' ? id : printable(correction.target)} was ${did}` +
        (when === null ? '' : `: ${localDateTime(when, timeZone).replace('T', ' ')} in ${timeZone}`),
    ],
  };
}

/** The person's own locale, as their system says it. */
function localeOf(env: Terminal['env']): string {
  const name = env['LC_ALL'] ?? env['LC_TIME'] ?? env['LANG'] ?? '';
  const tag = (name.split(/[.@]/)[0] ?? '').replace('_', '-');
  try {
    return /^[a-z]{2,3}(-|$)/i.test(tag) ? (Intl.getCanonicalLocales(tag)[0] ?? 'en-GB') : 'en-GB';
  } catch {
    return 'en-GB';
  }
}
