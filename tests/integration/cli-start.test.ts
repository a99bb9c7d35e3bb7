/** `npm start` and `npm run lintel` as processes, the way a person runs them. (In `npm test` the build is there already.) */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../support/data.ts';

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
