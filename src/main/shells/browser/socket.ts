/** One WebSocket, one `KioskConnection`: binary messages of `src/shared/wire.ts`, nothing else. */
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import type { EventName } from '../../../shared/api.ts';
import { LintelError, reportOf } from '../../../shared/errors.ts';
import { decodeMessage, encodeMessage, type Reply, type ServerMessage } from '../../../shared/wire.ts';
import type { KioskConnection, KioskHost } from '../../kiosk/host.ts';

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

const asBytes = (data: RawData): Uint8Array => {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data));
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.length);
};

export function serveSocket(socket: WebSocket, host: KioskHost): void {
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

  socket.on('message', (data, isBinary) => {
    let id = -1;
    try {
      if (!isBinary) throw new LintelError('bad-input', 'Messages must be binary.');
      const message = decodeMessage(asBytes(data));
      id = z.object({ id: z.int().min(0) }).safeParse(message).data?.id ?? -1;
      const call = callSchema.safeParse(message);
      if (!call.success) throw new LintelError('bad-input', 'A message was not a call.');
      if (waiting >= MAX_WAITING) {
        reply(id, { ok: false, error: reportOf(new LintelError('bad-input', 'Too many calls at once.')) });
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
    heldView = null;
    connection.close();
  });
}
