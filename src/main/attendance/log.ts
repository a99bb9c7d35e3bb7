/** Who came and went: the journal of check-ins, and what the kiosk must know of it without reading it again. */
import { type CheckIn, checkInSchema, type Settings } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { journalIn, newId, type StorageContext } from '../storage/context.ts';
import { untilSeen } from '../storage/durable-file.ts';
import type { Journal, JournalDamage, RewriteOptions } from '../storage/journal.ts';
import { dayBounds, dayOf } from './rules.ts';

/** How many check-ins the idle screen shows. */
const RECENT = 3;
/** What is read before the kiosk serves anybody, ms: more than the longest cooldown and the day in progress. */
const READ_AT_OPEN_MS = 32 * 86_400_000;

interface NewCheckIn {
  readonly personId: string;
  readonly name: string;
  readonly similarity: number;
  readonly threshold: number;
  readonly model: string;
}

interface CheckInRules {
  readonly cooldownMs: number;
  /** `in` and `out` also when the person chose it. */
  readonly direction: Settings['direction'];
  /** Which working day of the person's a moment belongs to, for `alternate`; absent: the machine's days. */
  readonly dayOf?: (at: number) => string;
  readonly kiosk: string;
}

type LastSeen = Pick<CheckIn, 'at' | 'direction'>;

/** `recorded`: it is on disk. `already`: this person was checked in less than the cooldown ago; nothing was written. */
export type Recorded = { readonly kind: 'recorded' | 'already'; readonly checkIn: CheckIn };

export class CheckInLog {
  readonly #journal: Journal<CheckIn>;
  readonly #wall: () => number;
  /** Lines of somebody who was merged with another are read as that person's. */
  readonly #currentId: (id: string) => string;
  /** The last check-in of each person, in the journal's order. */
  readonly #last = new Map<string, CheckIn>();
  /** Where corrections say otherwise than `#last`, until the next check-in. */
  readonly #corrected = new Map<string, LastSeen | null>();
  readonly #pending = new Map<string, Promise<Recorded>>();
  #recent: CheckIn[] = [];
  #older: Promise<void> | null = null;
  readonly notices: LintelError[] = [];

  private constructor(journal: Journal<CheckIn>, wall: () => number, currentId: (id: string) => string) {
    this.#journal = journal;
    this.#wall = wall;
    this.#currentId = currentId;
  }

