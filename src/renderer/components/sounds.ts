/** A soft sound for a check-in and one for "we don't know you". Without the files, or without permission, silence. */
import { useCheckInView, useKiosk } from '../state/kiosk.ts';

const FILES = { match: '/sounds/check-in.wav', unknown: '/sounds/unknown.wav' } as const;
const players = new Map<string, HTMLAudioElement>();

export function playSound(kind: keyof typeof FILES): void {
  const known = players.get(kind);
  const player = known ?? new Audio(FILES[kind]);
  players.set(kind, player);
  player.currentTime = 0;
  // A browser may refuse to play before anyone has touched the page; the screen says the same thing anyway.
  player.play().catch(() => undefined);
}

/** Plays along with the check-in view, as the settings allow. Call once. */
export function followSounds(): void {
  useCheckInView.subscribe(({ view }, { view: before }) => {
    if (useKiosk.getState().status?.settings.sounds !== true) return;
    const isNew =
      view.phase !== before.phase ||
      (view.phase === 'match' && before.phase === 'match' && view.checkInId !== before.checkInId);
    if (isNew && (view.phase === 'match' || view.phase === 'unknown')) playSound(view.phase);
  });
}
