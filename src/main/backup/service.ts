/** When to make a backup, and which old ones to remove. Pure; whoever runs it brings the clock and the listing. */
import { access, constants, readdir, realpath, stat, unlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import * as z from 'zod';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import {
  type BackupFile,
  backupPlanSchema,
  type BackupPlanSettings,
  type BackupStatus,
} from '../../shared/security.ts';
import { type NoteAudit, noteNowhere, type StorageContext, unless } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';
import { codeOf, stamp } from '../storage/file-ops.ts';
import { Mutex } from 'async-mutex';
import { backupKeySchema, type BackupSecret, newBackupKey } from './archive.ts';
import type { BackupFolder } from './contents.ts';
import { createBackup } from './create.ts';

/** `lintel-20260131T235959123.lintelbackup`: sorts by time. */
export const backupName = (at: number): string => `lintel-${stamp(at)}.lintelbackup`;

/** When a backup of that name was made, Unix ms; null: it is not one of ours, and is not touched. */
export function timeOfBackup(name: string): number | null {
  const match = /^lintel-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})\.lintelbackup$/.exec(name);
  if (match === null) return null;
  const [year, month, day, hour, minute, second, ms] = match.slice(1).map(Number) as [
    number, number, number, number, number, number, number,
  ]; // prettier-ignore
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  return backupName(at) === name ? at : null;
}

interface BackupPolicy {
  readonly everyHours: number;
  /** How many are kept, at least 1. */
  readonly keep: number;
  /** A person who is deleted is to be gone from the backups, too: a deletion makes one due, and ends those before it. */
  readonly forgetDeleted: boolean;
}

const DEFAULT_BACKUP_POLICY: BackupPolicy = { everyHours: 24, keep: 7, forgetDeleted: true };

interface BackupPlan {
  readonly due: boolean;
  /** Names to remove once the new backup has been made and verified; or now, when none is due. Never all there are. */
  readonly remove: readonly string[];
}

/**
 * @param names what is in the backup folder; others than ours are left alone
 * @param lastDeletion when somebody was last deleted, Unix ms; null: never
 */
export function planBackup(
  now: number,
  names: readonly string[],
  lastDeletion: number | null,
  policy: BackupPolicy = DEFAULT_BACKUP_POLICY,
): BackupPlan {
  const made = names
    .map((name) => ({ name, at: timeOfBackup(name) }))
    .filter((one): one is { name: string; at: number } => one.at !== null)
    .sort((a, b) => b.at - a.at);
  // A backup from the future was made before the clock was set back: it says nothing about how old the newest is.
  const past = made.filter(({ at }) => at <= now);
  const newest = past[0];
  const stale = (at: number): boolean => policy.forgetDeleted && lastDeletion !== null && at <= lastDeletion;
  const due = newest === undefined || now - newest.at >= policy.everyHours * 3_600_000 || stale(newest.at);
  const slots = Math.max(1, policy.keep) - (due ? 1 : 0);
  // Those from the future would sort before every new one and push it out: they count as the oldest.
  const ordered = [...past, ...made.filter(({ at }) => at > now)];
  const remove = ordered.filter(({ at }, index) => index >= slots || stale(at)).map(({ name }) => name);
  // When none is due, the newest is what there is: it is not removed.
  return { due, remove: due ? remove : remove.filter((name) => name !== newest?.name) };
}

// How a kiosk backs itself up, and which backups it made, in `backup.json`. Not part of any backup: it is about this machine.

const NO_PLAN: BackupPlanSettings = { folder: null, ...DEFAULT_BACKUP_POLICY };

/** A backup this kiosk made by itself. Only these are ever removed: another kiosk may keep its own in the same folder. */
const madeSchema = z.object({ folder: z.string(), name: z.string() });

const backupFileSchema = z.object({
  plan: backupPlanSchema,
  /** Null: no passphrase was given yet. Opens every backup made with it, so it is as safe as the data are. */
  key: backupKeySchema.nullable(),
  made: z.array(madeSchema),
  last: z.object({ at: z.number(), file: z.string(), bytes: z.int(), people: z.int(), checkIns: z.int() }).nullable(),
});
export type BackupRecord = z.infer<typeof backupFileSchema>;

export const BACKUP_DOCUMENT: DocumentKind<BackupRecord> = {
  name: 'backup.json',
  schema: backupFileSchema,
  initial: { plan: NO_PLAN, key: null, made: [], last: null },
  damaged: new LintelError('store-damaged.backup-plan'),
};

// Sticks and other disks that are plugged in: places for backups that can be chosen without typing a path.

/** Where each system shows what is plugged in. */
function roots(platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') return ['/Volumes'];
  if (platform === 'win32') return [];
  const { username } = userInfo();
  return [`/run/media/${username}`, `/media/${username}`, '/media', '/mnt'];
}

const isWritable = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );

