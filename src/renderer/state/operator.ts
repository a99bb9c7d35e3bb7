/** The operator's session and where they are in their area. */
import { create } from 'zustand';
import type { KioskApi } from '../../shared/calls.ts';
import type { Session, Settings } from '../../shared/domain.ts';
import { kiosk, useKiosk } from './kiosk.ts';

/** The areas of the desk. A new one is added here, in `operator/areas.ts`, and in the language files. */
export const AREAS = ['home', 'people', 'attendance', 'photos', 'evaluation', 'settings', 'safety', 'health'] as const;
export type Area = (typeof AREAS)[number];

interface OperatorStore {
  readonly session: Session;
  /** The PIN is being asked for. */
  readonly asking: boolean;
  /** The operator's area is on the screen instead of the check-in. */
  readonly open: boolean;
  readonly area: Area;
  /** Counts every walk to an area: going where one already is starts it afresh. */
  readonly visit: number;
  /** Whose page the people area opens with; null: the list. */
  readonly personId: string | null;
  /** Something unsaved is on the screen: when the session ends it waits behind the PIN instead of being closed. */
  readonly unsaved: boolean;
}

const LOCKED: Session = { unlocked: false, endsAt: null };

export const useOperator = create<OperatorStore>(() => ({
  session: LOCKED,
  asking: false,
  open: false,
  area: 'home',
  visit: 0,
  personId: null,
  unsaved: false,
}));

/** A session changed: an ended one closes the desk, or asks for the PIN again over unsaved work. */
function take(session: Session): void {
  useOperator.setState((s) => {
    if (session.unlocked) return { session };
    if (s.open && s.unsaved) return { session, asking: true };
    return { session, open: false, area: 'home' };
  });
}

/** Asks whether a session is open. */
export const askSession = (api: KioskApi): void => void api.getSession().then(take, () => undefined);

/** Follows the kiosk's word on the session. Call once. */
export function followSession(api: KioskApi): void {
  api.on('session', take);
  // A new socket is a new, locked session.
  useKiosk.subscribe((now, before) => {
    if (now.link === 'up' && before.link !== 'up') askSession(api);
  });
  askSession(api);
}

/** The operator button: in with an open session, otherwise the PIN first. */
export function openAdmin(): void {
  useOperator.setState((s) => (s.session.unlocked ? { open: true } : { asking: true }));
}

/** The PIN was right (or has just been set). */
export function onUnlocked(session: Session): void {
  useOperator.setState({ session, asking: false, open: true });
}

/** The PIN dialog was closed without the PIN: whatever waited behind it goes. */
export function onUnlockCancelled(): void {
  unsavedWork.clear();
  useOperator.setState({ asking: false, open: false, area: 'home', unsaved: false });
}

/** The data were closed beneath the desk: the session is over, and nothing can be saved any more. */
export function closeAdmin(): void {
  onUnlockCancelled();
  useOperator.setState({ session: LOCKED });
}

export const goTo = (area: Area): void => useOperator.setState((s) => ({ area, visit: s.visit + 1, personId: null }));
/** From anywhere to a person's page. */
export const openPerson = (personId: string): void =>
  useOperator.setState((s) => ({ area: 'people', visit: s.visit + 1, personId }));

/** Who has unsaved work: an enrollment may be open while an import is running. */
const unsavedWork = new Set<string>();
export function markUnsaved(unsaved: boolean, what = 'enrollment'): void {
  if (unsaved) unsavedWork.add(what);
  else unsavedWork.delete(what);
  useOperator.setState({ unsaved: unsavedWork.size > 0 });
}

/** Back to the check-in, session closed. The desk closes even if the kiosk cannot be told. */
export async function lockAdmin(): Promise<void> {
  onUnlockCancelled();
  await kiosk()
    .lock()
    .then(take, () => useOperator.setState({ session: LOCKED }));
}

/*
 * The language of the screen: the kiosk's own, or the one somebody at the door has chosen. That choice is theirs alone:
 * it ends when they have gone, and never reaches the settings or the operator's desk.
 */

export type Language = Settings['language'];

export const useDoorLanguage = create<{ readonly chosen: Language | null }>(() => ({ chosen: null }));
export const chooseLanguage = (chosen: Language | null): void => useDoorLanguage.setState({ chosen });

/** Before the kiosk has said its own, as long as its data are locked for instance: the browser's, if it is one of ours. */
const unasked = (): Language => (/^vi\b/i.test(navigator.language) ? 'vi' : 'en');

/** What is spoken on the screen that is open. */
export function useLanguage(): Language {
  const own = useKiosk((s) => s.status?.settings.language ?? null) ?? unasked();
  const chosen = useDoorLanguage((s) => s.chosen);
  const atDesk = useOperator((s) => s.open);
  return atDesk ? own : (chosen ?? own);
}
