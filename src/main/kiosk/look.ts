/** What a camera frame says about whether the face looked at lives: the landmarker's answer about that face, and the passive cues. */
import type { FrameMessage } from '../../shared/domain.ts';
import { iou, type Box } from '../../shared/geometry.ts';
import {
  meshObservation,
  passiveFrame,
  readPassive,
  type MeshObservation,
  type PassiveReading,
} from '../liveness/index.ts';
import type { Look } from './checkin-state.ts';

/** How much of each other the mesh's box and the detector's must cover. Two faces beside each other share nothing. */
const SAME_PLACE = 0.35;
/** A frame said to be older than this was taken by another clock, ms. */
const OLDEST_MS = 1000;

/** A landmarker that is still loading after this long, ms, never comes: then the detector's five points have to do. */
export const LOADING_MS = 20_000;

/**
 * The mesh that came with a frame; null, `loading` and undefined as they came.
 * @throws LintelError `bad-input` when it holds what is no number
 */
export function meshOf(frame: FrameMessage): Look['mesh'] {
  const { liveness } = frame;
  return liveness === null || liveness === undefined || liveness === 'loading'
    ? liveness
    : meshObservation(liveness, frame, true);
}

function boxOf(mesh: MeshObservation): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < mesh.points.length; i += 3) {
    left = Math.min(left, mesh.points[i]!);
    right = Math.max(right, mesh.points[i]!);
    top = Math.min(top, mesh.points[i + 1]!);
    bottom = Math.max(bottom, mesh.points[i + 1]!);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** When a frame was taken, on the monotonic clock, out of what its sender says; `at` and `wallAt` are when it arrived. */
export function takenAt(frame: FrameMessage, at: number, wallAt: number): number {
  const age = wallAt - frame.capturedAt;
  return age >= 0 && age <= OLDEST_MS ? at - age : at;
}

/**
 * @param face the box of the face looked at; null: none
 * @param at when the frame was taken, monotonic ms
 */
export function lookAt(mesh: Look['mesh'], face: Box | null, at: number): Look {
  if (mesh === null || mesh === undefined || mesh === 'loading') return { at, mesh };
  // Somebody's living face must not answer for the picture they hold up.
  return { at, mesh: face === null || iou(boxOf(mesh), face) < SAME_PLACE ? null : mesh };
}

/**
 * What the passive cues say about a frame; some milliseconds of work.
 * @param face the detector's box of the face looked at; where there is a mesh its own box is used, as where the limits were measured
 * @param others the boxes of the other faces
 */
export function readFrame(frame: FrameMessage, look: Look, face: Box, others: readonly Box[]): PassiveReading {
  const { width, height, data } = frame;
  const box = typeof look.mesh === 'object' && look.mesh !== null ? boxOf(look.mesh) : face;
  return readPassive(passiveFrame({ width, height, channels: 4, data }, box, look.at, others));
}
