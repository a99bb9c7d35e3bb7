/** The kiosk itself: opens every room on one data folder, and answers for all of them. */
import { randomInt } from 'node:crypto';
import type { EventName, EventPayload } from '../../shared/calls.ts';
import {
  type CheckIn,
  type Direction,
  type KioskStatus,
  kioskStatusSchema,
  type ModelState,
  type RecentCheckIn,
  type Settings,
} from '../../shared/domain.ts';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import { Corrections } from '../attendance/corrections.ts';
import { CheckInLog, nextDirection } from '../attendance/log.ts';
import { dayOf } from '../attendance/rules.ts';
import { AttendanceService } from '../attendance/service.ts';
import { openRetentionMemory, Retention, type RetentionMemory } from '../backup/retention.ts';
import { type BackupRecord, BackupService, openBackupFile } from '../backup/service.ts';
import type { CheckInConfig, RecordRequest } from '../checkin/state.ts';
import { SiteCalibrations } from '../evaluation/recalibration.ts';
import { EvaluationService } from '../evaluation/service.ts';
import { Gallery } from '../gallery/gallery.ts';
import { Recognition } from '../gallery/recognition.ts';
import { type FetchOptions, ModelDownloads } from '../models/download.ts';
import type { FoundModel } from '../models/find.ts';
import { ImportService } from '../people/import.ts';
import { PhotoService, PictureService } from '../people/photos.ts';
import { DIMENSIONS } from '../gallery/gallery.ts';
import { PeopleRepository } from '../people/repository.ts';
import { PeopleService, PeopleViews } from '../people/service.ts';
import { type By, type Clock, type NoteAudit, realClock } from '../storage/context.ts';
import type { Document } from '../storage/document.ts';
import { type FileOps, realOps } from '../storage/file-ops.ts';
import { FolderLock } from '../storage/folder-lock.ts';
import { inProcess, VisionEngine, type VisionFactory } from '../vision/engine.ts';
import type { Vision } from '../vision/vision.ts';
import { Connection, type KioskConnection, type KioskHost } from './connection.ts';
import { DiskMonitor } from '../storage/disk-monitor.ts';
import { backupFolder } from './data-files.ts';
import type { Lifecycle } from './maintenance.ts';
import { Operator } from './operator.ts';
import { Security, type Unlock } from './security.ts';
import { SettingsFile } from './settings.ts';

export interface KioskOptions {
  readonly dataDir: string;
  /** Folders to look for models in, first to last. */
  readonly modelDirs: readonly string[];
  /** Path of models/manifest.json; default: the one in the last of `modelDirs` that has one. */
  readonly manifest?: string;
  readonly version: string;
  /** How vision runs. Default: in this process, opened when first needed. */
  readonly vision?: VisionFactory;
  /** Start vision at once (a kiosk) or when first needed (the terminal, the default). */
  readonly startVision?: boolean;
  /** For reading beside a running kiosk: takes no lock, changes nothing on disk. */
  readonly readOnly?: boolean;
  /** Where the door serves MediaPipe's face landmarker, when its file is there. Default `/models/face_landmarker.task`. */
  readonly landmarkerUrl?: string;
  /** `LINTEL_EMBEDDER`; default: from the environment. */
  readonly embedder?: string;
  readonly clock?: Clock;
  readonly fileOps?: FileOps;
  /** What opens the data when they are encrypted. */
  readonly unlock?: Unlock;
  /** Refuse data that are not encrypted. */
  readonly mustBeEncrypted?: boolean;
  /** Who comes through this door, for the audit journal. Default `operator`. */
  readonly by?: By;
  /** What can be done to the data only while the kiosk is closed. Absent: this kiosk has nobody to open it again. */
  readonly lifecycle?: Lifecycle;
}

/** A consistent limit for "these two frames can not show the same face": what one stranger in a hundred pairs reaches. */
const SAME_FACE_FMR = 0.01;

