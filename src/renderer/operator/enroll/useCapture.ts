/** Offers the camera's frames for the pose that is asked for, and says what is in the way of taking one. */
import { useEffect, useState, type RefObject } from 'react';
import type { CaptureReply } from '../../../shared/api.ts';
import type { CapturePose, FrameMessage } from '../../../shared/domain.ts';
import { FrameGrabber } from '../../camera/grab.ts';
import { FramePump } from '../../camera/pump.ts';
import { useCamera } from '../../state/camera.ts';

/** Between two tries, ms: fast enough not to miss a good moment, slow enough to read the hint. */
const TRY_EVERY_MS = 220;
/** After a sample the person needs a moment to see that it was taken and what comes next, ms. */
const BREATHE_MS = 900;

export type CaptureProblem = CaptureReply['problems'][number];

export function useCapture(
  video: RefObject<HTMLVideoElement | null>,
  pose: CapturePose | null,
  capture: (pose: CapturePose, frame: FrameMessage) => Promise<CaptureReply>,
): CaptureProblem | null {
  const stream = useCamera((s) => s.stream);
  const [problem, setProblem] = useState<CaptureProblem | null>(null);

  useEffect(() => {
    const element = video.current;
    if (element === null || stream === null || pose === null) return;
    const grabber = new FrameGrabber();
    const startedAt = performance.now();
    let before: CaptureProblem | null = null;
    const pump = new FramePump<FrameMessage, CaptureReply>({
      grab: () => grabber.grab(element),
      send: (frame) => capture(pose, frame),
      onReply: (reply) => {
        // One sample a pose: the next frame may be waiting already, and the next pose is only asked for after a render.
        if (reply.sample !== null) pump.stop();
        const now = reply.problems[0] ?? null;
        // One odd frame is no news: a hint shows when it is true twice in a row.
        if (now === before) setProblem(now);
        before = now;
      },
      onError: () => setProblem(null),
      interval: () => TRY_EVERY_MS,
      now: () => performance.now(),
    });
    let handle = 0;
    const listen = (): void => {
      handle = element.requestVideoFrameCallback(() => {
        if (performance.now() - startedAt > BREATHE_MS) pump.offer();
        listen();
      });
    };
    listen();
    return () => {
      element.cancelVideoFrameCallback(handle);
      pump.stop();
      setProblem(null);
    };
  }, [video, stream, pose, capture]);

  return problem;
}
