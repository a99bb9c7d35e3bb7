/**
 * What is done to a data folder from outside: encryption changed, a backup made, looked at or put back, the audit journal
 * read. Whatever changes something takes the folder's lock first, so a running kiosk refuses it.
 */
import { stat } from 'node:fs/promises';
import { LintelError } from '../../shared/errors.ts';
import type { BackupPlanSettings, BackupStatus } from '../../shared/security.ts';
import { given } from '../../shared/given.ts';
import { Corrections } from '../attendance/corrections.ts';
import { CheckInLog } from '../attendance/log.ts';
import { type Manifest, newBackupKey } from '../backup/archive.ts';
import { createBackup } from '../backup/create.ts';
import { previewRestore, restoreBackup, type RestoreOptions, type RestorePreview } from '../backup/restore.ts';
import { BackupService, openBackupFile } from '../backup/service.ts';
import { Audit, type AuditLine, type Link } from '../storage/audit-journal.ts';
import { type AuditReport, verifyAudit } from '../storage/audit-verify.ts';
import { type AuditNote, type By, newId, noteNowhere } from '../storage/context.ts';
import { FolderLock } from '../storage/folder-lock.ts';
import type { Secret, SafeStorageLike } from '../storage/secret.ts';
import type { Vault } from '../storage/vault.ts';
import { backupFolder } from './data-files.ts';
import { Security, type SecurityOptions } from './security.ts';
import { SettingsFile } from './settings.ts';

export type ClosedFolder = Pick<SecurityOptions, 'folder' | 'unlock' | 'onProgress' | 'ops'> & { readonly by?: By };

export type EncryptionChange =
  { readonly what: 'on' | 'secret-changed'; readonly secret: Secret } | { readonly what: 'off' | 'rotated' };

/** What was done, and whether the audit journal says so. */
interface Done<T> {
  readonly value: T;
  /** Null: it does; else what hindered it. */
  readonly notWrittenDown: string | null;
}

/**
 * Turns encryption on or off, takes a new data key or another secret. Killed at any moment, it is finished when the folder is
 * next opened.
 * @returns names of files that look like data and stay plain because Lintel does not know them
 * @throws LintelError `store-locked` while a kiosk is running, `bad-input`, `vault-...`, `passphrase-wrong`, `disk-full` ...
 */
export function changeEncryption(on: ClosedFolder, change: EncryptionChange): Promise<Done<readonly string[]>> {
  return asOwner(on, async (security) => {
    const { vault } = security;
    const strangers = await apply(vault, change);
    return [strangers, { kind: 'encryption', subject: null, details: { what: change.what } }];
  });
}

async function apply(vault: Vault, change: EncryptionChange): Promise<readonly string[]> {
  switch (change.what) {
    case 'on':
      return vault.turnOn(change.secret);
    case 'secret-changed':
      await vault.changeSecret(change.secret);
      return [];
    case 'off':
      await vault.turnOff();
      return [];
    case 'rotated':
      await vault.rotate();
      return [];
  }
}

interface BackupRequest {
  readonly to: string;
  readonly passphrase: string;
  readonly lintel: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (phase: 'writing' | 'verifying', bytes: number) => void;
}

/**
 * Makes a backup and reads it back. Beside a running kiosk, too; then the kiosk's audit journal does not have it.
 * @throws LintelError see `createBackup`; `not-found` where there is no data folder
 */
export async function backUp(
  on: ClosedFolder,
  request: BackupRequest,
): Promise<Done<{ readonly manifest: Manifest; readonly bytes: number }>> {
  const { folder } = on;
  await mustExist(folder);
  const { to, lintel, signal, onBytes } = request;
  // The passphrase is looked at first: a minute of copying for one that is too short helps nobody.
  const key = await newBackupKey(request.passphrase);
  const make = async (security: Security): Promise<{ manifest: Manifest; bytes: number }> => {
    const { codec } = security;
    const settings = await SettingsFile.open({ folder, readOnly: true, ...given({ codec }) });
    return createBackup({
      to,
      key,
      from: backupFolder(folder, codec),
      lintel,
      kiosk: settings.current.kioskName,
      ...given({ signal, onProgress: onBytes }),
    });
  };
  try {
    return await asOwner(on, async (security) => {
      const made = await make(security);
      const { people, checkIns } = made.manifest.counts;
      return [made, { kind: 'backup', subject: null, details: { people, checkIns, bytes: made.bytes } }];
    });
  } catch (error) {
    if (!(error instanceof LintelError) || error.code !== 'store-locked') throw error;
    const value = await asReader(on, make);
    return { value, notWrittenDown: new LintelError('audit-not-written.running').message };
  }
}

/** How the kiosk makes its backups by itself, and the last one. Beside a running kiosk, too. */
export const backupStatus = (on: ClosedFolder): Promise<BackupStatus> =>
  asReader(on, (security) => withBackups(on, security, (backups) => backups.status()));

/**
 * Another plan for the backups; see `Backups.plan`.
 * @throws LintelError `store-locked` while a kiosk is running, `bad-input`, `not-found` ...
 */
export function planBackups(
  on: ClosedFolder,
  plan: BackupPlanSettings,
  passphrase: string | null,
): Promise<Done<BackupStatus>> {
  return asOwner(on, (security) =>
    withBackups(on, security, async (backups) => {
      await backups.plan(plan, passphrase);
      return [await backups.status(), { kind: 'settings', subject: null, details: { fields: ['backup'] } }];
    }),
  );
}

