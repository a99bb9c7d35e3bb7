/** The live view with its guide and overlay. Mirrored for the eye only: what is sent to the kiosk is not. */
import { useRef } from 'react';
import { CameraView } from '../camera/CameraView.tsx';
import { useKiosk } from '../state/kiosk.ts';
import { useWalkUp } from './useWalkUp.ts';

export function Mirror() {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const mirror = useKiosk((s) => s.status?.settings.camera.mirror ?? true);
  useWalkUp(video, canvas);
  return (
    <div className="mirror" aria-hidden="true">
      <CameraView ref={video} mirror={mirror} />
      <canvas ref={canvas} className="mirror-overlay" data-mirror={mirror} />
      <div className="mirror-veil" />
      <svg className="mirror-guide" viewBox="0 0 300 400" preserveAspectRatio="xMidYMid meet">
        <ellipse cx="150" cy="200" rx="128" ry="172" pathLength="100" />
      </svg>
    </div>
  );
}
