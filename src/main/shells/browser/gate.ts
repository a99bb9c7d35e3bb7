/** Who may talk to the browser shell: this machine, through our own address, knowing the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The subprotocol both ends agree on; the browser offers it next to the token. */
export const SUBPROTOCOL = 'lintel';

/** 256 random bits, in characters that a URL fragment and a WebSocket subprotocol both allow. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** The names under which our own page reaches us. Any other Host is a DNS name pointed here by somebody else. */
export const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

export const isOwnHost = (host: string | undefined, port: number): boolean =>
  host !== undefined && ownHosts(port).includes(host.toLowerCase());

/** A WebSocket must come from a page of ours, loaded under the very host it connects to. Browsers always send Origin. */
export const isOwnOrigin = (origin: string | undefined, host: string | undefined, port: number): boolean =>
  origin !== undefined && isOwnHost(host, port) && origin.toLowerCase() === `http://${host?.toLowerCase() ?? ''}`;

/** @param header Sec-WebSocket-Protocol, `lintel, TOKEN` */
export function offersToken(header: string | undefined, token: string): boolean {
  const offered = (header ?? '').split(',').map((part) => part.trim());
  if (!offered.includes(SUBPROTOCOL)) return false;
  // Compared as hashes: equal lengths, and in constant time.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = hash(token);
  return offered.filter((part) => part !== SUBPROTOCOL).some((part) => timingSafeEqual(hash(part), expected));
}

const TICKET_MS = 30_000;

/** One-use paths to the page. */
export class Tickets {
  /** Path and when it ends. Map keys are compared by hash, and a guess has one try in 2^256: no timing to measure. */
  readonly #open = new Map<string, number>();

  issue(): string {
    const path = `/open/${newToken()}`;
    this.#open.set(path, Date.now() + TICKET_MS);
    return path;
  }

  /** True once for a path that was issued, and not too long ago. */
  take(path: string): boolean {
    const ends = this.#open.get(path);
    return this.#open.delete(path) && ends !== undefined && Date.now() < ends;
  }
}
