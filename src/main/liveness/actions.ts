/** Turns among the things a person can be asked to do. */
import { LIVENESS_ACTIONS, type LivenessAction } from '../../shared/liveness.ts';

export const ACTIONS = LIVENESS_ACTIONS;
export type Action = LivenessAction;
export const TURNS = ['turn-left', 'turn-right'] as const satisfies readonly Action[];

export const isTurn = (action: Action): action is (typeof TURNS)[number] =>
  action === 'turn-left' || action === 'turn-right';

/** Which way the face goes in the (unmirrored) picture: a person's left is the picture's right, where yaw is positive. */
export const turnSign = (action: (typeof TURNS)[number]): 1 | -1 => (action === 'turn-left' ? 1 : -1);
