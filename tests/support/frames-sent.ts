/** Counts the frames a page sends, inside the page: having the browser report each to the test takes longer than sending it. */
import type { Page } from '@playwright/test';

export interface FramesSent {
  readonly frames: number;
  /** Of these, with a face mesh. */
  readonly meshes: number;
}

function count(): void {
  const sent = { frames: 0, meshes: 0 };
  Object.assign(window, { framesSent: sent });
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, message: Parameters<typeof send>[0]) {
    if (message instanceof Uint8Array && message.byteLength > 100_000) {
      sent.frames++;
      // The mesh stands before the picture's bytes in a message, or behind them.
      const text = (part: Uint8Array): string => new TextDecoder('latin1').decode(part);
      const ends = [message.subarray(0, 20_000), message.subarray(-20_000)];
      if (ends.some((part) => text(part).includes('eyeBlinkLeft'))) sent.meshes++;
    }
    send.call(this, message);
  };
}

/** Before the page is opened. @returns asks for the numbers so far */
export async function countFrames(page: Page): Promise<() => Promise<FramesSent>> {
  await page.addInitScript(count);
  return () => page.evaluate<FramesSent>('({ ...window.framesSent })');
}
