/** Who did what, in a journal whose lines are chained; see [Note: audit chain]. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { LintelError } from '../../shared/errors.ts';
import { noticeOf, type DurableFile } from '../store/durable-file.ts';
import type { Journal } from '../store/journal.ts';
import { stamp } from '../store/ops.ts';
import { auditEventSchema, FIRST_LINK, nextLine, type AuditEvent, type AuditLine, type Link } from './entry.ts';
import { HEAD_FILE, headOf, journalOf, type AuditFolder, type Head } from './files.ts';

/** A head one line behind is what a power cut between line and head leaves; restored from its backup, two. */
const HEAD_LAG = 2;

export class Audit {
  readonly #journal: Journal<AuditLine>;
  readonly #head: Low<Head>;
  readonly #wall: () => number;
  #last: Link = FIRST_LINK;
  #turn: Promise<unknown> = Promise.resolve();
  /** What was not as it was left, for the operator. It is also in the journal now, as a line of kind `audit`. */
  readonly notices: LintelError[] = [];

  private constructor(journal: Journal<AuditLine>, head: DurableFile<Head>, wall: () => number) {
    this.#journal = journal;
    this.#head = new Low<Head>(head, { head: FIRST_LINK });
    this.#wall = wall;
  }

  /**
   * Mends a torn end and finds where the chain goes on. Whatever is the matter, the kiosk can go on working: what was found
   * is told, written down, and `verifyAudit` keeps finding it.
   * @throws LintelError `store-newer`, `store-failed`, `vault-*`
   */
  static async open(options: AuditFolder): Promise<Audit> {
    const { folder, readOnly = false, wall = Date.now } = options;
    const journal = journalOf(options);
    const file = headOf(options);
    const audit = new Audit(journal, file, wall);
    for (const torn of await journal.open())
      if (typeof torn.keptAs === 'string')
        audit.notices.push(
          new LintelError(
            'store-damaged',
            `The last line of ${torn.file} was cut short; it is kept as ${torn.keptAs}.`,
            {
              kept: 'Every line before it.',
              todo: 'Nothing: a power cut does this.',
            },
          ),
        );
    try {
      await audit.#head.read();
      const notice = file.outcome === null ? null : noticeOf(file.outcome, HEAD_FILE);
      if (notice !== null) audit.notices.push(notice);
    } catch (error) {
      if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
      if (!readOnly) {
        for (const name of [HEAD_FILE, `${HEAD_FILE}.bak`])
          await rename(join(folder, name), join(folder, `${name}.damaged-${stamp(wall())}`)).catch(() => undefined);
        await audit.#head.read();
      }
    }
    let last = FIRST_LINK;
    for await (const line of journal.readAll()) if (line.seq >= last.seq) last = { seq: line.seq, hash: line.hash };
    const head = audit.#head.data.head;
    const fresh = file.outcome === null || file.outcome.kind === 'fresh';
    // Going on from whichever is further: lines that are gone then leave a gap for good.
    audit.#last = last.seq >= head.seq ? last : head;
    const found =
      fresh && last.seq > 1
        ? 'head-missing'
        : last.seq < head.seq
          ? 'cut-short'
          : last.seq > head.seq + HEAD_LAG
            ? 'head-behind'
            : null;
    if (found !== null) {
      audit.notices.push(
        new LintelError('store-damaged', 'The audit journal is not as it was left.', {
          kept: 'Everything that is in it. That this was found is now in it, too.',
          todo: 'Run "lintel audit verify" and look who had access to the data folder.',
          params: { found },
        }),
      );
      if (!readOnly)
        await audit.append({ kind: 'audit', subject: null, by: 'kiosk', details: { found, at: audit.#last.seq } });
    }
    return audit;
  }

  /** The last link. Noted elsewhere (on paper), it lets `verifyAudit` catch even a journal that was forged as a whole. */
  get head(): Link {
    return this.#last;
  }

  /**
   * Resolves when the line and the head that covers it are on disk.
   * @throws LintelError `disk-full`, `store-read-only`, `store-failed`: the line may be there, the chain is sound
   */
  append(said: AuditEvent): Promise<AuditLine> {
    const event = auditEventSchema.parse(said);
    const work = this.#turn.then(() => this.#append(event));
    this.#turn = work.catch(() => undefined);
    return work;
  }

  /** Every line between two times (Unix ms), file by file. */
  read(from: number, to: number): AsyncGenerator<AuditLine> {
    return this.#journal.read(from, to);
  }

  /** Every line, in the order written: files are by month, and a clock may have been set back over the end of one. */
  async readAll(): Promise<AuditLine[]> {
    const lines: AuditLine[] = [];
    for await (const line of this.#journal.readAll()) lines.push(line);
    return lines.sort((a, b) => a.seq - b.seq);
  }

  /**
   * The ids of people whose face a backup must not bring back: who was deleted or took their consent back, with everybody
   * who had been merged into them, and did not agree again since.
   * @param how `merge` (default): also who was merged into somebody who is still there. `replace`: those come back as the
   * two people they were.
   */
  async deleted(how: 'merge' | 'replace' = 'merge'): Promise<Set<string>> {
    const { gone, merged } = await this.#leavers();
    return how === 'replace' ? gone : new Set([...gone, ...merged]);
  }

  /** The ids of people whose lines in the log were made anonymous: a backup must not bring their names back. */
  async anonymised(): Promise<Set<string>> {
    return (await this.#leavers()).anonymous;
  }

  async #leavers(): Promise<Record<'gone' | 'anonymous' | 'merged', Set<string>>> {
    const gone = new Set<string>();
    const anonymous = new Set<string>();
    const into = new Map<string, string>();
    for (const { kind, subject, details } of await this.readAll()) {
      if (subject === null) continue;
      if (kind === 'delete' || kind === 'consent-revoked') gone.add(subject);
      if (kind === 'consent-revoked' && details['attendance'] === 'anonymised') anonymous.add(subject);
      if (kind === 'enroll' || kind === 'consent-given') gone.delete(subject);
      if (kind === 'merge' && typeof details['from'] === 'string') into.set(details['from'], subject);
    }
    for (const from of into.keys()) {
      let last: string | undefined = from;
      // No longer than there are merges: a journal that somebody made may go round in circles.
      for (let i = 0; last !== undefined && i <= into.size; i++) {
        if (gone.has(last)) gone.add(from);
        if (anonymous.has(last)) anonymous.add(from);
        last = into.get(last);
      }
    }
    return { gone, anonymous, merged: new Set(into.keys()) };
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#turn;
    await this.#journal.close();
  }

  async #append(event: AuditEvent): Promise<AuditLine> {
    // A head that could not be written last time comes first: it is never more than one line behind.
    await this.#writeHead();
    const line = nextLine(this.#last, this.#wall(), event);
    await this.#journal.append(line);
    this.#last = { seq: line.seq, hash: line.hash };
    await this.#writeHead();
    return line;
  }

  async #writeHead(): Promise<void> {
    if (this.#head.data.head.seq === this.#last.seq) return;
    const before = this.#head.data;
    this.#head.data = { head: this.#last };
    try {
      await this.#head.write();
    } catch (error) {
      this.#head.data = before;
      throw error;
    }
  }
}
