/** Camera to kiosk and back while the check-in is on the screen: frames out, views in, the overlay in between. */
import { type RefObject, useEffect, useSyncExternalStore } from 'react';
import type { FrameReply, KioskApi } from '../../shared/calls.ts';
import type { CameraTurn, FrameMessage } from '../../shared/domain.ts';
import { cameraTurn, useCamera } from '../camera/camera-stream.ts';
import { FrameGrabber, FrameSender, MEMORY_MS, paceOf, turnedSize } from '../camera/frame-sender.ts';
import { isOnBattery, MotionWatch } from '../camera/idling.ts';
import { Landmarker, type Seen } from '../camera/landmarker.ts';
import { drawOvals, type FaceOval, ovalOfBox } from '../camera/oval.ts';
import { showView, useCheckInView, useKiosk } from '../state/kiosk.ts';

/** Recognition has the machine to itself for this long after the camera opens; then MediaPipe is loaded, ms. */
const LANDMARKER_AFTER_MS = 2500;

/** Loading MediaPipe takes a second of a core: it is done once for the page, whichever screen comes and goes. */
let landmarker: Landmarker | null = null;
let listener: (seen: Seen) => void = () => undefined;

class CameraLoop {
  readonly #api: KioskApi;
  readonly #video: HTMLVideoElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #landmarks: { readonly url: string | null; readonly meshes: boolean };
  readonly #grabber = new FrameGrabber();
  readonly #sender: FrameSender<FrameMessage, FrameReply>;
  readonly #startedAt = performance.now();
  readonly #motion = new MotionWatch();
  #faceSeenAt = Number.NEGATIVE_INFINITY;
  /** Watched on battery only. */
  #movedAt = Number.NEGATIVE_INFINITY;
  #callback = 0;
  #stopped = false;
  /** The kiosk has looked at a frame and said what it sees. */
  #replied = false;
  #offView: () => void = () => undefined;

