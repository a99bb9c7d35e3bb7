/** A data folder as backups see it, for tests. */
import { peopleSchema, type BackupFolder } from '../../src/main/backup/parts.ts';
import type { Codec } from '../../src/main/store/codec.ts';
import { LINTEL_LAYOUT } from '../../src/main/vault/layout.ts';

export function backupFolder(folder: string, codec?: Codec): BackupFolder {
  return {
    folder,
    codec,
    layout: LINTEL_LAYOUT,
    documents: { 'people.json': { schema: peopleSchema, schemaVersion: 1 } },
  };
}
