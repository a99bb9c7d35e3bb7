/** Many files changed at once, cut short at every single operation: all old or all new. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { finishRestore, Interrupted, Staging, restorePending } from '../../src/main/backup/commit-restore.ts';
import { LINTEL_LAYOUT } from '../../src/main/storage/data-layout.ts';
import { realOps } from '../../src/main/storage/file-ops.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { dyingOps } from '../support/dying-ops.ts';
import { allFiles } from '../support/vault-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-swap-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'thumbnails', '0a'), { recursive: true });
  for (const name of [
    'people.json',
    'people.json.bak',
    'checkins-2026-01.ndjson',
    'thumbnails/0a/s_1.jpg',
    'not-ours.txt',
  ])
    await writeFile(join(folder, name), `old ${name}`);
}

async function swap(ops = realOps): Promise<void> {
  const staging = new Staging(ops, folder);
  for (const name of ['people.json', 'checkins-2026-02.ndjson', 'thumbnails/0b/s_2.jpg'])
    await staging.put(name, Buffer.from(`new ${name}`));
  // The last two are not ours to remove, however they came into the list.
  await staging.commit(
    ['people.json', 'people.json.bak', 'checkins-2026-01.ndjson', 'thumbnails/0a/s_1.jpg', 'not-ours.txt', '../x'],
    LINTEL_LAYOUT,
  );
}

const state = async (): Promise<string> =>
  JSON.stringify([...(await allFiles(folder))].sort().map(([name, bytes]) => [name, bytes.toString()]));

test('all old or all new, wherever it is cut', async () => {
  await start();
  const before = await state();
  await swap();
  const after = await state();
  expect(JSON.parse(after)).toEqual(
    ['checkins-2026-02.ndjson', 'not-ours.txt', 'people.json', 'thumbnails/0b/s_2.jpg'].map((name) => [
      name,
      name === 'not-ours.txt' ? 'old not-ours.txt' : `new ${name}`,
    ]),
  );
  const seen = { old: 0, new: 0, interrupted: 0 };
  for (let operations = 0; ; operations++) {
    await start();
    const ops = dyingOps(operations);
    const error: unknown = await swap(ops).catch((thrown: unknown) => thrown);
    if (!ops.dead()) break;
    const pending = await restorePending(realOps, folder);
    if (pending) seen.interrupted++;
    // Any other error promises that nothing has happened.
    const promised = !(error instanceof Interrupted);
    expect(promised && pending).toBe(false);
    // Completing it may be cut short, too.
    await finishRestore(dyingOps(operations % 7), folder, LINTEL_LAYOUT).catch(() => undefined);
    expect(await finishRestore(realOps, folder, LINTEL_LAYOUT).then(() => restorePending(realOps, folder))).toBe(false);
    const now = await state();
    expect([before, after]).toContain(now);
    if (pending) expect(now).toBe(after);
    if (promised) expect(now).toBe(before);
    seen[now === before ? 'old' : 'new']++;
  }
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(3);
});

test('a damaged list stops everything and touches nothing', async () => {
  await start();
  await writeFile(join(folder, 'restore.json'), '{"version":1,"remo');
  const before = await state();
  await expect(finishRestore(realOps, folder, LINTEL_LAYOUT)).rejects.toThrow(LintelError);
  expect(await state()).toBe(before);
});

test('what an unfinished attempt left is removed', async () => {
  await start();
  const before = await state();
  await new Staging(realOps, folder).put('people.json', Buffer.from('never committed'));
  expect(await finishRestore(realOps, folder, LINTEL_LAYOUT)).toBe(false);
  expect(await state()).toBe(before);
  expect(await readdir(folder)).not.toContain('restore.staging');
});
