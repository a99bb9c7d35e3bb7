/** The kiosk itself: opens every part of it on one data folder, and answers for all of them. */
import type { EventName, EventPayload } from '../../shared/calls.ts';
import { type KioskStatus, kioskStatusSchema, type Settings } from '../../shared/domain.ts';
import { type ErrorReport, keyOfReport, LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { Corrections } from '../attendance/corrections.ts';
import { CheckInLog } from '../attendance/log.ts';
import { AttendanceService } from '../attendance/service.ts';
import { openRetentionMemory, Retention, type RetentionMemory } from '../backup/retention.ts';
import { type BackupRecord, BackupService, openBackupFile } from '../backup/service.ts';
import { CheckInService } from '../checkin/controller.ts';
import { SiteCalibrations } from '../evaluation/recalibration.ts';
import { EvaluationService } from '../evaluation/service.ts';
import { DIMENSIONS, Gallery } from '../gallery/gallery.ts';
import { Recognition } from '../gallery/recognition.ts';
import type { FoundModels } from '../models/find.ts';
import { AmbiguousPairs } from '../people/ambiguous-pairs.ts';
import { ImportService } from '../people/import.ts';
import { PhotoService, PictureService } from '../people/photos.ts';
import { templateLength } from '../people/records.ts';
import { PeopleRepository } from '../people/repository.ts';
import { PeopleService, PeopleViews } from '../people/service.ts';
import { Audit } from '../storage/audit-journal.ts';
import { type By, type Clock, type NoteAudit, realClock } from '../storage/context.ts';
import { DiskMonitor } from '../storage/disk-monitor.ts';
import type { Document } from '../storage/document.ts';
import { forgetUnseen } from '../storage/durable-file.ts';
import { type FileOps, realOps } from '../storage/file-ops.ts';
import { FolderLock } from '../storage/folder-lock.ts';
import { inProcess, VisionEngine, type VisionFactory } from '../vision/engine.ts';
import type { Vision } from '../vision/vision.ts';
import type { Connection, KioskConnection, KioskHost } from './connection.ts';
import { backupFolder } from './data-files.ts';
import type { Lifecycle } from './maintenance.ts';
import { ModelService } from './model-service.ts';
import { Operator } from './operator.ts';
import { Security, type Unlock } from './security.ts';
import { SettingsFile } from './settings.ts';

export interface KioskOptions {
  readonly dataDir: string;
  /** Folders to look for models in, first to last. */
  readonly modelDirs: readonly string[];
  /** What `findModels` says of them, where it was asked already. */
  readonly found?: Promise<FoundModels>;
  /** Path of models/manifest.json; default: the one in the last of `modelDirs` that has one. */
  readonly manifest?: string;
  readonly version: string;
  /** How vision runs. Default: in this process, opened when first needed. */
  readonly vision?: VisionFactory;
  /** Start vision at once (a kiosk) or when first needed (the terminal, the default). */
  readonly startVision?: boolean;
  /** For reading beside a running kiosk: takes no lock, changes nothing on disk. */
  readonly readOnly?: boolean;
  /** Where the host serves MediaPipe's face landmarker, when its file is there. Default `/models/face_landmarker.task`. */
  readonly landmarkerUrl?: string;
  /** `LINTEL_EMBEDDER`; default: from the environment. */
  readonly embedder?: string;
  readonly clock?: Clock;
  readonly fileOps?: FileOps;
  /** What opens the data when they are encrypted. */
  readonly unlock?: Unlock;
  /** Refuse data that are not encrypted. */
  readonly mustBeEncrypted?: boolean;
  /** Who uses this host, for the audit journal. Default `operator`. */
  readonly by?: By;
  /** Whether screens will `connect`; what answers them takes a while to load. Default true. */
  readonly screens?: boolean;
  /** What can be done to the data only while the kiosk is closed. Absent: this kiosk has nobody to open it again. */
  readonly lifecycle?: Lifecycle;
}

/**
 * Opens a kiosk on a data folder. It opens and serves its screen even without models; its status then says so.
 * @throws LintelError `store-locked`, `store-damaged`, `store-newer`, `store-read-only`, `store-failed`, `vault-locked`,
 *   `passphrase-wrong`, `vault-broken`
 */
export async function openKiosk(options: KioskOptions): Promise<Kiosk> {
  const { dataDir: folder, readOnly = false, clock = realClock } = options;
  let changed = (): void => undefined;
  const disk = new DiskMonitor(folder, options.fileOps, () => changed());
  const ops = disk.ops;
  const lock = readOnly ? null : await FolderLock.acquire(folder);
  let security: Security | null = null;
  try {
    const { unlock, mustBeEncrypted, by } = options;
    const { wall } = clock;
    security = await Security.open({ folder, readOnly, unlock, mustBeEncrypted, by, ops, wall });
    const { codec, note } = security;
    const on = {
      folder,
      readOnly,
      wall,
      note,
      ops,
      ...given({ codec }),
    };
    const settings = await SettingsFile.open(on);
    const operator = await Operator.open(on);
    const gallery = new Gallery(DIMENSIONS);
    const engine = new VisionEngine({
      modelDirs: options.modelDirs,
      ...given({ manifest: options.manifest, found: options.found }),
      factory: options.vision ?? inProcess,
      embedderEnv: options.embedder ?? process.env['LINTEL_EMBEDDER'],
      onChange: () => changed(),
    });
    await engine.choose(settings.current.embedder);
    const everEnrolled = async (): Promise<boolean> =>
      (await (await Audit.open({ folder, codec, readOnly: true, ops })).readAll()).some(
        ({ kind }) => kind === 'enroll',
      );
    const people = await PeopleRepository.open({ ...on, gallery, model: engine.embedder, everEnrolled });
    const log = { ...on, currentId: (id: string) => people.currentId(id) };
    const checkIns = await CheckInLog.open(log);
    const corrections = await Corrections.open(log);
    const site = await SiteCalibrations.open(on);
    const memory = await openRetentionMemory(on);
    const backupRecord = await openBackupFile(on);
    const ambiguous = await AmbiguousPairs.open(on, (id) => people.find(id));
    const records = {
      security,
      settings,
      operator,
      people,
      ambiguous,
      checkIns,
      corrections,
      site,
      memory,
      backupRecord,
    };
    const connections = options.screens === false ? null : (await import('./connection.ts')).Connection;
    const kiosk = new Kiosk(options, { lock, disk, gallery, engine, clock, connections, ...records });
    changed = () => kiosk.statusChanged();
    await kiosk.attendance.initialise();
    if (options.startVision === true) kiosk.models.start();
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
  readonly disk: DiskMonitor;
  readonly security: Security;
  readonly settings: SettingsFile;
  readonly operator: Operator;
  readonly gallery: Gallery;
  readonly engine: VisionEngine;
  readonly people: PeopleRepository;
  readonly ambiguous: AmbiguousPairs;
  readonly checkIns: CheckInLog;
  readonly corrections: Corrections;
  readonly site: SiteCalibrations;
  readonly memory: Document<RetentionMemory>;
  readonly backupRecord: Document<BackupRecord>;
  readonly clock: Clock;
  readonly connections: typeof Connection | null;
}

export class Kiosk implements KioskHost {
  onLeaveKiosk: (() => void) | null = null;
  readonly recognition: Recognition;
  readonly models: ModelService;
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
  readonly checkInService: CheckInService;
  readonly evaluations: EvaluationService;
  readonly retention: Retention;
  readonly backups: BackupService;
  readonly clock: Clock;
  readonly #options: KioskOptions;
  readonly #deps: KioskParts;
  readonly #connections = new Set<Connection>();
  #notices: ErrorReport[];
  #statusQueued = false;
  #lastStatus = '';
  #closed: Promise<void> | null = null;

  /** Use `openKiosk`. */
  constructor(options: KioskOptions, deps: KioskParts) {
    const { security, people, checkIns, corrections, site, settings: file, operator, gallery, engine, clock } = deps;
    const { memory, backupRecord, ambiguous } = deps;
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
      lengthOf: (id) => {
        const person = people.find(id);
        return person === undefined ? 1 : templateLength(person);
      },
      risk: () => settings().risk,
      calibration: site.of(engine.embedder)?.calibration ?? engine.calibration,
      pairs: engine.calibration,
    });
    this.models = new ModelService({
      engine,
      people,
      recognition: this.recognition,
      site,
      settings,
      updateSettings: (change, by) => this.updateSettings(change, by),
      folder: options.dataDir,
      readOnly: options.readOnly === true,
      ...given({ ops: options.fileOps }),
      wall,
      say: onNotice,
      statusChanged: () => this.statusChanged(),
    });
    this.views = new PeopleViews(people, checkIns, (fmr) => this.recognition.similarityAt(fmr));
    this.disk = deps.disk;
    this.pictures = new PictureService({
      people,
      recognition: this.recognition,
      vision: (needs) => this.models.ready(needs),
      watch: (write) => this.disk.track(write),
    });
    const { recognition, views, disk, pictures } = this;
    const vision = (): Promise<Vision> => this.models.ready();
    const statusChanged = (): void => this.statusChanged();
    this.peopleService = new PeopleService({
      people,
      views,
      checkIns,
      corrections,
      gallery,
      ambiguous,
      recognition,
      disk,
      statusChanged,
    });
    this.imports = new ImportService({ people, recognition, vision, disk, note, statusChanged });
    this.photos = new PhotoService({
      people,
      recognition,
      pictures,
      vision,
      record: (request) => this.checkInService.record(request),
    });
    this.attendance = new AttendanceService({ people, checkIns, corrections, settings, wall, note });
    this.checkInService = new CheckInService({
      people,
      checkIns,
      attendance: this.attendance,
      recognition,
      settings,
      disk,
      wall,
      pictureOf: (id) => views.picture(id),
      ambiguous,
      onAmbiguous: statusChanged,
      onCheckIn: (checkIn) => this.broadcast('checkedIn', checkIn),
    });
    this.evaluations = new EvaluationService({
      people,
      recognition: this.recognition,
      vision: (needs) => this.models.ready(needs),
      card: () => engine.calibration,
      site,
      settings,
      wall,
      onApplied: () => this.models.useCalibration(),
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
      onProblem: (problem) =>
        onNotice(
          new LintelError('backup-failed', {
            ...problem.params,
            why: problem.code,
            reason: keyOfReport(problem),
          }).toReport(),
        ),
      wall,
      note,
    });
    security.onNotice = onNotice;
    const files = [security, file, operator, people, checkIns, corrections, site, memory, backupRecord, ambiguous];
    this.#notices = files.flatMap((one) => one.notices.map((notice) => notice.toReport()));
  }

  // ---- the hosts

  connect(send: (name: EventName, payload: unknown) => void): KioskConnection {
    const { connections } = this.#deps;
    if (connections === null) throw new Error('this kiosk was opened without screens');
    const connection: Connection = new connections(this, send, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    return connection;
  }

  /** Flushes and closes everything; calls after it are refused. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      const { engine, gallery, people, ambiguous, checkIns, corrections, site, settings, operator, security, lock } =
        this.#deps;
      for (const connection of [...this.#connections]) connection.close();
      this.disk.close();
      await this.models.close();
      await Promise.all([this.retention.close(), this.backups.close(), this.attendance.close()]);
      const files = [people, ambiguous, checkIns, corrections, site, settings, operator];
      await Promise.all(files.map((file) => file.close()));
      await engine.close();
      gallery.close();
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

  /** Said to the operator until it is dismissed. */
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

  /** The vision if it is there now. @throws LintelError */
  get vision(): Vision {
    return this.models.vision;
  }

  /** Path of MediaPipe's face landmarker; null when it is missing. */
  get landmarkerPath(): string | null {
    return this.models.landmarkerPath;
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
    const { settings } = this.#deps;
    const before = settings.current;
    if (change.embedder !== undefined && change.embedder !== before.embedder) await this.models.check(change.embedder);
    // Whoever chooses one that is here waits for no other.
    const whole = change.embedder === undefined ? change : { embedderNext: null, ...change };
    const next = await this.disk.track(() => settings.update(whole, by));
    await this.models.settingsChanged(before);
    if (change.retention !== undefined) this.retention.changed();
    this.statusChanged();
    return next;
  }

  /** An operator has seen them. @param codes only these; null: all. @throws LintelError `store-read-only` and the like */
  async dismissNotices(codes: readonly string[] | null = null): Promise<void> {
    const { dataDir, fileOps = realOps } = this.#options;
    if (codes === null || codes.includes('ambiguous-people')) await this.#deps.ambiguous.forget();
    if (codes === null || codes.includes('store-damaged')) await forgetUnseen(fileOps, dataDir);
    this.#notices = this.#notices.filter(({ code }) => codes !== null && !codes.includes(code));
    this.statusChanged();
  }

  status(): KioskStatus {
    const { engine } = this.#deps;
    return {
      version: this.#options.version,
      vision: engine.state,
      models: this.models.states,
      people: this.people.size,
      enrollAgain: this.people.enrollAgain,
      threshold: this.people.model === null ? null : this.recognition.threshold,
      pinSet: this.operator.pinSet,
      trouble: mutable(this.disk.report ?? engine.trouble),
      notices: [...this.#notices, this.models.renewal, this.#deps.ambiguous.report]
        .filter((notice) => notice !== null)
        .map((notice) => ({ ...notice })),
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
}

/** Notices that may come every night. */
const DAILY: ReadonlySet<string> = new Set(['kept-no-longer', 'clock-doubtful']);

/** The same report, of the type that zod gives. */
const mutable = (report: ErrorReport | null): KioskStatus['trouble'] => (report === null ? null : { ...report });
