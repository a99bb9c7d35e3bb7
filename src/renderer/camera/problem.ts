/** What can be wrong with the camera, each with its own words on the screen. */
export const CAMERA_PROBLEMS = ['none', 'refused', 'busy', 'unplugged', 'failed'] as const;
export type CameraProblem = (typeof CAMERA_PROBLEMS)[number];

/**
 * The problem behind a rejected `getUserMedia`, by the error's name (W3C Media Capture and Streams, 10.2).
 * @param wasLive the camera had been delivering: one that cannot be found now was unplugged.
 */
export function problemOf(error: unknown, wasLive: boolean): CameraProblem {
  switch ((error as { name?: unknown } | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return wasLive ? 'unplugged' : 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