/** Absolute paths of folders that can be written to, in order of name. */
async function backupPlaces(platform: NodeJS.Platform = process.platform): Promise<string[]> {
  const candidates =
    platform === 'win32'
      ? [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`)
      : (await Promise.all(roots(platform).map(foldersIn))).flat();
  const able = await Promise.all(candidates.map(async (path) => ((await isWritable(path)) ? [path] : [])));
  return [...new Set(able.flat())].sort();
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const inside = await readdir(root, { withFileTypes: true });
    return inside.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name));
  } catch {
    return []; // no such place on this machine
  }
}

/*
 * Backups the kiosk makes by itself: into the folder of its plan, read back after writing, so many kept. A folder that is not
 * there (a stick that is out) is no more than a problem to be said; it is tried again every minute.
 *
 * [Note: deleted people in backups] Somebody who is deleted goes from the kiosk's backups, too: a deletion makes a new backup
 * due at once, and when that one has been read back those before it are removed, wherever they are; those on a stick that is
 * out go when it is next in. The kiosk knows which it made; others are not its own to remove.
 */

/** How often it is asked whether a backup is due, ms. */
const LOOK_MS = 60_000;
/** The first look after a start, ms: whoever stands in front of the kiosk comes first. */
const FIRST_LOOK_MS = 20_000;

/** A folder that neither takes nor gives a byte for so long does not answer, ms. */
const SILENT_MS = 30_000;
/** Whoever looks at the screen, or closes the kiosk, does not wait that long. */
const SHORT_MS = 2_000;

interface BackupDeps {
  /** What is backed up: the data folder, and which file must hold what. */
  readonly contents: BackupFolder;
  readonly version: string;
  readonly kioskName: () => string;
  /** When somebody was last deleted or took their consent back, Unix ms; null: never. */
  readonly lastDeletion: () => Promise<number | null>;
  /** A backup could not be made, and the one before could. */
  readonly onProblem: (problem: ErrorReport) => void;
  /** Unix ms. */
  readonly wall: () => number;
  readonly note: NoteAudit;
  /** Default `SILENT_MS`. */
  readonly silentMs?: number;
}

export class BackupService {
  readonly #file: Document<BackupRecord>;
  readonly #deps: BackupDeps;
  readonly #mutex = new Mutex();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #running = false;
  #problem: ErrorReport | null = null;
  /**
   * Folders that were given up, as long as what was asked of them hangs: nothing else is asked of them, for each such question holds
   * one of the few threads that all files are read and written with.
   */
  readonly #hanging = new Set<string>();
  #places: Promise<string[]> | null = null;

  /** @param file as `openBackupFile` gives it */
  constructor(file: Document<BackupRecord>, deps: BackupDeps) {
    this.#file = file;
    this.#deps = deps;
  }

  /** Looks whether one is due from now on. */
  start(): void {
    this.#lookIn(FIRST_LOOK_MS);
  }

  /** A backup under way is given up: what is half written is removed. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#mutex.waitForUnlock();
    await this.#file.close();
  }

  /** What opens the backups this kiosk makes; null: no passphrase was given. */
  get secret(): BackupSecret | null {
    const { key } = this.#file.data;
    return key === null ? null : { key };
  }

  async status(): Promise<BackupStatus> {
    const { plan, key, last } = this.#file.data;
    const { folder } = plan;
    const files = folder === null ? [] : await this.#ask(folder, SHORT_MS, () => listBackups(folder)).catch(() => []);
    this.#places ??= backupPlaces().finally(() => (this.#places = null));
    return {
      plan,
      passphraseSet: key !== null,
      running: this.#running,
      last,
      problem: this.#problem === null ? null : { ...this.#problem, params: { ...this.#problem.params } },
      nextAt: this.#nextAt(),
      files,
      places: await unless(
        () => this.#places!,
        () => [],
        { silentMs: SHORT_MS },
      ).catch(() => []),
    };
  }

  /**
   * Asks something of a folder that may never answer, as a share does whose network is gone.
   * @param ms without a word (`alive`) for so long it is given up
   * @throws LintelError `backup-folder-silent`
   */
  #ask<T>(folder: string, ms: number, work: (alive: () => void) => Promise<T>): Promise<T> {
    if (this.#hanging.has(folder)) return Promise.reject(new LintelError('backup-folder-silent'));
    return unless(
      (alive) => {
        const answer = work(alive);
        const over = (): void => void this.#hanging.delete(folder);
        answer.then(over, over);
        return answer;
      },
      () => {
        this.#hanging.add(folder);
        throw new LintelError('backup-folder-silent');
      },
      { silentMs: ms, signal: this.#stop.signal, graceMs: () => SHORT_MS },
    );
  }

  /**
   * Another plan, and where `passphrase` is given another passphrase for the backups from now on.
   * @throws LintelError `backup-...`, `not-found`, `disk-full` and the like: then the plan is as it was
   */
  async plan(plan: BackupPlanSettings, passphrase: string | null): Promise<void> {
    const { folder } = plan;
    const known = this.#file.data.key;
    if (folder !== null) await this.#check(folder);
    if (folder !== null && known === null && passphrase === null) throw passphraseNeeded();
    const key = passphrase === null ? known : await newBackupKey(passphrase);
    await this.#file.take(() => this.#file.put({ ...this.#file.data, plan, key }));
    this.#problem = null;
    await this.#deps.note({ kind: 'settings', subject: null, details: { fields: ['backup'] } });
    this.#lookIn(FIRST_LOOK_MS);
  }

  /**
   * Makes one now, whether or not it is due.
   * @throws LintelError `backup-folder-unset` without a plan; `not-found` (the folder is not there), see `createBackup`
   */
  now(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#tryMaking());
  }

  /** Makes one if it is due, and removes those that are too many, or hold somebody who was deleted. */
  look(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      const { plan } = this.#file.data;
      if (plan.folder === null || this.#stop.signal.aborted) return;
      try {
        const there = await this.#mine(plan.folder);
        const { due } = planBackup(this.#deps.wall(), there, await this.#deps.lastDeletion(), plan);
        if (due) await this.#tryMaking();
        else await this.#sweep();
      } catch (error) {
        this.#failed(error);
      }
    });
  }

  /** A file that somebody named: one of the folder's by its plain name, or an absolute path. @throws LintelError `backup-path-wrong` */
  pathOf(file: string): string {
    const { folder } = this.#file.data.plan;
    if (folder !== null && timeOfBackup(file) !== null) return join(folder, file);
    if (isAbsolute(file)) return file;
    throw new LintelError('backup-path-wrong');
  }

  #nextAt(): number | null {
    const { plan, last } = this.#file.data;
    if (plan.folder === null) return null;
    return last === null ? this.#deps.wall() : last.at + plan.everyHours * 3_600_000;
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
    const { contents, version, kioskName, wall, note } = this.#deps;
    const { plan, key } = this.#file.data;
    if (plan.folder === null) throw new LintelError('backup-folder-unset');
    if (key === null) throw passphraseNeeded();
    const { folder } = plan;
    await this.#check(folder);
    const at = wall();
    const name = backupName(at);
    // Written down first: a backup that is there and not known to be ours would stay for good.
    const made = [...this.#file.data.made, { folder: plan.folder, name }];
    await this.#file.take(() => this.#file.put({ ...this.#file.data, made }));
    const gaveUp = new AbortController();
    const { manifest, bytes } = await this.#ask(folder, this.#silentMs, (alive) =>
      createBackup({
        to: join(folder, name),
        key,
        from: contents,
        lintel: version,
        kiosk: kioskName(),
        now: () => at,
        signal: AbortSignal.any([this.#stop.signal, gaveUp.signal]),
        onProgress: alive,
      }),
    ).catch((error: unknown) => {
      gaveUp.abort(error); // should it answer after all, what is half written is removed
      throw error;
    });
    const { people, checkIns } = manifest.counts;
    await this.#file.take(() =>
      this.#file.put({ ...this.#file.data, last: { at, file: name, bytes, people, checkIns } }),
    );
    await note({ kind: 'backup', subject: null, by: 'kiosk', details: { people, checkIns, bytes } });
  }

  get #silentMs(): number {
    return this.#deps.silentMs ?? SILENT_MS;
  }

  #check(folder: string): Promise<void> {
    return this.#ask(folder, this.#silentMs, () => checkFolder(folder, this.#deps.contents.folder));
  }

  /** Removes what the plan keeps no longer, here and in folders of before; see [Note: deleted people in backups]. */
  async #sweep(): Promise<void> {
    const { plan, made } = this.#file.data;
    const deletion = await this.#deps.lastDeletion();
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
        : planBackup(this.#deps.wall(), there, deletion, { ...plan, everyHours: Number.MAX_SAFE_INTEGER }).remove;
      for (const name of remove) {
        await this.#ask(folder, this.#silentMs, () => unlink(join(folder, name)));
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
    const files = await this.#ask(folder, this.#silentMs, () => listBackups(folder));
    const there = new Set(files.map(({ name }) => name));
    return this.#file.data.made.filter((one) => one.folder === folder && there.has(one.name)).map(({ name }) => name);
  }

  #failed(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const problem = reportOf(error);
    const isNews = this.#problem?.code !== problem.code;
    this.#problem = problem;
    if (isNews) this.#deps.onProblem(problem);
  }
}

export const openBackupFile = (on: StorageContext): Promise<Document<BackupRecord>> =>
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

/** @throws LintelError `backup-folder-...`, `not-found`, `store-read-only` */
async function checkFolder(folder: string, dataFolder: string): Promise<void> {
  if (!isAbsolute(folder)) throw new LintelError('backup-folder-relative');
  let real: string;
  try {
    real = await realpath(folder);
    if (!(await stat(real)).isDirectory()) throw new Error('not a folder');
  } catch (error) {
    throw notThere(error);
  }
  const way = relative(await realpath(dataFolder).catch(() => dataFolder), real);
  if (way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)))
    throw new LintelError('backup-folder-inside');
  await access(real, constants.W_OK).catch((error: unknown) => {
    throw new LintelError('store-read-only.backup-folder', undefined, { cause: error });
  });
}

const notThere = (cause: unknown): LintelError =>
  new LintelError(
    codeOf(cause) === 'EACCES' ? 'not-found.backup-folder-closed' : 'not-found.backup-folder',
    undefined,
    { cause },
  );

const passphraseNeeded = (): LintelError => new LintelError('backup-passphrase-unset');
