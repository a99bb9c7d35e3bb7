/** `KioskApi` over Electron's preload: unwraps the reply envelopes. */
import type { KioskApi } from '../../shared/calls.ts';
import { LintelError } from '../../shared/errors.ts';
import type { LintelBridge, Reply } from '../../shared/wire.ts';

/** @throws LintelError what the kiosk answered. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw LintelError.fromReport(reply.error);
}

export function apiOverPreload(bridge: LintelBridge): KioskApi {
  const api: Record<string, unknown> = { on: bridge.on };
  for (const name of __CALL_NAMES__) {
    const call = bridge[name] as (input?: unknown) => Promise<Reply<unknown>>;
    api[name] = async (input?: unknown) => unwrap(await call(input));
  }
  return api as unknown as KioskApi;
}
