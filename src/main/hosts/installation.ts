/** Where the program's own files are. The entry programs know (they sit in `out/main`); everything else is told. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AssetPlaces } from './assets.ts';

export interface Installation {
  /** The folder of package.json. */
  readonly root: string;
  readonly version: string;
  readonly rendererDir: string;
  readonly preload: string;
  readonly visionProgram: string;
  readonly models: string;
}

/**
 * @param root the folder of package.json (in a packaged app: `app.getAppPath()`, inside the asar)
 * @param resources the folder that holds `models/`: `process.resourcesPath` in a packaged app, as onnxruntime reads files of
 * the system and none inside an asar
 */
export function installationAt(root: string, version: string, resources = root): Installation {
  return {
    root,
    version,
    rendererDir: join(root, 'out', 'renderer'),
    preload: join(root, 'out', 'preload', 'preload.cjs'),
    visionProgram: join(root, 'out', 'main', 'vision.js'),
    models: join(resources, 'models'),
  };
}

/** What the page loads. @param landmarker the path of MediaPipe's face_landmarker.task, or null while it is missing */
export function assetPlaces(installation: Installation, landmarker: () => string | null): AssetPlaces {
  return {
    rendererDir: installation.rendererDir,
    resourcesDir: join(installation.root, 'resources'),
    mediapipeDir: join(installation.root, 'node_modules', '@mediapipe', 'tasks-vision', 'wasm'),
    landmarker,
  };
}

// Where the kiosk keeps its data when nobody says: the system's folder for applications, the same in every host.

type Env = Readonly<Record<string, string | undefined>>;

/** Electron's `app.getPath('userData')` for an app named "lintel". */
export function defaultDataFolder(env: Env, platform: NodeJS.Platform = process.platform, home = homedir()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'lintel');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'lintel');
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'lintel');
}

/**
 * @param given what `--data` said, if anything; LINTEL_DATA comes next, then the system's folder
 * @param from what a relative path is relative to
 */
export function dataFolder(given: string | undefined, env: Env, from: string): string {
  const chosen = given ?? env['LINTEL_DATA'];
  return chosen === undefined || chosen === '' ? defaultDataFolder(env) : resolve(from, chosen);
}
