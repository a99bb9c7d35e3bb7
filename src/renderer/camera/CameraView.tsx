import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useKiosk } from '../state/kiosk.ts';
import { hearOfFrames, useCamera } from './camera-stream.ts';
import { FrameWatch, LOOK_MS, SAMPLED } from './frame-watch.ts';

/** What was learned of the camera that the settings name outlives its being opened again, and every screen that shows it. */
let watched: { readonly choice: string | null; readonly watch: FrameWatch } | null = null;

function watchOf(choice: string | null): FrameWatch {
  if (watched === null || watched.choice !== choice) watched = { choice, watch: new FrameWatch(performance.now()) };
  return watched.watch;
}

/** Tells the camera what its frames are like, as long as anybody can see them. @returns its end */
function watchFrames(video: HTMLVideoElement, watch: FrameWatch): () => void {
  const canvas = (): OffscreenCanvasRenderingContext2D | null =>
    new OffscreenCanvas(SAMPLED.width, SAMPLED.height).getContext('2d', { willReadFrequently: true });
  const [samples, whole] = [canvas(), canvas()];
  const now = (): number => performance.now();
  const pixels = (
    context: OffscreenCanvasRenderingContext2D | null,
    width: number,
    height: number,
  ): ImageData | null => {
    if (context === null || video.videoWidth === 0) return null;
    if (context.canvas.width !== width || context.canvas.height !== height)
      Object.assign(context.canvas, { width, height });
    context.imageSmoothingEnabled = false;
    context.drawImage(video, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  };
  let callback = 0;
  const listen = (): void => {
    callback = video.requestVideoFrameCallback(() => {
      watch.frame(now());
      listen();
    });
  };
  watch.rest(now());
  listen();
  const timer = setInterval(() => {
    // A hidden page gets no frames, and a paused video neither.
    if (document.visibilityState !== 'visible') return watch.rest(now());
    if (video.paused) void video.play().catch(() => undefined);
    hearOfFrames(
      watch.look(now(), pixels(samples, SAMPLED.width, SAMPLED.height), () =>
        pixels(whole, video.videoWidth, video.videoHeight),
      ),
    );
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    video.cancelVideoFrameCallback(callback);
  };
}

/** The camera's picture as the settings turn it; mirrored for the eye only. */
export function CameraView({ mirror, ref }: { mirror: boolean; ref?: Ref<HTMLVideoElement | null> }) {
  const stream = useCamera((s) => s.stream);
  const turn = useKiosk((s) => s.status?.settings.camera.turn ?? 0);
  const video = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => video.current as HTMLVideoElement, []);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null) return;
    // Muted video may always play; an interrupted start is taken up again by autoplay.
    element.play().catch(() => undefined);
    const end = watchFrames(element, watchOf(useKiosk.getState().status?.settings.camera.deviceId ?? null));
    return () => {
      end();
      element.srcObject = null;
    };
  }, [stream]);
  return (
    <div className="camera-view" data-mirror={mirror} data-turn={turn}>
      <video ref={video} muted playsInline autoPlay tabIndex={-1} />
    </div>
  );
}
