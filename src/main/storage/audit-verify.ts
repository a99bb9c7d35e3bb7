/** Is the audit journal as it was written? Reads only; may run beside a kiosk that is writing. */
import { join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import {
  type AuditFolder,
  type AuditLine,
  auditLineSchema,
  FIRST_LINK,
  hashOf,
  headOf,
  JOURNAL_NAME,
  type Link,
} from './audit-journal.ts';
import { readFailure } from './failure.ts';
import { codeOf, type FileOps, realOps } from './file-ops.ts';
import { decodeLine } from './journal.ts';

/**
 * `changed`: a line does not fit its hash, or the line after it. `removed`: lines are missing. `moved`: not where it was
 * written. `added`: there twice. `damaged`: can not be read. `cut-short`: the end is missing. `head-missing`, `head-behind`:
 * `audit-head.json` is gone, or older than the journal. `not-as-noted`: not the journal that was noted elsewhere.
 */
type ProblemKind =
  'changed' | 'removed' | 'moved' | 'added' | 'damaged' | 'cut-short' | 'head-missing' | 'head-behind' | 'not-as-noted';

export interface AuditProblem {
  readonly kind: ProblemKind;
  /** Plain name and line number (from 1), where there is a line to point at. */
  readonly file?: string;
  readonly line?: number;
  /** The lines concerned, by number in the chain. */
  readonly seq?: number;
  readonly toSeq?: number;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly lines: number;
  /** The last line there is. Note it elsewhere to verify against later. */
  readonly last: Link;
  readonly problems: readonly AuditProblem[];
}

interface Placed {
  readonly entry: AuditLine;
  readonly file: string;
  readonly line: number;
}

/**
 * @param noted a link noted earlier: the journal must still hold it
 * @throws LintelError when the files can not be read at all, or the codec does not open them
 */
export async function verifyAudit(options: AuditFolder & { readonly noted?: Link }): Promise<AuditReport> {
  const problems: AuditProblem[] = [];
  // A line written between the first and the second look is in the journal before it is in the head.
  const headBefore = await readHead(options);
  const placed = await readLines(options, problems);
  const headAfter = await readHead(options);
  placed.sort((a, b) => a.entry.seq - b.entry.seq);
  const last = checkChain(placed, problems);
  checkHead(placed, last, headBefore, headAfter, problems);
  const { noted } = options;
  if (noted !== undefined && noted.seq > 0 && !placed.some(({ entry }) => fits(entry, noted)))
    problems.push({ kind: 'not-as-noted', seq: noted.seq });
  return { ok: problems.length === 0, lines: placed.length, last, problems };
}

/** Adds every line in one file, in their order, to `problems` when it is not where it belongs. */
async function readLines(options: AuditFolder, problems: AuditProblem[]): Promise<Placed[]> {
  const { folder, codec, ops = realOps } = options;
  const placed: Placed[] = [];
  for (const file of (await ops.list(folder)).filter((name) => JOURNAL_NAME.test(name)).sort()) {
    let highest = 0;
    const lines = (await readWhole(ops, folder, file)).toString('utf8').split('\n');
    for (const [index, text] of lines.entries()) {
      // The end of the last line, or the start of one that is being written.
      if (text === '' || index === lines.length - 1) continue;
      const line = index + 1;
      const checked = auditLineSchema.safeParse(decodeLine(Buffer.from(text, 'utf8'), codec, file));
      if (!checked.success) {
        problems.push({ kind: 'damaged', file, line });
        continue;
      }
      const entry = checked.data;
      if (entry.seq < highest || !belongs(entry.at, file)) problems.push({ kind: 'moved', file, line, seq: entry.seq });
      highest = Math.max(highest, entry.seq);
      placed.push({ entry, file, line });
    }
  }
  return placed;
}

function checkChain(placed: readonly Placed[], problems: AuditProblem[]): Link {
  let last: Link = FIRST_LINK;
  let before: Placed | null = null;
  for (const one of placed) {
    const { entry, file, line } = one;
    const at = { file, line, seq: entry.seq };
    if (entry.seq === last.seq) {
      problems.push({ kind: 'added', ...at });
      continue;
    }
    const sound = hashOf(entry) === entry.hash;
    if (!sound) problems.push({ kind: 'changed', ...at });
    if (entry.seq > last.seq + 1) problems.push({ kind: 'removed', seq: last.seq + 1, toSeq: entry.seq - 1 });
    // Sound in itself and yet not what this one followed: the line before was changed and given a new hash.
    else if (entry.prev !== last.hash && sound)
      problems.push({
        kind: 'changed',
        ...(before === null ? at : { file: before.file, line: before.line, seq: before.entry.seq }),
      });
    last = { seq: entry.seq, hash: entry.hash };
    before = one;
  }
  return last;
}

function checkHead(
  placed: readonly Placed[],
  last: Link,
  before: Link | null,
  after: Link | null,
  problems: AuditProblem[],
): void {
  if (before === null || after === null) {
    if (last.seq > 0) problems.push({ kind: 'head-missing' });
    return;
  }
  if (last.seq < before.seq) problems.push({ kind: 'cut-short', seq: last.seq + 1, toSeq: before.seq });
  else if (before.seq > 0) {
    const same = placed.find(({ entry }) => entry.seq === before.seq);
    if (same !== undefined && !fits(same.entry, before))
      problems.push({ kind: 'changed', file: same.file, line: same.line, seq: before.seq });
  }
  // One line: the head is written after it, and a power cut may have come between.
  if (last.seq > after.seq + 1) problems.push({ kind: 'head-behind', seq: after.seq });
}

const fits = (entry: AuditLine, link: Link): boolean => entry.seq === link.seq && entry.hash === link.hash;

/** Whether a line of that time is filed under that month, whatever the time zone was. */
function belongs(at: number, file: string): boolean {
  const [, year, month] = JOURNAL_NAME.exec(file) ?? [];
  const day = 86_400_000;
  return (
    at >= Date.UTC(Number(year), Number(month) - 1, 1) - day && at < Date.UTC(Number(year), Number(month), 1) + day
  );
}

async function readHead(options: AuditFolder): Promise<Link | null> {
  try {
    return (await headOf({ ...options, readOnly: true }).read())?.head ?? null;
  } catch (error) {
    if (error instanceof LintelError && error.code === 'store-damaged') return null;
    throw error;
  }
}

async function readWhole(ops: FileOps, folder: string, file: string): Promise<Buffer> {
  try {
    return Buffer.from(await ops.readFile(join(folder, file)));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw readFailure(error, file);
  }
}
