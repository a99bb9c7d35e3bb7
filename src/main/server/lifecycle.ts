/**
 * A kiosk that can be closed and opened again beneath the screens that show it: for encrypted data whose passphrase is
 * typed on the screen, for changes of encryption, and for restoring a backup.
 *
 * [Note: closed data] Keys, codecs and journals are held by every part of a kiosk, and half of them changed would be worse than
 * none. So whatever replaces the data as a whole is done to a closed folder (maintenance.ts), exactly as the terminal does
 * it: the kiosk is closed, the work is done under the folder's lock, and another kiosk is opened. Screens stay: each has a
 * connection of its own that outlives the kiosk behind it. Their sessions and drafts end with the kiosk.
 */
import type { EventName } from '../../shared/calls.ts';
import { type ErrorReport, LintelError, type Phrase, reportOf } from '../../shared/errors.ts';
import type { DataState } from '../../shared/security.ts';
import { Mutex } from 'async-mutex';
import type { FetchOptions } from '../models/download.ts';
import type { SafeStorageLike, Secret } from '../storage/secret.ts';
import { vaultStatus } from '../storage/vault.ts';
import { ClientSession, type KioskConnection, type KioskHost } from './connection.ts';
import { type Kiosk, type KioskOptions, openKiosk } from './kiosk.ts';
import {
  changeEncryption,
  type Lifecycle,
  type ClosedFolder,
  type EncryptionChange,
  peopleTaken,
  restore,
} from './maintenance.ts';
import type { Unlock } from './security.ts';

export type RestartableOptions = Omit<KioskOptions, 'readOnly' | 'lifecycle'> & {
  /** Null: the host has no secret to give; a passphrase is then asked for on the screen. */
  readonly unlock?: Unlock;
  readonly keyStore?: SafeStorageLike | null;
};

type Working = Extract<DataState, { state: 'working' }>;
type Send = (name: EventName, payload: unknown) => void;

/** Progress is told at most this often, ms. */
const TELL_EVERY_MS = 150;

const WORK: Readonly<Record<EncryptionChange['what'], Working['what']>> = {
  on: 'encrypting',
  off: 'decrypting',
  rotated: 'rotating',
  'secret-changed': 'changing-secret',
};

/**
 * Opens a kiosk that its screens can close and open again. It is there, too, when a passphrase is missing: its state says so.
 * @throws LintelError as `openKiosk`, but for a passphrase nobody has given yet
 */
export async function openRestartable(options: RestartableOptions): Promise<RestartableKiosk> {
  const kiosk = new RestartableKiosk(options);
  await kiosk.begin();
  return kiosk;
}

export class RestartableKiosk implements KioskHost {
  onLeaveKiosk: (() => void) | null = null;
  readonly #options: RestartableOptions;
  readonly #sessions = new Set<ClientSession>();
  readonly #mutex = new Mutex();
  #kiosk: Kiosk | null = null;
  #state: DataState = { state: 'working', what: 'opening', done: null, total: null };
  /** What opened the data last: they are opened again with it. */
  #secret: Secret | null = null;
  #landmarkerPath: string | null = null;
  #fetch: FetchOptions | null = null;
  /** What became of the work, for the next kiosk to say. */
  readonly #unsaid: ErrorReport[] = [];
  #toldAt = 0;
  #closed = false;

  /** Use `openRestartable`. */
  constructor(options: RestartableOptions) {
    this.#options = options;
  }

