/*
 * Whether a camera that says it works does: its frames are the sign of life, and nothing else is. A sensor always has noise, so
 * two frames of a real camera are never the same byte for byte. A virtual camera, or a drawing, may show one picture for ever;
 * only a camera that has shown noise before is said to be frozen.
 */

/**
 * What a look at the frames says. `waiting`: none came yet; `unsure`: too early to tell what is in them; `unchanged`: one picture
 * all the time, and maybe rightly so; `blank`: it shows nothing and has no noise either, so that it may not come from a sensor.
 */
export type FrameVerdict = 'fine' | 'waiting' | 'unsure' | 'unchanged' | 'silent' | 'still' | 'blind' | 'blank';

/** How often to look, ms. */
export const LOOK_MS = 250;
/** How much of a frame is looked at: single pixels of it, far apart, so that noise stays in them. */
export const SAMPLED = { width: 64, height: 48 } as const;
/** Looks further apart than this were not kept from frames but from time: the machine slept, or the page was frozen. */
const GAP_MS = 2000;
const SILENT_MS = 3000;
const STILL_MS = 2500;
/** A hand over the lens is soon gone, and a shirt of one colour before it sooner than a cover. */
const DARK_MS = 2000;
const FLAT_MS = 2500;
/** So many looks in a row with another picture each time: it has noise. */
const NOISY_LOOKS = 6;

/** Samples are taken together in squares of this side: their means have a quarter of the noise. */
const CELL = 4;
/** Part of a picture that has to be dark, or of one colour: a camera may draw the time or a sign into its corner. */
const NEARLY_ALL = 0.95;
/** Part of the neighbours that have to be alike in a smooth picture. */
const NEIGHBOURS = 0.97;
/** Luma of 255: what is darker is black for a kiosk, noise included; what is brighter is no lens that is covered. */
const DARK = 24;
const DIM = 90;
/** Of 255, on either side of the median, in each channel. */
const ONE_COLOUR = 8;
/** Luma by which neighbours in a smooth picture differ at most, without noise. */
const SMOOTH = 4;
/** Noise beyond this is movement; how much of what was seen is believed at the next look, which may show the very same frame. */
const NOISE = 16;
const NOISE_KEPT = 0.85;

/** A picture of `SAMPLED` pixels, RGBA. */
type Sampled = Pick<ImageData, 'data'>;

const quantile = (values: Uint8Array, part: number): number => values.slice().sort()[Math.floor(part * values.length)]!;
const part = <T>(all: readonly T[], is: (one: T, index: number) => boolean): number =>
  all.filter(is).length / all.length;
const luma = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b;

const lumaOf = ({ data }: Sampled): Uint8Array =>
  Uint8Array.from({ length: data.length / 4 }, (_, i) => luma(data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!));

/** Standard deviation of the noise of two looks at one thing, luma. */
function noiseOf(now: Uint8Array, then: Uint8Array): number {
  // Three in four pixels differ by less than 1.63 times that.
  const differences = now.map((y, i) => Math.abs(y - then[i]!));
  return Math.min(NOISE, quantile(differences, 0.75) / 1.63);
}

/** Whether a picture is dark, or has nothing in it but noise: one colour, or the dim shades of a lens that is covered. */
function seesNothing({ data }: Sampled, now: Uint8Array, then: Uint8Array, noise: number): 'dark' | 'flat' | null {
  const { width, height } = SAMPLED;
  if (part([...now], (y, i) => (y + then[i]!) / 2 < DARK + noise) >= NEARLY_ALL) return 'dark';

  const columns = width / CELL;
  const cells = Array.from({ length: columns * (height / CELL) }, () => [0, 0, 0] as [number, number, number]);
  const cellOf = (i: number): number => Math.floor(i / width / CELL) * columns + Math.floor((i % width) / CELL);
  for (let i = 0; i < now.length; i++)
    for (let c = 0; c < 3; c++) cells[cellOf(i)]![c]! += data[4 * i + c]! / CELL ** 2;
  const lumas = cells.map((cell) => luma(...cell));
  const texture = [...now].map((y, i) => Math.abs(y - lumas[cellOf(i)]!));
  if (part(texture, (d) => d <= Math.max(ONE_COLOUR, 2.5 * noise)) < NEARLY_ALL) return null;
  const middle = [0, 1, 2].map((c) =>
    quantile(
      Uint8Array.from(cells, (cell) => cell[c]!),
      0.5,
    ),
  );
  if (part(cells, (cell) => cell.every((v, c) => Math.abs(v - middle[c]!) <= ONE_COLOUR)) >= NEARLY_ALL) return 'flat';
  const steps = lumas.flatMap((y, i) => [
    ...(i % columns === 0 ? [] : [y - lumas[i - 1]!]),
    ...(i < columns ? [] : [y - lumas[i - columns]!]),
  ]);
  const isSmooth = part(steps, (step) => Math.abs(step) <= SMOOTH + 0.75 * noise) >= NEIGHBOURS;
  return isSmooth && part(lumas, (y) => y < DIM) >= NEARLY_ALL ? 'flat' : null;
}

