/** Who may talk to the browser host: this machine, through our own address, knowing the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import type { EventName } from '../../../shared/calls.ts';
import { LintelError, reportOf } from '../../../shared/errors.ts';
import { decodeMessage, encodeMessage, type Reply, type ServerMessage } from '../../../shared/wire.ts';
import type { KioskConnection, KioskHost } from '../../server/connection.ts';
import { type AssetPlaces, findAsset, securityHeaders } from '../assets.ts';

/** The subprotocol both ends agree on; the browser offers it next to the token. */
const SUBPROTOCOL = 'lintel';

/** 256 random bits, in characters that a URL fragment and a WebSocket subprotocol both allow. */
const newToken = (): string => randomBytes(32).toString('base64url');

/** The names under which our own page reaches us. Any other Host is a DNS name pointed here by somebody else. */
const ownHosts = (port: number): readonly string[] => [`127.0.0.1:${port}`, `localhost:${port}`];

const isOwnHost = (host: string | undefined, port: number): boolean =>
  host !== undefined && ownHosts(port).includes(host.toLowerCase());

/** A WebSocket must come from a page of ours, loaded under the very host it connects to. Browsers always send Origin. */
const isOwnOrigin = (origin: string | undefined, host: string | undefined, port: number): boolean =>
  origin !== undefined && isOwnHost(host, port) && origin.toLowerCase() === `http://${host?.toLowerCase() ?? ''}`;

/** @param header Sec-WebSocket-Protocol, `lintel, TOKEN` */
function offersToken(header: string | undefined, token: string): boolean {
  const offered = (header ?? '').split(',').map((part) => part.trim());
  if (!offered.includes(SUBPROTOCOL)) return false;
  // Compared as hashes: equal lengths, and in constant time.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = hash(token);
  return offered.filter((part) => part !== SUBPROTOCOL).some((part) => timingSafeEqual(hash(part), expected));
}

const TICKET_MS = 30_000;

/** One-use paths to the page. */
class Tickets {
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

// One WebSocket, one `KioskConnection`: binary messages of `src/shared/wire.ts`, nothing else.

const callSchema = z.object({
  type: z.literal('call'),
  id: z.int().min(0),
  name: z.string().max(100),
  // Left out by JSON where it is undefined.
  input: z.unknown().optional(),
});

/** So many unreadable messages and the socket is closed: it is not our page. */
const MAX_GARBAGE = 5;
/** Calls waiting for an answer at the same time; the page never has more than a handful. */
const MAX_WAITING = 64;
/** Above this many unsent bytes the page is not keeping up; only the newest view is kept for it. */
const SLOW_BYTES = 1 << 20;
/** Above this it is not reading at all. */
const STUCK_BYTES = 64 << 20;

/** How often a page is pinged, ms: a half-open connection gives no error. A browser answers by itself, also while its page is busy. */
const PING_MS = 3000;
const UNANSWERED_PINGS = 3;

const asBytes = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data));
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
};

function serveSocket(socket: WebSocket, host: KioskHost): void {
  let garbage = 0;
  let waiting = 0;
  /** The newest view that a slow page has not been sent yet; older ones are of no use to it. */
  let heldView: { readonly payload: unknown } | null = null;

  const send = (message: ServerMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > STUCK_BYTES) return socket.terminate();
    socket.send(encodeMessage(message), { binary: true }, () => {
      if (heldView === null || socket.bufferedAmount > SLOW_BYTES) return;
      const { payload } = heldView;
      heldView = null;
      send({ type: 'event', name: 'view', payload });
    });
  };
  const reply = (id: number, answer: Reply<unknown>): void => send({ type: 'reply', id, reply: answer });

  const connection: KioskConnection = host.connect((name: EventName, payload: unknown) => {
    if (name === 'view' && socket.bufferedAmount > SLOW_BYTES) heldView = { payload };
    else send({ type: 'event', name, payload });
  });

  let unanswered = 0;
  const pings = setInterval(() => {
    if (unanswered++ >= UNANSWERED_PINGS) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_MS).unref();
  socket.on('pong', () => (unanswered = 0));

  socket.on('message', (data, isBinary) => {
    // Whoever was shut out is no longer heard: nobody would learn what became of it.
    if (socket.readyState !== socket.OPEN) return;
    let id = -1;
    try {
      if (!isBinary) throw new LintelError('bad-input.message');
      const message = decodeMessage(asBytes(data));
      id = z.object({ id: z.int().min(0) }).safeParse(message).data?.id ?? -1;
      const call = callSchema.safeParse(message);
      if (!call.success) throw new LintelError('bad-input.message');
      if (waiting >= MAX_WAITING) {
        reply(id, { ok: false, error: reportOf(new LintelError('bad-input.too-many')) });
        return;
      }
      waiting += 1;
      void connection
        .call(call.data.name, call.data.input)
        .then(
          (value) => reply(id, { ok: true, value }),
          (error: unknown) => reply(id, { ok: false, error: reportOf(error) }),
        )
        .finally(() => (waiting -= 1));
    } catch (error) {
      reply(id, { ok: false, error: reportOf(error) });
      garbage += 1;
      if (garbage >= MAX_GARBAGE) socket.close(1008, 'unreadable messages');
    }
  });
  // A socket error (too large a message, a broken frame) is followed by 'close'; without a listener it would be fatal.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(pings);
    heldView = null;
    connection.close();
  });
}

