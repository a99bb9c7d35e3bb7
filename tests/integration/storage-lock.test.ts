import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderLock } from '../../src/main/storage/folder-lock.ts';
import { bundle } from '../support/bundle.ts';
import type { Said } from '../support/storage-child.ts';

let child: string;
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  child = await bundle('tests/support/storage-child.ts');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lintel-lock-'));
});
afterEach(async () => {
  for (const one of children.splice(0)) one.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function holder(): Promise<{ process: ChildProcess; said: Said }> {
  const process = fork(child, ['hold', folder]);
  children.push(process);
  const [said] = (await once(process, 'message')) as [Said];
  return { process, said };
}
const refused = { said: 'refused', code: 'store-locked' };

describe('the lock of a data folder', () => {
  it('makes the folder, refuses a second holder in words, and is free again when released', async () => {
    const deep = join(folder, 'a', 'b');
    const lock = await FolderLock.acquire(deep);
    await expect(FolderLock.acquire(deep)).rejects.toMatchObject({
      code: 'store-locked',
      message: 'Another Lintel is using this data folder.',
      todo: expect.stringMatching(/close it first/) as string,
    });
    await lock.release();
    await lock.release();
    await (await FolderLock.acquire(deep)).release();
  });
  it('knows the folder by any of its names, and other folders as others', async () => {
    await symlink(folder, `${folder}-link`);
    try {
      const lock = await FolderLock.acquire(folder);
      await expect(FolderLock.acquire(`${folder}-link`)).rejects.toMatchObject({ code: 'store-locked' });
      const other = await FolderLock.acquire(join(folder, 'other'));
      await other.release();
      await lock.release();
      const byLink = await FolderLock.acquire(`${folder}-link`);
      await expect(FolderLock.acquire(folder)).rejects.toMatchObject({ code: 'store-locked' });
      await byLink.release();
    } finally {
      await rm(`${folder}-link`);
    }
  });
  it('held by another process is refused here, and free as soon as that is killed', async () => {
    for (let round = 0; round < 5; round++) {
      const { process, said } = await holder();
      expect(said).toEqual({ said: 'ready' });
      await expect(FolderLock.acquire(folder)).rejects.toMatchObject({ code: 'store-locked' });
      const gone = once(process, 'close');
      process.kill('SIGKILL');
      await gone;
      await (await FolderLock.acquire(folder)).release();
    }
  });
  it('is got by exactly one of eight that start at once, and by one again after that is killed', async () => {
    for (let round = 0; round < 2; round++) {
      const starters = await Promise.all(Array.from({ length: 8 }, holder));
      const winners = starters.filter(({ said }) => said.said === 'ready');
      expect(winners).toHaveLength(1);
      for (const { said } of starters) if (said.said !== 'ready') expect(said).toEqual(refused);
      const gone = once(winners[0].process, 'close');
      winners[0].process.kill('SIGKILL');
      await gone;
    }
  });
});
