/** The names in calls.ts, written into the build (electron.vite.config.ts, vitest.config.ts) where zod and the schemas are not wanted. */
import type { CallName, EventName } from './calls.ts';

declare global {
  const __CALL_NAMES__: readonly CallName[];
  const __EVENT_NAMES__: readonly EventName[];
}
