/**
 * Makes a backup of a data folder, while the kiosk is running or not: it only reads there. The file is written beside its
 * place, fsynced, read back whole and only then given its name, so a file of that name is a backup that can be read.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { plain, unseal } from '../storage/envelope.ts';
import { readFailure, storeFailure } from '../storage/failure.ts';
import { codeOf, piecesOf, realOps, removeIfThere, writeAll } from '../storage/file-ops.ts';
import { Thumbnails } from '../storage/images.ts';
import { decodeLine, encodeLine } from '../storage/journal.ts';
import {
  type ArchiveFile,
  type BackupKey,
  type Counts,
  decryptStream,
  encryptStream,
  FORMAT,
  type Manifest,
  newHeader,
  readArchive,
  writeArchive,
} from './archive.ts';
import {
  AUDIT_JOURNAL,
  type BackupFolder,
  CHECKINS,
  entrySchema,
  kindOfPath,
  PEOPLE,
  peopleSchema,
} from './contents.ts';

interface CreateOptions {
  /** Where the backup goes; a file of that name is replaced. */
  readonly to: string;
  readonly key: BackupKey;
  readonly from: BackupFolder;
  /** Version of Lintel, name of the kiosk. */
  readonly lintel: string;
  readonly kiosk: string;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  /** Bytes written so far; then, while it is read back, bytes read. */
  readonly onProgress?: (phase: 'writing' | 'verifying', bytes: number) => void;
}

/**
 * @returns the manifest, as it was read back
 * @throws LintelError `disk-full`, `store-read-only`, `store-failed`, `store-damaged` (something to be saved is damaged and
 * so is its backup generation), `backup-damaged` (what was read back is not what was written: a failing disk)
 */
export async function createBackup(options: CreateOptions): Promise<{ manifest: Manifest; bytes: number }> {
  const { to, key, from, lintel, kiosk, now = Date.now, signal, onProgress } = options;
  const part = `${to}.part`;
  const createdAt = now();
  // The name is given by a rename, which would put the backup in the place of a device, too.
  if ((await stat(to).catch(() => null))?.isFile() === false) throw new LintelError('not-a-file');
  try {
    const source = await Source.open(from);
    const about = () => ({ format: FORMAT, createdAt, lintel, kiosk, counts: source.counts });
    const stream = encryptStream(writeArchive(source.files(), about), newHeader(key), { key });
    const bytes = await writeStream(part, stream, (done) => {
      signal?.throwIfAborted();
      onProgress?.('writing', done);
    });
    const manifest = await verifyBackup(part, { key }, (done) => {
      signal?.throwIfAborted();
      onProgress?.('verifying', done);
    });
    await realOps.rename(part, to);
    await syncFolderIfPossible(dirname(to));
    return { manifest, bytes };
  } catch (error) {
    await removeIfThere(realOps, part).catch(() => undefined);
    if (error instanceof LintelError || signal?.aborted) throw error;
    throw storeFailure(error, basename(to));
  }
}

/**
 * Reads a backup from front to end.
 * @throws LintelError `backup-damaged`, `backup-newer`, `passphrase-wrong`, `store-failed`
 */
export function verifyBackup(
  file: string,
  secret: Parameters<typeof decryptStream>[1],
  onProgress?: (bytes: number) => void,
): Promise<Manifest> {
  return readArchive(decryptStream(bytesOf(file, onProgress), secret), async (_path, content) => {
    for await (const piece of content) void piece;
  });
}

/** The bytes of a file, in pieces. */
export async function* bytesOf(file: string, onProgress?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  try {
    for await (const piece of piecesOf(file, { highWaterMark: 256 * 1024 })) {
      yield piece;
      done += piece.byteLength;
      onProgress?.(done);
    }
  } catch (error) {
    if (codeOf(error) === '') throw error;
    throw readFailure(error, basename(file));
  }
}

/** What there is to save: documents and the lengths of the journals as of one moment. */
class Source {
  readonly #folder: BackupFolder;
  readonly #documents: ReadonlyMap<string, Buffer>;
  readonly #journals: ReadonlyMap<string, number>;
  readonly counts: Counts = {
    people: 0,
    samples: 0,
    pictures: 0,
    checkIns: 0,
    firstCheckIn: null,
    lastCheckIn: null,
    auditLines: 0,
    unreadable: 0,
  };

  private constructor(folder: BackupFolder, documents: Map<string, Buffer>, journals: Map<string, number>) {
    this.#folder = folder;
    this.#documents = documents;
    this.#journals = journals;
  }

  /** Documents and journals that belong together: read again when a line came in between, as audit and its head do. */
  static async open(folder: BackupFolder): Promise<Source> {
    for (let tries = 1; ; tries++) {
      const before = await journalLengths(folder);
      const documents = new Map<string, Buffer>();
      for (const name of folder.layout.files) {
        const bytes = await documentBytes(folder, name);
        if (bytes !== null) documents.set(name, bytes);
      }
      const after = await journalLengths(folder);
      const still = [...after].every(([file, length]) => before.get(file) === length);
      if (still || tries === 20) return new Source(folder, documents, after);
    }
  }

