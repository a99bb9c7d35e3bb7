/** `lintel serve` as a process of its own, for tests in the browser: the built program on a data folder of the test's. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { projectRoot } from './data.ts';

const program = resolve(projectRoot, 'out/main/cli.js');
const environment = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...process.env,
  // Lintel's own models, whatever else this machine has.
  LINTEL_MODELS_DIR: '',
  ...more,
});

export interface KioskServer {
  readonly url: string;
  readonly pid: number;
  /** Everything it said on stderr so far. */
  log(): string;
  /** Ends it as Ctrl+C does. @returns its exit code */
  stop(): Promise<number | null>;
}

/** Starts the kiosk and waits for its address. Rejects with what it said when it ends instead. */
export function startKiosk(
  dataDir: string,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<KioskServer> {
  const child = spawn(
    process.execPath,
    [program, 'serve', '--data', dataDir, '--json', '--offline', ...(options.args ?? [])],
    {
      cwd: projectRoot,
      env: environment(options.env ?? {}),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return new Promise((done, failed) => {
    void ended.then((code) => failed(new Error(`lintel serve ended with ${code}:\n${log}`)));
    createInterface({ input: child.stdout }).once('line', (line) => {
      const { url } = JSON.parse(line) as { url: string };
      done({
        url,
        pid: child.pid as number,
        log: () => log,
        stop: async () => {
          child.kill('SIGTERM');
          return ended;
        },
      });
    });
  });
}

/** Runs one command of the built program with `--json`. @returns its exit code and what it printed */
export function runLintel(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { readonly code: number | null; readonly json: unknown; readonly stdout: string; readonly stderr: string } {
  const result = spawnSync(process.execPath, [program, ...args, '--json'], {
    cwd: projectRoot,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  let json: unknown = null;
  try {
    json = JSON.parse(result.stdout);
  } catch {
    // the caller sees stdout and stderr
  }
  return { code: result.status, json, stdout: result.stdout, stderr: result.stderr };
}
