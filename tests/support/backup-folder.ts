/** A data folder as backups see it, for tests. */
import { type BackupFolder, peopleSchema } from '../../src/main/backup/contents.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';

export function backupFolder(folder: string, codec?: Codec): BackupFolder {
  return {
    folder,
    codec,
    layout: LINTEL_LAYOUT,
    documents: { 'people.json': { schema: peopleSchema, schemaVersion: 1 } },
  };
}
