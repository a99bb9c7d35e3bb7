/** What is in the data folder a backup is to be restored into. Reads only. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { readFailure } from '../store/failure.ts';
import { decodeLine } from '../store/journal.ts';
import { codeOf, realOps } from '../store/ops.ts';
import { linesOf } from './create.ts';
import type { TimedLine } from './merge.ts';
import {
  AUDIT_JOURNAL,
  CHECKINS,
  entrySchema,
  kindOfPath,
  PEOPLE,
  peopleSchema,
  readDocument,
  type BackupFolder,
  type PeopleData,
} from './parts.ts';

export interface Here {
  readonly people: PeopleData | null;
  /** How often each document was written; absent: it is not there. */
  readonly generations: ReadonlyMap<string, number>;
  /** Identities of every line of every journal but the audit, by prefix. */
  readonly lines: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hasAudit: boolean;
}

/** @throws LintelError `store-damaged` when what is here can not be read and `mustRead`, for then it can not be merged */
export async function lookHere(into: BackupFolder, mustRead: boolean): Promise<Here> {
  const generations = new Map<string, number>();
  let people: PeopleData | null = null;
  for (const name of into.layout.files) {
    let stored: Uint8Array;
    try {
      stored = await realOps.readFile(join(into.folder, name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      throw readFailure(error, name);
    }
    generations.set(name, 0);
    try {
      const { head, data } = readDocument(stored, name, into, into.codec);
      generations.set(name, head.generation);
      if (name === PEOPLE) people = peopleSchema.parse(data);
    } catch (error) {
      if (error instanceof LintelError && error.code.startsWith('vault')) throw error;
      if (name === PEOPLE && mustRead) throw cannotMerge(name, error);
    }
  }
  const lines = new Map<string, Set<string>>();
  let hasAudit = false;
  for (const name of await realOps.list(into.folder)) {
    const kind = kindOfPath(name, into.layout);
    if (kind?.kind !== 'journal') continue;
    if (kind.prefix === AUDIT_JOURNAL) {
      hasAudit = true;
      continue;
    }
    const known = lines.get(kind.prefix) ?? new Set<string>();
    lines.set(kind.prefix, known);
    for await (const line of journalLines(into, name)) {
      const entry = decodeLine(line, into.codec, name);
      if (entry !== undefined) known.add(identityOf(entry));
    }
  }
  return { people, generations, lines, hasAudit };
}

/** One file's lines as they stand, damaged ones too. */
export async function timedLines(into: BackupFolder, name: string): Promise<TimedLine[]> {
  const found: TimedLine[] = [];
  for await (const bytes of journalLines(into, name)) {
    const entry = entrySchema.safeParse(decodeLine(bytes, into.codec, name));
    found.push({ bytes: Buffer.concat([bytes, Buffer.from('\n')]), at: entry.data?.at ?? null });
  }
  return found;
}

/** By which a line is known to be the same one: its id, or all of it. */
export function identityOf(entry: unknown): string {
  const { id } = entrySchema.safeParse(entry).data ?? {};
  return id ?? JSON.stringify(entry);
}

async function* journalLines({ folder }: BackupFolder, name: string): AsyncGenerator<Buffer> {
  const path = join(folder, name);
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw readFailure(error, name);
  }
  yield* linesOf(path, size);
}

function cannotMerge(name: string, cause: unknown): LintelError {
  return new LintelError('store-damaged', `${name} here is damaged, so a backup can not be merged with it.`, {
    kept: 'Nothing was changed.',
    todo: 'Start the kiosk: it says what can be mended. Or restore the backup in place of what is here.',
    params: { file: name },
    cause,
  });
}

export const countHere = (here: Here): number => here.lines.get(CHECKINS)?.size ?? 0;
