/** `npm start` and `npm run lintel` as processes, the way a person runs them. (In `npm test` the build is there already.) */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../support/data.ts';
import { scene } from '../support/people.ts';

const script = (name: string): string => resolve(projectRoot, 'scripts', name);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-start-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('npm start -- --no-window serves the page, and ends cleanly when told to', async () => {
  const child = spawn(process.execPath, [script('start.mjs'), '--no-window', '--offline', '--data', 'data'], {
    cwd: projectRoot,
    // As npm sets it: where the person stands.
    env: { ...process.env, INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  let log = '';
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  const line = await new Promise<string>((done, failed) => {
    createInterface({ input: child.stdout }).once('line', done);
    void ended.then((code) => failed(new Error(`ended with ${code}: ${log}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await page.text();
  // The page's own script is served, and nothing is loaded from anywhere else.
  const source = /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? '';
  expect((await fetch(new URL(source, url))).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(html).not.toMatch(/https?:\/\//);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 120_000);

test('a wrong option is a usage error', () => {
  const { status, stderr } = spawnSync(process.execPath, [script('start.mjs'), '--nonsense'], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('Usage: npm start');
});

test('npm run lintel: relative paths are where the person stands; only the answer is on stdout; exit codes pass', () => {
  mkdirSync(join(folder, 'here'), { recursive: true });
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [script('lintel.mjs'), ...args], {
      cwd: projectRoot,
      env: { ...process.env, INIT_CWD: join(folder, 'here'), npm_lifecycle_event: 'lintel' },
      encoding: 'utf8',
    });
  const people = run('people', '--data', 'd', '--json');
  expect({ code: people.status, stdout: people.stdout }).toEqual({ code: 0, stdout: '{"people":[]}\n' });
  expect(run('people', 'remove', 'p_x', '--data', 'd', '--json').status).toBe(1);
  expect(run('nonsense').status).toBe(2);
}, 120_000);

describe('a long command that is interrupted', () => {
  const PEOPLE = 40;
  beforeAll(() => {
    for (let person = 0; person < PEOPLE; person++) {
      const own = join(folder, 'many', `P${person}`);
      mkdirSync(own, { recursive: true });
      for (const [i, file] of scene(`person-0${1 + (person % 5)}`)
        .slice(0, 5)
        .entries())
        copyFileSync(file, join(own, `${i}.jpg`));
    }
  });

  const UNDER_WAY = /\d+\/\d+/;
  /** Runs until it first says how far it is. Then it gets these signals. */
  async function interrupted(args: readonly string[], ...signals: readonly NodeJS.Signals[]) {
    const child = spawn(process.execPath, [script('lintel.mjs'), ...args, '--json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => {
      const before = UNDER_WAY.test(stderr);
      stderr += text.toString();
      if (!before && UNDER_WAY.test(stderr)) for (const signal of signals) child.kill(signal);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
    return { code, stderr, json: (stdout === '' ? null : JSON.parse(stdout)) as any };
  }

  test.each([
    ['enroll', 'SIGINT'],
    ['import', 'SIGTERM'],
  ] as const)(
    '%s stops at %s, saves and says who is done, and goes on from there',
    async (command, signal) => {
      const { code, json, stderr } = await interrupted([command, 'many', '--data', command], signal);
      expect(code).toBe(1);
      expect(json.stopped).toBe(true);
      expect(stderr).toContain('stopped before the end');
      expect(json.people.length).toBeLessThan(PEOPLE);
      const kept = spawnSync(process.execPath, [script('lintel.mjs'), 'people', '--data', command, '--json'], {
        cwd: folder,
        encoding: 'utf8',
      });
      const saved = (JSON.parse(kept.stdout) as { people: { name: string; samples: number }[] }).people;
      expect(saved.map(({ name }) => name).sort()).toEqual(
        json.people.map(({ name }: { name: string }) => name).sort(),
      );
      for (const { samples } of saved) expect(samples).toBeGreaterThan(0);
    },
    300_000,
  );

  test('identify says what it has seen until then', async () => {
    const folders = Array.from({ length: PEOPLE }, (_, i) => `many/P${i}`);
    const { code, json } = await interrupted(['identify', ...folders, '--data', 'none'], 'SIGINT');
    expect(code).toBe(1);
    expect(json.stopped).toBe(true);
    expect(json.images.length).toBeGreaterThan(0);
    expect(json.images.length).toBeLessThan(PEOPLE * 5);
    for (const { faces } of json.images as { faces: unknown[] }[]) expect(faces).toHaveLength(1);
  }, 300_000);

  test('evaluate has no figures of a part', async () => {
    const { code, json } = await interrupted(['evaluate', 'many', '--data', 'none'], 'SIGINT');
    expect({ code, error: json.error.code }).toEqual({ code: 1, error: 'interrupted' });
  }, 300_000);

  test('a second signal ends it at once', async () => {
    const { code } = await interrupted(['enroll', 'many', '--data', 'twice'], 'SIGINT', 'SIGTERM');
    expect(code).toBe(130);
  }, 300_000);
});
