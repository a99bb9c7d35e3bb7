/** What has been kept long enough. Pure; whoever removes it says so in the audit journal. */

const DAY = 86_400_000;

/** Days; null: for ever. */
export interface RetentionPolicy {
  /** Pictures of a sample, after it was taken. The vector stays; it can not follow a change of model without them. */
  readonly picturesDays: number | null;
  /** Check-ins. */
  readonly checkInsDays: number | null;
  /** People who were not seen, nor enrolled or changed, for so long. */
  readonly unseenDays: number | null;
}

export interface RetentionFacts {
  readonly now: number;
  /** When retention last ran; null: never. */
  readonly lastRun: number | null;
  readonly people: readonly {
    readonly id: string;
    readonly updatedAt: number;
    readonly lastSeenAt: number | null;
    readonly samples: readonly { readonly id: string; readonly addedAt: number }[];
  }[];
  /** The journal's files, `YYYY-MM` of each. */
  readonly months: readonly string[];
  /** An operator has looked at the clock and said it is right. */
  readonly clockConfirmed?: boolean;
}

export interface RetentionPlan {
  /** Why nothing is removed: the clock went back, or further ahead than a kiosk is likely to have been off. */
  readonly held: 'clock-back' | 'clock-ahead' | null;
  /** Ids of samples whose pictures go. Not of people who go: theirs go with them. */
  readonly pictures: readonly string[];
  /** Ids of people who go. */
  readonly people: readonly string[];
  /** Months whose file goes as a whole. */
  readonly months: readonly string[];
  /** Check-ins before this moment (Unix ms) go, from the one month that is partly old; null: none. */
  readonly checkInsBefore: number | null;
}

/** A clock further ahead than this since the last run needs an operator's word: a dead clock battery would else erase all. */
export const LONGEST_PAUSE_DAYS = 45;

export function planRetention(facts: RetentionFacts, policy: RetentionPolicy): RetentionPlan {
  const { now, lastRun, clockConfirmed = false } = facts;
  const known = lastRun ?? latestSign(facts);
  const held = clockConfirmed || known === null ? null : jump(now - known);
  if (held !== null) return { held, pictures: [], people: [], months: [], checkInsBefore: null };
  const before = (days: number | null): number => (days === null ? -Infinity : now - days * DAY);
  const people = facts.people.filter(
    ({ updatedAt, lastSeenAt }) => Math.max(updatedAt, lastSeenAt ?? -Infinity) < before(policy.unseenDays),
  );
  const going = new Set(people.map(({ id }) => id));
  const pictures = facts.people
    .filter(({ id }) => !going.has(id))
    .flatMap(({ samples }) => samples.filter(({ addedAt }) => addedAt < before(policy.picturesDays)));
  const limit = before(policy.checkInsDays);
  const months = facts.months.filter((month) => endOf(month) <= limit);
  return {
    held: null,
    pictures: pictures.map(({ id }) => id),
    people: [...going],
    months,
    checkInsBefore: limit === -Infinity ? null : limit,
  };
}

/** Before the first run: when somebody was last enrolled, changed or seen. */
function latestSign({ people }: RetentionFacts): number | null {
  if (people.length === 0) return null;
  return people.reduce((last, one) => Math.max(last, one.updatedAt, one.lastSeenAt ?? -Infinity), -Infinity);
}

function jump(since: number): RetentionPlan['held'] {
  if (since < 0) return 'clock-back';
  return since > LONGEST_PAUSE_DAYS * DAY ? 'clock-ahead' : null;
}

/** When a month's file can hold nothing younger, Unix ms, in whatever time zone it was written. */
function endOf(month: string): number {
  const [year = 0, index = 0] = month.split('-').map(Number);
  return Date.UTC(year, index, 1) + DAY;
}
