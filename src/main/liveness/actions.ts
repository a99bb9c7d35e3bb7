/** What a person can be asked to do. Left and right are the person's own, as the mirrored picture on the screen shows them. */
export const ACTIONS = ['blink', 'turn-left', 'turn-right', 'smile', 'open-mouth'] as const;
export type Action = (typeof ACTIONS)[number];
export const TURNS = ['turn-left', 'turn-right'] as const satisfies readonly Action[];

export const isTurn = (action: Action): action is (typeof TURNS)[number] =>
  action === 'turn-left' || action === 'turn-right';

/** Which way the face goes in the (unmirrored) picture: a person's left is the picture's right, where yaw is positive. */
export const turnSign = (action: (typeof TURNS)[number]): 1 | -1 => (action === 'turn-left' ? 1 : -1);