  /** `currentId`: see `People.currentId`. */
  static async open(on: StorageContext & { readonly currentId?: (id: string) => string }): Promise<CheckInLog> {
    const { wall = Date.now, currentId = (id) => id } = on;
    const journal = journalIn<CheckIn>(on, { prefix: 'checkins', schema: checkInSchema, timeOf: ({ at }) => at });
    const checkIns = new CheckInLog(journal, wall, currentId);
    checkIns.notices.push(...(await untilSeen(on, 'checkins', (await journal.open()).map(damageNotice))));
    const damage: JournalDamage[] = [];
    // Also what lies in the future: the clock may have been set back since.
    for await (const one of journal.read(wall() - READ_AT_OPEN_MS, FAR_FUTURE, (found) => damage.push(found)))
      checkIns.#remember(checkIns.#now(one));
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
      direction: nextDirection(rules.direction, this.lastDirection(entry.personId), at, rules.dayOf),
      kiosk: rules.kiosk,
    };
    await this.#journal.append(checkIn);
    this.#remember(checkIn);
    this.#corrected.delete(checkIn.personId);
    return { kind: 'recorded', checkIn };
  }

  /** The check-ins of a day by the kiosk's clock (`YYYY-MM-DD`), in the order they were written. */
  async forDay(day: string, timeZone?: string): Promise<CheckIn[]> {
    const { from, to } = dayBounds(day, timeZone);
    const found: CheckIn[] = [];
    for await (const checkIn of this.read(from, to)) found.push(checkIn);
    return found;
  }

  /** Check-ins with from <= time < to (Unix ms), in the journal's order. */
  async *read(from: number, to: number): AsyncGenerator<CheckIn> {
    for await (const checkIn of this.#journal.read(from, to)) yield this.#now(checkIn);
  }

  /** The check-in of this id, wherever in the journal it is; null: there is none. */
  async find(id: string): Promise<CheckIn | null> {
    const recently = this.#wall() - READ_AT_OPEN_MS;
    // Nearly always one of the last weeks; the years before are read only when it is not.
    for await (const one of this.read(recently, FAR_FUTURE)) if (one.id === id) return one;
    for await (const one of this.read(0, recently)) if (one.id === id) return one;
    return null;
  }

  /** When and in which direction the person was last here, corrections counted; for what comes next. */
  lastDirection(personId: string): LastSeen | null {
    const corrected = this.#corrected.get(personId);
    return corrected === undefined ? this.last(personId) : corrected;
  }

  /** Corrections have changed what the last thing was that a person did; null: nothing is left of it. */
  correctLast(personId: string, last: LastSeen | null): void {
    this.#corrected.set(personId, last);
  }

  /**
   * Erases check-ins from the journal for good.
   * @param isGone which
   * @param options see `Journal.rewrite`
   * @returns how many
   */
  async erase(isGone: (checkIn: CheckIn) => boolean, options: RewriteOptions): Promise<number> {
    const count = await this.#journal.rewrite((checkIn) => (isGone(checkIn) ? null : checkIn), options);
    for (const [id, last] of this.#last) if (isGone(last)) this.#last.delete(id);
    this.#recent = this.#recent.filter((one) => !isGone(one));
    return count;
  }

  /** Two people are one from now on (`currentId` says so already): what `otherId` did last, `keepId` did. */
  adopt(keepId: string, otherId: string): void {
    const [keep, other] = [this.#last.get(keepId), this.#last.get(otherId)];
    if (other !== undefined && (keep === undefined || keep.at < other.at)) this.#last.set(keepId, this.#now(other));
    this.#last.delete(otherId);
    this.#corrected.delete(otherId);
    this.#corrected.delete(keepId);
    this.#recent = this.#recent.map((checkIn) => this.#now(checkIn));
  }

  /**
   * Takes a person's name and id out of the journal for good: `as` stands in every line of theirs instead. Lines that can not
   * be read, and torn ends kept aside, go too: they may hold the name.
   * @param ids every id the person ever had
   * @returns how many lines were changed
   */
  async anonymise(ids: ReadonlySet<string>, as: { readonly personId: string; readonly name: string }): Promise<number> {
    const change = (checkIn: CheckIn): CheckIn => (ids.has(checkIn.personId) ? { ...checkIn, ...as } : checkIn);
    const count = await this.#journal.rewrite(change, { dropDamaged: () => true });
    for (const id of ids) {
      this.#last.delete(id);
      this.#corrected.delete(id);
    }
    this.#recent = this.#recent.map(change);
    return count;
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
    for await (const checkIn of this.read(0, this.#wall() - READ_AT_OPEN_MS)) older.set(checkIn.personId, checkIn);
    for (const [id, checkIn] of older) if (!this.#last.has(id)) this.#last.set(id, checkIn);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  #now(checkIn: CheckIn): CheckIn {
    const personId = this.#currentId(checkIn.personId);
    return personId === checkIn.personId ? checkIn : { ...checkIn, personId };
  }

  #remember(checkIn: CheckIn): void {
    this.#last.set(checkIn.personId, checkIn);
    this.#recent = [checkIn, ...this.#recent].slice(0, RECENT);
  }
}

/** The journal knows years of four digits. */
const FAR_FUTURE = new Date(9999, 10, 1).getTime();

/**
 * In or out. Alternating, a person's first of the working day is in, and each one after that the opposite of the one before:
 * so a check-out that was forgotten yesterday does not turn today around. The working day is the schedule's of the person's
 * group: for people who work over midnight it must begin when none of them is at work (`dayStartsAt` 12:00), or their way
 * home counts as the first of a new day and is taken for an in. Asked, the same is what is suggested.
 */
export function nextDirection(
  mode: Settings['direction'],
  last: LastSeen | null,
  at: number,
  day: (at: number) => string = dayOf,
): CheckIn['direction'] {
  if (mode === 'in' || mode === 'out') return mode;
  const insideToday = last !== null && day(last.at) === day(at) && last.direction === 'in';
  return insideToday ? 'out' : 'in';
}

function damageNotice(damage: JournalDamage): LintelError {
  const { file, line } = damage;
  if (line === null)
    return typeof damage.keptAs === 'string'
      ? new LintelError('store-damaged.log-torn-kept', { file, keptAs: damage.keptAs })
      : new LintelError('store-damaged.log-torn', { file });
  return new LintelError('store-damaged.log-line', { file, line });
}
