/** The kiosk's calls over Electron's IPC: one channel for each call of `KioskApi`, each checked for who sent it. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { type CallName, calls } from '../../../shared/calls.ts';
import { LintelError, reportOf } from '../../../shared/errors.ts';
import type { Reply } from '../../../shared/wire.ts';
import type { KioskConnection, KioskHost } from '../../server/connection.ts';
import { isOurs } from './scheme.ts';

/** Only the main frame of `contents`, while it shows our own page, is the page. */
const sentByPage = (event: IpcMainInvokeEvent, contents: WebContents): boolean =>
  event.sender === contents &&
  event.senderFrame !== null &&
  event.senderFrame === contents.mainFrame &&
  isOurs(event.senderFrame.url);

/**
 * Connects one window to the kiosk. Each load of the page is a connection of its own: a reload, or a page that crashed,
 * ends the operator's session and forgets who stood there.
 * @returns the function that ends it
 */
export function connectWindow(ipc: IpcMain, contents: WebContents, host: KioskHost): () => void {
  let connection: KioskConnection | null = null;
  const disconnect = (): void => {
    connection?.close();
    connection = null;
  };
  const connected = (): KioskConnection =>
    (connection ??= host.connect((name, payload) => {
      if (!contents.isDestroyed()) contents.send(`lintel:event:${name}`, payload);
    }));

  for (const name of Object.keys(calls) as CallName[]) {
    ipc.handle(`lintel:${name}`, async (event, input: unknown): Promise<Reply<unknown>> => {
      try {
        if (!sentByPage(event, contents)) throw new LintelError('bad-input.sender');
        return { ok: true, value: await connected().call(name, input) };
      } catch (error) {
        return { ok: false, error: reportOf(error) };
      }
    });
  }
  contents.on('did-start-navigation', (details) => {
    if (details.isMainFrame && !details.isSameDocument) disconnect();
  });
  contents.on('render-process-gone', disconnect);
  contents.on('destroyed', disconnect);

  return () => {
    for (const name of Object.keys(calls)) ipc.removeHandler(`lintel:${name}`);
    disconnect();
  };
}
