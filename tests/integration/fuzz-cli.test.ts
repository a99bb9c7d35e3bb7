/**
 * Every command with whatever fast-check thinks of for its arguments. Always the same ones, unless LINTEL_FUZZ_SEED or
 * LINTEL_FUZZ_RUNS (`npm run fuzz`) says otherwise.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliWorld, commandLine, judge, openCliWorld } from '../fuzz/cli.ts';

const RUNS = Math.ceil(Number(process.env['LINTEL_FUZZ_RUNS'] ?? 6000) / 10);
const seed = Number(process.env['LINTEL_FUZZ_SEED'] ?? 12);

let folder: string;
let world: CliWorld;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-fuzz-cli-'));
  world = await openCliWorld(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));

test(
  'every command line is answered: done, refused with a reason, or wrong usage; never by an error inside, never at a loss',
  {
    timeout: 120_000 + RUNS * 300,
  },
  async () => {
    // Every command there is, with every option it has.
    expect(world.commands.length).toBeGreaterThan(35);
    expect(world.values.length).toBeGreaterThan(1);
    const codes = [0, 0, 0];
    const succeeded = new Set<string>();
    await fc.assert(
      fc.asyncProperty(commandLine(world), async (argv) => {
        const before = world.fingerprint();
        const ran = await world.run(argv);
        const changed = names(before, world.fingerprint());
        judge(argv, ran, changed);
        codes[ran.code] = (codes[ran.code] ?? 0) + 1;
        if (ran.code === 0) succeeded.add(argv[0] ?? '');
        if (changed.length > 0) world.reset();
      }),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    // All three ends were met, and the data are as sound as at first.
    for (const count of codes) expect(count).toBeGreaterThan(RUNS / 50);
    expect(succeeded.size).toBeGreaterThan(5);
    const { code, stdout } = await world.run(['people', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { people: unknown[]; notices?: unknown }).notices).toBeUndefined();
  },
);
