/** `npm run bench -- --peers`, in one short round and without what is installed on demand. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { comparePeers, textOf, writeFrame } from '../../scripts/bench/peers.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-peers-'));
  vi.stubEnv('LINTEL_PEERS_DIR', join(folder, 'installed'));
  vi.stubEnv('npm_config_offline', 'true');
  vi.stubEnv('npm_config_cache', join(folder, 'npm-cache'));
  vi.stubEnv('LINTEL_PYTHON', join(folder, 'no-python'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

// face-api without WebAssembly takes seconds a frame, and more beside other tests.
test(
  'ours and face-api work on the same frame; who cannot be had is named with the reason, the rest goes on',
  { timeout: 240_000 },
  async () => {
    const picture = join(folder, 'frame.png');
    const frame = await writeFrame(picture, null);
    const compared = await comparePeers({
      frame,
      picture,
      scratch: folder,
      parts: ['frame', 'search'],
      rounds: 1,
      turn: { untimed: 0, timed: 1 },
      rows: 2000,
    });
    const whats = (rows: typeof compared.frame): string[] => rows!.map(({ peer, what }) => `${peer}: ${what}`);
    expect(whats(compared.frame)).toEqual([
      'Lintel: whole frame',
      'Lintel: face followed',
      'face-api: tinyFaceDetector',
    ]);
    expect(whats(compared.search)).toEqual(['Lintel: gallery']);
    for (const { p50, timings, version } of [...compared.frame!, ...compared.search!]) {
      expect(p50).toBeGreaterThan(0);
      expect(timings).toBe(1);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
    expect(compared.frame!.at(-1)!.how).toBe('tfjs plain JavaScript');
    expect(compared.start).toBeNull();

    const reason = (name: string): string | undefined => compared.missing.find((one) => one.name === name)?.reason;
    expect(reason('Human')).toMatch(/^npm could not install @vladmandic\/human@\d.*: .+/);
    expect(existsSync(join(folder, 'installed/node_modules/@vladmandic'))).toBe(false);
    expect(reason('face-api')).toMatch(/^ssdMobilenetv1: /);
    for (const name of ['FAISS', 'numpy']) expect(reason(name)).toBe(`there is no ${join(folder, 'no-python')}`);
    const text = textOf(compared).join('\n');
    expect(text).toContain('face-api 1.');
    for (const { name, part, reason } of compared.missing)
      expect(text).toContain(`Left out: ${name} (${part}): ${reason}`);
  },
);
