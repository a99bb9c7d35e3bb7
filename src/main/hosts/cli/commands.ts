/**
 * Puts the terminal's commands together with the kiosk and the browser host: the hosts themselves know nothing of each other.
 * Each command loads what it needs, and nothing of the others.
 */
import { chooseModels, findModels, modelSearchDirs } from '../../models/find.ts';
import type { Kiosk, KioskOptions } from '../../server/kiosk.ts';
import type { Unlock } from '../../server/security.ts';
import type { Installation } from '../installation.ts';
import type { CliDeps } from './program.ts';
import type { Terminal } from './terminal.ts';
import { given } from '../../../shared/given.ts';

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
  const served = (dataDir: string, onVision: (pid: number) => void = () => undefined): KioskOptions => ({
    ...kioskOptions(dataDir),
    startVision: true,
    async vision(models, onState) {
      const [{ superviseVision }, { forkVision }] = await Promise.all([
        import('../../vision/supervisor.ts'),
        import('../../vision/process.ts'),
      ]);
      return superviseVision(models, {
        launch: forkVision(installation.visionProgram, { onStart: onVision }),
        onState,
      });
    },
  });
  const openKiosk = async (options: KioskOptions): Promise<Kiosk> =>
    (await import('../../server/kiosk.ts')).openKiosk(options);

  const modelsFor = (dataDir: string) => findModels({ searchDirs: kioskOptions(dataDir).modelDirs });
  const chosenModels = async () =>
    chooseModels(await modelsFor(installation.root), {
      env: terminal.env['LINTEL_EMBEDDER'],
    });

  return {
    version,
    openKiosk(dataDir, { write, unlock }) {
      // Read while the kiosk's code is loaded; what is wrong is told the kiosk.
      const found = modelsFor(dataDir);
      found.catch(() => undefined);
      return openKiosk({
        ...kioskOptions(dataDir),
        readOnly: !write,
        ...encryption(unlock),
        by: 'terminal',
        screens: false,
        found,
      });
    },
    async serve(request) {
      const { serve } = await import('./serve.ts');
      return serve(installation, terminal, request, { ...served(request.dataDir), ...encryption(request.unlock) });
    },
    async doctor(dataDir, unlock) {
      const [{ doctor }, { findBrowser }, { verifyAudit }] = await Promise.all([
        import('./doctor.ts'),
        import('../web/browser.ts'),
        import('../../storage/audit-verify.ts'),
      ]);
      return doctor({
        terminal,
        root: installation.root,
        dataDir,
        findModels: () => modelsFor(dataDir),
        findBrowser: () => findBrowser(terminal.env),
        async readPeople() {
          const options = { ...kioskOptions(dataDir), readOnly: true, screens: false };
          const kiosk = await openKiosk({ ...options, ...encryption(unlock) });
          try {
            const [people, backup] = [await kiosk.peopleService.list(), await kiosk.backups.status()];
            const audit = await verifyAudit({ folder: dataDir, codec: kiosk.security.codec });
            const { enrollAgain, notices } = kiosk.status();
            return { people, enrollAgain, renewable: await kiosk.people.renewable(), notices, backup, audit };
          } finally {
            await kiosk.close();
          }
        },
      });
    },
    findModels: modelsFor,
    async bench({ picture, galleryOnly }) {
      const { bench } = await import('./bench.ts');
      return bench({
        terminal,
        root: installation.root,
        picture,
        galleryOnly,
        open: (folder, onVision) => openKiosk(served(folder, onVision)),
        models: chosenModels,
      });
    },
  };
}
