/** The process that runs the models: a child of Electron (`utilityProcess`) or of plain Node (`fork`). */
import { openVision } from './vision/in-process.ts';
import { serveVision, type VisionReply, type VisionRequest } from './vision/process.ts';

/** What Electron adds to `process` inside a utility process; there is no such thing elsewhere. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: VisionRequest }) => void): void;
  postMessage(message: VisionReply): void;
}

const parentPort = (process as unknown as { parentPort?: ParentPort }).parentPort;

if (parentPort !== undefined) {
  const handle = serveVision(openVision, (message) => parentPort.postMessage(message));
  parentPort.on('message', (event) => handle(event.data));
} else {
  const handle = serveVision(openVision, (message) => {
    // The parent may be gone by the time an answer is ready; then nobody wants it.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  });
  process.on('message', (message) => handle(message as VisionRequest));
  // A kiosk that was killed must not leave its models behind.
  process.on('disconnect', () => process.exit(0));
}
