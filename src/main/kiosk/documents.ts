/** The data folder as a backup sees it: which file must hold what. */
import { headSchema } from '../audit/files.ts';
import type { BackupFolder, DocumentRules } from '../backup/parts.ts';
import type { Codec } from '../store/codec.ts';
import { LINTEL_LAYOUT } from '../vault/layout.ts';
import { operatorFileSchema } from './operator.ts';
import { peopleFileSchema } from './person-record.ts';
import { settingsFileSchema } from './settings.ts';
import { calibrationFileSchema } from './site-calibrations.ts';

/** As the rooms open them. */
const DOCUMENTS: Readonly<Record<string, DocumentRules>> = {
  'people.json': { schema: peopleFileSchema, schemaVersion: 1 },
  'settings.json': { schema: settingsFileSchema, schemaVersion: 1, acceptEdits: true },
  'operator.json': { schema: operatorFileSchema, schemaVersion: 1 },
  'calibration.json': { schema: calibrationFileSchema, schemaVersion: 1 },
  'audit-head.json': { schema: headSchema, schemaVersion: 1 },
};

export const backupFolder = (folder: string, codec: Codec | undefined): BackupFolder => ({
  folder,
  codec,
  layout: LINTEL_LAYOUT,
  documents: DOCUMENTS,
});
