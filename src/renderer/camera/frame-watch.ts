/*
 * Whether a camera that says it works does: its frames are the sign of life, and nothing else is. A sensor always has noise, so
 * two frames of a real camera are never the same byte for byte. A virtual camera, or a drawing, may show one picture for ever;
 * only a camera that has shown noise before is said to be frozen.
 */

/**
 * What a look at the frames says. `waiting`: none came yet; `unsure`: too early to tell what is in them; `unchanged`: one picture
 * all the time, and maybe rightly so.
 */
export type FrameVerdict = 'fine' | 'waiting' | 'unsure' | 'unchanged' | 'silent' | 'still' | 'blind';

/** How often to look, ms. */
export const LOOK_MS = 250;
/** Looks further apart than this were not kept from frames but from time: the machine slept, or the page was frozen. */
const GAP_MS = 2000;
const SILENT_MS = 3000;
const STILL_MS = 3000;
/** A hand over the lens is soon gone, and a shirt of one colour before it sooner than a cover. */
const DARK_MS = 2000;
const FLAT_MS = 3500;
/** So many looks in a row with another picture each time: it has noise. */
const NOISY_LOOKS = 6;

/** Part of a picture that has to be dark, or of one colour: a camera may draw the time or a sign into its corner. */
const NEARLY_ALL = 0.95;
/** Luma of 255: what is darker is black for a kiosk, noise included. */
const DARK = 24;
/** Of 255, on either side of the median, in each channel. */
const ONE_COLOUR = 8;

/** A picture of few pixels, RGBA: each is one of the sensor's, not a mean of many, so that noise stays in it. */
type Sampled = Pick<ImageData, 'data'>;

function seesNothing({ data }: Sampled): 'dark' | 'flat' | null {
  const count = data.length / 4;
  const channels = [0, 1, 2].map((c) => Uint8Array.from({ length: count }, (_, i) => data[4 * i + c]!));
  const medians = channels.map((values) => values.slice().sort()[count >> 1]!);
  let dark = 0;
  let flat = 0;
  for (let i = 0; i < count; i++) {
    const [r, g, b] = channels.map((values) => values[i]!) as [number, number, number];
    if (0.299 * r + 0.587 * g + 0.114 * b < DARK) dark++;
    if (medians.every((median, c) => Math.abs(channels[c]![i]! - median) <= ONE_COLOUR)) flat++;
  }
  if (dark >= NEARLY_ALL * count) return 'dark';
  return flat >= NEARLY_ALL * count ? 'flat' : null;
}

/** FNV-1a over 32 bits. */
function hashOf({ data }: Sampled): number {
  let hash = 0x811c9dc5;
  for (const value of data) hash = Math.imul(hash ^ value, 0x01000193);
  return hash;
}

export class FrameWatch {
  #frameAt: number;
  #lookedAt: number;
  /** A frame came since the last look, and any since the last rest. */
  #fresh = false;
  #any = false;
  #hash: number | null = null;
  /** Since when the picture is the same. */
  #sameSince: number | null = null;
  #blind: { readonly kind: 'dark' | 'flat'; readonly since: number } | null = null;
  #changes = 0;
  #noisy = false;

  /** All times in ms on any clock. */
  constructor(at: number) {
    this.#frameAt = at;
    this.#lookedAt = at;
  }

  /** The camera was opened, or nobody could have seen a frame until now: what was missing says nothing. */
  rest(at: number): void {
    this.#frameAt = at;
    this.#lookedAt = at;
    this.#any = false;
    this.#fresh = false;
    this.#sameSince = null;
    this.#blind = null;
  }

  /** There is a new frame. */
  frame(at: number): void {
    this.#frameAt = at;
    this.#any = true;
    this.#fresh = true;
  }

  /** @param sample the picture of now; null while there is none */
  look(at: number, sample: Sampled | null): FrameVerdict {
    if (at - this.#lookedAt > GAP_MS) this.rest(at);
    this.#lookedAt = at;
    if (at - this.#frameAt >= SILENT_MS) return 'silent';
    if (!this.#any || sample === null) return 'waiting';
    if (this.#fresh) this.#take(at, sample);
    this.#fresh = false;
    const blind = this.#blind;
    if (blind !== null) return at - blind.since >= (blind.kind === 'dark' ? DARK_MS : FLAT_MS) ? 'blind' : 'unsure';
    if (this.#sameSince === null) return 'fine';
    if (at - this.#sameSince < STILL_MS) return 'unsure';
    return this.#noisy ? 'still' : 'unchanged';
  }

  #take(at: number, sample: Sampled): void {
    const hash = hashOf(sample);
    const changed = hash !== this.#hash;
    this.#sameSince = changed ? null : (this.#sameSince ?? at);
    this.#changes = changed && this.#hash !== null ? this.#changes + 1 : 0;
    if (this.#changes >= NOISY_LOOKS) this.#noisy = true;
    this.#hash = hash;
    const kind = seesNothing(sample);
    this.#blind = kind === null ? null : { kind, since: this.#blind?.since ?? at };
  }
}