  /** @param landmarks where the landmarker's model is; `meshes`: whether each frame goes with its face mesh */
  constructor(
    api: KioskApi,
    video: HTMLVideoElement,
    canvas: HTMLCanvasElement,
    landmarks: { readonly url: string | null; readonly meshes: boolean },
  ) {
    this.#api = api;
    this.#video = video;
    this.#canvas = canvas;
    this.#landmarks = landmarks;
    this.#sender = new FrameSender({
      grab: () => this.#grabber.grab(video),
      prepare: (frame) => this.#withMesh(frame),
      send: (frame) => api.submitFrame(frame),
      onReply: (reply) => this.#onReply(reply),
      // The status says what is wrong (vision restarting, link down); the sender tries again by itself.
      onError: () => this.#draw([]),
      interval: () => {
        const now = performance.now();
        return paceOf(useCheckInView.getState().view.phase, now - this.#faceSeenAt, now - this.#movedAt);
      },
      now: () => performance.now(),
    });
  }

  /** The frame with its mesh, where meshes are wanted. While the landmarker loads the frame says so: it is no reason to ask with less. */
  #withMesh(frame: FrameMessage): FrameMessage | Promise<FrameMessage> {
    const { url, meshes } = this.#landmarks;
    if (!meshes || url === null) return frame;
    if (landmarker === null || !landmarker.meshes || landmarker.isLoading) return { ...frame, liveness: 'loading' };
    if (!landmarker.works) return frame;
    return landmarker.meshOf(frame).then((liveness) => (liveness === undefined ? frame : { ...frame, liveness }));
  }

  start(): void {
    // Main tells every change of the view, before it answers the frame that made it.
    this.#offView = this.#api.on('view', showView);
    this.#noteTurned(0);
    listener = (seen) => this.#onSeen(seen);
    this.#listen();
  }

  /** Forgets whoever was there, here and in the kiosk. */
  stop(): void {
    this.#stopped = true;
    this.#sender.stop();
    this.#offView();
    listener = () => undefined;
    this.#video.cancelVideoFrameCallback(this.#callback);
    this.#draw([]);
    showView({ phase: 'idle' });
    this.#api.resetCheckIn().catch(() => undefined);
  }

  #listen(): void {
    this.#callback = this.#video.requestVideoFrameCallback(() => {
      if (this.#stopped) return;
      if (isOnBattery()) this.#movedAt = this.#motion.frame(this.#video, performance.now());
      this.#offerLandmarker();
      this.#sender.offer();
      this.#listen();
    });
  }

  #offerLandmarker(): void {
    const { phase } = useCheckInView.getState().view;
    const { url, meshes } = this.#landmarks;
    if (landmarker !== null && landmarker.meshes !== meshes) {
      landmarker.close();
      landmarker = null;
    }
    if (landmarker === null) {
      const waited = performance.now() - this.#startedAt;
      // Loading takes a core from the first looks at whoever stands there already. Once they are named the question needs it.
      const calm = meshes
        ? this.#replied && (phase !== 'looking' || waited > LANDMARKER_AFTER_MS)
        : phase !== 'looking' && waited > LANDMARKER_AFTER_MS;
      if (url === null || !calm) return;
      landmarker = new Landmarker(url, meshes, (seen) => listener(seen));
    }
    // Nobody is there and nothing moves: on battery the kiosk's own looks are enough to notice who comes.
    const since = performance.now() - Math.max(this.#faceSeenAt, this.#movedAt);
    if (isOnBattery() && since > MEMORY_MS) return;
    // A standing result needs no outline; with meshes the outline comes with each frame that is sent.
    if (!meshes && phase !== 'match' && phase !== 'already') landmarker.offer(this.#video);
  }

  #onSeen(seen: Seen): void {
    if (seen.faces.length > 0) this.#faceSeenAt = performance.now();
    this.#canvas.dataset['still'] = String(seen.still);
    this.#draw(seen.faces);
  }

  #onReply(reply: FrameReply): void {
    if (this.#stopped) return;
    this.#replied = true;
    if (reply.faces.length > 0) this.#faceSeenAt = performance.now();
    this.#noteTurned(reply.turned ?? 0);
    if (landmarker?.works === true) return;
    const { width, height } = this.#grabber;
    const faces = [...reply.faces].sort((a, b) => Number(b.target) - Number(a.target));
    this.#draw(
      faces.map(({ box }) =>
        ovalOfBox({ x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height }),
      ),
    );
  }

  /** The kiosk's word on how the picture that it is given should be turned; said with any turn that the settings make already. */
  #noteTurned(more: number): void {
    const turned = more === 0 ? null : (((cameraTurn() + more) % 360) as CameraTurn);
    if (useCamera.getState().turned !== turned) useCamera.setState({ turned });
  }

  #draw(ovals: readonly FaceOval[]): void {
    const { width, height } = turnedSize(this.#video);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const colour = getComputedStyle(this.#canvas).color;
    drawOvals(this.#canvas, ovals, { colour, strength: this.#canvas.dataset['still'] === 'false' ? 0.55 : 0.95 });
  }
}

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

export function useCameraLoop(
  video: RefObject<HTMLVideoElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
): void {
  const api = useKiosk((s) => s.api);
  const canLook = useKiosk((s) => s.link === 'up' && s.status?.vision === 'ready');
  const landmarkerUrl = useKiosk((s) => s.status?.landmarkerUrl ?? null);
  const meshes = useKiosk((s) => s.status?.settings.liveness === 'challenge');
  const turn = useKiosk((s) => s.status?.settings.camera.turn ?? 0);
  const stream = useCamera((s) => s.stream);
  // Who is in a frozen picture is not there: nobody is checked in by it, again and again.
  const frozen = useCamera((s) => s.problem === 'still' && !s.mended);
  const visible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');

  useEffect(() => {
    if (api === null || stream === null || !canLook || !visible || frozen) return;
    if (video.current === null || canvas.current === null) return;
    const loop = new CameraLoop(api, video.current, canvas.current, { url: landmarkerUrl, meshes });
    loop.start();
    return () => loop.stop();
    // A picture that is turned otherwise shows nobody that was there before.
  }, [api, stream, turn, canLook, visible, frozen, landmarkerUrl, meshes, video, canvas]);
}
