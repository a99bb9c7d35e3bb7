/** A few hundred check-ins, one after the other: nothing piles up. `npm run soak` makes 100,000 and draws them. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slope, warm } from '../../scripts/soak/slope.mjs';
import { bundle } from '../support/bundle.ts';
import type { SoakEnd, SoakOptions, SoakSample } from '../support/soak-child.ts';

const CHECK_INS = 900;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-soak-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('900 check-ins: each on disk, no handle or file left open, the heap as before', { timeout: 120_000 }, async () => {
  const child = await bundle('tests/support/soak-child.ts');
  const options: SoakOptions = {
    folder,
    checkIns: CHECK_INS,
    every: 50,
    vision: 'recorded',
    modelDirs: [],
    pictures: null,
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, JSON.stringify(options)], {
    maxBuffer: 8 << 20,
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SoakSample | SoakEnd);
  const end = lines.at(-1) as SoakEnd;
  const samples = lines.slice(0, -1) as SoakSample[];
  expect(end).toMatchObject({ acknowledged: CHECK_INS, onDisk: CHECK_INS });
  expect(samples).toHaveLength(CHECK_INS / 50);
  const settled = warm(samples);
  const first = settled[0];
  const last = settled.at(-1);
  expect(last?.handles).toBeLessThanOrEqual((first?.handles ?? 0) + 2);
  expect(last?.files).toBeLessThanOrEqual((first?.files ?? 0) + 2);
  // A frame of the run is 12 kB, so one that is kept for each check-in would be 12 MB a thousand.
  const perThousand = (of: (sample: SoakSample) => number): number =>
    slope(settled.map((sample) => ({ at: sample.checkIns, value: of(sample) }))) * 1000;
  expect(perThousand(({ heap }) => heap)).toBeLessThan(2 << 20);
  expect(perThousand(({ external }) => external)).toBeLessThan(2 << 20);
});

test('the slope of a straight line is its own, whatever it starts from', () => {
  expect(slope([1, 2, 3, 4].map((at) => ({ at, value: 7 + 3 * at })))).toBeCloseTo(3, 12);
  expect(slope([{ at: 1, value: 5 }])).toBe(0);
});