/**
 * Opens a kiosk on a data folder. It opens and serves its screen even without models; its status then says so.
 * @throws LintelError `store-locked`, `store-damaged`, `store-newer`, `store-read-only`, `store-failed`, `vault-locked`,
 *   `passphrase-wrong`, `vault-broken`
 */
export async function openKiosk(options: KioskOptions): Promise<Kiosk> {
  const { dataDir: folder, readOnly = false, clock = realClock } = options;
  const lock = readOnly ? null : await FolderLock.acquire(folder);
  let security: Security | null = null;
  try {
    const { fileOps, unlock, mustBeEncrypted, by } = options;
    const { wall } = clock;
    security = await Security.open({ folder, readOnly, unlock, mustBeEncrypted, by, ops: fileOps, wall });
    const { codec, note } = security;
    const on = {
      folder,
      readOnly,
      wall,
      note,
      ...(fileOps === undefined ? {} : { ops: fileOps }),
      ...(codec === undefined ? {} : { codec }),
    };
    const settings = await SettingsFile.open(on);
    const operator = await Operator.open(on);
    const gallery = new Gallery(DIMENSIONS);
    let changed = (): void => undefined;
    const room = new VisionEngine({
      modelDirs: options.modelDirs,
      ...(options.manifest === undefined ? {} : { manifest: options.manifest }),
      factory: options.vision ?? inProcess,
      embedderEnv: options.embedder ?? process.env['LINTEL_EMBEDDER'],
      onChange: () => changed(),
    });
    await room.choose(settings.current.embedder);
    const people = await PeopleRepository.open({ ...on, gallery, model: room.embedder });
    const log = { ...on, currentId: (id: string) => people.currentId(id) };
    const checkIns = await CheckInLog.open(log);
    const corrections = await Corrections.open(log);
    const site = await SiteCalibrations.open(on);
    const memory = await openRetentionMemory(on);
    const backupRecord = await openBackupFile(on);
    const records = { security, settings, operator, people, checkIns, corrections, site, memory, backupRecord };
    const kiosk = new Kiosk(options, { lock, gallery, room, clock, ...records });
    changed = () => kiosk.statusChanged();
    await kiosk.attendance.initialise();
    if (options.startVision === true) kiosk.startVision();
    if (!readOnly) {
      void checkIns.readLastSeen();
      // What an earlier life of this kiosk had begun. What hinders it (a full disk) hinders nothing else.
      await kiosk.peopleService.anonymise().catch(() => undefined);
      kiosk.retention.start();
      if (options.lifecycle !== undefined) kiosk.backups.start();
    }
    return kiosk;
  } catch (error) {
    await security?.close().catch(() => undefined);
    await lock?.release();
    throw error;
  }
}

interface KioskParts {
  readonly lock: FolderLock | null;
  readonly security: Security;
  readonly settings: SettingsFile;
  readonly operator: Operator;
  readonly gallery: Gallery;
  readonly room: VisionEngine;
  readonly people: PeopleRepository;
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly site: SiteCalibrations;
  readonly memory: Document<RetentionMemory>;
  readonly backupRecord: Document<BackupRecord>;
  readonly clock: Clock;
}

export class Kiosk implements KioskHost {
  onLeaveKiosk: (() => void) | null = null;
  readonly recognition: Recognition;
  readonly pictures: PictureService;
  readonly views: PeopleViews;
  readonly disk: DiskMonitor;
  readonly operator: Operator;
  readonly people: PeopleRepository;
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly gallery: Gallery;
  readonly peopleService: PeopleService;
  readonly imports: ImportService;
  readonly photos: PhotoService;
  readonly attendance: AttendanceService;
  readonly evaluations: EvaluationService;
  readonly retention: Retention;
  readonly backups: BackupService;
  readonly clock: Clock;
  readonly #downloads: ModelDownloads;
  readonly #options: KioskOptions;
  readonly #deps: KioskParts;
  readonly #connections = new Set<Connection>();
  #notices: ErrorReport[];
  #renewing: Promise<void> | null = null;
  #renewal: ErrorReport | null = null;
  #statusQueued = false;
  #lastStatus = '';
  #closed: Promise<void> | null = null;

