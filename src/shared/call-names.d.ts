/** The names in calls.ts, written into the build (electron.vite.config.ts, vitest.config.ts) where zod and the schemas are not wanted. */
declare const __CALL_NAMES__: readonly import('./calls.ts').CallName[];
declare const __EVENT_NAMES__: readonly import('./calls.ts').EventName[];
