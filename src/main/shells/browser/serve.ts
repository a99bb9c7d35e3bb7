/** The browser shell: the kiosk's page and its WebSocket on the loopback address, for this machine's browser only. */
import { createReadStream } from 'node:fs';
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LintelError } from '../../../shared/errors.ts';
import type { KioskHost } from '../../kiosk/host.ts';
import { findAsset, type AssetPlaces } from '../assets.ts';
import { securityHeaders } from '../csp.ts';
import { isOwnHost, isOwnOrigin, newToken, offersToken, ownHosts, SUBPROTOCOL, Tickets } from './gate.ts';
import { serveSocket } from './socket.ts';

export interface ServeOptions {
  /** 0 (default): any free port. */
  readonly port?: number;
  readonly assets: AssetPlaces;
  /** Only tests give one; otherwise 256 random bits made at each start. */
  readonly token?: string;
}

export interface BrowserShell {
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

/** @throws LintelError `bad-input` when the port is taken or not allowed */
export async function serveKiosk(host: KioskHost, options: ServeOptions): Promise<BrowserShell> {
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
      failed(
        new LintelError(
          'bad-input',
          `Port ${port} ${taken ? 'is already in use' : 'cannot be used'} on this machine.`,
          {
            todo: 'Choose another with --port, or leave it out to take any free one.',
            cause: error,
          },
        ),
      );
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
