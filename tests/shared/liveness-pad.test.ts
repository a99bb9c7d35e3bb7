import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { projectRoot, sharedModels } from '../support/data.ts';

// Presentation attacks, through the real landmarker in Chromium.
it.skipIf(process.env['LINTEL_WITHOUT_BROWSER'] === '1')(
  'a person (synthesised) passes, a tilted and a bent print do not: the short run of npm run bench:pad',
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [resolve(projectRoot, 'scripts/pad/bench.mjs'), '--smoke'],
      { cwd: projectRoot, env: { ...process.env, LINTEL_MODELS_DIR: sharedModels } },
    );
    expect(stdout).toContain('4 of 4 judged rightly');
  },
  300_000,
);
