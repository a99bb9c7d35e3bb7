/**
 * Faults one by one and in pairs, behind the real WebSocket, store and supervisor; only the eyes are recorded
 * (tests/support/recorded-vision.ts; vision-process.test.ts kills and hangs the real ones). `npm run faults` takes every
 * pair (LINTEL_FAULTS=all); here are those that found something, or would hurt most.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FAULTS, meet, type Fault } from '../faults/faults.ts';
import { Rig } from '../faults/rig.ts';
import { bundle } from '../support/bundle.ts';

const SHORT = [
  ['vision killed'],
  ['vision hung'],
  ['disk full'],
  ['clock a month back'],
  ['vision killed', 'model file damaged'],
  ['read-only folder', 'WebSocket cut'],
  ['slow disk', 'page reloaded'],
];
const named = (name: string): Fault => {
  const fault = FAULTS.find((one) => one.name === name);
  if (fault === undefined) throw new Error(`no such fault: ${name}`);
  return fault;
};
const all = FAULTS.flatMap((one, i) => [[one], ...FAULTS.slice(i + 1).map((other) => [one, other])]);
const cases = process.env['LINTEL_FAULTS'] === 'all' ? all : SHORT.map((names) => names.map(named));

let program: string;
let folder: string;
let rig: Rig;
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeAll(async () => {
  program = await bundle('tests/support/recorded-vision-child.ts');
});
beforeEach(async () => {
  process.on('unhandledRejection', onRejection);
  folder = mkdtempSync(join(tmpdir(), 'lintel-faults-'));
  rig = await Rig.open(folder, program);
});
afterEach(async () => {
  process.off('unhandledRejection', onRejection);
  await rig.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(cases.map((faults) => [faults.map(({ name }) => name).join(' + '), faults] as const))(
  '%s',
  { timeout: 120_000 },
  async (_name, faults) => {
    await meet(rig, faults);
    expect(rejections).toEqual([]);
  },
);
