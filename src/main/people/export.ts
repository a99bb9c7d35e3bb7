import Papa from 'papaparse';
import * as z from 'zod';
import type { ExportedFile } from '../../shared/admin.ts';
import { guardText } from '../../shared/csv.ts';
import { type Refusal, refusal } from '../../shared/errors.ts';
import { similarity } from '../gallery/gallery.ts';
import type { Vision } from '../vision/vision.ts';
import { type NewSample, type PersonRecord, personRecordSchema, sampleRecordSchema } from './records.ts';
import { unpackVector } from '../gallery/gallery.ts';
import { sameModel } from '../gallery/gallery.ts';
import { type ModelRef } from '../gallery/gallery.ts';
import { alignedName, portraitName, type SamplePictures } from './sample-images.ts';

/*
 * People as files, so that a round trip loses nothing: `data.csv` and a folder of portraits for each person, which any
 * program can read and `importPlan` does; and in each folder a `lintel.json` with what pictures can not say, among it the
 * vectors and the aligned crops they were made from.
 *
 * [Note: vectors from outside] A vector in a `lintel.json` decides who is let in, and a file can be tampered with while its
 * portraits look right. So a vector is only taken over when the crop beside it gives the same one again; see restore.ts.
 */

export const RECORD_FILE = 'lintel.json';

const recordFileSchema = z.object({
  format: z.literal('lintel-person'),
  version: z.literal(1),
  person: personRecordSchema.pick({
    id: true,
    consentAt: true,
    createdAt: true,
    revokedAt: true,
    formerly: true,
  }),
  samples: z
    .array(
      sampleRecordSchema.extend({
        /** The portrait's file in the same folder; null when it was erased before. */
        picture: z.string().nullable(),
        /** The aligned 112x112 crop, JPEG in base64; null when it was erased before. */
        aligned: z.string().max(200_000).nullable(),
      }),
    )
    .max(10_000),
});
/** What a `lintel.json` holds. */
export type PersonFile = z.infer<typeof recordFileSchema>;

/** What a `lintel.json` holds, or null when it is none, or one of a version to come. */
export function readPersonFile(bytes: Uint8Array): PersonFile | null {
  try {
    const parsed = recordFileSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** The folder of each person, by id: their name as a file system takes it, each only once whatever the case. */
export function foldersOf(people: readonly PersonRecord[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    people.map(({ id, name }) => {
      const plain = [...name]
        .slice(0, 80)
        .join('')
        // Reserved on one system or another.
        .replace(/[<>:"/\\|?*\p{Cc}]/gu, '_')
        .replace(/^\.+|[. ]+$/gu, '_');
      const base = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) || plain === '' ? `_${plain}` : plain;
      let folder = base;
      for (let n = 2; taken.has(folder.toLowerCase()); n++) folder = `${base} (${n})`;
      taken.add(folder.toLowerCase());
      return [id, folder];
    }),
  );
}

/**
 * The files of some people, with a `data.csv` of these.
 * @param folders see `foldersOf`, made from everybody, so that pages fit together
 */
export async function filesOf(
  people: readonly PersonRecord[],
  folders: ReadonlyMap<string, string>,
  pictures: SamplePictures,
): Promise<ExportedFile[]> {
  const rows: string[][] = [];
  const files: ExportedFile[] = [];
  for (const person of people) {
    const folder = folders.get(person.id) ?? person.id;
    const samples: PersonFile['samples'] = [];
    const images: string[] = [];
    for (const sample of person.samples) {
      const [portrait, aligned] = [
        await pictures.get(portraitName(sample.id)),
        await pictures.get(alignedName(sample.id)),
      ];
      const picture = portrait === null ? null : `${sample.id}.jpg`;
      if (portrait !== null) {
        images.push(`${folder}/${sample.id}.jpg`);
        files.push({ name: `${folder}/${sample.id}.jpg`, type: 'image/jpeg', bytes: own(portrait) });
      }
      samples.push({ ...sample, picture, aligned: aligned === null ? null : Buffer.from(aligned).toString('base64') });
    }
    const { id, name, externalId, group, consentAt, createdAt, revokedAt, formerly } = person;
    const record: PersonFile = {
      format: 'lintel-person',
      version: 1,
      person: { id, consentAt, createdAt, revokedAt, formerly },
      samples,
    };
    files.push({
      name: `${folder}/${RECORD_FILE}`,
      type: 'application/json',
      bytes: encode(`${JSON.stringify(record, null, 1)}\n`),
    });
    // Somebody without a picture has a row all the same.
    for (const image of images.length > 0 ? images : [`${folder}/${RECORD_FILE}`])
      rows.push([externalId ?? '', name, group ?? '', image].map(guardText));
  }
  const csv = Papa.unparse({ fields: ['id', 'name', 'group', 'image'], data: rows }, { newline: '\r\n' });
  return [{ name: 'data.csv', type: 'text/csv', bytes: encode(`${csv}\r\n`) }, ...files];
}

// Samples that come back from an export; see [Note: vectors from outside] in person-export.ts.

/**
 * A crop was compressed (JPEG, quality 95) after its vector was made, so it does not give the same numbers again; but no
 * other face comes this near.
 */
const SAME_VECTOR = 0.95;
const ID = /^s_[0-9a-z]{6,40}$/;

interface Restored {
  readonly samples: readonly NewSample[];
  /** Files that could not be used, and why. */
  readonly refused: readonly (Refusal & { readonly file: string })[];
}

/**
 * The samples of a `lintel.json`. A vector of the model in use comes back to the bit; with another model it is made again
 * from the aligned crop.
 * @param portraits of the same folder, by plain file name
 * @param isTaken whether a sample id belongs to somebody else already
 */
export async function importSamples(
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
  const refused: (Refusal & { file: string })[] = [];
  const there = file.samples.filter(({ picture }) => {
    // An operator who takes a picture out of the folder does not want it back.
    if (picture === null || portraits.has(picture)) return true;
    refused.push({ file: picture, ...refusal('import-picture-gone') });
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
      refused.push({ file: picture ?? name, ...refusal('import-other-model') });
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
