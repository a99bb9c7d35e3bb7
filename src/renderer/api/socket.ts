import type { EventName, KioskApi } from '../../shared/calls.ts';
import { LintelError } from '../../shared/errors.ts';
import { decodeMessage, encodeMessage, type Reply, type ServerMessage } from '../../shared/wire.ts';
import { unwrap } from './preload.ts';

/** `up`: calls go through. `down`: the socket dropped and is being opened again. `refused`: no token, so it never will be. */
export type LinkState = 'up' | 'down' | 'refused';

const KEY = 'lintel-token';

/**
 * The token from `#token=...`, or the one this tab was opened with before a reload; null when there is none.
 * It is taken out of the address bar, so that it is neither read over a shoulder nor kept in the browser's history.
 */
export function takeToken(
  location: { readonly hash: string; readonly pathname: string; readonly search: string },
  history: { replaceState(data: unknown, unused: string, url: string): void },
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
): string | null {
  const fresh = new URLSearchParams(location.hash.replace(/^#/, '')).get('token');
  if (fresh === null || fresh === '') return storage.getItem(KEY);
  storage.setItem(KEY, fresh);
  history.replaceState(null, '', location.pathname + location.search);
  return fresh;
}

// `KioskApi` over one WebSocket that opens itself again. A call never waits for a dead socket: it fails, by name.

/** What is used of a WebSocket; tests put their own in its place. */
export interface Socket {
  binaryType: string;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: LintelError): void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A kiosk that does not take the connection within this time hangs, ms. */
const OPENING_MS = 5000;
/** A half-open connection gives no error: whoever has said nothing for so long is asked something, said to be away, and given up, ms. */
const ASK_MS = 1000;
const QUIET_MS = 3000;
const SILENT_MS = 8000;
const LISTEN_EVERY_MS = 500;

const lost = (): LintelError => new LintelError('connection-lost');

export class SocketLink {
  readonly api: KioskApi;
  /** Resolves when the socket first opens. */
  readonly ready: Promise<void>;
  readonly #open: () => Socket;
  readonly #onLink: (state: LinkState) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  #socket: Socket | null = null;
  #nextId = 1;
  #wait = FIRST_WAIT_MS;
  #isReady: () => void = () => undefined;

  constructor(parts: { open: () => Socket; onLink: (state: LinkState) => void }) {
    this.#open = parts.open;
    let known: LinkState | null = null;
    this.#onLink = (state) => {
      if (state !== known) parts.onLink((known = state));
    };
    this.ready = new Promise((resolve) => (this.#isReady = resolve));
    const api: Record<string, unknown> = { on: this.#on.bind(this) };
    for (const name of __CALL_NAMES__) api[name] = (input?: unknown) => this.#call(name, input);
    this.api = api as unknown as KioskApi;
    this.#dial();
  }

  #dial(): void {
    const socket = this.#open();
    socket.binaryType = 'arraybuffer';
    let heardAt = performance.now();
    let lookedAt = heardAt;
    let asked = false;
    let quiet = false;
    const hear = (): void => {
      heardAt = performance.now();
      asked = false;
      if (quiet) this.#onLink('up');
      quiet = false;
    };
    const lose = (): void => {
      clearTimeout(opening);
      clearInterval(listening);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      this.#lost();
    };
    const opening = setTimeout(lose, OPENING_MS);
    const listening = setInterval(() => {
      const now = performance.now();
      // Whoever slept has heard nothing, and that is not the kiosk's fault.
      if (this.#socket !== socket || now - lookedAt > QUIET_MS) heardAt = now;
      lookedAt = now;
      if (now - heardAt > SILENT_MS) return lose();
      if (!asked && now - heardAt > ASK_MS) {
        asked = true;
        this.#call('getSession', null).catch(() => undefined);
      }
      if (!quiet && now - heardAt > QUIET_MS) {
        quiet = true;
        this.#onLink('down');
      }
    }, LISTEN_EVERY_MS);
    socket.onopen = () => {
      clearTimeout(opening);
      this.#socket = socket;
      this.#wait = FIRST_WAIT_MS;
      this.#isReady();
      this.#onLink('up');
    };
    socket.onmessage = (event) => {
      hear();
      this.#receive(event.data);
    };
    socket.onclose = lose;
  }

  #lost(): void {
    this.#socket = null;
    for (const waiting of this.#waiting.values()) waiting.reject(lost());
    this.#waiting.clear();
    this.#onLink('down');
    setTimeout(() => this.#dial(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #call(name: string, input: unknown): Promise<unknown> {
    const socket = this.#socket;
    if (socket === null) return Promise.reject(lost());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // `undefined` is not JSON; a call without input says null.
      socket.send(encodeMessage({ type: 'call', id, name, input: input ?? null }));
    });
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    const message = decodeMessage(new Uint8Array(data)) as ServerMessage;
    if (message.type === 'reply') {
      const waiting = this.#waiting.get(message.id);
      if (waiting === undefined) return;
      this.#waiting.delete(message.id);
      try {
        waiting.resolve(unwrap(message.reply as Reply<unknown>));
      } catch (error) {
        waiting.reject(error as LintelError);
      }
    } else if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.payload as never);
    }
  }

  #on(event: EventName, listener: (payload: never) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set);
    set.add(listener);
    return () => set.delete(listener);
  }
}
