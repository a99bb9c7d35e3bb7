/** Disks and folders that never answer: said while it lasts, and over by itself. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backupName, BackupService, openBackupFile } from '../../src/main/backup/service.ts';
import { noteNowhere } from '../../src/main/storage/context.ts';
import { DiskMonitor } from '../../src/main/storage/disk-monitor.ts';
import { realOps, writeDurably } from '../../src/main/storage/file-ops.ts';
import { backupFolder } from '../support/backup-folder.ts';
import { faultyOps } from '../support/storage-ops.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-silent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe('the data folder', () => {
  it.each(['sync', 'write'] as const)('whose disk never returns from "%s": said, until it does', async (step) => {
    let letGo = (): void => undefined;
    const ops = faultyOps({
      before: (what) => (what.startsWith(step) ? new Promise<void>((done) => (letGo = done)) : undefined),
    });
    const said: (string | null)[] = [];
    const disk: DiskMonitor = new DiskMonitor(folder, ops, () => said.push(disk.report?.code ?? null));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const write = disk.track(() => writeDurably(disk.ops, join(folder, 'x.json'), new Uint8Array(10)));
      await vi.waitFor(() => expect(ops.steps.at(-1)).toMatch(new RegExp(`^${step}`)));
      expect(said).toEqual([]);
      vi.advanceTimersByTime(5000);
      expect(said).toEqual(['store-failed']);
      letGo();
      await write;
      expect(said).toEqual(['store-failed', null]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the backup folder', () => {
  it('that takes nothing: the backup fails with its reason, nothing else waits for it, and the next one is made', async () => {
    const [data, target] = [mkdtempSync(join(folder, 'data-')), mkdtempSync(join(folder, 'target-'))];
    let now = Date.UTC(2026, 0, 2);
    const problems: string[] = [];
    const service = new BackupService(await openBackupFile({ folder: data, wall: () => now }), {
      contents: backupFolder(data),
      version: '0',
      kioskName: () => 'Front door',
      lastDeletion: () => Promise.resolve(null),
      onProblem: ({ code }) => problems.push(code),
      wall: () => now,
      note: noteNowhere,
      silentMs: 200,
    });
    await service.plan({ folder: target, everyHours: 24, keep: 3, forgetDeleted: true }, 'a passphrase of many words');
    // Whoever opens a file there waits for ever, as on a share whose network is gone.
    const open = realOps.open.bind(realOps);
    let letGo = (): void => undefined;
    const opening = vi.spyOn(realOps, 'open').mockImplementation((path, how) => {
      if (!path.startsWith(target)) return open(path, how);
      return new Promise((_, fail) => (letGo = () => fail(Object.assign(new Error('gone'), { code: 'EIO' }))));
    });
    await service.look();
    expect(problems).toEqual(['backup-folder-silent']);
    expect(await service.status()).toMatchObject({ running: false, problem: { code: 'backup-folder-silent' } });
    await expect(service.now()).rejects.toMatchObject({ code: 'backup-folder-silent' });
    // The network is back.
    opening.mockRestore();
    letGo();
    now += 1000;
    await vi.waitFor(() => service.now(), { timeout: 10_000 });
    expect(readdirSync(target).filter((name) => name.endsWith('.lintelbackup'))).toEqual([backupName(now)]);
    expect((await service.status()).problem).toBeNull();
    await service.close();
  });
});
