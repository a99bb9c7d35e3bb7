/** Puts the terminal's commands together with the kiosk and the browser host: the hosts themselves know nothing of each other. */
import { once } from 'node:events';
import { chooseModels, findModels, modelSearchDirs } from '../../models/find.ts';
import { type KioskOptions, openKiosk } from '../../server/kiosk.ts';
import { openRestartable, type RestartableKiosk } from '../../server/lifecycle.ts';
import type { Unlock } from '../../server/security.ts';
import { forkVision } from '../../vision/process.ts';
import { superviseVision } from '../../vision/supervisor.ts';
import { assetPlaces, type Installation } from '../installation.ts';
import { findBrowser, openAppWindow } from '../web/browser.ts';
import { type BrowserHost, serveKiosk } from '../web/server.ts';
import { bench } from './bench.ts';
import { doctor } from './doctor.ts';
import type { CliDeps, ServeRequest } from './program.ts';
import { note, type Terminal } from './terminal.ts';
import { given } from '../../../shared/given.ts';

/**
 * Browsers remember a permission for scheme, host and port together: with the same port each time, the window asks for the
 * camera once and not at every start. Any other port does when this one is taken.
 */
const WINDOW_PORT = 47_615;
/** A browser that ends this soon handed the page to one that runs already, or never showed it. */
const WINDOW_SHOWN_AFTER_MS = 3000;

export function cliDeps(installation: Installation, terminal: Terminal): CliDeps {
  const { version } = installation;
  const kioskOptions = (dataDir: string) => ({
    dataDir,
    version,
    modelDirs: modelSearchDirs({ appModels: installation.models, dataDir, env: terminal.env['LINTEL_MODELS_DIR'] }),
    ...given({ embedder: terminal.env['LINTEL_EMBEDDER'] }),
  });
  const encryption = (unlock: Unlock) => ({
    unlock,
    // An installation that always encrypts says so: a folder that somebody swapped for a plain one is then refused.
    mustBeEncrypted: (terminal.env['LINTEL_MUST_BE_ENCRYPTED'] ?? '0') !== '0',
  });
  /** For a screen: the models in a process of their own, loading already. */
  const served = (dataDir: string): KioskOptions => ({
    ...kioskOptions(dataDir),
    startVision: true,
    vision: (models, onState) => superviseVision(models, { launch: forkVision(installation.visionProgram), onState }),
  });

  const modelsFor = (dataDir: string) => findModels({ searchDirs: kioskOptions(dataDir).modelDirs });
  const chosenModels = async () =>
    chooseModels(await modelsFor(installation.root), {
      env: terminal.env['LINTEL_EMBEDDER'],
    });

  return {
    version,
    openKiosk: (dataDir, { write, unlock }) =>
      openKiosk({
        ...kioskOptions(dataDir),
        readOnly: !write,
        ...encryption(unlock),
        by: 'terminal',
      }),
    serve: (request) =>
      serve(installation, terminal, request, (dataDir, unlock) =>
        openRestartable({ ...served(dataDir), ...encryption(unlock) }),
      ),
    doctor: (dataDir, unlock) =>
      doctor({
        terminal,
        root: installation.root,
        dataDir,
        findModels: () => modelsFor(dataDir),
        findBrowser: () => findBrowser(terminal.env),
        async readPeople() {
          const kiosk = await openKiosk({ ...kioskOptions(dataDir), readOnly: true, ...encryption(unlock) });
          try {
            const [people, backup] = [await kiosk.peopleService.list(), await kiosk.backups.status()];
            return { people, renewable: await kiosk.people.renewable(), notices: kiosk.status().notices, backup };
          } finally {
            await kiosk.close();
          }
        },
      }),
    findModels: modelsFor,
    bench: ({ picture, galleryOnly }) =>
      bench({
        terminal,
        root: installation.root,
        picture,
        galleryOnly,
        open: (folder) => openKiosk(served(folder)),
        models: chosenModels,
      }),
  };
}

async function serve(
  installation: Installation,
  terminal: Terminal,
  request: ServeRequest,
  open: (dataDir: string, unlock: Unlock) => Promise<RestartableKiosk>,
): Promise<void> {
  const { interrupted } = terminal;
  const kiosk = await open(request.dataDir, request.unlock);
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
