/** A page of the browser host: calls, and what it was told. */
import { once } from 'node:events';
import WebSocket from 'ws';
import type { CallInput, CallName, CallOutput } from '../../src/shared/calls.ts';
import type { CheckInView, KioskStatus, RecentCheckIn } from '../../src/shared/domain.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { decodeMessage, encodeMessage, type Reply, type ServerMessage } from '../../src/shared/wire.ts';

export class Page {
  readonly checkedIn: RecentCheckIn[] = [];
  readonly views: CheckInView[] = [];
  readonly statuses: KioskStatus[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>();
  #nextId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#told(decodeMessage(new Uint8Array(data)) as ServerMessage));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { failed } of this.#waiting.values()) failed(new LintelError('connection-lost'));
      this.#waiting.clear();
    });
  }

  static async open(url: string): Promise<Page> {
    const { port, hash } = new URL(url);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['lintel', hash.slice('#token='.length)], {
      origin: `http://127.0.0.1:${port}`,
    });
    socket.binaryType = 'nodebuffer';
    const page = new Page(socket);
    await new Promise((done, failed) => {
      socket.once('open', done);
      socket.once('close', () => failed(new Error('the socket was refused')));
    });
    return page;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  call<N extends CallName>(name: N, input?: CallInput<N>): Promise<CallOutput<N>> {
    return new Promise((done, failed) => {
      if (!this.isOpen) return failed(new LintelError('connection-lost'));
      const id = this.#nextId++;
      this.#waiting.set(id, { done: done as (value: unknown) => void, failed });
      this.#socket.send(encodeMessage({ type: 'call', id, name, input: input ?? null }), () => undefined);
    });
  }

  /** As a crash or a pulled cable would: without a word. */
  cut(): Promise<unknown> {
    const closed = once(this.#socket, 'close');
    this.#socket.terminate();
    return closed;
  }

  /** As a reload does. */
  leave(): void {
    this.#socket.close();
  }

  #told(message: ServerMessage): void {
    if (message.type === 'reply') {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      const reply = message.reply as Reply<unknown>;
      if (reply.ok) waiting?.done(reply.value);
      else waiting?.failed(LintelError.fromReport(reply.error));
      return;
    }
    if (message.name === 'checkedIn') this.checkedIn.push(message.payload as RecentCheckIn);
    if (message.name === 'view') this.views.push(message.payload as CheckInView);
    if (message.name === 'status') this.statuses.push(message.payload as KioskStatus);
  }
}
