/**
 * Brings back a backup: into an empty folder, in place of what is there, or mixed with it.
 *
 * Nothing in the data folder is touched before the whole backup was read, every tag, hash, version and shape in it was
 * found right, and everything new stands on the disk beside the old; then all of it changes at once ([Note: swap]).
 * A preview is the same reading without the writing, so it says what would happen, to the number.
 */
import { join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { plain } from '../store/codec.ts';
import { seal } from '../store/envelope.ts';
import { decodeLine, encodeLine } from '../store/journal.ts';
import { realOps } from '../store/ops.ts';
import { Thumbnails } from '../store/thumbnails.ts';
import { listData } from '../vault/layout.ts';
import { readArchive, type Manifest } from './archive.ts';
import { bytesOf } from './create.ts';
import { countHere, identityOf, lookHere, timedLines, type Here } from './here.ts';
import type { BackupSecret } from './key.ts';
import { mergeLines, planPeople, type PeopleEffect, type PeoplePlan, type TimedLine } from './merge.ts';
import {
  AUDIT_HEAD,
  AUDIT_JOURNAL,
  CHECKINS,
  entrySchema,
  kindOfPath,
  OPERATOR,
  PEOPLE,
  peopleSchema,
  readDocument,
  sampleOf,
  SETTINGS,
  type BackupFolder,
} from './parts.ts';
import { damaged, decryptStream } from './stream.ts';
import { finishSwap, Interrupted, Staging } from './swap.ts';

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
    await finishSwap(realOps, into.folder, into.layout);
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
  #here: Here | null = null;
  #plan: PeoplePlan | null = null;

  constructor(options: RestoreOptions, staging: Staging | null) {
    this.#options = options;
    this.#staging = staging;
    this.#now = (options.now ?? Date.now)();
  }

  async run(): Promise<RestorePreview> {
    const { file, secret, into, how, onProgress } = this.#options;
    const here = await lookHere(into, how === 'merge');
    this.#here = here;
    const stream = decryptStream(bytesOf(file, onProgress), secret);
    const manifest = await readArchive(stream, (path, content) => this.#take(path, content));
    await this.#flush();
    // A backup of a kiosk that never enrolled anybody has no people's file.
    const people = (this.#plan ?? this.#planPeople({ people: [] })).effect;
    return {
      how,
      manifest,
      people,
      checkIns: { ...this.#checkIns, onlyHere: countHere(here) - this.#checkIns.same },
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
    if (name === AUDIT_HEAD || name.startsWith(`${AUDIT_JOURNAL}-`)) return this.#here?.hasAudit === true;
    // A backup without a PIN must not leave a kiosk that anybody may give one.
    if (name === OPERATOR) return true;
    return this.#kept.has(name) || (name === SETTINGS && !this.#wants(name));
  }

  /** Whether a document of the backup takes the place of the one here. */
  #wants(name: string): boolean {
    const { how, settings, pin } = this.#options;
    const there = this.#here?.generations.has(name) === true;
    if (name === AUDIT_HEAD) return this.#here?.hasAudit !== true;
    if (name === SETTINGS) return (settings ?? (how === 'replace' || !there ? 'restore' : 'keep')) === 'restore';
    if (name === OPERATOR) return (pin ?? (there ? 'keep' : 'restore')) === 'restore';
    return how === 'replace' || !there;
  }

  async #take(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const kind = kindOfPath(path, this.#options.into.layout);
    // Written by a Lintel that keeps more than this one does, or made to break out of the folder.
    if (kind === null) throw damaged('there is a file in it that this version does not know');
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
      if (!people.success) throw damaged(`${name} in it does not hold what it should`, people.error);
      const plan = this.#planPeople(people.data);
      if (!plan.changes) return;
      next = plan.data;
    } else if (!this.#wants(name)) return;
    // A preview may have no key to seal with: beside a running kiosk the folder is only read.
    if (this.#staging === null) return;
    const generation = Math.max(head.generation, this.#here?.generations.get(name) ?? 0) + 1;
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
    this.#plan = planPeople(this.#here?.people ?? null, backup, how, deleted);
    return this.#plan;
  }

  async #takeJournal(name: string, prefix: string, bytes: Buffer): Promise<void> {
    const { into, how } = this.#options;
    const here = this.#here;
    const known = here?.lines.get(prefix);
    const fresh: TimedLine[] = [];
    const every: Uint8Array[] = [];
    for (const line of bytes.toString('utf8').split('\n')) {
      if (line === '') continue;
      const entry = decodeLine(Buffer.from(line, 'utf8'), undefined, name);
      if (entry === undefined) throw damaged(`a line of ${name} in it is damaged`);
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
      await new Thumbnails({ folder, ...(codec === undefined ? {} : { codec }) }).putAll(batch.splice(0));
    }
  }
}

async function all(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

function interrupted(cause: Interrupted): LintelError {
  return new LintelError(
    'store-failed',
    'The backup was being put in place when the disk stopped doing what it was told.',
    {
      kept: 'Everything, old and new, is in the data folder.',
      todo: 'Free some space or mend the disk, then start Lintel again: it completes the restore first.',
      cause,
    },
  );
}
