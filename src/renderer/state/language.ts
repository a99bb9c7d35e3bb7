/**
 * The language of the screen: the kiosk's own, or the one somebody at the door has chosen. That choice is theirs alone:
 * it ends when they have gone, and never reaches the settings or the operator's desk.
 */
import { create } from 'zustand';
import type { Settings } from '../../shared/domain.ts';
import { useKiosk } from './kiosk.ts';
import { useOperator } from './operator.ts';

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
