import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useCamera } from './camera-stream.ts';

export function CameraView({ mirror, ref }: { mirror: boolean; ref?: Ref<HTMLVideoElement | null> }) {
  const stream = useCamera((s) => s.stream);
  const video = useRef<HTMLVideoElement>(null);
  useImperativeHandle(ref, () => video.current as HTMLVideoElement, []);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = stream;
    // Muted video may always play; an interrupted start is taken up again by autoplay.
    if (stream !== null) element.play().catch(() => undefined);
    return () => {
      element.srcObject = null;
    };
  }, [stream]);
  return <video ref={video} className="camera-view" data-mirror={mirror} muted playsInline autoPlay tabIndex={-1} />;
}
