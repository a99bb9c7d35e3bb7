/** The command line program inside the test's own process. */
import { Writable } from 'node:stream';
import { cliDeps } from '../../src/main/hosts/cli/commands.ts';
import { runCli } from '../../src/main/hosts/cli/program.ts';
import { installationAt } from '../../src/main/hosts/installation.ts';
import { projectRoot } from './data.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shape is what is tested
  readonly json: any;
}

const collect = (onText: (text: string) => void): NodeJS.WritableStream & { isTTY?: boolean } =>
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      onText(chunk.toString());
      done();
    },
  });

/** Runs one command in `folder`, with its data in `folder/data`. */
export const runCommand = (
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> => runWatched(folder, args, { env });

/** The same, to be interrupted as Ctrl+C does, or watched while it prints. */
export async function runWatched(
  folder: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly interrupted?: AbortSignal;
    readonly onStdout?: (text: string) => void;
  } = {},
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const terminal = {
    stdout: collect((text) => {
      stdout += text;
      options.onStdout?.(text);
    }),
    stderr: collect((text) => (stderr += text)),
    env: { LINTEL_DATA: `${folder}/data`, ...options.env },
    cwd: folder,
    interrupted: options.interrupted ?? new AbortController().signal,
  };
  const code = await runCli(args, terminal, cliDeps(installationAt(projectRoot, '1.2.3'), terminal));
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    json = undefined;
  }
  return { code, stdout, stderr, json };
}
