/** A vision process under plain Node. */
import { fork } from 'node:child_process';
import type { VisionLaunch } from './messages.ts';

export interface ForkOptions {
  /** Told the process id of every child that is started. For tests and the doctor. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Launches `script` (the built `entry-vision`) as a child process. `serialization: 'advanced'` keeps bytes as bytes; a
 * 640x480 frame (1.2 MB) then takes about half a millisecond to send, so no faster way was built.
 */
export function forkVision(script: string, options: ForkOptions = {}): VisionLaunch {
  return () => {
    const child = fork(script, [], {
      serialization: 'advanced',
      // Nothing of a child may land on our stdout: it can be a terminal's JSON.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    return {
      postMessage: (message) => {
        // The callback takes the error of a child that is already dead; its exit is told by `onExit`.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        let told = false;
        const tell = (): void => {
          if (!told) listener();
          told = true;
        };
        child.once('exit', tell);
        child.once('error', tell);
      },
      kill: () => child.kill('SIGKILL'),
    };
  };
}
