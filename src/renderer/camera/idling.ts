/** What lets a kiosk on battery do less: whether it runs on one, and whether anything moves before the camera. */
import { Motion } from '../../shared/geometry.ts';

/** What browsers on laptops tell of the power: W3C Battery Status API, section 6. */
interface Battery extends EventTarget {
  readonly charging: boolean;
}

let onBattery = false;
let asked = false;

/** True on a laptop that is not plugged in. Where nobody tells (other browsers, no battery): false. */
export function isOnBattery(): boolean {
  if (!asked) {
    asked = true;
    const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
    void getBattery?.call(navigator).then(
      (battery) => {
        const look = (): void => void (onBattery = !battery.charging);
        battery.addEventListener('chargingchange', look);
        look();
      },
      () => undefined, // not for this page to know
    );
  }
  return onBattery;
}

const WIDTH = 32;
const HEIGHT = 24;
/** How often to look, ms: no faster than frames are sent at most. */
const LOOK_MS = 66;
/** Looks for movement in a video. */
export class MotionWatch {
  readonly #context = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d', { willReadFrequently: true, alpha: false });
  readonly #motion = new Motion();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #movedAt = Number.NEGATIVE_INFINITY;

  /** The video has a new frame. @param now ms on any steady clock @returns when something moved last, on that clock */
  frame(video: HTMLVideoElement, now: number): number {
    if (this.#context === null) return now;
    if (now - this.#lookedAt < LOOK_MS || video.videoWidth === 0) return this.#movedAt;
    this.#lookedAt = now;
    this.#context.imageSmoothingQuality = 'medium';
    this.#context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    if (this.#motion.look({ data: this.#context.getImageData(0, 0, WIDTH, HEIGHT).data, channels: 4 }, now))
      this.#movedAt = now;
    return this.#movedAt;
  }
}
