import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useKiosk } from '../state/kiosk.ts';
import { hearOfFrames, useCamera } from './camera-stream.ts';
import { FrameWatch, LOOK_MS } from './frame-watch.ts';

/** How much of a frame is looked at: single pixels of it, far apart. */
const SAMPLED = { width: 64, height: 48 } as const;

/** Tells the camera what its frames are like, as long as anybody can see them. @returns its end */
function watchFrames(video: HTMLVideoElement, watch: FrameWatch): () => void {
  const context = new OffscreenCanvas(SAMPLED.width, SAMPLED.height).getContext('2d', { willReadFrequently: true });
  const now = (): number => performance.now();
  const sample = (): ImageData | null => {
    if (context === null || video.videoWidth === 0) return null;
    context.imageSmoothingEnabled = false;
    context.drawImage(video, 0, 0, SAMPLED.width, SAMPLED.height);
    return context.getImageData(0, 0, SAMPLED.width, SAMPLED.height);
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
    hearOfFrames(watch.look(now(), sample()));
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
  const watch = useRef<FrameWatch>(null);
  useImperativeHandle(ref, () => video.current as HTMLVideoElement, []);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    if (stream === null) return;
    // Muted video may always play; an interrupted start is taken up again by autoplay.
    element.play().catch(() => undefined);
    // What was learned of a camera outlives its being opened again.
    watch.current ??= new FrameWatch(performance.now());
    const end = watchFrames(element, watch.current);
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
