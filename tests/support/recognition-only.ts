/** Data folders for tests that are about recognition: nobody is asked for a sign of life there. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `dataDir` and puts settings there that turn the sign of life off, as an operator could have; recorded and fake cameras cannot
 * give one. Settings that are there stay. @returns `dataDir`
 */
export function recognitionOnly(dataDir: string): string {
  const file = join(dataDir, 'settings.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(file))
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, data: { liveness: 'off' } }), { mode: 0o600 });
  return dataDir;
}
