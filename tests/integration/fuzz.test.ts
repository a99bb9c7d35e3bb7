/**
 * Every call of `KioskApi` through both hosts, with whatever fast-check thinks of. `npm run fuzz` sends 100,000 messages
 * (LINTEL_FUZZ_RUNS); a failure prints the seed, and LINTEL_FUZZ_SEED repeats it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { calls } from '../../src/shared/calls.ts';
import { type Host, IpcHost, SocketHost } from '../fuzz/hosts.ts';
import { fuzz, fuzzFrames, type FuzzResult } from '../fuzz/fuzz.ts';
import { isOperators } from '../fuzz/rules.ts';
import { openWorld, PIN, type World } from '../fuzz/world.ts';

const RUNS = Number(process.env['LINTEL_FUZZ_RUNS'] ?? 3000);
const seed = process.env['LINTEL_FUZZ_SEED'];
const seeded = seed === undefined ? {} : { seed: Number(seed) };
const share = (part: number): number => Math.ceil(RUNS * part);
const timeout = 60_000 + RUNS * 30;
/** Enough for every call to be met in every way; below, not being answered proves nothing. */
const THOROUGH = 20_000;

let folder: string;
let world: World;
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-fuzz-'));
  world = await openWorld(folder);
  rejections.length = 0;
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  process.off('unhandledRejection', onRejection);
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const hosts: [Host['name'], (world: World) => Host][] = [
  ['socket', (at) => new SocketHost(at)],
  ['ipc', (at) => new IpcHost(at)],
];

/** Answers everyday calls as before. */
async function stillWell(host: Host): Promise<void> {
  expect(await host.call('getStatus', undefined)).toMatchObject({ ok: true, value: { vision: 'ready', pinSet: true } });
  expect(rejections).toEqual([]);
}
const say = (what: string, { messages, outcomes }: FuzzResult): void => {
  if (RUNS < THOROUGH) return;
  const codes = new Map<string, number>();
  for (const [key, count] of outcomes)
    codes.set(key.split(' ').at(-1) ?? '', (codes.get(key.split(' ').at(-1) ?? '') ?? 0) + count);
  console.log(
    `${what}: ${messages} messages; ${[...codes]
      .sort((a, b) => b[1] - a[1])
      .map(([code, n]) => `${code} ${n}`)
      .join(', ')}`,
  );
};

test.each(hosts)(
  'without the PIN, %s: operator calls are refused as such, nothing on disk changes',
  { timeout },
  async (name, make) => {
    const host = make(world);
    const before = world.fingerprint();
    const result = await fuzz(world, host, { runs: share(0.2), unlocked: false, ...seeded });
    say(`locked ${name}`, result);
    const changed = [...world.fingerprint()].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
    // Wrong PINs are counted, on purpose.
    expect(changed.filter((file) => !/^(operator\.json|audit)/.test(file))).toEqual([]);
    for (const key of result.outcomes.keys()) {
      const [call = '', outcome = ''] = key.split(' ');
      // `bad-input`: the socket could not read the message, so that nobody knows what it was.
      if (isOperators(call)) expect(['pin-required', 'bad-input'], call).toContain(outcome);
    }
    await stillWell(host);
    await host.close();
  },
);

test.each(hosts)(
  'with the PIN, %s: a valid answer or an error of ours, and what is refused writes nothing',
  { timeout },
  async (name, make) => {
    const host = make(world);
    const result = await fuzz(world, host, { runs: share(0.25), unlocked: true, ...seeded });
    say(`unlocked ${name}`, result);
    if (RUNS >= THOROUGH) {
      // Every call was also reached in earnest, else the fuzzing would only have tested zod.
      // The last two close the kiosk and open it again, which this one has nobody for; see lifecycle.test.ts.
      const others = ['createPin', 'unlock', 'changePin', 'changeEncryption', 'restoreBackup'];
      const unreached = result.neverAnswered.filter((call) => !others.includes(call));
      expect(unreached).toEqual([]);
    }
    await stillWell(host);
    await host.close();
  },
);

test('frames that are no calls: refused, then the socket is closed', { timeout }, async () => {
  const before = world.fingerprint();
  const { refused, closedWith } = await fuzzFrames(world, share(0.1), seeded.seed);
  expect(refused).toBeGreaterThan(0);
  expect(closedWith.length).toBeGreaterThan(0);
  expect([...new Set(closedWith)]).toEqual([1008]);
  expect(world.fingerprint()).toEqual(before);
  const host = new SocketHost(world);
  await stillWell(host);
  await host.close();
});

test('a frame above the limit closes the socket with 1009 and nothing else', async () => {
  const host = new SocketHost(world);
  expect(await host.raw(new Uint8Array(33 << 20))).toEqual({ ok: 'closed', code: 1009 });
  await stillWell(host);
  await host.close();
});

test('more calls at once than a page ever has: each gets its answer, most of them "too many"', async () => {
  const host = new SocketHost(world);
  await stillWell(host); // one socket for all of them
  const all = await Promise.all(Array.from({ length: 500 }, () => host.call('getRecentCheckIns', undefined)));
  expect(all.every(({ ok }) => ok !== 'closed')).toBe(true);
  expect(all.filter(({ ok }) => ok === true).length).toBeGreaterThan(0);
  await stillWell(host);
  await host.close();
});

test('a word that looks like the wire format of bytes is only a word, in both directions', async () => {
  const host = new SocketHost(world);
  await host.call('unlock', { pin: PIN });
  const schedule = { start: '08:00', graceMinutes: 5, workdays: [1], dayStartsAt: '00:00' };
  const reply = await host.call('updateSettings', { schedules: { $bytes: schedule } });
  expect(reply).toMatchObject({ ok: true, value: { schedules: { $bytes: schedule } } });
  expect(await host.call('getStatus', null)).toMatchObject({
    value: { settings: { schedules: { $bytes: schedule } } },
  });
  await host.close();
});

test('every call of the contract has an entry with a schema the fuzzer knows', () => {
  expect(Object.keys(calls).length).toBeGreaterThan(40);
});
