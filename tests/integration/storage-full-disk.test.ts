import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freeSpace } from '../../src/main/storage/failure.ts';
import { checkInJournal, type PeopleData, peopleFile, pictures } from '../support/storage-child.ts';

/** A real disk of one megabyte, or null where we may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'lintel-full-'));
  try {
    if (process.platform !== 'linux') throw new Error('only Linux has tmpfs');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'lintel-test', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

const disk = smallDisk();
afterAll(() => {
  if (disk === null) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(disk === null)(
  disk === null ? 'a disk that is really full (SKIPPED: mounting needs root)' : 'a disk that is really full',
  () => {
    it('refuses by name, keeps all that was acknowledged, and works again when there is room', async () => {
      const root = disk as string;
      const file = peopleFile(root);
      const journal = checkInJournal(root);
      const thumbs = pictures(root);
      const data: PeopleData = (await file.read()) ?? { people: [] };
      await file.write({ people: [{ id: 'p0', template: [1, 0] }] });
      await thumbs.put('p0.jpg', new Uint8Array(1000));
      const at = new Date(2026, 0, 15).getTime();
      await journal.append({ id: '0', at, personId: 'p0' });

      const filler = join(root, 'somebody-elses-file');
      const { free } = await freeSpace(root);
      await writeFile(filler, new Uint8Array(free)).catch(() => undefined);

      data.people = [{ id: 'p1', template: Array.from({ length: 20_000 }, Math.random) }];
      await expect(file.write(data)).rejects.toMatchObject({ code: 'disk-full' });
      await expect(thumbs.put('p1.jpg', new Uint8Array(9000))).rejects.toMatchObject({ code: 'disk-full' });
      // What is left of the journal's last page takes some lines still; then it is full as well.
      const written = ['0'];
      const failure = await (async () => {
        for (let i = 1; i < 1000; i++) {
          await journal.append({ id: String(i), at, personId: 'p0' });
          written.push(String(i));
        }
        return null;
      })().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'disk-full' });
      expect((await freeSpace(root)).free).toBe(0);

      const found = async (): Promise<string[]> => {
        const ids: string[] = [];
        const again = checkInJournal(root);
        expect(await again.open()).toEqual([]);
        for await (const line of again.readAll((damage) => expect.fail(JSON.stringify(damage)))) ids.push(line.id);
        return ids;
      };
      expect(await found()).toEqual(written);
      const again = peopleFile(root);
      expect(await again.read()).toEqual({ people: [{ id: 'p0', template: [1, 0] }] });
      expect(again.outcome?.kind).toBe('ok');
      expect(await thumbs.list()).toEqual(['p0.jpg']);

      await writeFile(filler, '');
      await journal.append({ id: 'after', at, personId: 'p0' });
      await file.write({ people: [] });
      expect(await found()).toEqual([...written, 'after']);
    });
  },
);
