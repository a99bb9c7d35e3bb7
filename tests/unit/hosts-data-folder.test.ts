import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { dataFolder, defaultDataFolder } from '../../src/main/hosts/installation.ts';

test('--data, then LINTEL_DATA, then the folder Electron would use', () => {
  const env = { LINTEL_DATA: 'from-env', XDG_CONFIG_HOME: '/x' };
  expect(dataFolder('given', env, '/here')).toBe(resolve('/here/given'));
  expect(dataFolder(undefined, env, '/here')).toBe(resolve('/here/from-env'));
  expect(dataFolder(undefined, { ...env, LINTEL_DATA: '' }, '/here')).toBe(defaultDataFolder(env));
});

test.skipIf(process.platform === 'win32')('the folder Electron would use', () => {
  expect(defaultDataFolder({}, 'linux', '/home/a')).toBe('/home/a/.config/lintel');
  expect(defaultDataFolder({ XDG_CONFIG_HOME: '/x' }, 'linux', '/home/a')).toBe('/x/lintel');
  expect(defaultDataFolder({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/lintel');
});
