/** The screen's end of the bridge: calls and events over a fake socket, loss and return, the token. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiOverPreload } from '../../src/renderer/api/preload.ts';
import { type Socket, SocketLink, takeToken } from '../../src/renderer/api/socket.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { decodeMessage, encodeMessage, type LintelBridge, type ServerMessage } from '../../src/shared/wire.ts';

class FakeSocket implements Socket {
  binaryType = 'blob';
  onopen: Socket['onopen'] = null;
  onclose: Socket['onclose'] = null;
  onmessage: Socket['onmessage'] = null;
  readonly sent: { id: number; name: string; input: unknown }[] = [];
  send(data: Uint8Array<ArrayBuffer>): void {
    this.sent.push(decodeMessage(data) as FakeSocket['sent'][number]);
  }
  close(): void {
    this.onclose?.(undefined as never);
  }
  open(): void {
    this.onopen?.(undefined as never);
  }
  tell(message: ServerMessage): void {
    this.onmessage?.({ data: encodeMessage(message).buffer });
  }
}

function newLink(): { link: SocketLink; sockets: FakeSocket[]; states: string[] } {
  const sockets: FakeSocket[] = [];
  const states: string[] = [];
  const link = new SocketLink({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    onLink: (state) => states.push(state),
  });
  return { link, sockets, states };
}

describe('the WebSocket bridge', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends a call with its bytes and gives the answer to the right caller', async () => {
    const { link, sockets } = newLink();
    const socket = sockets[0] as FakeSocket;
    expect(socket.binaryType).toBe('arraybuffer');
    socket.open();
    await link.ready;
    const data = new Uint8Array(16 * 16 * 4).fill(7);
    const frame = link.api.submitFrame({ width: 16, height: 16, capturedAt: 5, data });
    const session = link.api.getSession();
    expect(socket.sent.map((m) => m.name)).toEqual(['submitFrame', 'getSession']);
    expect((socket.sent[0]?.input as { data: Uint8Array }).data).toEqual(data);
    expect(socket.sent[1]?.input).toBeNull();
    // Answered in the other order.
    const locked = { unlocked: false, endsAt: null };
    socket.tell({ type: 'reply', id: socket.sent[1]?.id ?? -1, reply: { ok: true, value: locked } });
    socket.tell({
      type: 'reply',
      id: socket.sent[0]?.id ?? -1,
      reply: { ok: true, value: { faces: [] } },
    });
    expect(await session).toEqual(locked);
    expect(await frame).toEqual({ faces: [] });
  });

  it('rejects with the error the kiosk answered, its parameters included', async () => {
    const { link, sockets } = newLink();
    sockets[0]?.open();
    const call = link.api.unlock({ pin: '0000' });
    const error = { code: 'pin-wait', message: 'Wait.', params: { seconds: 15 } } as const;
    sockets[0]?.tell({ type: 'reply', id: sockets[0].sent[0]?.id ?? -1, reply: { ok: false, error } });
    const problem = await call.catch((e: unknown) => e);
    expect(problem).toBeInstanceOf(LintelError);
    expect(problem).toMatchObject({ code: 'pin-wait', params: { seconds: 15 } });
  });

  it('gives events to listeners until they stop listening', () => {
    const { link, sockets } = newLink();
    sockets[0]?.open();
    const heard: unknown[] = [];
    const stop = link.api.on('view', (view) => heard.push(view));
    sockets[0]?.tell({ type: 'event', name: 'view', payload: { phase: 'unknown' } });
    stop();
    sockets[0]?.tell({ type: 'event', name: 'view', payload: { phase: 'idle' } });
    expect(heard).toEqual([{ phase: 'unknown' }]);
  });

  it('fails calls in flight by name when the socket drops, and calls made while it is away', async () => {
    const { link, sockets, states } = newLink();
    sockets[0]?.open();
    const inFlight = link.api.getStatus();
    sockets[0]?.close();
    await expect(inFlight).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(link.api.getStatus()).rejects.toMatchObject({ code: 'connection-lost' });
    expect(states).toEqual(['up', 'down']);
  });

  it('opens again, with growing waits, and goes on working with the same listeners', async () => {
    const { link, sockets, states } = newLink();
    const heard: unknown[] = [];
    link.api.on('session', (s) => heard.push(s));
    sockets[0]?.open();
    sockets[0]?.close();
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(250);
    expect(sockets).toHaveLength(2);
    sockets[1]?.close(); // still away
    await vi.advanceTimersByTimeAsync(499);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
    sockets[2]?.open();
    expect(states.at(-1)).toBe('up');
    const call = link.api.getRecentCheckIns();
    sockets[2]?.tell({ type: 'reply', id: sockets[2].sent[0]?.id ?? -1, reply: { ok: true, value: [] } });
    expect(await call).toEqual([]);
    sockets[2]?.tell({ type: 'event', name: 'session', payload: { unlocked: true, endsAt: 1 } });
    expect(heard).toHaveLength(1);
  });

  it('never waits longer than five seconds between tries', async () => {
    const { sockets } = newLink();
    for (let i = 0; i < 12; i += 1) {
      sockets.at(-1)?.close();
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(sockets).toHaveLength(13);
  });

  it('asks a kiosk that is silent whether it is there, takes it for gone when it does not answer, and dials again', async () => {
    const { link, sockets, states } = newLink();
    const [first] = sockets as [FakeSocket];
    first.open();
    for (let answered = 0; answered < 10; answered = first.sent.length) {
      await vi.advanceTimersByTimeAsync(1000);
      for (const { id } of first.sent.slice(answered))
        first.tell({ type: 'reply', id, reply: { ok: true, value: null } });
    }
    expect(states).toEqual(['up']);
    const inFlight = link.api.getStatus().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await inFlight).toMatchObject({ code: 'connection-lost' });
    expect(states).toEqual(['up', 'down']);
    sockets.at(-1)?.open();
    expect(states.at(-1)).toBe('up');
    // Whatever the dead one still says is not heard.
    first.close();
    expect(states.at(-1)).toBe('up');
  });

  it('says after three seconds that a kiosk is silent, and drops nothing when it goes on', async () => {
    const { link, sockets, states } = newLink();
    const [first] = sockets as [FakeSocket];
    first.open();
    const inFlight = link.api.getRecentCheckIns();
    await vi.advanceTimersByTimeAsync(2500);
    expect(states).toEqual(['up']);
    await vi.advanceTimersByTimeAsync(1500);
    expect(states).toEqual(['up', 'down']);
    for (const { id } of first.sent) first.tell({ type: 'reply', id, reply: { ok: true, value: [] } });
    expect(await inFlight).toEqual([]);
    expect(states).toEqual(['up', 'down', 'up']);
    expect(sockets).toHaveLength(1);
  });

  it('gives up a connection that is never opened, and dials again', async () => {
    const { sockets, states } = newLink();
    await vi.advanceTimersByTimeAsync(5000 + 250);
    expect(sockets).toHaveLength(2);
    sockets[1]?.open();
    expect(states.at(-1)).toBe('up');
  });

  it('ignores an answer nobody waits for', () => {
    const { sockets } = newLink();
    sockets[0]?.open();
    expect(() => sockets[0]?.tell({ type: 'reply', id: 99, reply: { ok: true, value: null } })).not.toThrow();
  });
});

describe('the preload bridge', () => {
  const bridgeOf = (reply: unknown): LintelBridge =>
    new Proxy({} as LintelBridge, { get: () => () => Promise.resolve(reply) });

  it('unwraps an answer', async () => {
    await expect(apiOverPreload(bridgeOf({ ok: true, value: [] })).getRecentCheckIns()).resolves.toEqual([]);
  });

  it('throws what the kiosk answered', async () => {
    const error = { code: 'disk-full', message: 'The disk is full.' };
    await expect(apiOverPreload(bridgeOf({ ok: false, error })).getStatus()).rejects.toMatchObject(error);
  });
});

describe("the browser host's token", () => {
  const storage = (kept: Record<string, string> = {}) => ({
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
  });

  it('is read from the address, kept for a reload, and taken out of the address bar', () => {
    const store = storage();
    const shown: string[] = [];
    const history = { replaceState: (_data: unknown, _unused: string, url: string) => void shown.push(url) };
    expect(takeToken({ hash: '#token=abc-1_Z', pathname: '/', search: '' }, history, store)).toBe('abc-1_Z');
    expect(shown).toEqual(['/']);
    expect(takeToken({ hash: '', pathname: '/', search: '' }, history, store)).toBe('abc-1_Z');
  });

  it('is null when there was none', () => {
    const history = { replaceState: () => undefined };
    expect(takeToken({ hash: '', pathname: '/', search: '' }, history, storage())).toBeNull();
    expect(takeToken({ hash: '#token=', pathname: '/', search: '' }, history, storage())).toBeNull();
  });
});
