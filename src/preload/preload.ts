/**
 * `window.lintel`: the calls and events of `KioskApi`, one by one, and nothing else. There is no generic `invoke`: a page
 * that was taken over could say only what is listed here, and main checks each of these again. The lists are written into
 * the built file from src/shared/calls.ts (electron.vite.config.ts); the validating code stays in main.
 */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { CallInput, CallName, CallOutput } from '../shared/calls.ts';
import type { LintelBridge, Reply } from '../shared/wire.ts';

const call =
  <N extends CallName>(name: N) =>
  (input?: CallInput<N>): Promise<Reply<CallOutput<N>>> =>
    ipcRenderer.invoke(`lintel:${name}`, input) as Promise<Reply<CallOutput<N>>>;

const on: LintelBridge['on'] = (event, listener) => {
  if (!__EVENT_NAMES__.includes(event)) throw new TypeError('There is no such event.');
  const channel = `lintel:event:${event}`;
  // The page gets the payload only: the Electron event would hand it ipcRenderer by its `sender`.
  const receive = (_event: IpcRendererEvent, payload: Parameters<typeof listener>[0]): void => listener(payload);
  ipcRenderer.on(channel, receive);
  return () => void ipcRenderer.removeListener(channel, receive);
};

const bridge = { ...Object.fromEntries(__CALL_NAMES__.map((name) => [name, call(name)])), on } as LintelBridge;

contextBridge.exposeInMainWorld('lintel', bridge);
