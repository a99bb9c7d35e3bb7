/** The check-in view as main decided it. The screen words it and nothing more. */
import { create } from 'zustand';
import type { CheckInView } from '../../shared/domain.ts';

interface CheckInStore {
  readonly view: CheckInView;
}

export const useCheckInView = create<CheckInStore>(() => ({ view: { phase: 'idle' } }));

/** The same thing said twice keeps its identity, so that nothing is drawn, spoken or sounded again. */
export function showView(view: CheckInView): void {
  if (JSON.stringify(useCheckInView.getState().view) !== JSON.stringify(view)) useCheckInView.setState({ view });
}
