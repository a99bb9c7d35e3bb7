/**
 * Backups the kiosk makes by itself: into the folder of its plan, read back after writing, so many kept. A folder that is not
 * there (a stick that is out) is no more than a problem to be said; it is tried again every minute.
 *
 * [Note: deleted people in backups] Somebody who is deleted goes from the kiosk's backups, too: a deletion makes a new backup
 * due at once, and when that one has been read back those before it are removed, wherever they are; those on a stick that is
 * out go when it is next in. The kiosk knows which it made; others are not its own to remove.
 */
import { access, constants, readdir, realpath, stat, unlink } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { LintelError, reportOf, type ErrorReport } from '../../shared/errors.ts';
import type { BackupFile, BackupPlanSettings, BackupStatus } from '../../shared/trust.ts';
import { createBackup } from '../backup/create.ts';
import { newBackupKey, type BackupSecret } from '../backup/key.ts';
import { backupName, planBackup, timeOfBackup } from '../backup/schedule.ts';
import type { Codec } from '../store/codec.ts';
import { codeOf } from '../store/ops.ts';
import { noteNowhere, type NoteAudit } from './audit-note.ts';
import { BACKUP_DOCUMENT, type BackupRecord } from './backup-file.ts';
import { Document } from './document.ts';
import { backupFolder } from './documents.ts';
import { backupPlaces } from './places.ts';
import type { RoomFolder } from './room-folder.ts';
import { Turns } from './turns.ts';

/** How often it is asked whether a backup is due, ms. */
const LOOK_MS = 60_000;
/** The first look after a start, ms: whoever stands at the door comes first. */
const FIRST_LOOK_MS = 20_000;

export interface BackupRooms {
  readonly folder: string;
  readonly codec: Codec | undefined;
  readonly version: string;
  readonly kioskName: () => string;
  /** When somebody was last deleted or took their consent back, Unix ms; null: never. */
  readonly lastDeletion: () => Promise<number | null>;
  /** A backup could not be made, and the one before could. */
  readonly onProblem: (problem: ErrorReport) => void;
  /** Unix ms. */
  readonly wall: () => number;
  readonly note: NoteAudit;
}

export class Backups {
  readonly #file: Document<BackupRecord>;
  readonly #rooms: BackupRooms;
  readonly #turns = new Turns();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #problem: ErrorReport | null = null;

  /** @param file as `openBackupFile` gives it */
  constructor(file: Document<BackupRecord>, rooms: BackupRooms) {
    this.#file = file;
    this.#rooms = rooms;
  }

  /** Looks whether one is due from now on. */
  start(): void {
    this.#lookIn(FIRST_LOOK_MS);
  }

  /** A backup under way is given up: what is half written is removed. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#turns.idle();
    await this.#file.close();
  }

  /** What opens the backups this kiosk makes; null: no passphrase was given. */
  get secret(): BackupSecret | null {
    const { key } = this.#file.data;
    return key === null ? null : { key };
  }

  async status(): Promise<BackupStatus> {
    const { plan, key, last } = this.#file.data;
    const files = plan.folder === null ? [] : await listBackups(plan.folder).catch(() => []);
    return {
      plan,
      passphraseSet: key !== null,
      running: this.#running,
      last,
      problem: this.#problem === null ? null : { ...this.#problem, params: { ...this.#problem.params } },
      nextAt: this.#nextAt(),
      files,
      places: await backupPlaces(),
    };
  }

