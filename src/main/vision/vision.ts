/** What the rest of the house sees of vision: pixels in, faces out. */
import type { Face, Turn } from '../../shared/domain.ts';
import type { ModelFile } from '../models/file.ts';
import { LintelError } from '../../shared/errors.ts';
import type { Box } from '../../shared/geometry.ts';

/** Pixels, row by row without padding: RGB (3 channels) or RGBA (4; alpha is ignored), 8 bits each. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** width * height * channels bytes. */
  readonly data: Uint8Array;
}

/** @throws LintelError bad-input when the numbers of a frame do not fit together. */
export function checkFrame(frame: Frame): void {
  const { width, height, channels, data } = frame;
  const whole = Number.isInteger(width) && Number.isInteger(height) && width >= 16 && height >= 16;
  if (!whole || (channels !== 3 && channels !== 4) || data.byteLength !== width * height * channels)
    throw new LintelError('bad-input.frame');
}

export interface AnalyzeOptions {
  /** Which faces get an embedding: none, every one, or only the largest (of those whose centre is in `within`, if given). */
  readonly embed: 'none' | 'largest' | 'all';
  /** Pixels of the frame. */
  readonly within?: Box;
  /** Faces below this detection score are dropped. Default 0.5 for pictures and frames. */
  readonly minScore?: number;
  /** Also give each embedded face its pictures, for keeping as a thumbnail. */
  readonly pictures?: boolean;
  /** Pixels of the frame. Look for a face that is followed where it was, see `regionAround`; the whole frame when it is not there. */
  readonly around?: Box;
  /** No embedding for a face with quality issues: it could not vote. */
  readonly onlyGood?: boolean;
  /** One look and no more, and what it finds says nothing about how empty the room is. */
  readonly once?: boolean;
  /** Average the embedding with that of the mirrored crop. */
  readonly mirror?: boolean;
}

export interface FacePictures {
  /** The aligned 112x112 crop as a JPEG (quality 95, 4:4:4): good enough to make the embedding again with another model. */
  readonly aligned: Uint8Array;
  /** A square picture of head and shoulders for people to look at, JPEG, at most 256x256. */
  readonly portrait: Uint8Array;
}

export interface SeenFace extends Face {
  /** 512 float32 of unit length, when it was asked for. */
  readonly embedding?: Float32Array;
  readonly pictures?: FacePictures;
}

export interface SeenPicture {
  readonly turned: Turn;
  /** Pixels of the picture as it was turned. */
  readonly width: number;
  readonly height: number;
  /** Largest first; boxes in pixels of the picture. */
  readonly faces: readonly SeenFace[];
}

export interface VisionModels {
  /** Null: none is here; only aligned crops can be embedded. */
  readonly detector: ModelFile | null;
  readonly embedder: ModelFile;
}

export interface BothModels extends VisionModels {
  readonly detector: ModelFile;
}

export interface Vision {
  readonly models: VisionModels;
  /** Faces of a camera frame, largest first. The frame's bytes are not kept. */
  analyze(frame: Frame, options: AnalyzeOptions): Promise<readonly SeenFace[]>;
  /**
   * Faces of an encoded picture (JPEG, PNG, HEIC, ...; the first page of an animated one), turned upright.
   * @throws LintelError not-a-picture, picture-truncated, picture-too-large, picture-too-small, picture-unsupported,
   * picture-slow, picture-turned
   */
  analyzePicture(bytes: Uint8Array, options: AnalyzeOptions): Promise<SeenPicture>;
  /** Embeddings of encoded pictures that are already aligned 112x112 crops, taken as they are. Same errors. */
  embedAligned(
    pictures: readonly Uint8Array[],
    options?: { readonly mirror?: boolean },
  ): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
}
