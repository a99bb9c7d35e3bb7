/** What the screen knows of the kiosk itself: the link, its status and settings, the last check-ins. */
import { create } from 'zustand';
import type { KioskApi } from '../../shared/api.ts';
import type { KioskStatus, RecentCheckIn, Settings } from '../../shared/domain.ts';
import { connect, type LinkState } from '../bridge.ts';

interface KioskStore {
  /** null until the kiosk was reached for the first time. */
  readonly api: KioskApi | null;
  readonly link: LinkState | 'connecting';
  readonly status: KioskStatus | null;
  /** Newest first, at most three. */
  readonly recent: readonly RecentCheckIn[];
}

export const useKiosk = create<KioskStore>(() => ({ api: null, link: 'connecting', status: null, recent: [] }));

const RECENT = 3;

/** The newest `RECENT` of what is known and what came in, each once. */
export function withNewest(known: readonly RecentCheckIn[], fresh: readonly RecentCheckIn[]): readonly RecentCheckIn[] {
  const byId = new Map([...known, ...fresh].map((r) => [r.id, r]));
  return [...byId.values()].sort((a, b) => b.at - a.at).slice(0, RECENT);
}

async function refresh(api: KioskApi): Promise<void> {
  // A call that fails here failed because the link went down again; the next `up` asks again.
  await Promise.allSettled([
    api.getStatus().then((status) => useKiosk.setState({ status })),
    api.getRecentCheckIns().then((recent) => useKiosk.setState({ recent: withNewest([], recent) })),
  ]);
}

/** Connects, and keeps the store up to date from then on. Call once. */
export async function openKiosk(): Promise<KioskApi> {
  const api = await connect((link) => {
    const known = useKiosk.getState().api;
    useKiosk.setState({ link });
    if (link === 'up' && known !== null) void refresh(known);
  });
  api.on('status', (status) => useKiosk.setState({ status }));
  api.on('checkedIn', (one) => useKiosk.setState((s) => ({ recent: withNewest(s.recent, [one]) })));
  useKiosk.setState({ api });
  await refresh(api);
  return api;
}

/** The API, for code that only runs once the kiosk was reached. */
export function kiosk(): KioskApi {
  const { api } = useKiosk.getState();
  if (api === null) throw new Error('the kiosk has not been reached yet');
  return api;
}

/** Changes settings on the kiosk, and on the screen at once. @throws LintelError what the kiosk answered. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const settings = await kiosk().updateSettings(change);
  useKiosk.setState((s) => (s.status === null ? {} : { status: { ...s.status, settings } }));
}
