/** Commands that wait for something that never answers: they say for what, and end when they are told to. */
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Kiosk } from '../../src/main/server/kiosk.ts';
import { type CliDeps, runCli } from '../../src/main/hosts/cli/program.ts';
import { askHidden } from '../../src/main/hosts/cli/secret.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

/** Files are really looked for before anything is waited for. */
const until = async (begun: { readonly mock: { readonly calls: readonly unknown[] } }): Promise<void> => {
  while (begun.mock.calls.length === 0) await new Promise((turn) => setImmediate(turn));
};
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

function begin(args: readonly string[], deps: Partial<CliDeps>) {
  const stop = new AbortController();
  const said = { out: '', err: '' };
  const sink = (to: 'out' | 'err'): NodeJS.WritableStream =>
    new Writable({ write: (chunk: Buffer, _encoding, done) => ((said[to] += chunk.toString()), done()) });
  const terminal = {
    stdout: sink('out'),
    stderr: sink('err'),
    env: { LINTEL_DATA: '/nowhere/data' },
    cwd: '/',
    interrupted: stop.signal,
    ask: () => never<string | null>(),
  };
  return { said, stop, ended: runCli([...args, '--json'], terminal, { version: '0', ...deps } as CliDeps) };
}

test('data that never open are named, and Ctrl+C ends the wait', async () => {
  const openKiosk = vi.fn<CliDeps['openKiosk']>(never);
  const { said, stop, ended } = begin(['people'], { openKiosk });
  await until(openKiosk);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said.err).toBe('lintel: waiting for the data in /nowhere/data ...\n');
  stop.abort();
  expect(await ended).toBe(1);
  expect(JSON.parse(said.out)).toMatchObject({ error: { code: 'interrupted' } });
});

test('while somebody is asked for a passphrase, that question is what it waits for', async () => {
  const { said, stop, ended } = begin(['people'], {
    openKiosk: async (_folder, { unlock }) => (await unlock('passphrase'), never()),
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said.err).toBe('');
  stop.abort();
  expect(await ended).toBe(1);
});

test.each([
  ['doctor', { doctor: never }],
  ['bench', { bench: never }],
  ['models', { findModels: never }],
] as const)('%s that hangs is left behind', async (command, deps) => {
  const { stop, ended } = begin([command], deps);
  stop.abort();
  await vi.advanceTimersByTimeAsync(999);
  expect(await ended).toBe(1);
});

test('a question is over when the command is told to end', async () => {
  const stop = new AbortController();
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: vi.fn() });
  const answer = askHidden(input, new PassThrough(), 'Passphrase: ', stop);
  input.write('half of i');
  stop.abort();
  expect(await answer).toBeNull();
  expect(input.setRawMode).toHaveBeenLastCalledWith(false);
});

test('an answer that was given is the only one, also when closing hangs', async () => {
  const kiosk = {
    people: { renewable: () => Promise.resolve(new Set()) },
    peopleService: { list: () => Promise.resolve([]) },
    status: () => ({ notices: [] }),
    close: vi.fn(never),
  };
  const { said, stop, ended } = begin(['people'], { openKiosk: () => Promise.resolve(kiosk as unknown as Kiosk) });
  await until(kiosk.close);
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  await vi.advanceTimersByTimeAsync(999);
  expect(await ended).toBe(0);
  expect(JSON.parse(said.out)).toEqual({ people: [] });
});
