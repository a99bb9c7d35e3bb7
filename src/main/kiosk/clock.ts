/** Time, as the kiosk reads it. Tests bring their own. */
export interface Clock {
  /** Unix ms: what goes into the journal. May jump. */
  readonly wall: () => number;
  /** Ms since some moment; never goes back. Every waiting and timing out uses this one. */
  readonly ticks: () => number;
}

export const realClock: Clock = { wall: () => Date.now(), ticks: () => performance.now() };
