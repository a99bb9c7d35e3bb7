/**
 * Nothing is kept longer than the settings say: pictures of samples and lines of the log are erased when they are too old. At
 * the start and then once a day.
 *
 * A sample's vector stays when its pictures go, so the person is still recognised; but without the aligned crop it can not
 * be made again for another model, and after a change of the embedder they must be enrolled again.
 */
import type { Settings } from '../../shared/domain.ts';
import { LintelError, type ErrorReport } from '../../shared/errors.ts';
import type { NoteAudit } from './audit-note.ts';
import type { CheckIns } from './checkins.ts';
import type { CorrectionLine, Corrections } from './corrections.ts';
import { dayOf } from './days.ts';
import type { People } from './people.ts';
import type { PersonRecord } from './person-record.ts';

const DAY_MS = 86_400_000;
/** How often it is asked whether a new day has begun, ms: a laptop that slept must not miss it. */
const LOOK_MS = 3_600_000;

export interface RetentionRooms {
  readonly people: People;
  readonly checkIns: CheckIns;
  readonly corrections: Corrections;
  readonly settings: () => Settings;
  /** Unix ms. */
  readonly wall: () => number;
  /** Pictures of this person are gone: forget those in memory. */
  readonly onPictures: (person: PersonRecord) => void;
  /** Something was erased, or could not be. */
  readonly onNotice: (notice: ErrorReport) => void;
  readonly note: NoteAudit;
}

export interface Erased {
  /** Samples whose pictures were erased. */
  readonly samples: number;
  /** Lines of the log, corrections among them. */
  readonly lines: number;
}

export class Retention {
  readonly #rooms: RetentionRooms;
  #timer: NodeJS.Timeout | null = null;
  #lastDay = '';
  #running: Promise<unknown> = Promise.resolve();

  constructor(rooms: RetentionRooms) {
    this.#rooms = rooms;
  }

  /** Runs now and on every new day, and says what was erased. What fails is said, and tried again the next day. */
  start(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#running;
  }

  /** The settings were changed: they apply at once. */
  changed(): void {
    this.#lastDay = '';
    if (this.#timer !== null) this.#look();
  }

  /** Erases what is too old. @throws LintelError `disk-full` and the like; what was erased until then is gone */
  async run(): Promise<Erased> {
    const { pictureDays, logDays } = this.#rooms.settings().retention;
    const now = this.#rooms.wall();
    const erased = { samples: 0, lines: 0 };
    try {
      if (pictureDays !== null) erased.samples = await this.#erasePictures(now - pictureDays * DAY_MS);
      if (logDays !== null) erased.lines = await this.#eraseLines(now - logDays * DAY_MS);
      return erased;
    } finally {
      const { samples, lines } = erased;
      if (samples + lines > 0)
        await this.#rooms.note({
          kind: 'retention',
          subject: null,
          by: 'kiosk',
          details: { pictures: samples, checkIns: lines, people: 0 },
        });
    }
  }

  #look(): void {
    const today = dayOf(this.#rooms.wall());
    if (today === this.#lastDay) return;
    this.#lastDay = today;
    this.#running = this.#running
      .then(() => this.run())
      .then(
        (erased) => {
          const notice = erasedNotice(erased);
          if (notice !== null) this.#rooms.onNotice(notice);
        },
        (error: unknown) => this.#rooms.onNotice(failedNotice(error)),
      );
  }

  async #erasePictures(before: number): Promise<number> {
    const { people, onPictures } = this.#rooms;
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
    const { checkIns, corrections } = this.#rooms;
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

function erasedNotice({ samples, lines }: Erased): ErrorReport | null {
  if (samples + lines === 0) return null;
  return new LintelError(
    'kept-no-longer',
    `Kept no longer than the settings say: the pictures of ${samples} samples and ${lines} lines of the log were erased.`,
    {
      kept: 'Everybody enrolled is still recognised.',
      todo: 'Nothing. How long things are kept is in the settings.',
      params: { samples, lines },
    },
  ).toReport();
}

function failedNotice(error: unknown): ErrorReport {
  const code = error instanceof LintelError ? error.code : 'internal';
  return new LintelError(code, 'Pictures or lines of the log that are too old could not be erased.', {
    kept: 'They are still there.',
    todo: 'Make room on the disk, or look at who may write to the data folder. It is tried again tomorrow.',
    cause: error,
  }).toReport();
}
