/** `lintel audit verify [--noted SEQ:HASH]`, `lintel audit list [--last N]` */
import type { Link } from '../../audit/entry.ts';
import type { AuditProblem } from '../../audit/verify.ts';
import { auditLines, checkAudit, type ClosedFolder } from '../../kiosk/closed-folder.ts';
import { printable, type Answer } from './terminal.ts';

const PROBLEMS: Record<AuditProblem['kind'], string> = {
  changed: 'was changed',
  removed: 'removed',
  moved: 'is not where it was written',
  added: 'is there twice',
  damaged: 'can not be read',
  'cut-short': 'cut off the end',
  'head-missing': 'audit-head.json, which says which line is the last, is gone',
  'head-behind': 'audit-head.json is older than the journal',
  'not-as-noted': 'is not the line that was noted',
};

export async function verifyCommand(on: ClosedFolder, noted: Link | null): Promise<Answer> {
  const report = await checkAudit(on, noted);
  const { ok, lines, last, problems } = report;
  return {
    json: report,
    text: [
      ...problems.map(problemText),
      ok ? `The audit journal is as it was written: ${lines} lines.` : `${lines} lines, ${problems.length} problems.`,
      `Last: ${last.seq}:${last.hash}`,
      ...(ok ? ['Note that elsewhere: "audit verify --noted" then finds a journal that was forged as a whole.'] : []),
    ],
    failed: !ok,
  };
}

function problemText({ kind, file, line, seq, toSeq }: AuditProblem): string {
  const which =
    seq === undefined ? '' : toSeq === undefined || toSeq === seq ? `line ${seq} ` : `lines ${seq}-${toSeq} `;
  const where = file === undefined ? '' : ` (${printable(file)}${line === undefined ? '' : `, line ${line} of it`})`;
  return `${which}${PROBLEMS[kind]}${where}`;
}

export async function listCommand(on: ClosedFolder, count: number): Promise<Answer> {
  const lines = await auditLines(on, count);
  return {
    json: { lines },
    text: lines.map(({ seq, at, kind, subject, by, details }) => {
      const more = Object.entries(details).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return printable([seq, new Date(at).toISOString(), by, kind, subject ?? '-', ...more].join('  '));
    }),
  };
}
