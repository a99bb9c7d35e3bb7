import type { KioskStatus } from '../../../shared/domain.ts';

/** How many things an operator should look at. Absent MediaPipe is none: the kiosk's own boxes stand in for it. */
export function concernsOf(status: KioskStatus | null): number {
  if (status === null) return 0;
  const models = status.models.filter((m) => m.inUse && m.state !== 'ready').length;
  const vision = status.vision === 'stopped' || status.vision === 'no-models' ? 1 : 0;
  return status.notices.length + models + vision + (status.trouble === null ? 0 : 1) + (status.enrollAgain > 0 ? 1 : 0);
}