/** FNV-1a over 32 bits, four bytes at a time. */
function hashOf({ data }: Sampled): number {
  let hash = 0x811c9dc5;
  for (const value of new Uint32Array(data.buffer, data.byteOffset, data.length >> 2))
    hash = Math.imul(hash ^ value, 0x01000193);
  return hash;
}

export class FrameWatch {
  #frameAt: number;
  #lookedAt: number;
  /** A frame came since the last look, and any since the last rest. */
  #fresh = false;
  #any = false;
  /** Of the look before, which tells noise from what is there to be seen. */
  #before: Uint8Array | null = null;
  #noise = 0;
  #hash: number | null = null;
  /** Of the whole picture, once its samples did not change. */
  #wholeHash: number | null = null;
  /** Since when the picture is the same, and when the last one was taken: without new frames it is silent, not still. */
  #sameSince: number | null = null;
  #tookAt = 0;
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
    this.#hash = null;
    this.#sameSince = null;
    this.#blind = null;
  }

  /** There is a new frame. */
  frame(at: number): void {
    this.#frameAt = at;
    this.#any = true;
    this.#fresh = true;
  }

  /**
   * @param sample the picture of now; null while there is none
   * @param whole all of its pixels, asked for when the samples are those of the look before: what moves may be small
   */
  look(at: number, sample: Sampled | null, whole: () => Sampled | null = () => sample): FrameVerdict {
    if (at - this.#lookedAt > GAP_MS) this.rest(at);
    this.#lookedAt = at;
    if (at - this.#frameAt >= SILENT_MS) return 'silent';
    if (!this.#any || sample === null) return 'waiting';
    if (this.#fresh) this.#take(at, sample, whole);
    this.#fresh = false;
    const blind = this.#blind;
    const isSame = this.#sameSince !== null && this.#tookAt - this.#sameSince >= STILL_MS;
    if (blind !== null) {
      if (at - blind.since < (blind.kind === 'dark' ? DARK_MS : FLAT_MS)) return 'unsure';
      return isSame ? 'blank' : 'blind';
    }
    if (this.#sameSince === null) return 'fine';
    if (!isSame) return 'unsure';
    return this.#noisy ? 'still' : 'unchanged';
  }

  #take(at: number, sample: Sampled, whole: () => Sampled | null): void {
    const hash = hashOf(sample);
    // The first picture after a rest is no sign of life: a camera that is opened again may give one, and freeze.
    let changed = this.#hash !== null && hash !== this.#hash;
    if (this.#hash !== hash) this.#wholeHash = null;
    else {
      const pixels = whole();
      const wholeHash = pixels === null ? null : hashOf(pixels);
      changed = this.#wholeHash !== null && wholeHash !== this.#wholeHash;
      this.#wholeHash = wholeHash;
    }
    this.#sameSince = changed ? null : (this.#sameSince ?? at);
    this.#tookAt = at;
    this.#changes = changed ? this.#changes + 1 : 0;
    if (this.#changes >= NOISY_LOOKS) this.#noisy = true;
    this.#hash = hash;
    const now = lumaOf(sample);
    const before = this.#before ?? now;
    this.#noise = Math.max(noiseOf(now, before), this.#noise * NOISE_KEPT);
    this.#before = now;
    const kind = seesNothing(sample, now, before, this.#noise);
    this.#blind = kind === null ? null : { kind, since: this.#blind?.since ?? at };
  }
}
