/** Whether the kiosk has its data. While it has not, nothing else can be asked of it; once it has, all is asked anew. */
import { create } from 'zustand';
import type { KioskApi } from '../../shared/calls.ts';
import type { DataState } from '../../shared/security.ts';
import { kiosk, refresh, showView, useKiosk } from './kiosk.ts';
import { askSession, closeAdmin } from './operator.ts';

interface DataStore {
  /** null until the kiosk said so for the first time. */
  readonly data: DataState | null;
}

const useData = create<DataStore>(() => ({ data: null }));

function take(api: KioskApi, data: DataState): void {
  const before = useData.getState().data;
  useData.setState({ data });
  if (data.state !== 'open') {
    if (before?.state === 'open' || before === null) {
      closeAdmin();
      showView({ phase: 'idle' });
    }
  } else if (before?.state !== 'open') {
    void refresh(api);
    askSession(api);
  }
}

/** Follows the kiosk's word on its data. Call once. */
export function followData(api: KioskApi): void {
  const ask = (): void =>
    void api.getDataState().then(
      (data) => take(api, data),
      () => undefined, // the link went down again; the next `up` asks again
    );
  api.on('dataState', (data) => take(api, data));
  useKiosk.subscribe((now, before) => {
    if (now.link === 'up' && before.link !== 'up') ask();
  });
  ask();
}

/** Gives the passphrase of locked data; null: tries again. @throws LintelError when the kiosk could not be asked */
export async function openData(passphrase: string | null): Promise<void> {
  const api = kiosk();
  take(api, await api.openData({ passphrase }));
}

/** The state that is to be shown instead of everything else; null: the data are open, or nobody knows yet. */
export const useClosedData = (): Exclude<DataState, { state: 'open' }> | null =>
  useData((s) => (s.data === null || s.data.state === 'open' ? null : s.data));
