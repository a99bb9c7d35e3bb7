/** Who came and went: the journal of check-ins, and what the kiosk must know of it without reading it again. */
import { checkInSchema, type CheckIn, type Settings } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Codec } from '../store/codec.ts';
import { Journal, type JournalDamage } from '../store/journal.ts';
import type { FileOps } from '../store/ops.ts';
import { dayBounds, dayOf } from './days.ts';
import { newId } from './ids.ts';

/** How many check-ins the idle screen shows. */
export const RECENT = 3;
/** What is read before the kiosk serves anybody, ms: more than the longest cooldown and the day in progress. */
const READ_AT_OPEN_MS = 32 * 86_400_000;

export interface NewCheckIn {
  readonly personId: string;
  readonly name: string;
  readonly similarity: number;
  readonly threshold: number;
  readonly model: string;
}

export interface CheckInRules {
  readonly cooldownMs: number;
  readonly direction: Settings['direction'];
  readonly kiosk: string;
}

/** `recorded`: it is on disk. `already`: this person was checked in less than the cooldown ago; nothing was written. */
export type Recorded = { readonly kind: 'recorded' | 'already'; readonly checkIn: CheckIn };

export class CheckIns {
  readonly #journal: Journal<CheckIn>;
  readonly #wall: () => number;
  /** The last check-in of each person, in the journal's order. */
  readonly #last = new Map<string, CheckIn>();
  readonly #pending = new Map<string, Promise<Recorded>>();
  #recent: CheckIn[] = [];
  #older: Promise<void> | null = null;
  readonly notices: LintelError[] = [];

  private constructor(journal: Journal<CheckIn>, wall: () => number) {
    this.#journal = journal;
    this.#wall = wall;
  }

  static async open(options: {
    readonly folder: string;
    readonly readOnly?: boolean;
    readonly ops?: FileOps;
    readonly codec?: Codec;
    readonly wall?: () => number;
  }): Promise<CheckIns> {
    const wall = options.wall ?? Date.now;
    const journal = new Journal<CheckIn>({
      folder: options.folder,
      prefix: 'checkins',
      schema: checkInSchema,
      timeOf: (checkIn) => checkIn.at,
      readOnly: options.readOnly ?? false,
      now: wall,
      ...(options.ops === undefined ? {} : { ops: options.ops }),
      ...(options.codec === undefined ? {} : { codec: options.codec }),
    });
    const checkIns = new CheckIns(journal, wall);
    const damage = [...(await journal.open())];
    // Also what lies in the future: the clock may have been set back since.
    for await (const one of journal.read(wall() - READ_AT_OPEN_MS, FAR_FUTURE, (found) => damage.push(found)))
      checkIns.#remember(one);
    checkIns.notices.push(...damage.map(damageNotice));
    return checkIns;
  }

  /** The last check-ins, newest first, at most `RECENT`. */
  get recent(): readonly CheckIn[] {
    return this.#recent;
  }

  /** A person's last check-in, of those read so far. */
  last(personId: string): CheckIn | null {
    return this.#last.get(personId) ?? null;
  }

  /**
   * Writes a check-in. Two screens that see the same person at once write one.
   * @throws LintelError `disk-full`, `store-read-only`, `store-failed`: then nothing was written
   */
  record(entry: NewCheckIn, rules: CheckInRules): Promise<Recorded> {
    const underway = this.#pending.get(entry.personId);
    if (underway !== undefined)
      return underway.then(
        ({ checkIn }) => (rules.cooldownMs > 0 ? { kind: 'already', checkIn } : this.record(entry, rules)),
        () => this.record(entry, rules),
      );
    const work = this.#record(entry, rules).finally(() => this.#pending.delete(entry.personId));
    this.#pending.set(entry.personId, work);
    return work;
  }

  async #record(entry: NewCheckIn, rules: CheckInRules): Promise<Recorded> {
    const at = this.#wall();
    const last = this.last(entry.personId);
    if (last !== null && at >= last.at && at - last.at < rules.cooldownMs) return { kind: 'already', checkIn: last };
    const checkIn: CheckIn = {
      id: newId('c'),
      at,
      ...entry,
      direction: nextDirection(rules.direction, last, at),
      kiosk: rules.kiosk,
    };
    await this.#journal.append(checkIn);
    this.#remember(checkIn);
    return { kind: 'recorded', checkIn };
  }

  /** The check-ins of a day by the kiosk's clock (`YYYY-MM-DD`), in the order they were written. */
  async forDay(day: string): Promise<CheckIn[]> {
    const { from, to } = dayBounds(day);
    const found: CheckIn[] = [];
    for await (const checkIn of this.#journal.read(from, to)) found.push(checkIn);
    return found;
  }

  /** When each person was last seen, from the whole journal; for lists, where an old visit counts too. */
  readLastSeen(): Promise<void> {
    this.#older ??= this.#readOlder().catch(() => {
      this.#older = null; // the lists go without for now, the next one tries again
    });
    return this.#older;
  }

  async #readOlder(): Promise<void> {
    const older = new Map<string, CheckIn>();
    for await (const checkIn of this.#journal.read(0, this.#wall() - READ_AT_OPEN_MS))
      older.set(checkIn.personId, checkIn);
    for (const [id, checkIn] of older) if (!this.#last.has(id)) this.#last.set(id, checkIn);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #remember(checkIn: CheckIn): void {
    this.#last.set(checkIn.personId, checkIn);
    this.#recent = [checkIn, ...this.#recent].slice(0, RECENT);
  }
}

/** The journal knows years of four digits. */
const FAR_FUTURE = new Date(9999, 10, 1).getTime();

/** In or out. Alternating, a person's first of the day is in, and each one after that the opposite of the one before. */
export function nextDirection(mode: Settings['direction'], last: CheckIn | null, at: number): CheckIn['direction'] {
  if (mode === 'in' || mode === 'out') return mode;
  const insideToday = last !== null && dayOf(last.at) === dayOf(at) && last.direction === 'in';
  return insideToday ? 'out' : 'in';
}

function damageNotice(damage: JournalDamage): LintelError {
  const { file, line } = damage;
  if (line === null)
    return new LintelError('store-damaged', `The last line of ${file} was cut short and was dropped.`, {
      kept: `Every line before it${typeof damage.keptAs !== 'string' ? '' : `; what was cut off is in ${damage.keptAs}`}.`,
      todo: 'Nothing: it had not been announced as checked in.',
      params: { file },
    });
  return new LintelError('store-damaged', `Line ${line} of ${file} is damaged and is left out of the log.`, {
    kept: 'Every other line; the damaged one was left where it is.',
    todo: 'Check the disk, and restore the file from a backup if there is one.',
    params: { file, line },
  });
}
