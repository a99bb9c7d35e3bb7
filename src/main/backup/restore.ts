/** Two states of one kiosk made into one. Pure. */
import { join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { listData } from '../storage/data-layout.ts';
import { plain, seal } from '../storage/envelope.ts';
import { readFailure } from '../storage/failure.ts';
import { codeOf, realOps } from '../storage/file-ops.ts';
import { Thumbnails } from '../storage/images.ts';
import { decodeLine, encodeLine } from '../storage/journal.ts';
import { type BackupSecret, damaged, decryptStream, type Manifest, readArchive } from './archive.ts';
import { finishRestore, Interrupted, Staging } from './commit-restore.ts';
import {
  AUDIT_HEAD,
  AUDIT_JOURNAL,
  type BackupFolder,
  CHECKINS,
  entrySchema,
  kindOfPath,
  OPERATOR,
  PEOPLE,
  type PeopleData,
  peopleSchema,
  type PersonData,
  readDocument,
  sampleOf,
  SETTINGS,
} from './contents.ts';
import { bytesOf, journalLength, linesOf } from './create.ts';

interface PeopleEffect {
  /** In the backup only: they come. */
  readonly added: number;
  /** In both; changed later in the backup: it wins. */
  readonly newerInBackup: number;
  /** In both; changed later here: they stay as they are (merge) or go back (replace). */
  readonly newerHere: number;
  readonly same: number;
  /** Here only: they stay (merge) or go (replace). */
  readonly onlyHere: number;
  /** Deleted here since, so they are not brought back. */
  readonly leftOut: number;
  /** People who come although someone else of the same name is here: maybe the same person, enrolled twice. */
  readonly sameName: number;
}

interface PeoplePlan {
  readonly data: PeopleData;
  /** Samples of people as the backup has them: their pictures are needed. */
  readonly samples: ReadonlySet<string>;
  /** False: what is here is already so. */
  readonly changes: boolean;
  readonly effect: PeopleEffect;
}

/**
 * By person: `merge` keeps whichever was changed last, `replace` takes the backup's.
 * @param deleted ids of people whose face must not come back
 */
export function planPeople(
  here: PeopleData | null,
  backup: PeopleData,
  how: 'merge' | 'replace',
  deleted: ReadonlySet<string>,
): PeoplePlan {
  const mine = new Map((here?.people ?? []).map((person) => [person.id, person]));
  const names = new Map((here?.people ?? []).map((person) => [person.name, person.id]));
  const next = new Map<string, PersonData>(how === 'merge' ? mine : []);
  const taken: PersonData[] = [];
  const effect = { added: 0, newerInBackup: 0, newerHere: 0, same: 0, onlyHere: 0, leftOut: 0, sameName: 0 };
  const inBackup = new Set<string>();
  for (const theirs of backup.people) {
    inBackup.add(theirs.id);
    const own = mine.get(theirs.id);
    if (own === undefined && deleted.has(theirs.id)) {
      effect.leftOut++;
      continue;
    }
    if (own === undefined) {
      effect.added++;
      if (names.has(theirs.name)) effect.sameName++;
    } else if (theirs.updatedAt > own.updatedAt) effect.newerInBackup++;
    else if (theirs.updatedAt < own.updatedAt) effect.newerHere++;
    else effect.same++;
    // Somebody who took their consent back stays as they are since, a name without a face.
    const revoked = own !== undefined && deleted.has(theirs.id) && own.updatedAt >= theirs.updatedAt;
    if (revoked) next.set(own.id, own);
    else if (how === 'replace' || own === undefined || theirs.updatedAt > own.updatedAt) {
      next.set(theirs.id, theirs);
      taken.push(theirs);
    }
  }
  for (const id of mine.keys()) if (!inBackup.has(id)) effect.onlyHere++;
  const frame = how === 'merge' && here !== null ? here : backup;
  return {
    data: { ...frame, people: [...next.values()] },
    samples: new Set(taken.flatMap((person) => person.samples.map((sample) => sample.id))),
    changes: how === 'replace' || taken.length > 0,
    effect,
  };
}

/** A line of a journal: its bytes, and when it happened (null: unknown, it stays where it is). */
interface TimedLine {
  readonly bytes: Uint8Array;
  readonly at: number | null;
}

/** The lines of both, each side in its own order, put together by time. */
export function mergeLines(here: readonly TimedLine[], added: readonly TimedLine[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let next = 0;
  for (const line of here) {
    for (let one = added[next]; one !== undefined && line.at !== null && (one.at ?? 0) < line.at; one = added[next]) {
      out.push(one.bytes);
      next++;
    }
    out.push(line.bytes);
  }
  for (const one of added.slice(next)) out.push(one.bytes);
  return out;
}

// What is in the data folder a backup is to be restored into. Reads only.

interface CurrentData {
  readonly people: PeopleData | null;
  /** How often each document was written; absent: it is not there. */
  readonly generations: ReadonlyMap<string, number>;
  /** Identities of every line of every journal but the audit, by prefix. */
  readonly lines: ReadonlyMap<string, ReadonlySet<string>>;
  readonly hasAudit: boolean;
}

/** @throws LintelError `store-damaged` when what is here can not be read and `mustRead`, for then it can not be merged */
async function readCurrentData(into: BackupFolder, mustRead: boolean): Promise<CurrentData> {
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
async function timedLines(into: BackupFolder, name: string): Promise<TimedLine[]> {
  const found: TimedLine[] = [];
  for await (const bytes of journalLines(into, name)) {
    const entry = entrySchema.safeParse(decodeLine(bytes, into.codec, name));
    found.push({ bytes: Buffer.concat([bytes, Buffer.from('\n')]), at: entry.data?.at ?? null });
  }
  return found;
}

/** By which a line is known to be the same one: its id, or all of it. */
function identityOf(entry: unknown): string {
  const { id } = entrySchema.safeParse(entry).data ?? {};
  return id ?? JSON.stringify(entry);
}

async function* journalLines({ folder }: BackupFolder, name: string): AsyncGenerator<Buffer> {
  const path = join(folder, name);
  yield* linesOf(path, await journalLength(path));
}

function cannotMerge(name: string, cause: unknown): LintelError {
  return new LintelError('store-damaged.merge', { file: name }, { cause });
}

const countCurrent = (here: CurrentData): number => here.lines.get(CHECKINS)?.size ?? 0;

/*
 * Brings back a backup: into an empty folder, in place of what is there, or mixed with it.
 *
 * Nothing in the data folder is touched before the whole backup was read, every tag, hash, version and shape in it was
 * found right, and everything new stands on the disk beside the old; then all of it changes at once ([Note: commit-restore]).
 * A preview is the same reading without the writing, so it says what would happen, to the number.
 */

export interface RestoreOptions {
  readonly file: string;
  readonly secret: BackupSecret;
  readonly into: BackupFolder;
  /** `merge`: by person the newest, check-ins of both. `replace`: as it was when the backup was made. */
  readonly how: 'merge' | 'replace';
  /** Ids of people who were deleted here and must not come back (`Audit.deleted`). */
  readonly deleted?: ReadonlySet<string>;
  /** By default the settings come back with `replace`, or when there are none here. */
  readonly settings?: 'keep' | 'restore';
  /** By default the PIN of here stays, when there is one. */
  readonly pin?: 'keep' | 'restore';
  readonly now?: () => number;
  /** Bytes of the backup read so far. */
  readonly onProgress?: (bytes: number) => void;
}

export interface RestorePreview {
  readonly how: 'merge' | 'replace';
  /** When, by what, with how much in it the backup was made. */
  readonly manifest: Manifest;
  readonly people: PeopleEffect;
  readonly checkIns: { readonly added: number; readonly same: number; readonly onlyHere: number };
  readonly settings: 'keep' | 'restore';
  readonly pin: 'keep' | 'restore';
  /** The audit journal of here is never replaced: it comes back only where there is none. */
  readonly audit: 'keep' | 'restore';
}

/**
 * What `restoreBackup` would do. Touches nothing.
 * @throws LintelError `backup-damaged`, `backup-newer`, `passphrase-wrong`, `store-*`
 */
export function previewRestore(options: RestoreOptions): Promise<RestorePreview> {
  return new Restoring(options, null).run();
}

/**
 * Does it. The caller holds the folder's lock.
 * @param pause called before anything here is read: closes the stores, and returns what opens them again. That is called at
 * the end, whatever happened, but not after a change that was interrupted half-way: then the kiosk must be started anew
 * @throws LintelError as `previewRestore`, `disk-full`; then nothing was changed unless its `kept` says otherwise
 */
export async function restoreBackup(
  options: RestoreOptions & { readonly pause?: () => Promise<() => Promise<void>> },
): Promise<RestorePreview> {
  const { into, pause } = options;
  // Most of what can be wrong with a backup shows here, before a running kiosk is troubled.
  if (pause !== undefined) await previewRestore(options);
  const resume = await pause?.();
  const staging = new Staging(realOps, into.folder);
  let whole = true;
  try {
    await finishRestore(realOps, into.folder, into.layout);
    const restoring = new Restoring(options, staging);
    const preview = await restoring.run();
    await staging.commit(await restoring.toRemove(), into.layout);
    return preview;
  } catch (error) {
    if (error instanceof Interrupted) {
      whole = false;
      throw interrupted(error);
    }
    await staging.drop().catch(() => undefined);
    throw error;
  } finally {
    if (whole) await resume?.();
  }
}

const BATCH = 64;

class Restoring {
  readonly #options: RestoreOptions;
  /** Null: a preview. */
  readonly #staging: Staging | null;
  readonly #now: number;
  readonly #checkIns = { added: 0, same: 0 };
  readonly #kept = new Set<string>();
  /** Pictures that share the fsyncs of their folders, by folder. */
  readonly #blobs = new Map<string, [id: string, bytes: Uint8Array][]>();
  #current: CurrentData | null = null;
  #plan: PeoplePlan | null = null;

  constructor(options: RestoreOptions, staging: Staging | null) {
    this.#options = options;
    this.#staging = staging;
    this.#now = (options.now ?? Date.now)();
  }

  async run(): Promise<RestorePreview> {
    const { file, secret, into, how, onProgress } = this.#options;
    const here = await readCurrentData(into, how === 'merge');
    this.#current = here;
    const stream = decryptStream(bytesOf(file, onProgress), secret);
    const manifest = await readArchive(stream, (path, content) => this.#take(path, content));
    await this.#flush();
    // A backup of a kiosk that never enrolled anybody has no people's file.
    const people = (this.#plan ?? this.#planPeople({ people: [] })).effect;
    return {
      how,
      manifest,
      people,
      checkIns: { ...this.#checkIns, onlyHere: countCurrent(here) - this.#checkIns.same },
      settings: this.#wants(SETTINGS) ? 'restore' : 'keep',
      pin: this.#wants(OPERATOR) && manifest.files.some(({ path }) => path === OPERATOR) ? 'restore' : 'keep',
      audit: here.hasAudit ? 'keep' : 'restore',
    };
  }

  /** The files that `replace` leaves no place for. */
  async toRemove(): Promise<string[]> {
    const { into, how } = this.#options;
    if (how === 'merge') return [];
    const all = await listData(realOps, into.folder, into.layout);
    return all.filter(({ name }) => !this.#stays(name)).map(({ path }) => path);
  }

  #stays(name: string): boolean {
    if (name === AUDIT_HEAD || name.startsWith(`${AUDIT_JOURNAL}-`)) return this.#current?.hasAudit === true;
    // A backup without a PIN must not leave a kiosk that anybody may give one.
    if (name === OPERATOR) return true;
    return this.#kept.has(name) || (name === SETTINGS && !this.#wants(name));
  }

  /** Whether a document of the backup takes the place of the one here. */
  #wants(name: string): boolean {
    const { how, settings, pin } = this.#options;
    const there = this.#current?.generations.has(name) === true;
    if (name === AUDIT_HEAD) return this.#current?.hasAudit !== true;
    if (name === SETTINGS) return (settings ?? (how === 'replace' || !there ? 'restore' : 'keep')) === 'restore';
    if (name === OPERATOR) return (pin ?? (there ? 'keep' : 'restore')) === 'restore';
    return how === 'replace' || !there;
  }

  async #take(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const kind = kindOfPath(path, this.#options.into.layout);
    // Written by a Lintel that keeps more than this one does, or made to break out of the folder.
    if (kind === null) throw damaged('unknown-file');
    if (kind.kind === 'document') return this.#takeDocument(kind.name, await all(content));
    if (kind.kind === 'journal') return this.#takeJournal(kind.name, kind.prefix, await all(content));
    return this.#takeBlob(kind.blobs, kind.id, await all(content));
  }

  async #takeDocument(name: string, bytes: Buffer): Promise<void> {
    const { into } = this.#options;
    const { head, data } = readDocument(bytes, name, into);
    let next: unknown = data;
    if (name === PEOPLE) {
      const people = peopleSchema.safeParse(data);
      if (!people.success) throw new LintelError('backup-damaged.content', { file: name }, { cause: people.error });
      const plan = this.#planPeople(people.data);
      if (!plan.changes) return;
      next = plan.data;
    } else if (!this.#wants(name)) return;
    // A preview may have no key to seal with: beside a running kiosk the folder is only read.
    if (this.#staging === null) return;
    const generation = Math.max(head.generation, this.#current?.generations.get(name) ?? 0) + 1;
    const sealed = seal(
      { schemaVersion: head.schemaVersion, generation, savedAt: this.#now },
      next,
      into.codec ?? plain,
      name,
    );
    await this.#staging.put(name, sealed);
    // The generation before it is of another time: damage to the new one must not bring that back.
    if (this.#options.how === 'replace') await this.#staging.put(`${name}.bak`, sealed);
  }

  #planPeople(backup: Parameters<typeof planPeople>[1]): PeoplePlan {
    const { how, deleted = new Set<string>() } = this.#options;
    this.#plan = planPeople(this.#current?.people ?? null, backup, how, deleted);
    return this.#plan;
  }

  async #takeJournal(name: string, prefix: string, bytes: Buffer): Promise<void> {
    const { into, how } = this.#options;
    const here = this.#current;
    const known = here?.lines.get(prefix);
    const fresh: TimedLine[] = [];
    const every: Uint8Array[] = [];
    for (const line of bytes.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = decodeLine(Buffer.from(line, 'utf8'), undefined, name);
      if (entry === undefined) throw new LintelError('backup-damaged.line', { file: name });
      const encoded = encodeLine(entry, this.#staging === null ? undefined : into.codec, name);
      every.push(encoded);
      const isHere = known?.has(identityOf(entry)) === true;
      if (!isHere) fresh.push({ bytes: encoded, at: entrySchema.safeParse(entry).data?.at ?? null });
      if (prefix === CHECKINS) this.#checkIns[isHere ? 'same' : 'added']++;
    }
    if (prefix === AUDIT_JOURNAL && here?.hasAudit === true) return;
    if (how === 'replace' || prefix === AUDIT_JOURNAL) {
      await this.#staging?.put(name, Buffer.concat(every));
    } else if (fresh.length > 0 && this.#staging !== null) {
      await this.#staging.put(name, Buffer.concat(mergeLines(await timedLines(into, name), fresh)));
    }
  }

  async #takeBlob(blobs: string, id: string, bytes: Buffer): Promise<void> {
    const plan = this.#plan ?? this.#planPeople({ people: [] });
    if (!plan.samples.has(sampleOf(id)) || this.#staging === null) return;
    this.#kept.add(`${blobs}/${id}`);
    const batch = this.#blobs.get(blobs) ?? [];
    this.#blobs.set(blobs, batch);
    batch.push([id, bytes]);
    if (batch.length === BATCH) await this.#flush();
  }

  async #flush(): Promise<void> {
    const { codec } = this.#options.into;
    for (const [blobs, batch] of this.#blobs) {
      const folder = join(this.#staging?.root ?? '', blobs);
      await new Thumbnails({ folder, ...given({ codec }) }).putAll(batch.splice(0));
    }
  }
}

async function all(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

function interrupted(cause: Interrupted): LintelError {
  return new LintelError('store-failed.restore', undefined, { cause });
}
