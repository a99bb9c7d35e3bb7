/** The data folder's keys and its audit journal, opened before anything else in the folder is read. */
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { finishRestore, restorePending } from '../backup/commit-restore.ts';
import { Audit, auditEventSchema } from '../storage/audit-journal.ts';
import type { AuditNote, By } from '../storage/context.ts';
import { LINTEL_LAYOUT } from '../storage/data-layout.ts';
import type { Codec } from '../storage/envelope.ts';
import { type FileOps, realOps } from '../storage/file-ops.ts';
import { Mutex } from 'async-mutex';
import type { Method, Secret } from '../storage/secret.ts';
import { Vault, type VaultProgress } from '../storage/vault.ts';

/** Asked with the kind of secret that opens the folder, only when it is encrypted. Null: there is none to give. */
export type Unlock = (method: Method) => Promise<Secret | null>;

export interface SecurityOptions {
  readonly folder: string;
  readonly readOnly?: boolean;
  readonly unlock?: Unlock | undefined;
  /** Refuse a folder that is not encrypted. */
  readonly mustBeEncrypted?: boolean | undefined;
  /** Which host is used; default `operator`. */
  readonly by?: By | undefined;
  readonly ops?: FileOps | undefined;
  readonly wall?: () => number;
  readonly onProgress?: (progress: VaultProgress) => void;
}

/** More notes than this are not kept waiting for a disk: by then the kiosk has been saying so for a long time. */
const MOST_WAITING = 10_000;

export class Security {
  readonly vault: Vault;
  #audit: Audit | null;
  /** Told of what could not be written down. */
  onNotice: (notice: ErrorReport) => void = () => undefined;
  readonly #by: By;
  readonly #waiting: AuditNote[] = [];
  readonly #mutex = new Mutex();
  /** In the audit journal, where it is not opened. */
  readonly #found: readonly LintelError[];
  #said = false;
  /** As of the audit journal's line `seq`: it is long, and asked about every minute. */
  #deletion: { readonly seq: number; readonly at: number | null } = { seq: -1, at: null };

  private constructor(vault: Vault, audit: Audit | null, by: By, found: readonly LintelError[] = []) {
    this.vault = vault;
    this.#found = found;
    this.#audit = audit;
    this.#by = by;
  }

  /**
   * Completes a restore that was cut short, opens the vault (which completes its own), and the audit journal. The caller
   * holds the folder's lock, or reads only.
   * @throws LintelError `vault-locked`, `passphrase-wrong`, `vault-broken`, `store-*`, `disk-full`
   */
  static async open(options: SecurityOptions): Promise<Security> {
    const { folder, readOnly = false, unlock, mustBeEncrypted = false, by = 'operator', ops = realOps } = options;
    const { wall = Date.now, onProgress } = options;
    if (!readOnly) await finishRestore(ops, folder, LINTEL_LAYOUT);
    else if (await restorePending(ops, folder)) throw restoreUnfinished();
    const vault = await Vault.open({
      folder,
      readOnly,
      mustBeEncrypted,
      ops,
      ...given({ unlock, onProgress }),
    });
    const { codec } = vault;
    if (readOnly) return new Security(vault, null, by, await Audit.look({ folder, codec, ops }));
    return new Security(vault, await Audit.open({ folder, codec, ops, wall }), by);
  }

  /** As the vault has it now: another one after `turnOn`, `rotate` and `turnOff`. Undefined: plain. */
  get codec(): Codec | undefined {
    return this.vault.codec;
  }

  /** Null: opened for reading. */
  get audit(): Audit | null {
    return this.#audit;
  }

  /** When somebody was last deleted or took their consent back, Unix ms; null: never. */
  async lastDeletion(): Promise<number | null> {
    const { audit } = this;
    if (audit === null) return null;
    const { seq } = audit.head;
    if (this.#deletion.seq !== seq) {
      const gone = (await audit.readAll()).filter(({ kind }) => kind === 'delete' || kind === 'consent-revoked');
      this.#deletion = { seq, at: gone.length === 0 ? null : Math.max(...gone.map(({ at }) => at)) };
    }
    return this.#deletion.at;
  }

  /** After the vault or the journal was changed beneath it. */
  async reopenAudit({ folder, ops = realOps, wall = Date.now }: SecurityOptions): Promise<void> {
    await this.#audit?.close();
    this.#audit = await Audit.open({ folder, codec: this.codec, ops, wall });
  }

  /** For the operator: what the audit journal found, and that the data are plain if they are. */
  get notices(): readonly LintelError[] {
    if (this.audit === null) return [...this.vault.notices, ...this.#found];
    return [...this.vault.notices, ...this.audit.notices, ...(this.vault.state === 'plain' ? [plainNotice()] : [])];
  }

  /**
   * Writes lines into the audit journal, in the order given, after those that are waiting. Never throws: what they tell of
   * has happened. When the disk refuses they wait, are tried again with the next ones and at the close, and that is said.
   */
  note = (...notes: AuditNote[]): Promise<void> => {
    if (this.audit === null) return Promise.resolve();
    this.#waiting.push(...notes.slice(0, Math.max(0, MOST_WAITING - this.#waiting.length)));
    return this.#mutex.runExclusive(() => this.#drain());
  };

  /** Forgets the keys: only when every store is closed. */
  async close(): Promise<void> {
    await this.#mutex.runExclusive(() => this.#drain());
    await this.audit?.close();
    this.vault.close();
  }

  async #drain(): Promise<void> {
    const { audit } = this;
    if (audit === null) return;
    for (let [note] = this.#waiting; note !== undefined; [note] = this.#waiting) {
      const before = audit.head.seq;
      try {
        await audit.append(auditEventSchema.parse({ ...note, by: note.by ?? this.#by }));
        this.#said = false;
      } catch (error) {
        // The line itself may be there, and only the head that covers it not.
        const written = audit.head.seq > before;
        const hopeless = !(error instanceof LintelError);
        if (written || hopeless) this.#waiting.shift();
        this.#say(error);
        if (hopeless) continue;
        return;
      }
      this.#waiting.shift();
    }
  }

  #say(error: unknown): void {
    if (this.#said) return;
    this.#said = true;
    this.onNotice(new LintelError('audit-not-written', { why: reportOf(error).code }, { cause: error }).toReport());
  }
}

const plainNotice = (): LintelError => new LintelError('not-encrypted');

const restoreUnfinished = (): LintelError => new LintelError('store-locked.restore');
