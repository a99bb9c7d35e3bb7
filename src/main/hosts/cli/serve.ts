/** `lintel serve`: the kiosk over loopback, and this machine's browser as its window. */
import { once } from 'node:events';
import { openRestartable } from '../../server/lifecycle.ts';
import type { KioskOptions } from '../../server/kiosk.ts';
import { assetPlaces, type Installation } from '../installation.ts';
import { findBrowser, openAppWindow } from '../web/browser.ts';
import { type BrowserHost, serveKiosk } from '../web/server.ts';
import type { ServeRequest } from './program.ts';
import { note, type Terminal } from './terminal.ts';

/**
 * Browsers remember a permission for scheme, host and port together: with the same port each time, the window asks for the
 * camera once and not at every start. Any other port does when this one is taken.
 */
const WINDOW_PORT = 47_615;
/** A browser that ends this soon handed the page to one that runs already, or never showed it. */
const WINDOW_SHOWN_AFTER_MS = 3000;

export async function serve(
  installation: Installation,
  terminal: Terminal,
  request: ServeRequest,
  options: KioskOptions,
): Promise<void> {
  const { interrupted } = terminal;
  const kiosk = await openRestartable(options);
  try {
    request.warn(kiosk.kiosk?.status().notices ?? []);
    const assets = assetPlaces(installation, () => kiosk.landmarkerPath);
    const server =
      request.window && request.port === 0
        ? await serveKiosk(kiosk, { port: WINDOW_PORT, assets }).catch(() => serveKiosk(kiosk, { assets }))
        : await serveKiosk(kiosk, { port: request.port, assets });
    try {
      request.announce(server.url);
      const ended: Promise<unknown>[] = [interrupted.aborted ? Promise.resolve() : once(interrupted, 'abort')];
      if (request.window) ended.push(showWindow(terminal, request, server));
      if (!request.offline) kiosk.fetchModels({ say: (line) => note(terminal, line) });
      await Promise.race(ended);
    } finally {
      await server.close();
    }
  } finally {
    await kiosk.close();
  }
}

/** Resolves when the window was closed; never, when there is no window and the kiosk should go on without. */
async function showWindow(terminal: Terminal, request: ServeRequest, { url, openingUrl }: BrowserHost): Promise<void> {
  const forever = new Promise<void>(() => undefined);
  if (process.platform === 'linux' && !terminal.env['DISPLAY'] && !terminal.env['WAYLAND_DISPLAY']) {
    note(terminal, `no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window. The kiosk is at ${url}`);
    return forever;
  }
  const browser = findBrowser(terminal.env);
  if (browser === null) {
    note(terminal, `no Chromium, Chrome or Edge was found. Open this address in a browser on this machine: ${url}`);
    return forever;
  }
  note(terminal, `opening the kiosk in an app window of ${browser}`);
  const started = performance.now();
  const window = openAppWindow({ browser, url: openingUrl(), dataDir: request.dataDir, kiosk: request.kiosk });
  terminal.interrupted.addEventListener('abort', () => window.kill(), { once: true });
  const failed = await new Promise<boolean>((done) => {
    window.once('error', () => done(true));
    window.once('exit', () => done(performance.now() - started < WINDOW_SHOWN_AFTER_MS));
  });
  if (!failed) return;
  note(terminal, `the browser's window could not be opened. Open this address in a browser on this machine: ${url}`);
  return forever;
}
