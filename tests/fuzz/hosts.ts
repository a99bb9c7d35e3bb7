/** The two hosts as an attacker stands before them: a real WebSocket with the right token, and Electron's IPC handlers. */
import { encode } from '@msgpack/msgpack';
import type { IpcMain, WebContents } from 'electron';
import WebSocket from 'ws';
import { connectWindow } from '../../src/main/hosts/electron/ipc.ts';
import { decodeMessage, type Reply, type ServerMessage } from '../../src/shared/wire.ts';
import { FakeContents } from '../support/fake-electron.ts';
import type { World } from './world.ts';

/** What came back: a reply, or the host was shut. */
export type Outcome = Reply<unknown> | { readonly ok: 'closed'; readonly code: number };

export interface Host {
  readonly name: 'socket' | 'ipc';
  call(name: string, input: unknown): Promise<Outcome>;
  close(): Promise<void>;
}

export class SocketHost implements Host {
  readonly name = 'socket';
  /** Why the kiosk closed sockets of this host. */
  readonly closedWith: number[] = [];
  readonly #world: World;
  #socket: WebSocket | null = null;
  #nextId = 0;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  /** Replies to what had no number that could be read. */
  #garbage: ((outcome: Outcome) => void)[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  async call(name: string, input: unknown): Promise<Outcome> {
    const outcome = await this.#send(name, input);
    // The kiosk had answered earlier garbage, and its closing was still under way to us when this was sent.
    const late = outcome.ok === 'closed' && outcome.code === 1008;
    return late ? this.#send(name, input) : outcome;
  }

  async #send(name: string, input: unknown): Promise<Outcome> {
    const socket = await this.#open();
    const id = this.#nextId++;
    const answer = new Promise<Outcome>((done) => this.#waiting.set(id, done));
    // An attacker nests as deep as the encoder gets.
    socket.send(encode({ type: 'call', id, name, input }, { ignoreUndefined: true, maxDepth: 1e6 }), () => undefined);
    return answer;
  }

  /** A frame of any content. */
  async raw(frame: Uint8Array | string): Promise<Outcome> {
    const socket = await this.#open();
    const answer = new Promise<Outcome>((done) => this.#garbage.push(done));
    socket.send(frame, { binary: typeof frame !== 'string' }, () => undefined);
    return answer;
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null || socket.readyState === socket.CLOSED) return;
    const closed = new Promise((done) => socket.once('close', done));
    socket.terminate();
    await closed;
  }

  async #open(): Promise<WebSocket> {
    const last = this.#socket;
    if (last?.readyState === WebSocket.OPEN) return last;
    if (last?.readyState === WebSocket.CLOSING) await new Promise((done) => last.once('close', done));
    const { url, port } = this.#world.server;
    const token = new URL(url).hash.slice('#token='.length);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['lintel', token], {
      origin: `http://127.0.0.1:${port}`,
      maxPayload: 1 << 30,
    });
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer) => {
      const message = decodeMessage(new Uint8Array(data)) as ServerMessage;
      if (message.type !== 'reply') return;
      // A message that could not be read at all is answered under the number -1; calls are sent one at a time then.
      const id = message.id === -1 && this.#garbage.length === 0 ? [...this.#waiting.keys()][0] : message.id;
      const waiting = (id === undefined ? undefined : this.#waiting.get(id)) ?? this.#garbage.shift();
      if (id !== undefined) this.#waiting.delete(id);
      waiting?.(message.reply);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      if (socket === this.#socket) this.closedWith.push(code);
      for (const done of [...this.#waiting.values(), ...this.#garbage]) done({ ok: 'closed', code });
      this.#waiting.clear();
      this.#garbage = [];
    });
    this.#socket = socket;
    await new Promise((done, failed) => {
      socket.once('open', done);
      socket.once('close', () => failed(new Error('the socket was refused')));
    });
    return socket;
  }
}

type IpcHandler = (event: unknown, input: unknown) => Promise<Reply<unknown>>;

export class IpcHost implements Host {
  readonly name = 'ipc';
  readonly #handlers = new Map<string, IpcHandler>();
  readonly #contents = new FakeContents();
  readonly #disconnect: () => void;

  constructor(world: World) {
    const ipc = {
      handle: (channel: string, handler: IpcHandler) => void this.#handlers.set(channel, handler),
      removeHandler: (channel: string) => void this.#handlers.delete(channel),
    };
    this.#disconnect = connectWindow(ipc as unknown as IpcMain, this.#contents as unknown as WebContents, world.host);
  }

  /** Null: Electron has no handler for this channel and refuses by itself. */
  async call(name: string, input: unknown): Promise<Outcome> {
    const handler = this.#handlers.get(`lintel:${name}`);
    if (handler === undefined) return { ok: 'closed', code: 0 };
    const event = { sender: this.#contents, senderFrame: this.#contents.mainFrame };
    // What Electron does on the way in and on the way out.
    const reply = await handler(event, structuredClone(input));
    return structuredClone(reply);
  }

  close(): Promise<void> {
    this.#disconnect();
    return Promise.resolve();
  }
}
