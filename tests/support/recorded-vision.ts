/**
 * A vision that looks nothing up: each frame carries the number of a person and of a take, and the answer is an embedding
 * recorded (or drawn) for them. For runs in which the kiosk around vision is what is tested, a hundred thousand frames at a
 * time, on machines with no models. Encoded pictures are decoded for real, so that whatever is sent meets sharp.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameMessage } from '../../src/shared/domain.ts';
import { decodePicture } from '../../src/main/vision/picture.ts';
import type { AnalyzeOptions, SeenFace, SeenPicture, Vision, VisionModels } from '../../src/main/vision/vision.ts';

export const RECORDED_WIDTH = 64;
export const RECORDED_HEIGHT = 48;

/** For each person the unit embeddings of several takes. */
export type Recording = readonly (readonly Float32Array[])[];

const random = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
const unit = (vector: Float32Array): Float32Array => {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
};
const direction = (seed: number): Float32Array => {
  const next = random(seed);
  return unit(Float32Array.from({ length: 512 }, () => next() + next() + next() - 1.5));
};

/** People that nobody photographed: far apart from each other, takes of one about 0.9 alike. */
export function drawnRecording(people: number, takes = 5): Recording {
  return Array.from({ length: people }, (_, person) => {
    const own = direction(person + 1);
    return Array.from({ length: takes }, (_unused, take) => {
      const noise = direction(1_000_003 * (person + 1) + take);
      return unit(own.map((x, i) => x + 0.35 * (noise[i] ?? 0)));
    });
  });
}

/** What a camera gives of a person (null: an empty room). */
export function recordedFrame(person: number | null, take = 0): FrameMessage {
  const data = new Uint8Array(RECORDED_WIDTH * RECORDED_HEIGHT * 4);
  if (person !== null) data.set([1, person & 255, person >> 8, take & 255]);
  return { width: RECORDED_WIDTH, height: RECORDED_HEIGHT, capturedAt: 0, data };
}

export function recordedFace(
  embedding: Float32Array | null,
  width = RECORDED_WIDTH,
  height = RECORDED_HEIGHT,
): SeenFace {
  const box = { x: width * 0.3, y: height * 0.2, width: width * 0.4, height: height * 0.6 };
  const at = (x: number, y: number): [number, number] => [box.x + box.width * x, box.y + box.height * y];
  return {
    box,
    landmarks: [at(0.3, 0.4), at(0.7, 0.4), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8)],
    score: 0.9,
    quality: {
      score: 0.9,
      eyeDistance: 80,
      sharpness: 300,
      brightness: 120,
      pose: { yaw: 0, pitch: 0, roll: 0 },
      truncated: 0,
      issues: [],
    },
    ...(embedding === null ? {} : { embedding }),
  };
}

/** The embedding of a frame made by `recordedFrame`; null: nobody is in it. */
export function recordedEmbedding(recording: Recording, data: Uint8Array): Float32Array | null {
  if (data[0] !== 1) return null;
  const takes = recording[(data[1] ?? 0) + ((data[2] ?? 0) << 8)];
  return takes?.[(data[3] ?? 0) % takes.length] ?? null;
}

/** What every face's pictures are; made once by whoever needs them. */
export type FacePicture = Uint8Array;

export function recordedVision(models: VisionModels, recording: Recording, picture: FacePicture): Vision {
  const pictures = (options: AnalyzeOptions) =>
    options.pictures === true ? { pictures: { aligned: picture, portrait: picture } } : {};
  return {
    models,
    analyze: (frame, options) => {
      const embedding = recordedEmbedding(recording, frame.data);
      return Promise.resolve(
        embedding === null ? [] : [{ ...recordedFace(embedding, frame.width, frame.height), ...pictures(options) }],
      );
    },
    async analyzePicture(bytes, options): Promise<SeenPicture> {
      const { width, height } = await decodePicture(bytes);
      // The same picture is the same person, whoever that is.
      const seed = createHash('sha256').update(bytes).digest().readUInt32LE();
      const embedding = options.embed === 'none' ? null : direction(seed);
      return { turned: 0, width, height, faces: [{ ...recordedFace(embedding, width, height), ...pictures(options) }] };
    },
    async embedAligned(crops) {
      for (const crop of crops) await decodePicture(crop);
      return crops.map((crop) => direction(createHash('sha256').update(crop).digest().readUInt32LE()));
    },
    close: () => Promise.resolve(),
  };
}

/**
 * A models folder with a manifest of stand-ins, so that a kiosk chooses its models as ever. @returns the folder
 */
export function standInModels(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const model = (kind: 'detector' | 'embedder'): object => {
    const bytes = Buffer.from(`a stand-in for a ${kind}: 1`);
    writeFileSync(join(folder, `${kind}.onnx`), bytes);
    return {
      id: `recorded-${kind}`,
      kind,
      file: `${kind}.onnx`,
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      licence: 'none',
      licenceNote: 'For tests.',
      ...(kind === 'embedder' ? { input: { channels: 'rgb', mean: 127.5, scale: 128 } } : {}),
    };
  };
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ version: 1, models: [model('detector'), model('embedder')] }),
  );
  return folder;
}
