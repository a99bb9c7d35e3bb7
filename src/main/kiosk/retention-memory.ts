/**
 * What retention must remember between two starts, in `retention.json`: when it last ran, to notice a clock that jumped, and
 * when people were last seen, for those whose lines in the log were erased since.
 */
import { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { Document, type DocumentKind } from './document.ts';
import type { RoomFolder } from './room-folder.ts';

export const retentionFileSchema = z.object({
  /** Unix ms by the clock of then; null: never. */
  lastRun: z.number().nullable(),
  /** Person's id to Unix ms; only of people whose last line in the log is gone. */
  lastSeen: z.record(z.string(), z.number()),
});
export type RetentionMemory = z.infer<typeof retentionFileSchema>;

const DOCUMENT: DocumentKind<RetentionMemory> = {
  name: 'retention.json',
  schema: retentionFileSchema,
  initial: { lastRun: null, lastSeen: {} },
  damaged: new LintelError('store-damaged', 'When things were last erased for their age could not be read.', {
    kept: 'People and check-ins are not touched.',
    todo: 'Nothing: it is begun anew.',
  }),
};

export const openRetentionMemory = (on: RoomFolder): Promise<Document<RetentionMemory>> => Document.open(on, DOCUMENT);
