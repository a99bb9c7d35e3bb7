/** Samples that come back from an export; see [Note: vectors from outside] in person-export.ts. */
import type { Vision } from '../vision/vision.ts';
import { similarity } from '../gallery/template.ts';
import type { NewSample } from './people-changes.ts';
import { sameModel, unpackVector, type ModelRef } from './person-record.ts';
import type { PersonFile } from './person-export.ts';

/**
 * A crop was compressed (JPEG, quality 95) after its vector was made, so it does not give the same numbers again; but no
 * other face comes this near.
 */
const SAME_VECTOR = 0.95;
const ID = /^s_[0-9a-z]{6,40}$/;

export interface Restored {
  readonly samples: readonly NewSample[];
  /** Files that could not be used, and why. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * The samples of a `lintel.json`. A vector of the model in use comes back to the bit; with another model it is made again
 * from the aligned crop.
 * @param portraits of the same folder, by plain file name
 * @param isTaken whether a sample id belongs to somebody else already
 */
export async function restoreSamples(
  file: PersonFile,
  portraits: ReadonlyMap<string, Uint8Array>,
  options: {
    readonly vision: Vision;
    readonly model: ModelRef;
    readonly isTaken: (sampleId: string) => boolean;
    /** What the record is called in reports. */
    readonly name: string;
  },
): Promise<Restored> {
  const { vision, model, isTaken, name } = options;
  const refused: { file: string; reason: string }[] = [];
  const there = file.samples.filter(({ picture }) => {
    // An operator who takes a picture out of the folder does not want it back.
    if (picture === null || portraits.has(picture)) return true;
    refused.push({ file: picture, reason: 'The picture is not in the folder any more; its sample was left out.' });
    return false;
  });
  const crops = there.flatMap(({ aligned }) => (aligned === null ? [] : [Buffer.from(aligned, 'base64')]));
  const again = crops.length === 0 ? [] : await vision.embedAligned(crops);
  const samples: NewSample[] = [];
  let next = 0;
  for (const { picture, aligned, id, addedAt, source, pose, quality, pictureSha256, ...vector } of there) {
    const made = aligned === null ? null : (again[next++] ?? null);
    const kept = sameModel(vector.model, model) ? unpackVector(vector.embedding) : null;
    const embedding = kept !== null && (made === null || similarity(kept, made) >= SAME_VECTOR) ? kept : made;
    if (embedding === null) {
      refused.push({ file: picture ?? name, reason: 'It was made with another model, and no crop of it was kept.' });
      continue;
    }
    samples.push({
      source,
      pose,
      quality,
      pictureSha256,
      embedding,
      pictures: {
        portrait: picture === null ? null : (portraits.get(picture) ?? null),
        aligned: aligned === null ? null : Buffer.from(aligned, 'base64'),
      },
      ...(ID.test(id) && !isTaken(id) ? { was: { id, addedAt } } : {}),
    });
  }
  return { samples, refused };
}
