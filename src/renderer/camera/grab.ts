/** Pixels out of a playing video: unmirrored RGBA, long side at most 640. */
import type { FrameMessage } from '../../shared/domain.ts';

/** Long side of what is sent, pixels: the detector's own input size; more would only be scaled away again. */
export const SENT_SIDE = 640;

/** Width and height with the long side at most `side`, aspect kept, never enlarged, at least 16. */
export function fitWithin(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(16, Math.round(width * scale)), height: Math.max(16, Math.round(height * scale)) };
}

export class FrameGrabber {
  // `willReadFrequently` keeps the canvas in memory: reading back from the graphics card costs more than drawing here.
  readonly #context = new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true, alpha: false });

  /** Size of the last frame taken, pixels. */
  get width(): number {
    return this.#context?.canvas.width ?? 1;
  }
  get height(): number {
    return this.#context?.canvas.height ?? 1;
  }

  /** The video's picture of now, or null while it has none. */
  grab(video: HTMLVideoElement): FrameMessage | null {
    const context = this.#context;
    if (context === null || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0)
      return null;
    const { width, height } = fitWithin(video.videoWidth, video.videoHeight, SENT_SIDE);
    if (context.canvas.width !== width || context.canvas.height !== height) {
      context.canvas.width = width;
      context.canvas.height = height;
    }
    context.drawImage(video, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return {
      width,
      height,
      capturedAt: Date.now(),
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  }
}
