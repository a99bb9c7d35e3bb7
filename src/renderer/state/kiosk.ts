/** What the screen knows of the kiosk itself: the link, its status and settings, the last check-ins. */
import { Mutex } from 'async-mutex';
import { create } from 'zustand';
import type { KioskApi } from '../../shared/calls.ts';
import type { CameraTurn, CheckInView, KioskStatus, RecentCheckIn, Settings } from '../../shared/domain.ts';
import { connect } from '../api/bridge.ts';
import type { LinkState } from '../api/socket.ts';

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
function withNewest(known: readonly RecentCheckIn[], fresh: readonly RecentCheckIn[]): readonly RecentCheckIn[] {
  const byId = new Map([...known, ...fresh].map((r) => [r.id, r]));
  return [...byId.values()].sort((a, b) => b.at - a.at).slice(0, RECENT);
}

/** Asks for everything that is known of the kiosk. */
export async function refresh(api: KioskApi): Promise<void> {
  // A call that fails here failed because the link went down again, or the data are not open: both ask again afterwards.
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

/** What to change, or how it follows from the settings as they are when its turn has come. */
export type SettingsChange = Partial<Settings> | ((now: Settings) => Partial<Settings>);

const changes = new Mutex();

/**
 * Changes settings on the kiosk, and on the screen at once. One change after the other: a part of a setting that is made of
 * parts (a group's hours) must not be put back by a change that was made before the last one was answered.
 * @throws LintelError what the kiosk answered.
 */
export function changeSettings(change: SettingsChange): Promise<void> {
  return changes.runExclusive(async () => {
    const now = useKiosk.getState().status?.settings;
    if (now === undefined) return;
    const settings = await kiosk().updateSettings(typeof change === 'function' ? change(now) : change);
    useKiosk.setState((s) => (s.status === null ? {} : { status: { ...s.status, settings } }));
  });
}

/** Turns the camera's picture. */
export const turnCamera = (turn: CameraTurn): Promise<void> =>
  changeSettings(({ camera }) => ({ camera: { ...camera, turn } }));

// The check-in view as main decided it. The screen words it and nothing more.

interface CheckInStore {
  readonly view: CheckInView;
}

export const useCheckInView = create<CheckInStore>(() => ({ view: { phase: 'idle' } }));

/** The same thing said twice keeps its identity, so that nothing is drawn, spoken or sounded again. */
export function showView(view: CheckInView): void {
  if (JSON.stringify(useCheckInView.getState().view) !== JSON.stringify(view)) useCheckInView.setState({ view });
}
