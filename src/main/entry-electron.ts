/** The Electron program: one window on one kiosk, see src/main/hosts/electron/main.ts. */
import { app, safeStorage } from 'electron';
import { runElectron, utilityVision } from './hosts/electron/main.ts';
import { installationAt } from './hosts/installation.ts';
import { modelSearchDirs } from './models/find.ts';
import { openRestartable } from './server/lifecycle.ts';
import { superviseVision } from './vision/supervisor.ts';

const installation = installationAt(
  app.getAppPath(),
  app.getVersion(),
  app.isPackaged ? process.resourcesPath : undefined,
);

runElectron({
  installation,
  args: process.argv.slice(1),
  async open(dataDir, unlock) {
    const host = await openRestartable({
      dataDir,
      version: installation.version,
      unlock,
      keyStore: safeStorage,
      mustBeEncrypted: (process.env['LINTEL_MUST_BE_ENCRYPTED'] ?? '0') !== '0',
      modelDirs: modelSearchDirs({ appModels: installation.models, dataDir, env: process.env['LINTEL_MODELS_DIR'] }),
      startVision: true,
      vision: (models, onState) =>
        superviseVision(models, { launch: utilityVision(installation.visionProgram), onState }),
    });
    return {
      host,
      landmarker: () => host.landmarkerPath,
      fetchModels: () => host.fetchModels({ say: (line) => void process.stderr.write(`lintel: ${line}\n`) }),
    };
  },
});