  /**
   * Another plan, and where `passphrase` is given another passphrase for the backups from now on.
   * @throws LintelError `bad-input`, `not-found`, `disk-full` and the like: then the plan is as it was
   */
  async plan(plan: BackupPlanSettings, passphrase: string | null): Promise<void> {
    const { folder } = plan;
    const known = this.#file.data.key;
    if (folder !== null) await checkFolder(folder, this.#rooms.folder);
    if (folder !== null && known === null && passphrase === null) throw passphraseNeeded();
    const key = passphrase === null ? known : await newBackupKey(passphrase);
    await this.#file.take(() => this.#file.put({ ...this.#file.data, plan, key }));
    this.#problem = null;
    await this.#rooms.note({ kind: 'settings', subject: null, details: { fields: ['backup'] } });
    this.#lookIn(FIRST_LOOK_MS);
  }

  /**
   * Makes one now, whether or not it is due.
   * @throws LintelError `bad-input` without a plan; `not-found` (the folder is not there), see `createBackup`
   */
  now(): Promise<void> {
    return this.#turns.take(() => this.#tryMaking());
  }

  /** Makes one if it is due, and removes those that are too many, or hold somebody who was deleted. */
  look(): Promise<void> {
    return this.#turns.take(async () => {
      const { plan } = this.#file.data;
      if (plan.folder === null || this.#stop.signal.aborted) return;
      try {
        const there = await this.#mine(plan.folder);
        const { due } = planBackup(this.#rooms.wall(), there, await this.#rooms.lastDeletion(), plan);
        if (due) await this.#tryMaking();
        else await this.#sweep();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  /** A file that somebody named: one of the folder's by its plain name, or an absolute path. @throws LintelError `bad-input` */
  pathOf(file: string): string {
    const { folder } = this.#file.data.plan;
    if (folder !== null && timeOfBackup(file) !== null) return join(folder, file);
    if (isAbsolute(file)) return file;
    throw new LintelError('bad-input', 'That is neither one of the backups listed nor a whole path.', {
      todo: 'Choose one of the list, or write the path from its beginning.',
    });
  }

  #nextAt(): number | null {
    const { plan, last } = this.#file.data;
    if (plan.folder === null) return null;
    return last === null ? this.#rooms.wall() : last.at + plan.everyHours * 3_600_000;
  }

  #lookIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => void this.look().finally(() => this.#lookIn(LOOK_MS)), ms);
    this.#timer.unref();
  }

  async #tryMaking(): Promise<void> {
    this.#running = true;
    try {
      await this.#make();
      this.#problem = null;
      await this.#sweep();
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      this.#running = false;
    }
  }

  async #make(): Promise<void> {
    const { folder: from, codec, version, kioskName, wall, note } = this.#rooms;
    const { plan, key } = this.#file.data;
    if (plan.folder === null) throw new LintelError('bad-input', 'No folder was chosen for backups yet.');
    if (key === null) throw passphraseNeeded();
    await checkFolder(plan.folder, from);
    const at = wall();
    const name = backupName(at);
    // Written down first: a backup that is there and not known to be ours would stay for good.
    const made = [...this.#file.data.made, { folder: plan.folder, name }];
    await this.#file.take(() => this.#file.put({ ...this.#file.data, made }));
    const { manifest, bytes } = await createBackup({
      to: join(plan.folder, name),
      key,
      from: backupFolder(from, codec),
      lintel: version,
      kiosk: kioskName(),
      now: () => at,
      signal: this.#stop.signal,
    });
    const { people, checkIns } = manifest.counts;
    await this.#file.take(() =>
      this.#file.put({ ...this.#file.data, last: { at, file: name, bytes, people, checkIns } }),
    );
    await note({ kind: 'backup', subject: null, by: 'kiosk', details: { people, checkIns, bytes } });
  }

  /** Removes what the plan keeps no longer, here and in folders of before; see [Note: deleted people in backups]. */
  async #sweep(): Promise<void> {
    const { plan, made } = this.#file.data;
    const deletion = await this.#rooms.lastDeletion();
    const gone = new Set<string>();
    for (const folder of new Set(made.map((one) => one.folder))) {
      const there = await this.#mine(folder).catch(() => null);
      if (there === null) continue; // out at the moment
      for (const one of made) if (one.folder === folder && !there.includes(one.name)) gone.add(keyOf(one));
      // A folder that is not the plan's any more is never given a new one, so its newest may be stale, too.
      const elsewhere = folder !== plan.folder && plan.folder !== null;
      const stale = (name: string): boolean =>
        plan.forgetDeleted && deletion !== null && (timeOfBackup(name) ?? 0) <= deletion;
      const remove = elsewhere
        ? there.filter(stale)
        : planBackup(this.#rooms.wall(), there, deletion, { ...plan, everyHours: Number.MAX_SAFE_INTEGER }).remove;
      for (const name of remove) {
        await unlink(join(folder, name));
        gone.add(keyOf({ folder, name }));
      }
    }
    if (gone.size === 0) return;
    await this.#file.take(() =>
      this.#file.put({ ...this.#file.data, made: this.#file.data.made.filter((one) => !gone.has(keyOf(one))) }),
    );
  }

