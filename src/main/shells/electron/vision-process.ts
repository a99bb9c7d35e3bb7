/** The vision process under Electron ([Note: the vision process] in src/main/vision/messages.ts says why there is one). */
import { utilityProcess } from 'electron';
import type { VisionLaunch } from '../../vision/messages.ts';

/** Launches `script` (the built `entry-vision`) as a utility process. Only when the app is ready. */
export function utilityVision(script: string): VisionLaunch {
  return () => {
    const child = utilityProcess.fork(script, [], { serviceName: 'Lintel vision', stdio: 'inherit' });
    return {
      postMessage: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => child.once('exit', listener),
      kill() {
        // `child.kill()` asks with SIGTERM, which a process that hangs in native code never hears.
        if (child.pid === undefined) child.kill();
        else process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}
