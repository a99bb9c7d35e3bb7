/** Runs a `WalkUp` while there is a camera, a kiosk that can look, and somebody who could see this page. */
import { useEffect, useSyncExternalStore, type RefObject } from 'react';
import { useCamera } from '../state/camera.ts';
import { useKiosk } from '../state/kiosk.ts';
import { WalkUp } from './walk-up.ts';

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

export function useWalkUp(
  video: RefObject<HTMLVideoElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
): void {
  const api = useKiosk((s) => s.api);
  const canLook = useKiosk((s) => s.link === 'up' && s.status?.vision === 'ready');
  const landmarkerUrl = useKiosk((s) => s.status?.landmarkerUrl ?? null);
  const meshes = useKiosk((s) => s.status?.settings.liveness === 'challenge');
  const stream = useCamera((s) => s.stream);
  const visible = useSyncExternalStore(onVisibility, () => document.visibilityState === 'visible');

  useEffect(() => {
    if (api === null || stream === null || !canLook || !visible) return;
    if (video.current === null || canvas.current === null) return;
    const walkUp = new WalkUp(api, video.current, canvas.current, { url: landmarkerUrl, meshes });
    walkUp.start();
    return () => walkUp.stop();
  }, [api, stream, canLook, visible, landmarkerUrl, meshes, video, canvas]);
}