  /** The first opening. */
  async begin(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      if (!(await this.#isLocked(error))) throw error;
      this.#set({ state: 'locked', problem: null });
    }
  }

  get state(): DataState {
    return this.#state;
  }

  /** The kiosk as it is at the moment; null while its data are not open. */
  get kiosk(): Kiosk | null {
    return this.#kiosk;
  }

  /** Path of MediaPipe's face landmarker; null when it is missing. */
  get landmarkerPath(): string | null {
    return this.#kiosk?.landmarkerPath ?? this.#landmarkerPath;
  }

  /** See `Kiosk.fetchModels`; also whenever the data are opened again. */
  fetchModels(options: FetchOptions): void {
    this.#fetch = options;
    this.#kiosk?.models.fetch(options);
  }

  connect(send: Send): KioskConnection {
    const session = new ClientSession(this, send, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    session.attach(this.#kiosk);
    return session;
  }

  /** Waits for work on the data that is under way, and closes everything. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#mutex.waitForUnlock();
    for (const session of [...this.#sessions]) session.close();
    await this.#kiosk?.close();
    this.#kiosk = null;
    this.#secret = null;
  }

  /** Gives the passphrase of locked data; null: tries again to open what could not be opened. Never throws. */
  openData(passphrase: string | null): Promise<DataState> {
    // Nobody piles up guesses: while one is looked at, others are not.
    if (this.#state.state !== 'locked' && this.#state.state !== 'closed') return Promise.resolve(this.#state);
    if (this.#state.state === 'locked' && passphrase === null) return Promise.resolve(this.#state);
    this.#set({ state: 'working', what: 'opening', done: null, total: null });
    return this.#mutex.runExclusive(async () => {
      if (passphrase !== null) this.#secret = { method: 'passphrase', passphrase };
      await this.#openAgain();
      return this.#state;
    });
  }

  #lifecycle(): Lifecycle {
    return {
      keyStore: this.#options.keyStore ?? null,
      changeEncryption: (change) =>
        this.#away(WORK[change.what], async (folder) => {
          // Whatever is encrypted before it is cut short is so with this one already.
          if (change.what === 'on') this.#secret = change.secret;
          const { value: plain, notWrittenDown } = await changeEncryption(folder, change);
          if (change.what === 'secret-changed') this.#secret = change.secret;
          if (change.what === 'off') this.#secret = null;
          return changedNotice(PAST[change.what], { plain: plain.length }, notWrittenDown === null);
        }),
      restore: (request) =>
        this.#away('restoring', async (folder) => {
          const { value, notWrittenDown } = await restore(folder, request);
          const counts = { people: peopleTaken(value), checkIns: value.checkIns.added };
          return changedNotice('restored', counts, notWrittenDown === null);
        }),
    };
  }

  /** Closes the kiosk, does the work on the closed folder, opens it again, and says how it went. */
  #away(what: Working['what'], work: (folder: ClosedFolder) => Promise<ErrorReport>): void {
    if (this.#state.state !== 'open') throw new LintelError('data-closed.working');
    // From here on no call reaches the kiosk, the one that asked for this included: it is answered already.
    this.#state = { state: 'working', what, done: null, total: null };
    void this.#mutex.runExclusive(async () => {
      // The answer goes out before the state.
      await new Promise((next) => setImmediate(next));
      this.#set(this.#state);
      const kiosk = this.#kiosk;
      // A page may still ask for it meanwhile.
      this.#landmarkerPath = kiosk?.landmarkerPath ?? null;
      this.#kiosk = null;
      for (const session of this.#sessions) session.attach(null);
      try {
        await kiosk?.close();
        const notice = await work({
          folder: this.#options.dataDir,
          unlock: this.#unlock,
          ops: this.#options.fileOps,
          onProgress: ({ done, total }) => this.#progress({ state: 'working', what, done, total }),
        });
        this.#unsaid.push(notice);
      } catch (error) {
        this.#unsaid.push(reportOf(error));
      }
      await this.#openAgain();
    });
  }

  async #openAgain(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#open();
    } catch (error) {
      if (error instanceof LintelError && error.code === 'passphrase-wrong') {
        this.#secret = null;
        this.#set({ state: 'locked', problem: mutable(error.toReport()) });
      } else if (await this.#isLocked(error)) this.#set({ state: 'locked', problem: null });
      else this.#set({ state: 'closed', problem: mutable(reportOf(error)) });
    }
  }

  async #open(): Promise<void> {
    const { keyStore, unlock, ...options } = this.#options;
    void keyStore;
    void unlock;
    const kiosk = await openKiosk({ ...options, unlock: this.#unlock, lifecycle: this.#lifecycle() });
    kiosk.onLeaveKiosk = () => this.onLeaveKiosk?.();
    this.#kiosk = kiosk;
    if (this.#fetch !== null) kiosk.models.fetch(this.#fetch);
    for (const notice of this.#unsaid.splice(0)) kiosk.say(notice);
    for (const session of this.#sessions) session.attach(kiosk);
    this.#set({ state: 'open' });
  }

  /** The secret that opened the data before, else what the host can give. */
  readonly #unlock: Unlock = async (method) => {
    if (this.#secret?.method === method) return this.#secret;
    this.#secret = (await this.#options.unlock?.(method)) ?? null;
    return this.#secret;
  };

  /** Whether it failed for want of a passphrase, which can be asked for. */
  async #isLocked(error: unknown): Promise<boolean> {
    if (!(error instanceof LintelError) || error.code !== 'vault-locked' || this.#secret !== null) return false;
    const { method } = await vaultStatus(this.#options.dataDir, this.#options.fileOps);
    return method === 'passphrase';
  }

  #progress(state: Working): void {
    const now = Date.now();
    this.#state = state;
    if (now >= this.#toldAt && now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#set(state);
  }

  #set(state: DataState): void {
    this.#state = state;
    for (const session of this.#sessions) session.send('dataState', state);
  }
}

const PAST = { on: 'encrypted', off: 'decrypted', rotated: 'rotated', 'secret-changed': 'secret-changed' } as const;

/** @param isInAudit whether the audit log has it */
function changedNotice(
  what: Phrase<'changed'>,
  counts: Readonly<Record<string, number>>,
  isInAudit: boolean,
): ErrorReport {
  const params = { what, ...counts };
  const { plain = 0, people = 0, checkIns = 0 } = counts;
  if (!isInAudit) return new LintelError('data-changed.not-in-audit', params).toReport();
  if (what === 'restored') return new LintelError('data-changed.restored', { ...params, people, checkIns }).toReport();
  if (plain > 0) return new LintelError('data-changed.plain', { ...params, plain }).toReport();
  return new LintelError('data-changed', params).toReport();
}

/** The same report, of the type that zod gives. */
const mutable = (report: ErrorReport): Extract<DataState, { state: 'closed' }>['problem'] => ({ ...report });