  /** Use `openKiosk`. */
  constructor(options: KioskOptions, deps: KioskParts) {
    const { security, people, checkIns, corrections, site, settings: file, operator, gallery, room, clock } = deps;
    const { memory, backupRecord } = deps;
    const settings = (): Settings => file.current;
    const { wall } = clock;
    const { note } = security;
    const onNotice = (notice: ErrorReport): void => this.say(notice);
    this.#options = options;
    this.#deps = deps;
    this.people = people;
    this.checkIns = checkIns;
    this.gallery = gallery;
    this.corrections = corrections;
    this.operator = operator;
    this.clock = clock;
    this.recognition = new Recognition({
      gallery,
      nameOf: (id) => people.find(id)?.name ?? '',
      risk: () => settings().risk,
      calibration: site.of(room.embedder)?.calibration ?? room.calibration,
      pairs: room.calibration,
    });
    this.views = new PeopleViews(people, checkIns, (fmr) => this.recognition.similarityAt(fmr));
    this.disk = new DiskMonitor(options.dataDir, options.fileOps ?? realOps, () => this.statusChanged());
    this.pictures = new PictureService({
      people,
      recognition: this.recognition,
      vision: () => this.ready(),
      watch: (write) => this.disk.track(write),
    });
    const { recognition, views, disk, pictures } = this;
    const vision = (): Promise<Vision> => this.ready();
    const statusChanged = (): void => this.statusChanged();
    this.peopleService = new PeopleService({
      people,
      views,
      checkIns,
      corrections,
      gallery,
      recognition,
      disk,
      statusChanged,
    });
    this.imports = new ImportService({ people, vision, disk, note, statusChanged });
    this.photos = new PhotoService({
      people,
      recognition,
      pictures,
      vision,
      record: (request) => this.record({ trackId: 0, ...request }),
    });
    this.attendance = new AttendanceService({ people, checkIns, corrections, settings, wall, note });
    this.evaluations = new EvaluationService({
      people,
      recognition: this.recognition,
      vision: () => this.ready(),
      card: () => room.calibration,
      site,
      settings,
      wall,
      onApplied: () => this.#useCalibration(),
    });
    this.retention = new Retention({
      people,
      checkIns,
      corrections,
      memory,
      settings,
      wall,
      onPictures: (person) => this.views.forget(person),
      onNotice: (notice) => {
        // One for all the nights since somebody last looked.
        this.#notices = this.#notices.filter(({ code }) => code !== notice.code || !DAILY.has(code));
        onNotice(notice);
      },
      note,
    });
    this.backups = new BackupService(backupRecord, {
      contents: backupFolder(options.dataDir, security.codec),
      version: options.version,
      kioskName: () => settings().kioskName,
      lastDeletion: () => security.lastDeletion(),
      onProblem: ({ message, kept, todo, code }) =>
        onNotice(
          new LintelError('backup-failed', `A backup could not be made. ${message}`, {
            kept,
            todo,
            params: { why: code },
          }).toReport(),
        ),
      wall,
      note,
    });
    this.#downloads = new ModelDownloads({
      folder: options.dataDir,
      ...(options.fileOps === undefined ? {} : { ops: options.fileOps }),
      wall,
      look: () => this.#lookForModels(),
      wanted: () => (settings().fetchModels ? this.#missing() : []),
      onChange: () => this.statusChanged(),
    });
    security.onNotice = onNotice;
    const files = [security, file, operator, people, checkIns, corrections, site, memory, backupRecord];
    this.#notices = files.flatMap((one) => one.notices.map((notice) => notice.toReport()));
  }

  // ---- the doors

  connect(send: (name: EventName, payload: unknown) => void): KioskConnection {
    const connection: Connection = new Connection(this, send, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }

  /** Flushes and closes everything; calls after it are refused. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      const { room, people, checkIns, corrections, site, settings, operator, security, lock } = this.#deps;
      for (const connection of [...this.#connections]) connection.close();
      this.disk.close();
      await this.#downloads.close();
      await this.#renewing?.catch(() => undefined);
      await Promise.all([this.retention.close(), this.backups.close(), this.attendance.close()]);
      const files = [people, checkIns, corrections, site, settings, operator];
      await Promise.all(files.map((file) => file.close()));
      await room.close();
      await security.close();
      await lock?.release();
    })();
    return this.#closed;
  }

  /** The keys and the audit journal. */
  get security(): Security {
    return this.#deps.security;
  }

  get folder(): string {
    return this.#options.dataDir;
  }

  /** Null: nobody would open this kiosk again. */
  get lifecycle(): Lifecycle | null {
    return this.#options.lifecycle ?? null;
  }

  /** Said to the operator until it is put away. */
  say(notice: ErrorReport): void {
    this.#notices.push(notice);
    this.statusChanged();
  }

  /** An operator has looked at the clock. @throws LintelError `disk-full` and the like */
  async confirmClock(): Promise<void> {
    await this.disk.track(() => this.retention.confirmClock());
    this.#notices = this.#notices.filter(({ code }) => code !== 'clock-doubtful');
    this.statusChanged();
  }

  /** Writes lines into the audit journal, about what has been done. Never throws. */
  get audit(): NoteAudit {
    return this.#deps.security.note;
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  // ---- seeing

  /** Starts vision without waiting; what goes wrong shows in the status. */
  startVision(): void {
    void this.ready().catch(() => this.statusChanged());
  }

  /**
   * The vision, once it is open and every template that can be is of its model.
   * @throws LintelError `model-missing`, `model-damaged`, `vision-...`
   */
  async ready(): Promise<Vision> {
    const vision = await this.#deps.room.open();
    if (this.people.enrollAgain > 0) this.#renewing ??= this.#renew(vision);
    await this.#renewing;
    return vision;
  }

  /**
   * An operator's "try again" after vision stopped, or after models were put in place: looks for the models anew and starts.
   * While vision runs or starts by itself this does nothing.
   */
  async restartVision(): Promise<void> {
    const { room, settings } = this.#deps;
    if (room.state !== 'stopped' && room.state !== 'no-models') return;
    await this.#changeEmbedder(settings.current.embedder);
    this.statusChanged();
  }

  /** The vision if it is there now; for camera frames, which do not wait. @throws LintelError */
  get vision(): Vision {
    return this.#deps.room.now;
  }

  /**
   * Fetches the model files that are missing and wanted from now on, in the background; for hosts, once their window is open.
   * Does nothing where the settings say so.
   */
  fetchModels(options: FetchOptions): void {
    if (this.#options.readOnly !== true) this.#downloads.start(options);
  }

  /** Files that came, from the network or by hand, are used without a restart. */
  async #lookForModels(): Promise<void> {
    const { room } = this.#deps;
    await room.lookAgain();
    const { embedder, embedderNext } = this.settings;
    const isHere = (id: string): boolean => room.found.some(({ entry, state }) => entry.id === id && state === 'ready');
    if (embedderNext !== null && isHere(embedderNext)) await this.updateSettings({ embedder: embedderNext }, 'kiosk');
    else if (embedder !== null && isHere(embedder) && room.state === 'no-models') await this.restartVision();
  }

  /** What may be fetched by itself: the landmarker, and the embedder that was chosen. */
  #missing(): FoundModel[] {
    const { embedder, embedderNext } = this.settings;
    return this.#deps.room.found.filter(
      ({ entry, state }) =>
        state !== 'ready' &&
        entry.download !== undefined &&
        (entry.kind === 'landmarker'
          ? this.landmarkerPath === null
          : entry.kind === 'embedder' && (entry.id === embedderNext || entry.id === embedder)),
    );
  }

  #models(): ModelState[] {
    const { room } = this.#deps;
    const wanted = new Set(this.#missing().map(({ entry }) => entry.id));
    const offered = room.found.filter(({ entry, state }) => {
      const may = entry.kind === 'embedder' && entry.download !== undefined && state === 'missing';
      return may || wanted.has(entry.id);
    });
    const downloads = new Map(
      offered.map(({ entry: { id } }): [string, NonNullable<ModelState['download']>] => {
        if (!this.settings.fetchModels) return [id, { state: 'off', by: 'setting' }];
        if (!this.#downloads.started) return [id, { state: 'off', by: 'offline' }];
        return [id, (wanted.has(id) ? this.#downloads.stateOf(id) : null) ?? { state: 'offered' }];
      }),
    );
    return room.models.map((model) => {
      const download = downloads.get(model.id);
      return download === undefined ? model : { ...model, download };
    });
  }

  /** Path of MediaPipe's face landmarker; null when it is missing. */
  get landmarkerPath(): string | null {
    return this.#deps.room.landmarkerPath;
  }

  // ---- check-ins

  get checkInConfig(): CheckInConfig {
    const { votes, cooldownSeconds, liveness: mode } = this.settings;
    const sameFace = this.recognition.similarityAt(SAME_FACE_FMR);
    const liveness = mode === 'off' ? {} : { liveness: { mode, random: unforeseeable } };
    return { votes, cooldownMs: cooldownSeconds * 1000, sameFace, ...liveness };
  }

  /** Writes a check-in and tells everybody. Resolves when it is on disk. @throws LintelError `disk-full` and the like */
  async record(request: RecordRequest): ReturnType<CheckInLog['record']> {
    const { personId, similarity, threshold } = request;
    const { name } = this.people.get(personId);
    const { direction, cooldownSeconds, kioskName } = this.settings;
    const cooldownMs = cooldownSeconds * 1000;
    const dayOf = this.#workingDays(personId);
    const model = this.people.model?.id ?? '';
    const done = await this.disk.track(() =>
      this.checkIns.record(
        { personId, name, similarity, threshold, model },
        { cooldownMs, direction: request.direction ?? direction, dayOf, kiosk: kioskName },
      ),
    );
    if (done.kind === 'recorded') this.broadcast('checkedIn', await this.#recentOf(done.checkIn));
    return done;
  }

  /** Where people are asked: what the person's last check-in suggests. Null: nobody is asked. */
  ask(personId: string): Direction | null {
    if (this.settings.direction !== 'ask') return null;
    const last = this.checkIns.lastDirection(personId);
    return nextDirection('alternate', last, this.clock.wall(), this.#workingDays(personId));
  }

  #workingDays(personId: string): (at: number) => string {
    const person = this.people.find(personId);
    return (at) => this.attendance.workingDay(person, at);
  }

  recentCheckIns(): Promise<RecentCheckIn[]> {
    return Promise.all(this.checkIns.recent.map((checkIn) => this.#recentOf(checkIn)));
  }

  /** The check-ins of a day (`YYYY-MM-DD` in the settings' time zone); null: today. As the kiosk wrote them. */
  async log(day: string | null): Promise<{ day: string; checkIns: CheckIn[] }> {
    const { timeZone } = this.attendance;
    const wanted = day ?? dayOf(this.clock.wall(), timeZone);
    return { day: wanted, checkIns: await this.checkIns.forDay(wanted, timeZone) };
  }

  // ---- settings and status

  get settings(): Settings {
    return this.#deps.settings.current;
  }

  /** Changes settings; they apply at once. @throws LintelError `model-missing`, `model-damaged`, `disk-full` and the like */
  async updateSettings(
    change: { readonly [K in keyof Settings]?: Settings[K] | undefined },
    by?: By,
  ): Promise<Settings> {
    const { room, settings } = this.#deps;
    const before = settings.current.embedder;
    if (change.embedder !== undefined && change.embedder !== before) await room.check(change.embedder);
    // Whoever chooses one that is here waits for no other.
    const whole = change.embedder === undefined ? change : { embedderNext: null, ...change };
    const next = await this.disk.track(() => settings.update(whole, by));
    if (next.embedder !== before) await this.#changeEmbedder(next.embedder);
    if (change.retention !== undefined) this.retention.changed();
    this.#downloads.changed();
    this.statusChanged();
    return next;
  }

  dismissNotices(): void {
    this.#notices = [];
    this.statusChanged();
  }

  status(): KioskStatus {
    const { room } = this.#deps;
    return {
      version: this.#options.version,
      vision: room.state,
      models: this.#models(),
      people: this.people.size,
      enrollAgain: this.people.enrollAgain,
      threshold: this.people.model === null ? null : this.recognition.threshold,
      pinSet: this.operator.pinSet,
      trouble: mutable(this.disk.report ?? room.trouble),
      notices: [...this.#notices, ...(this.#renewal === null ? [] : [this.#renewal])].map((notice) => ({ ...notice })),
      settings: this.settings,
      landmarkerUrl:
        this.landmarkerPath === null ? null : (this.#options.landmarkerUrl ?? '/models/face_landmarker.task'),
    };
  }

  /** Tells every connection, once for all the changes of this moment, and only when there is something new. */
  statusChanged(): void {
    if (this.#statusQueued || this.closed) return;
    this.#statusQueued = true;
    setImmediate(() => {
      this.#statusQueued = false;
      const status = kioskStatusSchema.parse(this.status());
      const text = JSON.stringify(status);
      if (text === this.#lastStatus || this.closed) return;
      this.#lastStatus = text;
      this.broadcast('status', status);
    });
  }

  broadcast<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const connection of this.#connections) connection.send(name, payload);
  }

  async #recentOf({ id, at, name, direction, personId }: CheckIn): Promise<RecentCheckIn> {
    return { id, at, name, direction, picture: await this.views.picture(personId) };
  }

  async #changeEmbedder(embedder: string | null): Promise<void> {
    const { room } = this.#deps;
    await this.#renewing?.catch(() => undefined);
    this.#renewing = null;
    await room.change(embedder);
    this.#useCalibration();
    await this.people.useModel(room.embedder);
    this.startVision();
  }

  /** What was learnt here for the model in use, or its card's. */
  #useCalibration(): void {
    const { room, site } = this.#deps;
    this.recognition.useCalibration(site.of(room.embedder)?.calibration ?? room.calibration, room.calibration);
    this.statusChanged();
  }

  /** Templates of another model are made again from the kept crops, while the kiosk says so. */
  async #renew(vision: Vision): Promise<void> {
    const say = (done: number, total: number): void => {
      this.#renewal = new LintelError('enroll-again', `Getting ready for another model: ${done} of ${total} people.`, {
        kept: 'Everybody enrolled.',
        todo: 'Nothing: it goes on by itself.',
        params: { done, total },
      }).toReport();
      this.statusChanged();
    };
    try {
      await this.people.renew((crops) => vision.embedAligned(crops), say);
    } catch (error) {
      this.#notices.push(reportOf(error));
    } finally {
      this.#renewal = null;
      const left = this.people.enrollAgain;
      if (left > 0)
        this.#notices.push(
          new LintelError('enroll-again', `${left} people must be enrolled again for the model in use.`, {
            kept: 'Their names and check-ins.',
            todo: 'Open each person marked so and take new pictures.',
            params: { count: left },
          }).toReport(),
        );
      this.statusChanged();
    }
  }
}

/** Notices that may come every night. */
const DAILY: ReadonlySet<string> = new Set(['kept-no-longer', 'clock-doubtful']);

/** [0, 1) that nobody at the door can guess. */
const unforeseeable = (): number => randomInt(2 ** 32) / 2 ** 32;

/** The same report, of the type that zod gives. */
const mutable = (report: ErrorReport | null): KioskStatus['trouble'] => (report === null ? null : { ...report });
