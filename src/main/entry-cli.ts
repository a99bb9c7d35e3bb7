/** The command line program: `npm run --silent lintel -- COMMAND`, see src/main/hosts/cli/program.ts. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { version } from '../../package.json';
import { cliDeps } from './hosts/cli/commands.ts';
import { runCli } from './hosts/cli/program.ts';
import { askHidden } from './hosts/cli/secret.ts';
import type { Terminal } from './hosts/cli/terminal.ts';
import { installationAt } from './hosts/installation.ts';

// A command reads a few records of many kinds: compiling a parser for each kind would take longer than it saves.
z.config({ jitless: true });

const interrupt = new AbortController();
/** npm passes a Ctrl+C on that the terminal has sent to all of us already: within this time, ms, it is the same one. */
const ECHO_MS = 500;
const underNpm = process.env['npm_lifecycle_event'] !== undefined;
let first: { readonly signal: string; readonly at: number } | null = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second Ctrl+C does not wait: what was acknowledged is on disk.
    const echo = underNpm && first?.signal === signal && performance.now() - first.at < ECHO_MS;
    if (first !== null && !echo) process.exit(130);
    first ??= { signal, at: performance.now() };
    interrupt.abort();
  });
}
// Started by npm, a kiosk ends with it, also when npm is killed and cannot pass the signal on.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) interrupt.abort();
  }, 1000).unref();
}
// `lintel people | head -1` closes our stdout early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const terminal: Terminal = {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  interrupted: interrupt.signal,
  ask: (question) => askHidden(process.stdin, process.stderr, question, interrupt),
};
const installation = installationAt(resolve(import.meta.dirname, '../..'), version);
const code = await runCli(process.argv.slice(2), terminal, cliDeps(installation, terminal));
process.stdout.write('', () => process.exit(code));