  async *files(): AsyncGenerator<ArchiveFile> {
    for (const [path, bytes] of this.#documents) {
      if (path === PEOPLE) this.#countPeople(bytes);
      yield { path, content: [bytes] };
    }
    for (const [path, length] of this.#journals) yield { path, content: this.#lines(path, length) };
    for (const blobs of this.#folder.layout.blobs) yield* this.#blobs(blobs);
  }

  #countPeople(bytes: Buffer): void {
    const opened = unseal(bytes, Number.MAX_SAFE_INTEGER, plain, PEOPLE);
    if (!('data' in opened)) return;
    const found = peopleSchema.safeParse(opened.data);
    if (!found.success) return;
    this.counts.people = found.data.people.length;
    this.counts.samples = found.data.people.reduce((sum, person) => sum + person.samples.length, 0);
  }

  /** The readable lines of a journal, plain. */
  async *#lines(path: string, length: number): AsyncGenerator<Uint8Array> {
    const { folder, codec, layout } = this.#folder;
    const kind = kindOfPath(path, layout);
    const prefix = kind?.kind === 'journal' ? kind.prefix : '';
    for await (const line of linesOf(join(folder, path), length)) {
      const entry = decodeLine(line, codec, path);
      if (entry === undefined) {
        this.counts.unreadable++;
        continue;
      }
      if (prefix === AUDIT_JOURNAL) this.counts.auditLines++;
      if (prefix === CHECKINS) this.#countCheckIn(entry);
      yield encodeLine(entry, undefined, path);
    }
  }

  #countCheckIn(entry: unknown): void {
    const { at } = entrySchema.safeParse(entry).data ?? {};
    const { counts } = this;
    counts.checkIns++;
    if (at === undefined) return;
    counts.firstCheckIn = Math.min(counts.firstCheckIn ?? at, at);
    counts.lastCheckIn = Math.max(counts.lastCheckIn ?? at, at);
  }

  async *#blobs(blobs: string): AsyncGenerator<ArchiveFile> {
    const { folder, codec } = this.#folder;
    const from = new Thumbnails({ folder: join(folder, blobs), ...given({ codec }) });
    for (const id of (await from.list()).sort()) {
      // `Thumbnails` takes other names for a stranger's file.
      if (kindOfPath(`${blobs}/${id}`, this.#folder.layout) === null) continue;
      let bytes: Uint8Array | null;
      try {
        bytes = await from.get(id);
      } catch (error) {
        if (!(error instanceof LintelError) || error.code !== 'store-damaged') throw error;
        this.counts.unreadable++;
        continue;
      }
      if (bytes === null) continue; // deleted meanwhile
      this.counts.pictures++;
      yield { path: `${blobs}/${id}`, content: [bytes] };
    }
  }
}

async function journalLengths({ folder, layout }: BackupFolder): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  for (const name of (await realOps.list(folder)).sort())
    if (kindOfPath(name, layout)?.kind === 'journal') lengths.set(name, await journalLength(join(folder, name)));
  return lengths;
}

/** How long a journal is, bytes; 0: there is none. @throws LintelError `not-a-file`, `store-failed` */
export async function journalLength(path: string): Promise<number> {
  try {
    const file = await realOps.open(path, 'read');
    return await file.size().finally(() => file.close());
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw readFailure(error, basename(path));
  }
}

/** A document, whole and plain; of its backup generation where the file itself is damaged. Null: there is none. */
async function documentBytes({ folder, codec = plain, documents }: BackupFolder, name: string): Promise<Buffer | null> {
  let there = false;
  for (const path of [name, `${name}.bak`]) {
    let stored: Uint8Array;
    try {
      stored = await realOps.readFile(join(folder, path));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') continue;
      throw readFailure(error, path);
    }
    there = true;
    const opened = unseal(stored, Number.MAX_SAFE_INTEGER, codec, name);
    if (opened.kind === 'whole' || (opened.kind === 'altered' && documents[name]?.acceptEdits === true))
      return Buffer.from(codec.decode(stored, name));
  }
  if (!there) return null;
  throw new LintelError('store-damaged.no-backup', { file: name });
}

/** The whole lines in the first `length` bytes of a file, without their line breaks. */
export async function* linesOf(path: string, length: number): AsyncGenerator<Buffer> {
  if (length === 0) return;
  let held = Buffer.alloc(0);
  for await (const chunk of piecesOf(path, { end: length - 1 })) {
    let from = 0;
    for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, from)) {
      const line = Buffer.concat([held, chunk.subarray(from, at)]);
      if (line.byteLength > 0) yield line;
      held = Buffer.alloc(0);
      from = at + 1;
    }
    held = Buffer.concat([held, chunk.subarray(from)]);
  }
}

async function writeStream(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<number> {
  const file = await realOps.open(path, 'replace');
  try {
    let done = 0;
    for await (const piece of bytes) {
      await writeAll(file, piece, done);
      done += piece.byteLength;
      onProgress(done);
    }
    await file.sync();
    return done;
  } finally {
    await file.close();
  }
}

/** Some file systems of USB sticks and shares can not fsync a folder; the file itself was fsynced. */
async function syncFolderIfPossible(folder: string): Promise<void> {
  try {
    await realOps.syncFolder(folder);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EISDIR', 'EBADF'].includes(codeOf(error))) throw error;
  }
}
