/**
 * The operator's corrections of the log: further lines, in `corrections-YYYY-MM.ndjson` by the month they were made in. The
 * check-ins themselves are never edited; what both say together is worked out by `collectEvents` in rules.ts.
 */
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { journalIn, type NoteAudit, noteNowhere, opaqueId, type StorageContext } from '../storage/context.ts';
import type { Journal, JournalDamage, RewriteOptions } from '../storage/journal.ts';
import { untilSeen } from '../storage/durable-file.ts';
import { correctionSchema } from './rules.ts';

const correctionLineSchema = correctionSchema.and(
  z.object({
    /** Whom it is about, and when the check-in was by the line that first said so (Unix ms): where to look for that line. */
    of: z.object({ personId: z.string(), at: z.number() }),
  }),
);
export type CorrectionLine = z.infer<typeof correctionLineSchema>;

export class Corrections {
  readonly #journal: Journal<CorrectionLine>;
  readonly #currentId: (id: string) => string;
  readonly #note: NoteAudit;
  /** All of them: a few a day at most. */
  #lines: CorrectionLine[] = [];
  readonly notices: LintelError[] = [];

  private constructor(journal: Journal<CorrectionLine>, currentId: (id: string) => string, note: NoteAudit) {
    this.#journal = journal;
    this.#currentId = currentId;
    this.#note = note;
  }

  /** `currentId`: see `People.currentId`. */
  static async open(on: StorageContext & { readonly currentId?: (id: string) => string }): Promise<Corrections> {
    const { currentId = (id) => id, note = noteNowhere } = on;
    const journal = journalIn<CorrectionLine>(on, {
      prefix: 'corrections',
      schema: correctionLineSchema,
      timeOf: (line) => line.madeAt,
    });
    const corrections = new Corrections(journal, currentId, note);
    const torn = await journal.open();
    const cut = torn.length === 0 ? [] : [new LintelError('store-damaged.corrections', { lines: torn.length })];
    corrections.notices.push(...(await untilSeen(on, 'corrections', cut)));
    const damage: JournalDamage[] = [];
    for await (const line of journal.readAll((found) => damage.push(found)))
      corrections.#lines.push(corrections.#now(line));
    if (damage.length > 0)
      corrections.notices.push(new LintelError('store-damaged.corrections', { lines: damage.length }));
    return corrections;
  }

  /** In the order they were made. */
  get all(): readonly CorrectionLine[] {
    return this.#lines;
  }

  /** Resolves when it is on disk. @throws LintelError `disk-full` and the like: then there is no such correction */
  async append(line: CorrectionLine): Promise<void> {
    await this.#journal.append(line);
    this.#lines.push(line);
    const of = opaqueId(line.kind === 'add' ? line.id : line.target);
    await this.#note({ kind: 'correction', subject: opaqueId(line.of.personId), details: { of, what: line.kind } });
  }

  /** Two people are one from now on: `currentId` says so already. */
  adopt(): void {
    this.#lines = this.#lines.map((line) => this.#now(line));
  }

  /**
   * Takes a person's name and id out of the corrections for good, and the reasons given, which may name them.
   * @param ids every id the person ever had
   */
  anonymise(ids: ReadonlySet<string>, as: { readonly personId: string; readonly name: string }): Promise<number> {
    return this.rewrite(
      (line) => {
        if (!ids.has(line.of.personId)) return line;
        const plain = { ...line, reason: as.name, of: { ...line.of, personId: as.personId } };
        return plain.kind === 'add' ? { ...plain, ...as } : plain;
      },
      { dropDamaged: () => true },
    );
  }

  /** Changes or (null) erases lines for good; see `Journal.rewrite`. */
  async rewrite(
    change: (line: CorrectionLine) => CorrectionLine | null,
    options: RewriteOptions = {},
  ): Promise<number> {
    const count = await this.#journal.rewrite(change, options);
    this.#lines = this.#lines.flatMap((line) => change(line) ?? []);
    return count;
  }

  #now(line: CorrectionLine): CorrectionLine {
    const personId = this.#currentId(line.of.personId);
    if (personId === line.of.personId) return line;
    const of = { ...line.of, personId };
    return line.kind === 'add' ? { ...line, personId, of } : { ...line, of };
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
