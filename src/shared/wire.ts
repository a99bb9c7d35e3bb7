/**
 * How calls and events travel. A message is an object whose values may hold byte arrays; on the WebSocket it is one
 * binary frame: `u32 little-endian length of the JSON`, the JSON, then the byte arrays one after the other.
 * In the JSON a byte array stands as `{"$bytes": [offset, length]}` into the part behind it.
 */
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

const BYTES = '$bytes';

/** One binary WebSocket frame for `message`. */
export function encodeMessage(message: ClientMessage | ServerMessage): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let tail = 0;
  const json = new TextEncoder().encode(
    JSON.stringify(message, function (this: Record<string, unknown>, key, given: unknown) {
      // Node's Buffer is a Uint8Array that has already turned itself into plain JSON by the time it is `given`.
      const value = this[key];
      if (!(value instanceof Uint8Array)) return given;
      const at = tail;
      parts.push(value);
      tail += value.byteLength;
      return { [BYTES]: [at, value.byteLength] };
    }),
  );
  const out = new Uint8Array(4 + json.byteLength + tail);
  new DataView(out.buffer).setUint32(0, json.byteLength, true);
  out.set(json, 4);
  let at = 4 + json.byteLength;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

/**
 * The message in a binary frame. Byte arrays are views into `frame`, not copies.
 * @throws LintelError `bad-input` when the frame is not such a message.
 */
export function decodeMessage(frame: Uint8Array): unknown {
  const bad = (): LintelError => new LintelError('bad-input.message');
  if (frame.byteLength < 4) throw bad();
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
  if (4 + length > frame.byteLength) throw bad();
  const tail = frame.subarray(4 + length);
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(4, 4 + length)),
      (key, value: unknown) => {
        if (key === '__proto__') return undefined;
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, BYTES)) return value;
        const range = (value as Record<string, unknown>)[BYTES];
        // Somebody's own word, say a group called so: bytes always stand as an array.
        if (!Array.isArray(range)) return value;
        if (range.length !== 2) throw bad();
        const [at, size] = range as [unknown, unknown];
        if (!Number.isInteger(at) || !Number.isInteger(size)) throw bad();
        if ((at as number) < 0 || (size as number) < 0 || (at as number) + (size as number) > tail.byteLength)
          throw bad();
        return tail.subarray(at as number, (at as number) + (size as number));
      },
    );
  } catch (error) {
    throw error instanceof LintelError ? error : bad();
  }
}
