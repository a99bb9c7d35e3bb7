/** The data folder as a backup sees it: which file must hold what. */
import { headSchema } from '../audit/files.ts';
import type { BackupFolder, DocumentRules } from '../backup/parts.ts';
import type { Codec } from '../store/codec.ts';
import { LINTEL_LAYOUT, type DataLayout } from '../vault/layout.ts';
import { BACKUP_DOCUMENT } from './backup-file.ts';
import { operatorFileSchema } from './operator.ts';
import { peopleFileSchema } from './person-record.ts';
import { retentionFileSchema } from './retention-memory.ts';
import { settingsFileSchema } from './settings.ts';
import { calibrationFileSchema } from './site-calibrations.ts';

/** As the rooms open them. */
const DOCUMENTS: Readonly<Record<string, DocumentRules>> = {
  'people.json': { schema: peopleFileSchema, schemaVersion: 1 },
  'settings.json': { schema: settingsFileSchema, schemaVersion: 1, acceptEdits: true },
  'operator.json': { schema: operatorFileSchema, schemaVersion: 1 },
  'calibration.json': { schema: calibrationFileSchema, schemaVersion: 1 },
  'retention.json': { schema: retentionFileSchema, schemaVersion: 1 },
  'audit-head.json': { schema: headSchema, schemaVersion: 1 },
};

/** How and where to is about the machine, and the key to all backups has no place in one of them. */
const SAVED: DataLayout = {
  ...LINTEL_LAYOUT,
  files: LINTEL_LAYOUT.files.filter((name) => name !== BACKUP_DOCUMENT.name),
};

export const backupFolder = (folder: string, codec: Codec | undefined): BackupFolder => ({
  folder,
  codec,
  layout: SAVED,
  documents: DOCUMENTS,
});
