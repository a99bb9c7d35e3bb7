/**
 * What retention must remember between two starts, in `retention.json`: when it last ran, to notice a clock that jumped, and
 * when people were last seen, for those whose lines in the log were erased since.
 */
import { Mutex } from 'async-mutex';
import * as z from 'zod';
import type { Settings } from '../../shared/domain.ts';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import type { CorrectionLine, Corrections } from '../attendance/corrections.ts';
import type { CheckInLog } from '../attendance/log.ts';
import { dayOf } from '../attendance/rules.ts';
import type { PersonRecord } from '../people/records.ts';
import type { PeopleRepository } from '../people/repository.ts';
import type { NoteAudit, StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';

export const retentionFileSchema = z.object({
  /** Unix ms by the clock of then; null: never. */
  lastRun: z.number().nullable(),
  /** Person's id to Unix ms; only of people whose last line in the log is gone. */
  lastSeen: z.record(z.string(), z.number()),
});
export type RetentionMemory = z.infer<typeof retentionFileSchema>;

const DOCUMENT: DocumentKind<RetentionMemory> = {
  name: 'retention.json',
  schema: retentionFileSchema,
  initial: { lastRun: null, lastSeen: {} },
  damaged: new LintelError('store-damaged.retention'),
};

export const openRetentionMemory = (on: StorageContext): Promise<Document<RetentionMemory>> =>
  Document.open(on, DOCUMENT);

/*
 * Nothing is kept longer than the settings say: pictures of samples, lines of the log, and people who were not seen for long
 * are erased when they are too old. At the start and then once a day.
 *
 * A sample's vector stays when its pictures go, so the person is still recognised; but without the aligned crop it can not
 * be made again for another model, and after a change of the embedder they must be enrolled again.
 *
 * [Note: a clock that jumped] A dead clock battery or a wrong date typed in would make everything look old. So when the
 * clock is further ahead of the last run than a kiosk is likely to have been off, nothing is erased until an operator has
 * said that it is right. A clock set back only makes things look younger: it waits for nobody.
 */

const DAY_MS = 86_400_000;
/** How often it is asked whether a new day has begun, ms: a laptop that slept must not miss it. */
const CHECK_MS = 3_600_000;
/** A clock further ahead of the last run than this needs an operator's word; see [Note: a clock that jumped]. */
const LONGEST_PAUSE_DAYS = 45;

interface RetentionDeps {
  readonly people: PeopleRepository;
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly memory: Document<RetentionMemory>;
  readonly settings: () => Settings;
  /** Unix ms. */
  readonly wall: () => number;
  /** Pictures of this person are gone: forget those in memory. */
  readonly onPictures: (person: PersonRecord) => void;
  /** Something was erased, could not be, or is held back. */
  readonly onNotice: (notice: ErrorReport) => void;
  readonly note: NoteAudit;
}

interface Erased {
  /** Samples whose pictures were erased. */
  readonly samples: number;
  /** Lines of the log, corrections among them. */
  readonly lines: number;
  readonly people: number;
}

export class Retention {
  readonly #deps: RetentionDeps;
  #timer: NodeJS.Timeout | null = null;
  #lastDay = '';
  readonly #mutex = new Mutex();

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  /** Runs now and on every new day, and says what was erased. What fails is said, and tried again the next day. */
  start(): void {
    this.#check();
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#mutex.runExclusive(() => this.#deps.memory.close());
  }

  /** The settings were changed: they apply at once. */
  changed(): void {
    this.#lastDay = '';
    if (this.#timer !== null) this.#check();
  }

  /** An operator has looked at the clock, and it is right. @throws LintelError `disk-full` and the like */
  async confirmClock(): Promise<void> {
    await this.#remember({ lastRun: this.#deps.wall() });
    this.changed();
  }

  /**
   * Erases what is too old.
   * @throws LintelError `clock-doubtful`: nothing was erased; `disk-full` and the like: what was erased until then is gone
   */
  async run(): Promise<Erased> {
    const { pictureDays, logDays, unseenDays } = this.#deps.settings().retention;
    const now = this.#deps.wall();
    const erased = { samples: 0, lines: 0, people: 0 };
    await this.#deps.checkIns.readLastSeen();
    const known = this.#deps.memory.data.lastRun ?? this.#latestSign();
    const isDoubtful = known !== null && now - known > LONGEST_PAUSE_DAYS * DAY_MS;
    if (pictureDays === null && logDays === null && unseenDays === null) {
      if (!isDoubtful) await this.#ran(now);
      return erased;
    }
    if (isDoubtful) throw doubtful();
    try {
      // People first: what is known of when they were seen goes with the lines of the log.
      if (unseenDays !== null) erased.people = await this.#erasePeople(now - unseenDays * DAY_MS);
      if (logDays !== null) {
        await this.#rememberSeen(now - logDays * DAY_MS);
        erased.lines = await this.#eraseLines(now - logDays * DAY_MS);
      }
      if (pictureDays !== null) erased.samples = await this.#erasePictures(now - pictureDays * DAY_MS);
      await this.#ran(now);
      return erased;
    } finally {
      const { samples, lines, people } = erased;
      if (samples + lines + people > 0)
        await this.#deps.note({
          kind: 'retention',
          subject: null,
          by: 'kiosk',
          details: { pictures: samples, checkIns: lines, people },
        });
    }
  }

  #check(): void {
    const today = dayOf(this.#deps.wall());
    if (today === this.#lastDay) return;
    this.#lastDay = today;
    const erase = async (): Promise<void> => {
      const notice = await this.run().then(erasedNotice, failedNotice);
      if (notice !== null) this.#deps.onNotice(notice);
    };
    void this.#mutex.runExclusive(erase);
  }

  #ran(now: number): Promise<void> {
    // Once a day is enough: `now` and the last run are compared by weeks.
    const { lastRun } = this.#deps.memory.data;
    return lastRun !== null && dayOf(lastRun) === dayOf(now) ? Promise.resolve() : this.#remember({ lastRun: now });
  }

  #remember(change: Partial<RetentionMemory>): Promise<void> {
    const { memory } = this.#deps;
    return memory.take(() => memory.put({ ...memory.data, ...change }));
  }

  /** When somebody was last enrolled, changed or seen, before the first run; null: never. */
  #latestSign(): number | null {
    const signs = this.#deps.people.all().map((person) => this.#lastSign(person));
    return signs.length === 0 ? null : signs.reduce((last, at) => Math.max(last, at));
  }

  #lastSign({ id, updatedAt }: PersonRecord): number {
    const { checkIns, memory } = this.#deps;
    return Math.max(updatedAt, checkIns.last(id)?.at ?? 0, memory.data.lastSeen[id] ?? 0);
  }

  /** Before lines go: when the people in them were last seen. */
  async #rememberSeen(before: number): Promise<void> {
    const { people, checkIns, memory } = this.#deps;
    const lastSeen: Record<string, number> = {};
    for (const { id } of people.all()) {
      const at = Math.max(checkIns.last(id)?.at ?? 0, memory.data.lastSeen[id] ?? 0);
      // Whoever has a line that stays is known by that.
      if (at > 0 && at < before) lastSeen[id] = at;
    }
    const known = Object.entries(memory.data.lastSeen);
    const same = known.length === Object.keys(lastSeen).length && known.every(([id, at]) => lastSeen[id] === at);
    if (!same) await this.#remember({ lastSeen });
  }

  async #erasePeople(before: number): Promise<number> {
    const { people, onPictures } = this.#deps;
    const gone = people.all().filter((person) => this.#lastSign(person) < before);
    for (const person of gone) {
      await people.remove(person.id, { by: 'kiosk' });
      onPictures(person);
    }
    return gone.length;
  }

  async #erasePictures(before: number): Promise<number> {
    const { people, onPictures } = this.#deps;
    const kept = await people.pictures.ids();
    let count = 0;
    for (const person of people.all()) {
      const old = person.samples.filter((sample) => sample.addedAt < before && kept.has(sample.id));
      if (old.length === 0) continue;
      await people.pictures.remove(old.map((sample) => sample.id));
      onPictures(person);
      count += old.length;
    }
    return count;
  }

  /** A check-in goes by its time; a correction goes with the check-in it is about, by the later of the two times. */
  async #eraseLines(before: number): Promise<number> {
    const { checkIns, corrections } = this.#deps;
    const kept = new Set(
      corrections.all.flatMap((line) => (line.kind === 'retime' && line.at >= before ? [line.target] : [])),
    );
    const about = (line: CorrectionLine): string => (line.kind === 'add' ? line.id : line.target);
    const isOld = (at: number, id: string): boolean => at < before && !kept.has(id);
    const only = (file: string): boolean => monthOf(file).from <= before + DAY_MS;
    const dropDamaged = (file: string): boolean => monthOf(file).to < before - DAY_MS;
    const lines = await checkIns.erase(({ at, id }) => isOld(at, id), { only, dropDamaged });
    if (!corrections.all.some((line) => isOld(line.of.at, about(line)))) return lines;
    return (
      lines + (await corrections.rewrite((line) => (isOld(line.of.at, about(line)) ? null : line), { dropDamaged }))
    );
  }
}

/** The first ms of a journal file's month and of the next, by the machine's clock, as the journal files lines. */
function monthOf(file: string): { from: number; to: number } {
  const [year = Number.NaN, month = Number.NaN] = (/(\d{4})-(\d{2})\.ndjson$/.exec(file) ?? []).slice(1).map(Number);
  return { from: new Date(year, month - 1, 1).getTime(), to: new Date(year, month, 1).getTime() };
}

function erasedNotice({ samples, lines, people }: Erased): ErrorReport | null {
  if (samples + lines + people === 0) return null;
  return new LintelError('kept-no-longer', { samples, lines, people }).toReport();
}

const doubtful = (): LintelError => new LintelError('clock-doubtful', { days: LONGEST_PAUSE_DAYS });

function failedNotice(error: unknown): ErrorReport {
  if (error instanceof LintelError && error.code === 'clock-doubtful') return error.toReport();
  return new LintelError('erase-failed', { why: reportOf(error).code }, { cause: error }).toReport();
}
