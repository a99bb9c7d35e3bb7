/** What the operator does about encryption, the audit journal, backups and restores. */
import type { Handlers, Parsed } from '../../shared/calls.ts';
import { LintelError } from '../../shared/errors.ts';
import type { AuditEntry, EncryptionRequest } from '../../shared/security.ts';
import { done, given } from '../../shared/given.ts';
import { previewRestore, type RestoreOptions, type RestorePreview } from '../backup/restore.ts';
import type { AuditLine } from '../storage/audit-journal.ts';
import { verifyAudit } from '../storage/audit-verify.ts';
import { checkKeyStore, checkPassphrase, type SafeStorageLike, type Secret } from '../storage/secret.ts';
import { backupFolder } from './data-files.ts';
import type { BackupService } from '../backup/service.ts';
import type { DiskMonitor } from '../storage/disk-monitor.ts';
import type { EncryptionChange, Lifecycle } from './maintenance.ts';
import type { Security } from './security.ts';

interface SecurityDeps {
  readonly backups: BackupService;
  readonly security: Security;
  /** The data folder. */
  readonly folder: string;
  /** Null: nobody would open this kiosk again. */
  readonly lifecycle: Lifecycle | null;
  readonly disk: DiskMonitor;
  confirmClock(): Promise<void>;
}

export const securityCalls = (kiosk: SecurityDeps) => {
  const { backups, security, folder } = kiosk;
  const preview = async (asked: Parsed<'previewRestore'>): Promise<[RestorePreview, Omit<RestoreOptions, 'into'>]> => {
    const deleted = (await security.audit?.deleted(asked.how)) ?? new Set<string>();
    const options = { ...restoreOf(kiosk, asked), deleted };
    return [await previewRestore({ ...options, into: backupFolder(folder, security.codec) }), options];
  };
  return {
    getDataState: () => ({ state: 'open' }),
    openData: () => ({ state: 'open' }),
    getSecurity: async () => ({
      encryption: {
        encrypted: security.vault.state !== 'plain',
        method: security.vault.method,
        keyStore: isUsable(kiosk.lifecycle?.keyStore ?? null),
      },
      backup: await backups.status(),
    }),
    changeEncryption: (asked) => {
      const lifecycle = lifecycleOf(kiosk);
      const change = checkedChange(asked, security.vault.state !== 'plain', lifecycle.keyStore);
      lifecycle.changeEncryption(change);
      return undefined;
    },
    listAudit: async ({ before, limit }) => {
      const lines = (await security.audit?.readAll()) ?? [];
      const older = before === null ? lines : lines.filter(({ seq }) => seq < before);
      return { total: lines.length, lines: older.slice(-limit).reverse().map(entryOf) };
    },
    verifyAudit: async ({ noted }) => {
      const report = await verifyAudit({ folder, codec: security.codec, ...(noted === null ? {} : { noted }) });
      return { ...report, problems: [...report.problems] };
    },
    planBackups: async ({ passphrase, ...plan }) => {
      await kiosk.disk.track(() => backups.plan(plan, passphrase));
      return backups.status();
    },
    backUpNow: async () => {
      await backups.now();
      return backups.status();
    },
    previewRestore: async (asked) => previewView((await preview(asked))[0]),
    restoreBackup: async (asked) => {
      const lifecycle = lifecycleOf(kiosk);
      const [found, options] = await preview(asked);
      lifecycle.restore(options);
      return previewView(found);
    },
    confirmClock: () => done(kiosk.confirmClock()),
  } satisfies Partial<Handlers>;
};

function lifecycleOf({ lifecycle }: SecurityDeps): Lifecycle {
  if (lifecycle !== null) return lifecycle;
  throw new LintelError('reopening-unavailable');
}

function isUsable(keyStore: SafeStorageLike | null): boolean {
  if (keyStore === null) return false;
  try {
    checkKeyStore(keyStore);
    return true;
  } catch {
    return false;
  }
}

/** Everything that can be wrong with it, before anybody is sent away. @throws LintelError `bad-input` */
function checkedChange(asked: EncryptionRequest, isOn: boolean, keyStore: SafeStorageLike | null): EncryptionChange {
  if (isOn === (asked.what === 'on')) throw new LintelError(isOn ? 'encryption-on' : 'encryption-off');
  if (asked.what === 'off' || asked.what === 'rotated') return { what: asked.what };
  return { what: asked.what, secret: checkedSecret(asked.secret, keyStore) };
}

function checkedSecret(
  asked: Extract<EncryptionRequest, { what: 'on' }>['secret'],
  keyStore: SafeStorageLike | null,
): Secret {
  if (asked.method === 'passphrase') {
    checkPassphrase(asked.passphrase);
    return asked;
  }
  if (keyStore === null) throw new LintelError('key-store-desktop');
  checkKeyStore(keyStore);
  return { method: 'safe-storage', safeStorage: keyStore };
}

function restoreOf({ backups }: SecurityDeps, asked: Parsed<'restoreBackup'>): Omit<RestoreOptions, 'into'> {
  const { file, passphrase, how, settings, pin } = asked;
  const secret = passphrase === null ? backups.secret : { passphrase };
  if (secret === null) throw new LintelError('backup-passphrase-needed');
  return {
    file: backups.pathOf(file),
    secret,
    how,
    ...given({ settings, pin }),
  };
}

const previewView = ({ how, manifest, people, checkIns, settings, pin }: RestorePreview) => ({
  how,
  backup: {
    createdAt: manifest.createdAt,
    kiosk: manifest.kiosk,
    people: manifest.counts.people,
    checkIns: manifest.counts.checkIns,
  },
  people: { ...people },
  checkIns: { ...checkIns },
  settings,
  pin,
});

/** A line as the screen gets it; what a later version wrote into its details and this one can not show is left out. */
function entryOf({ seq, at, kind, subject, by, details }: AuditLine): AuditEntry {
  const shown: AuditEntry['details'] = {};
  for (const [key, value] of Object.entries(details)) {
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (value === null || isList || ['string', 'number', 'boolean'].includes(typeof value))
      shown[key] = value as AuditEntry['details'][string];
  }
  return { seq, at, kind, subject, by, details: shown };
}
