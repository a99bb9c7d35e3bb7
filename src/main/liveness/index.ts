/** The liveness room: numbers in, verdicts out. It knows no camera, no screen and no disk. */
export { ACTIONS, TURNS, type Action } from './evidence.ts';
export {
  CHALLENGE_CONFIG,
  createChallenge,
  stepChallenge,
  type ChallengeConfig,
  type ChallengeFailure,
  type ChallengeInput,
  type ChallengeState,
  type FaceObservation,
} from './challenge.ts';
export { meshInPixels, meshObservation, poseOfMatrix, type MeshObservation } from './observation.ts';
export { evidenceOf, EVIDENCE_LIMITS, type Evidence } from './evidence.ts';
export type { FiveObservation } from './depth-motion.ts';
export { classifierCardSchema, classifyLive, type ClassifierCard, type ClassifierRunner } from './classifier.ts';
export { passiveFrame, type PassiveFrame } from './image-motion.ts';
export {
  PASSIVE_LIMITS,
  readPassive,
  passiveScores,
  passiveVerdict,
  type PassiveReading,
  type PassiveScores,
  type PassiveVerdict,
} from './passive.ts';
export { unsteadiness, withView, type View } from './background-motion.ts';
