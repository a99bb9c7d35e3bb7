import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freeSpace } from '../../src/main/storage/failure.ts';
import { Thumbnails } from '../../src/main/storage/images.ts';
import { errno, faultyOps } from '../support/storage-ops.ts';
import { PowerLossDisk } from '../support/storage-power.ts';
import { refusal } from '../support/refusal.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lintel-thumbs-'));
  folder = join(root, 'thumbnails');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const bytes = (...numbers: number[]): Uint8Array => Uint8Array.from(numbers);
const everything = async (): Promise<string[]> =>
  (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => one.name);
describe('Thumbnails', () => {
  it('keeps, replaces, lists and removes', async () => {
    const thumbs = new Thumbnails({ folder });
    expect(await thumbs.list()).toEqual([]);
    expect(await thumbs.get('s_1.jpg')).toBeNull();
    await thumbs.delete('s_1.jpg');
    await thumbs.putAll([
      ['s_1.jpg', bytes(1, 2)],
      ['s_1.aligned.jpg', bytes(3)],
      ['s_2.jpg', bytes()],
    ]);
    await thumbs.put('s_1.jpg', bytes(9));
    const again = new Thumbnails({ folder });
    expect((await again.list()).sort()).toEqual(['s_1.aligned.jpg', 's_1.jpg', 's_2.jpg']);
    expect([...((await again.get('s_1.jpg')) ?? [])]).toEqual([9]);
    expect([...((await again.get('s_2.jpg')) ?? [1])]).toEqual([]);
    await again.delete('s_1.jpg');
    expect(await again.get('s_1.jpg')).toBeNull();
    expect((await everything()).sort()).toEqual(['s_1.aligned.jpg', 's_2.jpg']);
  });

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    '/etc/passwd',
    'a\0',
    '.hidden',
    'a..b',
    'a.',
    'x.tmp',
    'CON',
    'nul.jpg',
    'a b',
    'é',
    'a'.repeat(121),
    'c:x',
  ])('refuses the id %j', async (id) => {
    const thumbs = new Thumbnails({ folder });
    const tries = [async () => thumbs.put(id, bytes(1)), async () => thumbs.get(id), async () => thumbs.delete(id)];
    for (const attempt of tries) expect(await refusal(attempt())).toBe('bad-input');
    expect(await everything()).toEqual([]);
  });

  it('fsyncs before the rename and the folder after it', async () => {
    const ops = faultyOps();
    const thumbs = new Thumbnails({ folder, ops });
    await thumbs.put('s_1.jpg', bytes(1));
    expect(
      ops.steps
        .filter((step) => !/makeFolder/.test(step))
        .map((step) => step.replace(/^syncFolder .*/, 'syncFolder'))
        .slice(-5),
    ).toEqual([
      'open(replace) s_1.jpg.tmp',
      'write s_1.jpg.tmp',
      'sync s_1.jpg.tmp',
      'rename s_1.jpg.tmp s_1.jpg',
      'syncFolder',
    ]);
  });

  it('on a full disk says so, keeps the old picture and leaves no half', async () => {
    const ops = faultyOps();
    const thumbs = new Thumbnails({ folder, ops });
    await thumbs.put('s_1.jpg', bytes(1, 2, 3));
    ops.faults.room = 2;
    expect(await refusal(thumbs.put('s_1.jpg', bytes(4, 5, 6)))).toBe('disk-full');
    expect(await refusal(thumbs.put('s_2.jpg', bytes(4, 5, 6)))).toBe('disk-full');
    expect([...((await thumbs.get('s_1.jpg')) ?? [])]).toEqual([1, 2, 3]);
    expect(await everything()).toEqual(['s_1.jpg']);
    ops.faults.before = () => {
      throw errno('EROFS');
    };
    expect(await refusal(thumbs.delete('s_1.jpg'))).toBe('store-read-only');
  });

  it('sweeps what a kill has left and lists none of it', async () => {
    const thumbs = new Thumbnails({ folder });
    await thumbs.put('s_1.jpg', bytes(1));
    const [first] = await readdir(folder);
    await writeFile(join(folder, first, 's_9.jpg.tmp'), 'half');
    expect(await thumbs.list()).toEqual(['s_1.jpg']);
    expect(await thumbs.sweep()).toBe(1);
    expect(await everything()).toEqual(['s_1.jpg']);
  });

  it('loses nothing that was acknowledged when the power goes, at any step', async () => {
    for (let steps = 0; steps < 40; steps++) {
      const disk = new PowerLossDisk();
      disk.stepsLeft = steps;
      const kept: string[] = [];
      try {
        const cut = new Thumbnails({ folder: '/data/thumbnails', ops: disk.ops });
        for (let i = 0; ; i++) {
          await cut.put(`s_${i}`, bytes(i, i, i));
          kept.push(`s_${i}`);
        }
      } catch {
        // The power went.
      }
      let seed = steps;
      const after = new Thumbnails({
        folder: '/data/thumbnails',
        ops: disk.restart(() => (seed = (seed * 16_807 + 11) % 2_147_483_647) / 2_147_483_647).ops,
      });
      for (const id of kept) expect([...((await after.get(id)) ?? [])]).toEqual(Array(3).fill(Number(id.slice(2))));
    }
  });

  it('passes every byte through the codec, and says when that refuses', async () => {
    const xor = (stored: Uint8Array): Uint8Array => stored.map((byte) => byte ^ 0xff);
    const thumbs = new Thumbnails({ folder, codec: { encode: xor, decode: xor } });
    await thumbs.put('s_1.jpg', bytes(0xff, 0xd8, 0xff));
    expect([...((await new Thumbnails({ folder }).get('s_1.jpg')) ?? [])]).toEqual([0, 0x27, 0]);
    expect([...((await thumbs.get('s_1.jpg')) ?? [])]).toEqual([0xff, 0xd8, 0xff]);
    const refusing = new Thumbnails({
      folder,
      codec: {
        encode: xor,
        decode: () => {
          throw new Error('no');
        },
      },
    });
    expect(await refusal(refusing.get('s_1.jpg'))).toBe('store-damaged');
  });
});

describe('freeSpace', () => {
  it('is that of the disk, also for a folder that is not there yet', async () => {
    const here = await freeSpace(dirname(root));
    expect(here.free).toBeGreaterThan(0);
    expect(here.total).toBeGreaterThanOrEqual(here.free);
    expect((await freeSpace(join(root, 'not', 'yet'))).total).toBe(here.total);
  });
});
