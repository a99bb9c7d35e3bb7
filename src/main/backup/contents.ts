/** What a backup is made of and restored to: the files of a data folder, by what they are. */
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import type { DataLayout } from '../storage/data-layout.ts';
import { type Codec, type Envelope, plain, unseal } from '../storage/envelope.ts';
import { newer } from './archive.ts';

/** How to check a durable file before it takes the place of another: what its `DurableFile` is opened with. */
export interface DocumentRules {
  readonly schema: z.ZodType;
  readonly schemaVersion: number;
  readonly migrations?: Readonly<Record<number, (data: unknown) => unknown>>;
  /** As `DurableFileOptions.acceptEdits`. */
  readonly acceptEdits?: boolean;
}

export interface BackupFolder {
  readonly folder: string;
  /** The codec of the stores, as `Vault.codec` gives it. */
  readonly codec: Codec | undefined;
  readonly layout: DataLayout;
  /** Rules by file name; a file without is only checked for being whole, at version 1. */
  readonly documents: Readonly<Record<string, DocumentRules>>;
}

/** The journal that tells on whoever restores: it is never replaced or mixed. */
export const AUDIT_JOURNAL = 'audit';
export const AUDIT_HEAD = 'audit-head.json';
export const PEOPLE = 'people.json';
export const SETTINGS = 'settings.json';
export const OPERATOR = 'operator.json';
export const CHECKINS = 'checkins';

type PathKind =
  | { readonly kind: 'document'; readonly name: string }
  | { readonly kind: 'journal'; readonly name: string; readonly prefix: string }
  | { readonly kind: 'blob'; readonly blobs: string; readonly id: string };

/** What a path in a backup stands for, or null when it may not be in one: this is all that keeps paths from leading out. */
export function kindOfPath(path: string, layout: DataLayout): PathKind | null {
  if (layout.files.includes(path)) return { kind: 'document', name: path };
  const journal = /^(.+)-\d{4}-\d{2}\.ndjson$/.exec(path);
  if (journal?.[1] !== undefined && layout.journals.includes(journal[1]))
    return { kind: 'journal', name: path, prefix: journal[1] };
  const [blobs = '', id = '', ...rest] = path.split('/');
  // `Thumbnails` checks the id itself once more.
  if (rest.length === 0 && layout.blobs.includes(blobs) && /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(id))
    return { kind: 'blob', blobs, id };
  return null;
}

/** A document as it was read. */
interface Document {
  readonly head: Envelope;
  /** Of the newest version, and of the right shape. */
  readonly data: unknown;
}

/**
 * @param bytes a whole document; from a backup they are plain
 * @throws LintelError `backup-damaged`, `backup-newer`; what the codec throws
 */
export function readDocument(bytes: Uint8Array, name: string, folder: BackupFolder, codec: Codec = plain): Document {
  const rules: DocumentRules = folder.documents[name] ?? { schema: z.unknown(), schemaVersion: 1 };
  const opened = unseal(bytes, rules.schemaVersion, codec, name);
  if (opened.kind === 'newer') throw newer();
  if (opened.kind === 'damaged' || (opened.kind === 'altered' && rules.acceptEdits !== true))
    throw new LintelError('backup-damaged.file', { file: name });
  let { data } = opened;
  try {
    for (let version = opened.head.schemaVersion; version < rules.schemaVersion; version++) {
      const migrate = rules.migrations?.[version];
      if (migrate === undefined) throw new Error(`no way from version ${version}`);
      data = migrate(data);
    }
    return { head: { ...opened.head, schemaVersion: rules.schemaVersion }, data: rules.schema.parse(data) };
  } catch (error) {
    if (error instanceof LintelError) throw error;
    throw new LintelError('backup-damaged.content', { file: name }, { cause: error });
  }
}

/** The little that backups know of people; everything else is carried along. */
export const peopleSchema = z.looseObject({
  people: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      updatedAt: z.number(),
      samples: z.array(z.looseObject({ id: z.string() })),
    }),
  ),
});
export type PeopleData = z.infer<typeof peopleSchema>;
export type PersonData = PeopleData['people'][number];

/** The little that is known of a journal's entry. */
export const entrySchema = z.looseObject({ id: z.string().optional(), at: z.number().optional() });

/** Blobs belong to a sample by the part of their name before the first dot. */
export const sampleOf = (blobId: string): string => blobId.split('.', 1)[0] ?? blobId;
