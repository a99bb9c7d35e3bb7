/** The fuses of a packaged kiosk, on a made-up binary laid out as Electron's docs/tutorial/fuses.md says. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packageFuses, readFuses, setFuses, WANTED } from '../../scripts/fuses.mjs';
import { projectRoot } from '../support/data.ts';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron ships: run as Node, NODE_OPTIONS, inspector on; cookies, asar off; two newer ones behind. */
const wire = (fuses = '10110001', version = 1): Buffer =>
  Buffer.concat([Buffer.from(SENTINEL), Buffer.from([version, fuses.length]), Buffer.from(fuses)]);
const binary = (...wires: Buffer[]): Buffer =>
  Buffer.concat([Buffer.alloc(1000, 7), ...wires.flatMap((one) => [one, Buffer.alloc(500, 9)])]);

test('every fuse as issue 4 names them, and no other byte', () => {
  const before = binary(wire());
  const after = setFuses(before);
  expect(readFuses(after)).toEqual([
    {
      runAsNode: 'off',
      enableCookieEncryption: 'on',
      enableNodeOptionsEnvironmentVariable: 'off',
      enableNodeCliInspectArguments: 'off',
      enableEmbeddedAsarIntegrityValidation: 'on',
      onlyLoadAppFromAsar: 'on',
    },
  ]);
  expect(after).toEqual(binary(wire('01001101')));
});

test('both wires of a universal binary', () => {
  expect(setFuses(binary(wire(), wire()))).toEqual(binary(wire('01001101'), wire('01001101')));
});

test('refuses what it does not understand rather than to leave a fuse as it was', () => {
  expect(() => setFuses(Buffer.alloc(100))).toThrow('no fuses');
  expect(() => setFuses(binary(wire('10110001', 2)))).toThrow('version 2');
  expect(() => setFuses(binary(wire('101')))).toThrow('3 fuses');
  expect(() => setFuses(binary(wire('r0110001')))).toThrow('runAsNode');
});

test('a file keeps its mode; --check tells', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lintel-fuses-'));
  try {
    const path = join(folder, 'lintel');
    writeFileSync(path, binary(wire()), { mode: 0o755 });
    const check = (): number | null =>
      spawnSync(process.execPath, [resolve(projectRoot, 'scripts/fuses.mjs'), path, '--check']).status;
    expect(check()).toBe(1);
    packageFuses(path);
    expect(check()).toBe(0);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(readFuses(readFileSync(path))[0]).toHaveProperty('runAsNode', 'off');
    expect(WANTED).toHaveLength(6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
