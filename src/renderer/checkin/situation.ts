/** Which of all the things that are so the check-in screen is about. Pure: the order here is the whole rule. */
import type { CheckInView, KioskStatus } from '../../shared/domain.ts';
import type { CameraProblem } from '../camera/problem.ts';
import type { LinkState } from '../bridge.ts';

/** `report`: an error as it came over the bridge. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly todo?: string | undefined;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}

export type Situation =
  /** Being started, or vision is coming back: it passes by itself. */
  | { readonly kind: 'moment'; readonly why: 'starting' | 'restarting' | 'connection' }
  /** A page without a token: opened by hand, not by Lintel. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  | { readonly kind: 'camera'; readonly problem: CameraProblem }
  | { readonly kind: 'opening-camera' }
  | { readonly kind: 'view'; readonly view: CheckInView };

export interface Facts {
  readonly link: LinkState | 'connecting';
  readonly status: Pick<KioskStatus, 'vision' | 'trouble'> | null;
  readonly camera: { readonly live: boolean; readonly problem: CameraProblem | null };
  readonly view: CheckInView;
}

const own = (code: string): Situation => ({ kind: 'trouble', trouble: { code, message: '' } });

/** What nothing can be done without comes first; what only spoils one check-in comes last. */
export function situationOf({ link, status, camera, view }: Facts): Situation {
  if (link === 'refused') return { kind: 'refused' };
  if (link === 'down') return { kind: 'moment', why: 'connection' };
  if (link === 'connecting' || status === null) return { kind: 'moment', why: 'starting' };
  if (status.vision === 'restarting') return { kind: 'moment', why: 'restarting' };
  if (status.trouble !== null) return { kind: 'trouble', trouble: status.trouble };
  if (status.vision === 'no-models') return own('model-missing');
  if (status.vision === 'stopped') return own('vision-stopped');
  if (camera.problem !== null) return { kind: 'camera', problem: camera.problem };
  if (status.vision === 'starting') return { kind: 'moment', why: 'starting' };
  if (!camera.live) return { kind: 'opening-camera' };
  if (view.phase === 'error' && view.error.code === 'vision-restarting') return { kind: 'moment', why: 'restarting' };
  return { kind: 'view', view };
}
