/** How calls and events travel: MessagePack, one message a binary WebSocket frame. Byte arrays travel as they are. */
import { decode, Encoder } from '@msgpack/msgpack';
import type { CallInput, CallName, CallOutput, EventName, EventPayload } from './calls.ts';
import { type ErrorReport, LintelError } from './errors.ts';

/** An answer that survives IPC, where a thrown error would lose its code. */
export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorReport };

/** `window.lintel`, as the preload script exposes it: a list of calls, each answering with a `Reply`. */
export type LintelBridge = {
  [N in CallName]: (input?: CallInput<N>) => Promise<Reply<CallOutput<N>>>;
} & {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
};

type ClientMessage = {
  readonly type: 'call';
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
};
export type ServerMessage =
  | { readonly type: 'reply'; readonly id: number; readonly reply: Reply<unknown> }
  | { readonly type: 'event'; readonly name: EventName; readonly payload: unknown };

/** One binary WebSocket frame for `message`. What is undefined is left out, as in JSON. */
export const encodeMessage = (message: ClientMessage | ServerMessage): Uint8Array<ArrayBuffer> =>
  new Encoder({ ignoreUndefined: true }).encode(message);

/**
 * The message in a binary frame. Byte arrays are views into `frame`, not copies.
 * @throws LintelError `bad-input` when the frame is not such a message
 */
export function decodeMessage(frame: Uint8Array): unknown {
  try {
    return decode(frame);
  } catch (cause) {
    throw new LintelError('bad-input.message', {}, { cause });
  }
}
