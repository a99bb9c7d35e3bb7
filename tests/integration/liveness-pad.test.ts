import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasDetector, hasLandmarker, hasSharedData, needs, projectRoot, sharedModels } from '../support/data.ts';

const browser = [process.env['LINTEL_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].some(
  (place) => place !== undefined && existsSync(place),
);
const possible = hasSharedData && hasDetector && hasLandmarker && browser;

describe.skipIf(!possible)(needs('presentation attacks, through the real landmarker in Chromium', possible), () => {
  it('a person (synthesised) passes, a tilted and a bent print do not: the short run of npm run bench:pad', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [resolve(projectRoot, 'scripts/pad/bench.mjs'), '--smoke'],
      { cwd: projectRoot, env: { ...process.env, LINTEL_MODELS_DIR: sharedModels } },
    );
    expect(stdout).toContain('4 of 4 judged rightly');
  }, 300_000);
});
