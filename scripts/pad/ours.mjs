/** Lintel's own TypeScript, loaded into a plain Node script: liveness, and vision with the models of this machine. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const load = async (path) =>
  (await runnerImport(resolve(root, 'src/main', path), { configFile: false, root, logLevel: 'error' })).module;

export const loadLiveness = async () =>
  Object.assign(
    {},
    ...(await Promise.all(
      ['challenge', 'evidence', 'observation', 'image-motion', 'passive', 'background-motion'].map((name) =>
        load(`liveness/${name}.ts`),
      ),
    )),
  );

/** The real detector and embedder in this process, or null (with the reason on stderr) when their files are not here. */
export async function openRealVision() {
  const { findModels, chooseModels, modelSearchDirs } = await load('models/find.ts');
  const { openVision } = await load('vision/in-process.ts');
  const searchDirs = [...modelSearchDirs({ appModels: resolve(root, 'models'), env: process.env.LINTEL_MODELS_DIR })];
  const beside = resolve(root, '../shared/models');
  if (!searchDirs.includes(beside)) searchDirs.unshift(beside);
  try {
    const chosen = chooseModels(await findModels({ searchDirs, manifest: resolve(root, 'models/manifest.json') }), {
      env: process.env.LINTEL_EMBEDDER,
    });
    const vision = await openVision({ detector: chosen.detector, embedder: chosen.embedder }, { threads: 1 });
    return vision;
  } catch (error) {
    console.error(`Vision is left out: ${error.message}`);
    return null;
  }
}
