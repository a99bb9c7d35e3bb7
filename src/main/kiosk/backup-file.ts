/** How a kiosk backs itself up, and which backups it made, in `backup.json`. Not part of any backup: it is about this machine. */
import { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { backupPlanSchema, type BackupPlanSettings } from '../../shared/trust.ts';
import { backupKeySchema } from '../backup/key.ts';
import { DEFAULT_BACKUP_POLICY } from '../backup/schedule.ts';
import type { DocumentKind } from './document.ts';

export const NO_PLAN: BackupPlanSettings = { folder: null, ...DEFAULT_BACKUP_POLICY };

/** A backup this kiosk made by itself. Only these are ever removed: another kiosk may keep its own in the same folder. */
const madeSchema = z.object({ folder: z.string(), name: z.string() });

export const backupFileSchema = z.object({
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
  damaged: new LintelError('store-damaged', 'How this kiosk makes its backups could not be read.', {
    kept: 'People and check-ins are not touched, and every backup that was made.',
    todo: 'Set up the backups again. Old ones are not removed by themselves any more.',
  }),
};
