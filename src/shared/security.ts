/** What the operator sees and says of encryption, the audit journal, backups and restores. Times are Unix milliseconds. */
import * as z from 'zod';
import { errorReportSchema } from './domain.ts';

const count = z.int().min(0);

// ---------------------------------------------------------------- the data as a whole

/**
 * Whether the kiosk has its data. While they are anything but open, every call but `getDataState` and `openData` is refused.
 */
export const dataStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open') }),
  /** Encrypted, and nobody gave the passphrase yet. `problem`: the last one was wrong. */
  z.object({ state: z.literal('locked'), problem: errorReportSchema.nullable() }),
  /** Being opened, written anew or put back. `done` of `total` files, where it is known. */
  z.object({
    state: z.literal('working'),
    what: z.enum(['opening', 'encrypting', 'decrypting', 'rotating', 'changing-secret', 'restoring']),
    done: count.nullable(),
    total: count.nullable(),
  }),
  /** They could not be opened: what is the matter. `openData` tries again. */
  z.object({ state: z.literal('closed'), problem: errorReportSchema }),
]);
export type DataState = z.infer<typeof dataStateSchema>;

// ---------------------------------------------------------------- encryption

/** What opens encrypted data: a passphrase, a file with a key, or the system's key store (Electron). */
const unlockMethodSchema = z.enum(['passphrase', 'key-file', 'safe-storage']);

const encryptionStatusSchema = z.object({
  encrypted: z.boolean(),
  /** Null while the data are plain. */
  method: unlockMethodSchema.nullable(),
  /** Whether this machine has a key store that this kiosk can use. */
  keyStore: z.boolean(),
});
export type EncryptionStatus = z.infer<typeof encryptionStatusSchema>;

const newSecretSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('passphrase'), passphrase: z.string().max(1000) }),
  z.object({ method: z.literal('safe-storage') }),
]);

/** The kiosk closes and opens again for each of them: every connection's session ends. */
export const encryptionChangeSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('on'), secret: newSecretSchema }),
  z.object({ what: z.literal('secret-changed'), secret: newSecretSchema }),
  z.object({ what: z.literal('rotated') }),
  z.object({ what: z.literal('off') }),
]);
export type EncryptionRequest = z.infer<typeof encryptionChangeSchema>;

// ---------------------------------------------------------------- who did what

/** A place in the audit journal: the number of its line, and the line's hash. */
export const auditLinkSchema = z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** A line as it is shown: ids are opaque, details are numbers and words from fixed lists. */
export const auditEntrySchema = z.object({
  seq: z.int(),
  at: z.number(),
  kind: z.string(),
  subject: z.string().nullable(),
  by: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())])),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditReportSchema = z.object({
  ok: z.boolean(),
  lines: count,
  /** What to note on paper, to verify against later. */
  last: auditLinkSchema,
  problems: z.array(
    z.object({
      kind: z.enum([
        'changed',
        'removed',
        'moved',
        'added',
        'damaged',
        'cut-short',
        'head-missing',
        'head-behind',
        'not-as-noted',
      ]),
      file: z.string().optional(),
      line: z.int().optional(),
      seq: z.int().optional(),
      toSeq: z.int().optional(),
    }),
  ),
});
export type AuditCheck = z.infer<typeof auditReportSchema>;

// ---------------------------------------------------------------- backups

export const backupPlanSchema = z.object({
  /** Absolute path of a folder that is there (a USB stick's, say), outside the data folder; null: no backups by itself. */
  folder: z.string().max(4096).nullable(),
  everyHours: z
    .int()
    .min(1)
    .max(24 * 31),
  /** How many are kept. */
  keep: z.int().min(1).max(365),
  /** Somebody who is deleted goes from the backups, too: a new one is made, and those before it are removed. */
  forgetDeleted: z.boolean(),
});
export type BackupPlanSettings = z.infer<typeof backupPlanSchema>;

const backupFileSchema = z.object({ name: z.string(), at: z.number(), bytes: count });
export type BackupFile = z.infer<typeof backupFileSchema>;

export const backupStatusSchema = z.object({
  plan: backupPlanSchema,
  /** Whether a passphrase was given for the backups that are made by themselves. */
  passphraseSet: z.boolean(),
  running: z.boolean(),
  /** The last that was written and read back; null: none yet. */
  last: z.object({ at: z.number(), file: z.string(), bytes: count, people: count, checkIns: count }).nullable(),
  /** Why the last try failed; null: it did not. A folder that is not there (a stick that is out) is `not-found`. */
  problem: errorReportSchema.nullable(),
  /** When the next is due; null: never. */
  nextAt: z.number().nullable(),
  /** What is in the folder now, newest first; empty when it can not be read. */
  files: z.array(backupFileSchema),
  /** Absolute paths of sticks and other disks that are there, to choose a folder from without a keyboard. */
  places: z.array(z.string()),
});
export type BackupStatus = z.infer<typeof backupStatusSchema>;

export const restoreRequestSchema = z.object({
  /** Absolute path, or the name of one of `BackupStatus.files`. */
  file: z.string().min(1).max(4096),
  /** Null: the one the kiosk makes its own backups with. */
  passphrase: z.string().max(1000).nullable(),
  how: z.enum(['merge', 'replace']),
  settings: z.enum(['keep', 'restore']).optional(),
  pin: z.enum(['keep', 'restore']).optional(),
});
export type RestoreAsked = z.infer<typeof restoreRequestSchema>;

export const restorePreviewSchema = z.object({
  how: z.enum(['merge', 'replace']),
  backup: z.object({ createdAt: z.number(), kiosk: z.string(), people: count, checkIns: count }),
  people: z.object({
    added: count,
    newerInBackup: count,
    newerHere: count,
    same: count,
    onlyHere: count,
    leftOut: count,
    sameName: count,
  }),
  checkIns: z.object({ added: count, same: count, onlyHere: count }),
  settings: z.enum(['keep', 'restore']),
  pin: z.enum(['keep', 'restore']),
});
export type RestoreOutcome = z.infer<typeof restorePreviewSchema>;

export const securityStatusSchema = z.object({
  encryption: encryptionStatusSchema,
  backup: backupStatusSchema,
});
export type SecurityStatus = z.infer<typeof securityStatusSchema>;
