/** Every call by name. Spelt out so that the screen need not carry zod and the schemas; the compiler holds it complete. */
import type { CallName } from '../../shared/api.ts';

const NAMES = {
  getStatus: true,
  getRecentCheckIns: true,
  submitFrame: true,
  resetCheckIn: true,
  getSession: true,
  createPin: true,
  unlock: true,
  lock: true,
  changePin: true,
  listPeople: true,
  getPerson: true,
  removePerson: true,
  startEnrollment: true,
  captureSample: true,
  addSamplePicture: true,
  discardSample: true,
  findLookAlikes: true,
  saveEnrollment: true,
  cancelEnrollment: true,
  updateSettings: true,
  getLog: true,
  identifyPicture: true,
  dismissNotices: true,
  leaveKiosk: true,
} as const satisfies Record<CallName, true>;

export const CALL_NAMES = Object.keys(NAMES) as readonly CallName[];
