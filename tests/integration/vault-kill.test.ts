/** SIGKILL at any moment of turning encryption on, rotating, changing the passphrase and turning it off loses nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Vault, vaultStatus } from '../../src/main/storage/vault.ts';
import { bundle } from '../support/bundle.ts';
import { runAndKill } from '../support/kill.ts';
import { contents, fill, leaks } from '../support/vault-folder.ts';

const rounds = Number(process.env['LINTEL_KILL_ROUNDS'] ?? 10);
const passphrase = 'correct horse battery staple';

let child: string;
let folder: string;
beforeAll(async () => {
  child = await bundle('tests/support/vault-child.ts');
  folder = await mkdtemp(join(tmpdir(), 'lintel-vault-kill-'));
  await fill(folder, 40);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test(`nothing is lost in ${rounds} kills`, { timeout: 60_000 + rounds * 10_000 }, async () => {
  const before = await contents(folder, undefined);
  const seen = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    await runAndKill(child, [folder, passphrase], Math.random() * 250);
    const { state } = await vaultStatus(folder);
    seen.set(state, (seen.get(state) ?? 0) + 1);
    const options = { folder, unlock: () => Promise.resolve({ method: 'passphrase' as const, passphrase }) };
    // A reader beside it understands the folder as the kill left it.
    const beside = await Vault.open({ ...options, readOnly: true });
    expect(await contents(folder, beside.codec)).toBe(before);
    const vault = await Vault.open(options);
    expect(['plain', 'encrypted']).toContain(vault.state);
    expect(await contents(folder, vault.codec)).toBe(before);
    if (vault.state === 'encrypted') expect(await leaks(folder)).toEqual([]);
  }
  console.log(`killed while ${[...seen].map(([state, times]) => `${state}: ${times}`).join(', ')}`);
  const vault = await Vault.open({ folder, unlock: () => Promise.resolve({ method: 'passphrase', passphrase }) });
  if (vault.state === 'plain') await vault.turnOn({ method: 'passphrase', passphrase });
  expect(await leaks(folder)).toEqual([]);
  expect(await contents(folder, vault.codec)).toBe(before);
  await vault.turnOff();
  expect(await contents(folder, undefined)).toBe(before);
  // The search itself works.
  expect((await leaks(folder)).length).toBeGreaterThan(10);
});
