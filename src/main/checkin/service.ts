/** Check-ins of this kiosk: the settings they are decided by, the record, and what was recorded. */
import { randomInt } from 'node:crypto';
import { done, type Handlers } from '../../shared/calls.ts';
import type { CheckIn, Direction, RecentCheckIn, Settings } from '../../shared/domain.ts';
import { type CheckInLog, nextDirection, type Recorded } from '../attendance/log.ts';
import { dayOf } from '../attendance/rules.ts';
import type { AttendanceService } from '../attendance/service.ts';
import type { Recognition } from '../gallery/recognition.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import type { CheckInController } from './controller.ts';
import type { CheckInConfig, RecordRequest } from './state.ts';

interface CheckInServiceDeps {
  readonly people: {
    readonly model: { readonly id: string } | null;
    find(id: string): { readonly group: string | null } | undefined;
    /** @throws LintelError `not-found` */
    get(id: string): { readonly name: string };
  };
  readonly checkIns: CheckInLog;
  readonly attendance: AttendanceService;
  readonly recognition: Recognition;
  readonly settings: () => Settings;
  readonly disk: DiskMonitor;
  /** Unix ms. */
  readonly wall: () => number;
  readonly pictureOf: (personId: string) => Promise<string | null>;
  /** Told of each check-in that is on disk. */
  readonly onCheckIn: (checkIn: RecentCheckIn) => void;
}

/** A consistent limit for "these two frames can not show the same face": what one stranger in a hundred pairs reaches. */
const SAME_FACE_FMR = 0.01;

export class CheckInService {
  readonly #deps: CheckInServiceDeps;

  constructor(deps: CheckInServiceDeps) {
    this.#deps = deps;
  }

  get config(): CheckInConfig {
    const { settings, recognition } = this.#deps;
    const { votes, cooldownSeconds, liveness: mode } = settings();
    const liveness = mode === 'off' ? {} : { liveness: { mode, random: unforeseeable } };
    return {
      votes,
      cooldownMs: cooldownSeconds * 1000,
      sameFace: recognition.similarityAt(SAME_FACE_FMR),
      ...liveness,
    };
  }

  last(personId: string): CheckIn | null {
    return this.#deps.checkIns.last(personId);
  }

  /** Writes a check-in and tells everybody. Resolves when it is on disk. @throws LintelError `disk-full` and the like */
  async record(request: Omit<RecordRequest, 'trackId'>): Promise<Recorded> {
    const { people, settings, disk, checkIns, onCheckIn } = this.#deps;
    const { personId, similarity, threshold } = request;
    const { name } = people.get(personId);
    const { direction, cooldownSeconds, kioskName } = settings();
    const recorded = await disk.track(() =>
      checkIns.record(
        { personId, name, similarity, threshold, model: people.model?.id ?? '' },
        {
          cooldownMs: cooldownSeconds * 1000,
          direction: request.direction ?? direction,
          dayOf: this.#workingDays(personId),
          kiosk: kioskName,
        },
      ),
    );
    if (recorded.kind === 'recorded') onCheckIn(await this.#recentOf(recorded.checkIn));
    return recorded;
  }

  /** Where people are asked: what the person's last check-in suggests. Null: nobody is asked. */
  ask(personId: string): Direction | null {
    const { settings, checkIns, wall } = this.#deps;
    if (settings().direction !== 'ask') return null;
    return nextDirection('alternate', checkIns.lastDirection(personId), wall(), this.#workingDays(personId));
  }

  recent(): Promise<RecentCheckIn[]> {
    return Promise.all(this.#deps.checkIns.recent.map((checkIn) => this.#recentOf(checkIn)));
  }

  /** The check-ins of a day (`YYYY-MM-DD` in the settings' time zone); null: today. As the kiosk wrote them. */
  async log(day: string | null): Promise<{ day: string; checkIns: CheckIn[] }> {
    const { attendance, wall, checkIns } = this.#deps;
    const { timeZone } = attendance;
    const wanted = day ?? dayOf(wall(), timeZone);
    return { day: wanted, checkIns: await checkIns.forDay(wanted, timeZone) };
  }

  #workingDays(personId: string): (at: number) => string {
    const { people, attendance } = this.#deps;
    const person = people.find(personId);
    return (at) => attendance.workingDay(person, at);
  }

  async #recentOf({ id, at, name, direction, personId }: CheckIn): Promise<RecentCheckIn> {
    return { id, at, name, direction, picture: await this.#deps.pictureOf(personId) };
  }
}

/** [0, 1) that nobody in front of the kiosk can guess. */
const unforeseeable = (): number => randomInt(2 ** 32) / 2 ** 32;

/** @param controller of the connection that asks */
export const checkInCalls = (
  { checkInService }: { readonly checkInService: CheckInService },
  controller: CheckInController,
) =>
  ({
    getRecentCheckIns: () => checkInService.recent(),
    resetCheckIn: () => done(controller.reset()),
    chooseDirection: ({ direction }) => done(controller.choose(direction)),
    getLog: ({ day }) => checkInService.log(day),
  }) satisfies Partial<Handlers>;
