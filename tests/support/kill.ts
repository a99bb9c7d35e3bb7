/** Runs a child that works until it is killed, and kills it. */
import { spawn } from 'node:child_process';

/**
 * @param after ms past the child's first word on stdout
 * @returns everything it said there
 */
export function runAndKill(program: string, args: readonly string[], after: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    running.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      timer ??= setTimeout(() => running.kill('SIGKILL'), after);
    });
    running.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    running.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve(said);
      else reject(new Error(`the child ended by itself (${code}): ${errors}`));
    });
  });
}
