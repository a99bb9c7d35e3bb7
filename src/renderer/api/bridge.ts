/** Finds the kiosk behind the page: Electron's preload, or the loopback WebSocket of the browser host. */
import type { KioskApi } from '../../shared/calls.ts';
import type { LintelBridge } from '../../shared/wire.ts';
import { apiOverPreload } from './preload.ts';
import { type LinkState, type Socket, SocketLink, takeToken } from './socket.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload script; absent in a browser. */
    lintel?: LintelBridge;
  }
}

/**
 * The kiosk's API. Resolves once the kiosk can be asked; in a browser that may take as long as the kiosk is away.
 * @param onLink told of every change of the link, the first `up` included.
 */
export async function connect(onLink: (state: LinkState) => void): Promise<KioskApi> {
  if (window.lintel !== undefined) {
    onLink('up');
    return apiOverPreload(window.lintel);
  }
  const token = takeToken(window.location, window.history, window.sessionStorage);
  if (token === null) {
    onLink('refused');
    return new Promise<never>(() => undefined);
  }
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const link = new SocketLink({
    open: () => new WebSocket(`${scheme}://${window.location.host}/ws`, ['lintel', token]) as unknown as Socket,
    onLink,
  });
  await link.ready;
  return link.api;
}