// The browser host: the kiosk's page and its WebSocket on the loopback address, for this machine's browser only.

interface ServeOptions {
  /** 0 (default): any free port. */
  readonly port?: number;
  readonly assets: AssetPlaces;
  /** Only tests give one; otherwise 256 random bits made at each start. */
  readonly token?: string;
}

export interface BrowserHost {
  /** The page with its token, `http://127.0.0.1:PORT/#token=...`. A fragment never leaves the browser. */
  readonly url: string;
  readonly port: number;
  /**
   * An address for a program's command line, which other users of the machine can read: it leads to the page once, within
   * half a minute, and is worth nothing after that.
   */
  openingUrl(): string;
  /** Stops listening and closes every socket. The kiosk itself stays open: it is the caller's. */
  close(): Promise<void>;
}

/** Above one uncompressed 1280x1280 frame and below what would hurt. */
const MAX_MESSAGE_BYTES = 32 << 20;
/** A kiosk has one window; a few more are somebody's other tabs. */
const MAX_SOCKETS = 16;

/** @throws LintelError `port-taken`, `port-refused` */
export async function serveKiosk(host: KioskHost, options: ServeOptions): Promise<BrowserHost> {
  const token = options.token ?? newToken();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL, // never the token: it would be echoed into a header
  });
  const tickets = new Tickets();
  const server = createServer((request, response) => {
    const opening = isOwnHost(request.headers.host, port) && request.method === 'GET' && tickets.take(pathOf(request));
    if (opening) {
      response
        .writeHead(303, { ...securityHeaders(), Location: `/#token=${token}`, 'Cache-Control': 'no-store' })
        .end();
    } else answer(request, response, port, options.assets);
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const refuse = (status: number): void => {
      socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    const { host: to, origin, 'sec-websocket-protocol': protocols } = request.headers;
    if (!isOwnHost(to, port) || !isOwnOrigin(origin, to, port)) return refuse(403);
    if (pathOf(request) !== '/ws') return refuse(404);
    if (!offersToken(protocols, token)) return refuse(401);
    if (sockets.clients.size >= MAX_SOCKETS) return refuse(503);
    sockets.handleUpgrade(request, socket, head, (ws) => serveSocket(ws, host));
  });
  const port = await listen(server, options.port ?? 0);

  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    port,
    openingUrl: () => `http://127.0.0.1:${port}${tickets.issue()}`,
    close: () =>
      new Promise((done) => {
        for (const client of sockets.clients) client.close(1001, 'Lintel is closing');
        // A page that does not answer the closing handshake must not keep the kiosk open.
        const timer = setTimeout(() => {
          sockets.clients.forEach((client) => client.terminate());
          server.closeAllConnections();
        }, 500);
        server.close(() => {
          clearTimeout(timer);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?', 1)[0] ?? '/';

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      failed(new LintelError(taken ? 'port-taken' : 'port-refused', { port }, { cause: error }));
    });
    server.listen(port, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
}

function answer(request: IncomingMessage, response: ServerResponse, port: number, assets: AssetPlaces): void {
  const headers = securityHeaders(ownHosts(port).map((host) => `ws://${host}`));
  const end = (status: number, more: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', ...more });
    response.end(request.method === 'HEAD' ? undefined : `${STATUS_CODES[status] ?? status}\n`);
  };
  if (!isOwnHost(request.headers.host, port)) return end(403);
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, { Allow: 'GET, HEAD' });
  const asset = findAsset(assets, pathOf(request));
  if (asset === null) return end(404);
  response.writeHead(200, {
    ...headers,
    'Content-Type': asset.type,
    'Content-Length': asset.size,
    'Cache-Control': asset.cache,
  });
  if (request.method === 'HEAD') return void response.end();
  pipeline(createReadStream(asset.path), response, () => undefined);
}
