/** What the page gets as `window.lintel`: exactly the calls of KioskApi and `on`, nothing that reaches further. */
import { expect, test, vi } from 'vitest';
import { calls, events } from '../../src/shared/calls.ts';
import type { LintelBridge } from '../../src/shared/wire.ts';

const { exposed, ipcRenderer } = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  ipcRenderer: {
    invoke: vi.fn(async (): Promise<unknown> => ({ ok: true, value: 1 })),
    on: vi.fn(),
    removeListener: vi.fn(),
  },
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void exposed.set(name, value) },
  ipcRenderer,
}));

await import('../../src/preload/preload.ts');
const bridge = exposed.get('lintel') as LintelBridge;

test('exposes one object, with every call by its own name and channel', async () => {
  expect([...exposed.keys()]).toEqual(['lintel']);
  expect(Object.keys(bridge).sort()).toEqual([...Object.keys(calls), 'on'].sort());
  for (const name of Object.keys(calls) as (keyof typeof calls)[]) {
    ipcRenderer.invoke.mockClear();
    expect(await (bridge[name] as (input: unknown, more: unknown) => unknown)({ a: 1 }, 'more')).toEqual({
      ok: true,
      value: 1,
    });
    expect(ipcRenderer.invoke.mock.calls).toEqual([[`lintel:${name}`, { a: 1 }]]);
  }
});

test('listens to the listed events only, and hands over the payload without the Electron event', () => {
  for (const name of Object.keys(events) as (keyof typeof events)[]) {
    const listener = vi.fn();
    const stop = bridge.on(name, listener);
    const [channel, receive] = ipcRenderer.on.mock.lastCall as [string, (event: unknown, payload: unknown) => void];
    expect(channel).toBe(`lintel:event:${name}`);
    receive({ sender: ipcRenderer }, { payload: 1 });
    expect(listener.mock.calls).toEqual([[{ payload: 1 }]]);
    stop();
    expect(ipcRenderer.removeListener).toHaveBeenLastCalledWith(channel, receive);
  }
  for (const name of ['constructor', 'toString', '__proto__', 'anything']) {
    expect(() => bridge.on(name as 'view', () => undefined)).toThrow(TypeError);
  }
});