  /** Names of the backups of ours that are in a folder. @throws LintelError `not-found` */
  async #mine(folder: string): Promise<string[]> {
    const there = new Set((await listBackups(folder)).map(({ name }) => name));
    return this.#file.data.made.filter((one) => one.folder === folder && there.has(one.name)).map(({ name }) => name);
  }

  #failed(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const problem = reportOf(error);
    const isNews = this.#problem?.code !== problem.code;
    this.#problem = problem;
    if (isNews) this.#rooms.onProblem(problem);
  }
}

export const openBackupFile = (on: RoomFolder): Promise<Document<BackupRecord>> =>
  Document.open({ ...on, note: noteNowhere }, BACKUP_DOCUMENT);

const keyOf = ({ folder, name }: { readonly folder: string; readonly name: string }): string => `${folder}\0${name}`;

/** What lies in a folder, newest first. @throws LintelError `not-found` when there is no such folder */
async function listBackups(folder: string): Promise<BackupFile[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw notThere(error);
  }
  const files: BackupFile[] = [];
  for (const name of names) {
    const at = timeOfBackup(name);
    const about = at === null ? null : await stat(join(folder, name)).catch(() => null);
    if (at !== null && about?.isFile() === true) files.push({ name, at, bytes: about.size });
  }
  return files.sort((a, b) => b.at - a.at);
}

/** @throws LintelError `bad-input`, `not-found`, `store-read-only` */
async function checkFolder(folder: string, dataFolder: string): Promise<void> {
  if (!isAbsolute(folder))
    throw new LintelError('bad-input', 'The path of the folder must be whole, from its beginning.', {
      kept: 'The backups are planned as before.',
    });
  let real: string;
  try {
    real = await realpath(folder);
    if (!(await stat(real)).isDirectory()) throw new Error('not a folder');
  } catch (error) {
    throw notThere(error);
  }
  const way = relative(await realpath(dataFolder).catch(() => dataFolder), real);
  if (way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)))
    throw new LintelError('bad-input', 'That folder is in the data folder: what takes the one takes the other.', {
      kept: 'The backups are planned as before.',
      todo: 'Choose a stick, another disk or a folder elsewhere.',
    });
  await access(real, constants.W_OK).catch((error: unknown) => {
    throw new LintelError('store-read-only', 'Nothing may be written into that folder.', {
      kept: 'The backups are planned as before.',
      todo: 'Choose another folder, or look who may write to it.',
      cause: error,
    });
  });
}

const notThere = (cause: unknown): LintelError =>
  new LintelError('not-found', 'The folder of the backups is not there.', {
    kept: 'The data, and every backup that was made.',
    todo: codeOf(cause) === 'EACCES' ? 'Look who may read it.' : 'Plug the stick in, or choose another folder.',
    cause,
  });

const passphraseNeeded = (): LintelError =>
  new LintelError('bad-input', 'A backup needs a passphrase of its own.', {
    kept: 'The backups are planned as before.',
    todo: 'Choose one of at least ten characters and keep it where the machine is not.',
  });
