/** Where the audit journal lies: `audit-YYYY-MM.ndjson`, and `audit-head.json` with the last link of the chain. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Codec } from '../store/codec.ts';
import { DurableFile } from '../store/durable-file.ts';
import { Journal } from '../store/journal.ts';
import type { FileOps } from '../store/ops.ts';
import { auditLineSchema, linkSchema, type AuditLine, type Link } from './entry.ts';

export interface AuditFolder {
  readonly folder: string;
  readonly readOnly?: boolean;
  readonly codec?: Codec | undefined;
  readonly ops?: FileOps;
  readonly wall?: () => number;
}

export const HEAD_FILE = 'audit-head.json';
export const JOURNAL_NAME = /^audit-(\d{4})-(\d{2})\.ndjson$/;

export const headSchema = z.strictObject({ head: linkSchema });
export type Head = { head: Link };

export function journalOf({ folder, readOnly = false, codec, ops, wall = Date.now }: AuditFolder): Journal<AuditLine> {
  return new Journal<AuditLine>({
    folder,
    prefix: 'audit',
    schema: auditLineSchema,
    timeOf: (line) => line.at,
    readOnly,
    now: wall,
    ...(codec === undefined ? {} : { codec }),
    ...(ops === undefined ? {} : { ops }),
  });
}

export function headOf({ folder, readOnly = false, codec, ops, wall = Date.now }: AuditFolder): DurableFile<Head> {
  return new DurableFile<Head>({
    path: join(folder, HEAD_FILE),
    schema: headSchema,
    schemaVersion: 1,
    readOnly,
    now: wall,
    ...(codec === undefined ? {} : { codec }),
    ...(ops === undefined ? {} : { ops }),
  });
}
