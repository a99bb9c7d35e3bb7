/** The kiosk's records on a folder of a test's own, with a clock it sets and people who are nobody. */
import { randomBytes } from 'node:crypto';
import { Corrections } from '../../src/main/attendance/corrections.ts';
import { CheckInLog } from '../../src/main/attendance/log.ts';
import { AttendanceService } from '../../src/main/attendance/service.ts';
import { openRetentionMemory, Retention, type RetentionMemory } from '../../src/main/backup/retention.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { PeopleRepository } from '../../src/main/people/repository.ts';
import { noteNowhere } from '../../src/main/storage/context.ts';
import type { Document } from '../../src/main/storage/document.ts';
import type { FileOps } from '../../src/main/storage/file-ops.ts';
import { DEFAULT_SETTINGS, type Direction, type Settings } from '../../src/shared/domain.ts';
import type { ErrorReport } from '../../src/shared/errors.ts';
import { GOOD_QUALITY } from './quality.ts';

/** Vectors of no model: the records do not care where they come from. */
export const NO_MODEL = { id: 'random-vectors', sha256: '0'.repeat(64) };

/** Monday to Friday, no start time. */
export const WEEKDAYS = { start: null, graceMinutes: 0, workdays: [1, 2, 3, 4, 5], dayStartsAt: '00:00' };

export class Records {
  settings: Settings;
  readonly notices: ErrorReport[] = [];
  readonly attendance: AttendanceService;
  readonly retention: Retention;

  private constructor(
    readonly people: PeopleRepository,
    readonly checkIns: CheckInLog,
    readonly corrections: Corrections,
    memory: Document<RetentionMemory>,
    settings: Partial<Settings>,
    private readonly clock: { now: number },
  ) {
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    const deps = { people, checkIns, corrections, settings: () => this.settings, wall: () => clock.now };
    this.attendance = new AttendanceService({ ...deps, note: noteNowhere });
    this.retention = new Retention({
      ...deps,
      memory,
      note: noteNowhere,
      onPictures: () => undefined,
      onNotice: (notice) => this.notices.push(notice),
    });
  }

  static async open(folder: string, at: string, settings: Partial<Settings> = {}, ops?: FileOps): Promise<Records> {
    const clock = { now: Date.parse(at) };
    const on = { folder, wall: () => clock.now, ...(ops === undefined ? {} : { ops }) };
    const people = await PeopleRepository.open({ ...on, gallery: new Gallery(512), model: NO_MODEL });
    const [checkIns, corrections] = [await CheckInLog.open(on), await Corrections.open(on)];
    const memory = await openRetentionMemory(on);
    const records = new Records(people, checkIns, corrections, memory, settings, clock);
    await records.attendance.initialise();
    return records;
  }

  /** @param at with its offset, so that nothing rests on the code under test */
  at(at: string): this {
    this.clock.now = Date.parse(at);
    return this;
  }

  get now(): number {
    return this.clock.now;
  }

  /** Enrolls somebody now. @returns their id */
  async enroll(name: string, group: string | null = null, samples = 1): Promise<string> {
    const [person] = await this.people.save([
      {
        kind: 'add',
        name,
        externalId: null,
        group,
        consentAt: this.clock.now,
        samples: Array.from({ length: samples }, () => {
          const vector = Float32Array.from({ length: 512 }, () => Math.random() - 0.5);
          const length = Math.hypot(...vector);
          return {
            source: 'camera' as const,
            pose: null,
            quality: GOOD_QUALITY,
            pictureSha256: null,
            embedding: vector.map((x) => x / length),
            pictures: { aligned: randomBytes(500), portrait: randomBytes(500) },
          };
        }),
      },
    ]);
    return person?.id ?? '';
  }

  /** Somebody checks in, and the kiosk's clock says `at`. @returns the check-in's id */
  async checkIn(
    personId: string,
    at: string,
    direction: Settings['direction'],
  ): Promise<{ id: string; direction: Direction }> {
    this.at(at);
    const person = this.people.find(personId);
    const done = await this.checkIns.record(
      { personId, name: person?.name ?? 'Somebody', similarity: 0.7, threshold: 0.5, model: NO_MODEL.id },
      { cooldownMs: 0, direction, dayOf: (when) => this.attendance.workingDay(person, when), kiosk: 'Door' },
    );
    return done.checkIn;
  }

  async close(): Promise<void> {
    await Promise.all([this.retention.close(), this.attendance.close()]);
    await Promise.all([this.people.close(), this.checkIns.close(), this.corrections.close()]);
  }
}