/** The backup service without a kiosk around it: it makes no automatic backups. */
async function withBackups<T>(
  { folder }: ClosedFolder,
  { codec, vault }: Security,
  work: (backups: BackupService) => Promise<T>,
): Promise<T> {
  const file = await openBackupFile({ folder, readOnly: vault.readOnly, ...given({ codec }) });
  const backups = new BackupService(file, {
    contents: backupFolder(folder, codec),
    version: '',
    kioskName: () => '',
    lastDeletion: () => Promise.resolve(null),
    onProblem: () => undefined,
    wall: Date.now,
    note: noteNowhere,
  });
  try {
    return await work(backups);
  } finally {
    await backups.close();
  }
}

export type RestoreRequest = Pick<RestoreOptions, 'file' | 'secret' | 'how' | 'settings' | 'pin' | 'onProgress'>;

/** What `restore` would do. Touches nothing, and works beside a running kiosk. @throws LintelError see `previewRestore` */
export function lookAtBackup(on: ClosedFolder, request: RestoreRequest): Promise<RestorePreview> {
  return asReader(on, async (security) => {
    const { folder } = on;
    const { codec } = security;
    const audit = await Audit.open({ folder, codec, readOnly: true });
    const deleted = await audit.deleted(request.how);
    return previewRestore({ ...request, into: backupFolder(folder, codec), deleted });
  });
}

/**
 * Puts a backup back, whole or not at all. Nobody whose face was erased here since comes back with it, and no name that was
 * taken out of the log.
 * @throws LintelError `store-locked` while a kiosk is running; see `restoreBackup`
 */
export function restore(on: ClosedFolder, request: RestoreRequest): Promise<Done<RestorePreview>> {
  const { folder } = on;
  return asOwner(on, async (security) => {
    const { codec, audit } = security;
    const deleted = (await audit?.deleted(request.how)) ?? new Set<string>();
    const anonymous = (await audit?.anonymised()) ?? new Set<string>();
    await audit?.close();
    const into = backupFolder(folder, codec);
    const preview = await restoreBackup({ ...request, into, deleted });
    await forgetNames(folder, codec, anonymous);
    const { manifest } = preview;
    const details = {
      how: preview.how,
      people: peopleTaken(preview),
      checkIns: preview.checkIns.added,
      madeAt: manifest.createdAt,
    };
    return [preview, { kind: 'restore', subject: null, details }];
  });
}

/** How many people are as the backup has them after a restore, and were not before. */
export const peopleTaken = ({ people, how }: RestorePreview): number =>
  people.added + people.newerInBackup + (how === 'replace' ? people.newerHere : 0);

/** Names that were taken out of the log before are in it again: they go again. */
async function forgetNames(folder: string, codec: Security['codec'], ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const on = { folder, ...given({ codec }) };
  const checkIns = await CheckInLog.open(on);
  const corrections = await Corrections.open(on);
  for (const id of ids) {
    const as = newId('x');
    await checkIns.anonymise(new Set([id]), { personId: as, name: as });
    await corrections.anonymise(new Set([id]), { personId: as, name: as });
  }
  await Promise.all([checkIns.close(), corrections.close()]);
}

/** Is the audit journal as it was written? Beside a running kiosk, too. @param noted a link noted earlier */
export function checkAudit(on: ClosedFolder, noted: Link | null): Promise<AuditReport> {
  return asReader(on, ({ codec }) => verifyAudit({ folder: on.folder, codec, ...(noted === null ? {} : { noted }) }));
}

/** The last lines of the audit journal, oldest first. Beside a running kiosk, too. */
export function auditLines(on: ClosedFolder, count: number): Promise<readonly AuditLine[]> {
  return asReader(on, async ({ codec }) => {
    const audit = await Audit.open({ folder: on.folder, codec, readOnly: true });
    return (await audit.readAll()).slice(-count);
  });
}

/** Holds the lock, does the work, and writes into the audit journal what was done. */
async function asOwner<T>(
  on: ClosedFolder,
  work: (security: Security) => Promise<[value: T, note: AuditNote]>,
): Promise<Done<T>> {
  const lock = await FolderLock.acquire(on.folder);
  try {
    const security = await Security.open(on);
    let notWrittenDown: string | null = null;
    try {
      const [value, note] = await work(security);
      // The codec, or the journal itself, may be another one since.
      await security.reopenAudit(on);
      security.onNotice = ({ message }) => (notWrittenDown = message);
      await security.note(note);
      return { value, notWrittenDown };
    } finally {
      await security.close();
    }
  } finally {
    await lock.release();
  }
}

async function asReader<T>(on: ClosedFolder, work: (security: Security) => Promise<T>): Promise<T> {
  const security = await Security.open({ ...on, readOnly: true });
  try {
    return await work(security);
  } finally {
    await security.close();
  }
}

async function mustExist(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => null))?.isDirectory() === true) return;
  throw new LintelError('not-found.data-folder');
}

/** What a kiosk can have done to its own data; the answers come first, then it is closed. */
export interface Lifecycle {
  /** The system's key store, where this host reaches it. */
  readonly keyStore: SafeStorageLike | null;
  changeEncryption(change: EncryptionChange): void;
  restore(request: RestoreRequest): void;
}
