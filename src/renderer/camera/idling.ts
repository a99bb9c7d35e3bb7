/** What lets a kiosk on battery do less: whether it runs on one, and whether anything moves before the camera. */

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
/** What stood still for so long is what movement is measured against, ms: slower than this the detector sees it come. */
const REFERENCE_MS = 500;
/** Luma of 255 by which a cell has to differ: above a sensor's noise, which a cell of 20 x 20 pixels averages out. */
const DIFFERENCE = 10;
/** Cells of the 768 that have to differ: a hand at two metres. */
const LEAST_CELLS = 3;

/** Whether something moves, from thumbnails of the camera's frames. */
export class Motion {
  #reference: Float32Array | null = null;
  #referenceAt = 0;

  /**
   * @param rgba a thumbnail, always of the same size, four bytes a pixel
   * @param at ms on any steady clock
   * @returns whether it differs from what was there a moment ago; of the first thumbnail nobody can say, so it does
   */
  look(rgba: Uint8ClampedArray, at: number): boolean {
    const luma = Float32Array.from({ length: rgba.length / 4 }, (_, i) => {
      const [r = 0, g = 0, b = 0] = rgba.subarray(4 * i, 4 * i + 3);
      return 0.299 * r + 0.587 * g + 0.114 * b;
    });
    const before = this.#reference;
    const moved =
      before === null || luma.filter((y, i) => Math.abs(y - before[i]!) >= DIFFERENCE).length >= LEAST_CELLS;
    if (moved || at - this.#referenceAt >= REFERENCE_MS) {
      this.#reference = luma;
      this.#referenceAt = at;
    }
    return moved;
  }
}

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
    if (this.#motion.look(this.#context.getImageData(0, 0, WIDTH, HEIGHT).data, now)) this.#movedAt = now;
    return this.#movedAt;
  }
}
