/** The walls of .dependency-cruiser.mjs, each broken once in a copy of the tree: lint that finds nothing proves nothing. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../support/data.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-walls-'));
  for (const name of ['src', 'tsconfig.json', '.dependency-cruiser.mjs', 'package.json'])
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true });
  symlinkSync(join(projectRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the rules that are broken, sorted. */
function brokenRules(): string[] {
  const program = resolve(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  expect(stdout, stderr).not.toBe('');
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

it('the tree as it is breaks none', () => {
  expect(brokenRules()).toEqual([]);
});

it('each wall is found when it is broken, and so is a circle of types', () => {
  const breaks: [string, string, string][] = [
    ['src/shared/geometry.ts', '../main/gallery/gallery.ts', 'shared-knows-nobody'],
    ['src/shared/wire.ts', 'react', 'shared-runs-anywhere'],
    ['src/preload/preload.ts', '../main/gallery/gallery.ts', 'preload-knows-shared'],
    ['src/main/storage/journal.ts', '../gallery/gallery.ts', 'main-storage'],
    ['src/main/gallery/gallery.ts', '../storage/journal.ts', 'main-gallery'],
    ['src/main/models/find.ts', '../people/records.ts', 'main-models'],
    ['src/main/vision/quality.ts', '../people/records.ts', 'main-vision'],
    ['src/main/liveness/evidence.ts', '../vision/quality.ts', 'main-liveness'],
    ['src/main/attendance/report.ts', '../people/records.ts', 'main-attendance'],
    ['src/main/people/records.ts', '../checkin/state.ts', 'main-people'],
    ['src/main/evaluation/figures.ts', '../attendance/report.ts', 'main-evaluation'],
    ['src/main/checkin/state.ts', '../people/records.ts', 'main-checkin'],
    ['src/main/backup/archive.ts', '../gallery/gallery.ts', 'main-backup'],
    ['src/main/server/settings.ts', '../hosts/installation.ts', 'main-server'],
    ['src/main/hosts/installation.ts', '../entry-cli.ts', 'main-hosts'],
    ['src/main/entry-vision.ts', '../preload/preload.ts', 'main-entries'],
    ['src/renderer/api/socket.ts', '../state/kiosk.ts', 'screen-api'],
    ['src/renderer/state/kiosk.ts', '../components/format.ts', 'screen-state'],
    ['src/renderer/camera/frame-sender.ts', '../components/format.ts', 'screen-camera'],
    ['src/renderer/components/format.ts', '../checkin/Result.tsx', 'screen-components'],
    ['src/renderer/checkin/Result.tsx', '../data/DataScreen.tsx', 'screen-checkin'],
    ['src/renderer/data/DataScreen.tsx', '../checkin/Result.tsx', 'screen-data'],
    ['src/renderer/admin/health/HealthScreen.tsx', '../photos/PhotosScreen.tsx', 'admin-areas'],
    ['src/renderer/App.tsx', '../main/gallery/gallery.ts', 'main-and-screens-apart'],
    // In one folder, and only of types.
    ['src/main/gallery/calibration.ts', './recognition.ts', 'no-circles'],
  ];
  for (const [file, to] of breaks) appendFileSync(join(folder, file), `\nexport type * from '${to}';\n`);
  expect(brokenRules()).toEqual([...breaks.map(([, , rule]) => rule)].sort());
});
