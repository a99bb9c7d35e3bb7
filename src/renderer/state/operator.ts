/** The operator's session and where they are in their area. */
import { create } from 'zustand';
import type { KioskApi } from '../../shared/calls.ts';
import type { PersonSummary, Sample, Session, Settings } from '../../shared/domain.ts';
import { kiosk, useKiosk } from './kiosk.ts';

/** The areas of the navigation. A new one is added here, in `AdminShell`, and in the language files. */
export const AREAS = [
  'home',
  'people',
  'attendance',
  'photos',
  'evaluation',
  'settings',
  'security',
  'health',
] as const;
/** `import` is reached from the people. */
export type Area = (typeof AREAS)[number] | 'import';

/** Whom an enrollment is about, when it is not simply somebody new before the camera. */
export interface Subject {
  /** Somebody enrolled already, whom the samples are added to; null: somebody new. */
  readonly person: PersonSummary | null;
  /** A sample the new ones take the place of. */
  readonly replace: Sample | null;
  /** Pictures to begin with. The camera then waits: whoever stands before it may be the operator. */
  readonly pictures: readonly File[];
}

export const NEW_PERSON: Subject = { person: null, replace: null, pictures: [] };

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
  /** The people area opens with those who look alike. */
  readonly duplicates: boolean;
  /** The enrollment dialog is open for `subject`; `onClosed` is called when the operator closes it. */
  readonly enrollment: { readonly subject: Subject; readonly onClosed: () => void } | null;
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
  duplicates: false,
  enrollment: null,
  unsaved: false,
}));

/** A session changed: an ended one closes the admin area, or asks for the PIN again over unsaved work. */
function take(session: Session): void {
  useOperator.setState((s) => {
    if (session.unlocked) return { session };
    if (s.open && s.unsaved) return { session, asking: true };
    return { session, open: false, area: 'home', enrollment: null };
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

/** What waits for the PIN. */
let errand: (() => Promise<unknown>) | null = null;

/** Does one thing at the door that is the operator's to do: at once with an open session, otherwise after the PIN, and locks again. */
export function asOperator(work: () => Promise<unknown>): void {
  if (useOperator.getState().session.unlocked) return void work();
  errand = work;
  useOperator.setState({ asking: true });
}

/** The PIN was right (or has just been set). */
export function onUnlocked(session: Session): void {
  const work = errand;
  errand = null;
  useOperator.setState({ session, asking: false, open: work === null });
  void work?.().finally(lockAdmin);
}

/** The PIN dialog was closed without the PIN: whatever waited behind it goes. */
export function onUnlockCancelled(): void {
  errand = null;
  unsavedWork.clear();
  useOperator.setState({ asking: false, open: false, area: 'home', enrollment: null, unsaved: false });
}

/** The data were closed beneath the operator: the session is over, and nothing can be saved any more. */
export function closeAdmin(): void {
  onUnlockCancelled();
  useOperator.setState({ session: LOCKED });
}

export const goTo = (area: Area): void =>
  useOperator.setState((s) => ({ area, visit: s.visit + 1, personId: null, duplicates: false }));
/** From anywhere to a person's page. */
export const openPerson = (personId: string): void =>
  useOperator.setState((s) => ({ area: 'people', visit: s.visit + 1, personId, duplicates: false }));
/** From anywhere to the people who look alike. */
export const openDuplicates = (): void =>
  useOperator.setState((s) => ({ area: 'people', visit: s.visit + 1, personId: null, duplicates: true }));

/** Opens the enrollment dialog over wherever the operator is. */
export const openEnrollment = (subject = NEW_PERSON, onClosed: () => void = () => undefined): void =>
  useOperator.setState({ enrollment: { subject, onClosed } });

export function closeEnrollment(): void {
  const { enrollment } = useOperator.getState();
  useOperator.setState({ enrollment: null });
  enrollment?.onClosed();
}

/** Who has unsaved work: an enrollment may be open while an import is running. */
const unsavedWork = new Set<string>();
export function markUnsaved(unsaved: boolean, what = 'enrollment'): void {
  if (unsaved) unsavedWork.add(what);
  else unsavedWork.delete(what);
  useOperator.setState({ unsaved: unsavedWork.size > 0 });
}

/** Back to the check-in, session closed. The admin area closes even if the kiosk cannot be told. */
export async function lockAdmin(): Promise<void> {
  onUnlockCancelled();
  await kiosk()
    .lock()
    .then(take, () => useOperator.setState({ session: LOCKED }));
}

/*
 * The language of the screen: the kiosk's own, or the one somebody at the door has chosen. That choice is theirs alone:
 * it ends when they have gone, and never reaches the settings or the admin area.
 */

export type Language = Settings['language'];
export const LANGUAGES: readonly Language[] = ['en', 'vi'];

export const useVisitorLanguage = create<{ readonly chosen: Language | null }>(() => ({ chosen: null }));
export const chooseLanguage = (chosen: Language | null): void => useVisitorLanguage.setState({ chosen });

/** Before the kiosk has said its own, as long as its data are locked for instance: the browser's, if it is one of ours. */
const unasked = (): Language => (/^vi\b/i.test(navigator.language) ? 'vi' : 'en');

/** What is spoken on the screen that is open. */
export function useLanguage(): Language {
  const own = useKiosk((s) => s.status?.settings.language ?? null) ?? unasked();
  const chosen = useVisitorLanguage((s) => s.chosen);
  const inAdmin = useOperator((s) => s.open);
  return inAdmin ? own : (chosen ?? own);
}
