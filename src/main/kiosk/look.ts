/** What a camera frame says about whether the face looked at lives: the landmarker's answer about that face, and the passive cues. */
import type { FrameMessage } from '../../shared/domain.ts';
import { iou, type Box } from '../../shared/geometry.ts';
import { meshObservation, passiveFrame, readPassive, type MeshObservation } from '../liveness/index.ts';
import type { Look } from './checkin-state.ts';

/** How much of each other the mesh's box and the detector's must cover. Two faces beside each other share nothing. */
const SAME_PLACE = 0.35;
/** A frame said to be older than this was taken by another clock, ms. */
const OLDEST_MS = 1000;

/**
 * The mesh that came with a frame; null and undefined as they came.
 * @throws LintelError `bad-input` when it holds what is no number
 */
export function meshOf(frame: FrameMessage): MeshObservation | null | undefined {
  return frame.liveness === null || frame.liveness === undefined
    ? frame.liveness
    : meshObservation(frame.liveness, frame, true);
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
 * @param reads whether the passive cues are read too, which costs some milliseconds
 */
export function lookAt(
  frame: FrameMessage,
  mesh: MeshObservation | null | undefined,
  face: Box | null,
  at: number,
  reads: boolean,
): Look {
  // Somebody's living face must not answer for the picture they hold up.
  const own =
    mesh !== null && mesh !== undefined && (face === null || iou(boxOf(mesh), face) < SAME_PLACE) ? null : mesh;
  const { width, height, data } = frame;
  return {
    at,
    mesh: own,
    passive: reads && face !== null ? readPassive(passiveFrame({ width, height, channels: 4, data }, face, at)) : null,
  };
}
