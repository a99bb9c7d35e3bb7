/** How often to send frames: nobody there costs little, somebody there gets everything, a settled result gets less again. */
import type { CheckInView } from '../../shared/domain.ts';

/** Least time between two frames, ms. */
export const PACE = {
  /** Nobody seen: a look now and then, so that we never depend on MediaPipe alone to notice someone. */
  nobody: 300,
  /** Somebody is being looked at: as fast as the kiosk answers, up to 15 a second. */
  looking: 66,
  /** The result stands; watch for them leaving or someone else stepping up. */
  settled: 150,
} as const;

/** For how long after a face was last seen, by either detector, frames go at full rate, ms. */
const MEMORY_MS = 1500;

export function paceOf(phase: CheckInView['phase'], faceSeenAgoMs: number): number {
  // An answer is only seen in frames: every one counts, also those without a face.
  if (phase === 'challenge') return PACE.looking;
  if (faceSeenAgoMs > MEMORY_MS) return PACE.nobody;
  return phase === 'match' || phase === 'already' || phase === 'not-live' ? PACE.settled : PACE.looking;
}
