/** Where the kiosk keeps its data when nobody says: the system's folder for applications, the same in every door. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

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
