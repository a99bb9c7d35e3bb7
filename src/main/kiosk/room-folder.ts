/** The data folder as every room that keeps something in it is given it. */
import type { ZodType } from 'zod';
import type { Codec } from '../store/codec.ts';
import { Journal } from '../store/journal.ts';
import type { FileOps } from '../store/ops.ts';
import type { NoteAudit } from './audit-note.ts';

export interface RoomFolder {
  readonly folder: string;
  /** Touch nothing on disk. */
  readonly readOnly?: boolean;
  readonly ops?: FileOps;
  /** Undefined: plain. */
  readonly codec?: Codec;
  /** Unix ms. */
  readonly wall?: () => number;
  /** The audit journal. */
  readonly note?: NoteAudit;
}

/** A journal `prefix-YYYY-MM.ndjson` in it; `prefix` belongs in `LINTEL_LAYOUT`. Not opened yet. */
export function journalIn<T>(
  on: RoomFolder,
  kind: { readonly prefix: string; readonly schema: ZodType<T>; readonly timeOf: (entry: T) => number },
): Journal<T> {
  const { folder, readOnly = false, ops, codec, wall = Date.now } = on;
  return new Journal<T>({
    folder,
    ...kind,
    readOnly,
    now: wall,
    ...(ops === undefined ? {} : { ops }),
    ...(codec === undefined ? {} : { codec }),
  });
}
