/** The data folder as a backup sees it: which file must hold what. */
import type { BackupFolder, DocumentRules } from '../backup/contents.ts';
import { retentionFileSchema } from '../backup/retention.ts';
import { BACKUP_DOCUMENT } from '../backup/service.ts';
import { calibrationFileSchema } from '../evaluation/recalibration.ts';
import { ambiguousFileSchema } from '../people/ambiguous-pairs.ts';
import { peopleFileSchema } from '../people/records.ts';
import { headSchema } from '../storage/audit-journal.ts';
import { type DataLayout, LINTEL_LAYOUT } from '../storage/data-layout.ts';
import type { Codec } from '../storage/envelope.ts';
import { operatorFileSchema } from './operator.ts';
import { settingsFileSchema } from './settings.ts';

/** As the services open them. */
const DOCUMENTS: Readonly<Record<string, DocumentRules>> = {
  'people.json': { schema: peopleFileSchema, schemaVersion: 1 },
  'settings.json': { schema: settingsFileSchema, schemaVersion: 1, acceptEdits: true },
  'operator.json': { schema: operatorFileSchema, schemaVersion: 1 },
  'calibration.json': { schema: calibrationFileSchema, schemaVersion: 1 },
  'ambiguous.json': { schema: ambiguousFileSchema, schemaVersion: 1 },
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
