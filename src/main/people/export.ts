import Papa from 'papaparse';
import * as z from 'zod';
import type { ExportedFile } from '../../shared/admin.ts';
import { guardText } from '../../shared/csv.ts';
import { nameSchema } from '../../shared/domain.ts';
import { type Refusal, refusal, refusalOf } from '../../shared/errors.ts';
import { isSystemName, RECORD_FILE, TABLE } from '../../shared/people-folder.ts';
import { type ModelRef, sameModel, similarity, unpackVector } from '../gallery/gallery.ts';
import type { Vision } from '../vision/vision.ts';
import {
  type NewSample,
  type PersonFields,
  type PersonRecord,
  personRecordSchema,
  sampleRecordSchema,
} from './records.ts';
import { alignedName, portraitName, type SamplePictures } from './sample-images.ts';

/*
 * People as files, so that a round trip loses nothing: `data.csv` and a folder of portraits for each person, which any
 * program can read and `importPlan` does; and in each folder a `lintel.json` with what pictures can not say, among it the
 * vectors and the aligned crops they were made from.
 *
 * [Note: names as they are] A folder's name and a cell of the table are made of what a person is called, as far as every file
 * system, spreadsheet and rule for names takes it. What they are really called, to the byte, is in their `lintel.json`.
 *
 * [Note: vectors from outside] A vector in a `lintel.json` decides who is let in, and a file can be tampered with while its
 * portraits look right. So a vector is only taken over when the crop beside it gives the same one again; see restore.ts.
 */

/** Of a name in a file from outside. Our own are shorter; a folder of an earlier version may hold longer ones. */
const LONGEST = 10_000;

const recordFileSchema = z.object({
  format: z.literal('lintel-person'),
  version: z.literal(1),
  person: personRecordSchema
    .pick({
      id: true,
      consentAt: true,
      createdAt: true,
      revokedAt: true,
      formerly: true,
    })
    .extend({
      // Earlier versions wrote these into the table alone.
      name: z.string().max(LONGEST).optional(),
      externalId: z.string().max(LONGEST).nullable().optional(),
      group: z.string().max(LONGEST).nullable().optional(),
      /** Others in the same export have this name or external id: only by their own id are they known again. */
      namesakes: z.boolean().optional(),
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

/** Of a folder's name, in bytes of UTF-8: file systems take 255, encrypted ones 143, and an archive has a path around it. */
const LONGEST_FOLDER = 80;

/** As much of a text as fits, and no half of a character. */
function cut(text: string, most: number, sizeOf: (text: string) => number): string {
  let kept = '';
  let size = 0;
  for (const character of text) {
    size += sizeOf(character);
    if (size > most) break;
    kept += character;
  }
  return kept;
}

/** A name as a file system takes it; see [Note: names as they are]. */
function folderFor(name: string): string {
  // Reserved on one system or another, or not to be seen.
  const plain = cut(
    name.normalize('NFC').replace(/[<>:"/\\|?*\p{C}\ufffd]/gu, '_'),
    LONGEST_FOLDER,
    Buffer.byteLength,
  ).replace(/^[.\s]+|[.\s]+$/gu, '_');
  const reserved = /^(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)/i.test(plain);
  return reserved || plain === '' || isSystemName(plain) ? `_${plain}` : plain;
}

/** Of two names with the same key some file system makes one. */
const folderKey = (folder: string): string => folder.normalize('NFKC').toUpperCase().toLowerCase();

/** The folder of each person, by id: their name as a file system takes it, each only once whatever the case. */
export function foldersOf(people: readonly PersonRecord[]): Map<string, string> {
  const taken = new Set<string>([TABLE]);
  const next = new Map<string, number>();
  return new Map(
    people.map(({ id, name }) => {
      const base = folderFor(name);
      const key = folderKey(base);
      let folder = base;
      // Ten thousand people of one name are numbered without counting up to each of them again.
      let n = next.get(key) ?? 2;
      while (taken.has(folderKey(folder))) folder = `${base} (${n++})`;
      next.set(key, n);
      taken.add(folderKey(folder));
      return [id, folder];
    }),
  );
}

/** A text as the table has it: as an import takes it from a table made by hand. */
const field = (text: string, most: number): string =>
  cut(
    text
      .normalize('NFC')
      .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, ' ')
      .replaceAll('\ufffd', '?')
      .trim(),
    most,
    (one) => one.length,
  ).trim();

const nameField = (name: string): string => {
  const plain = field(name, 120);
  return nameSchema.safeParse(plain).success ? plain : '?';
};

/**
 * Who a record says somebody is, where the operator has not changed what the table or the folder says: see
 * [Note: names as they are].
 * @param given as the import plan has them
 */
export function fieldsOf({ person }: PersonFile, given: PersonFields): PersonFields {
  const { name, externalId = null, group = null } = person;
  if (name === undefined) return given;
  const folder = folderFor(name);
  const numbered = given.name.startsWith(`${folder} (`) && /^\d+\)$/.test(given.name.slice(folder.length + 2));
  const same = given.name === nameField(name) || given.name === folder || numbered;
  const kept = (said: string | null, was: string | null): string | null =>
    said === null || said === field(was ?? '', 100) ? was : said;
  return {
    name: same ? name : given.name,
    externalId: kept(given.externalId, externalId),
    group: kept(given.group, group),
  };
}

/** Ids of those who share their name or external id, of now or before, with somebody else. */
export function namesakesIn(people: readonly PersonRecord[]): ReadonlySet<string> {
  const owner = new Map<string, string>();
  const shared = new Set<string>();
  for (const person of people)
    for (const { name, externalId } of [person, ...person.formerly])
      for (const key of [`name ${nameField(name)}`, ...(externalId ? [`id ${field(externalId, 100)}`] : [])]) {
        const other = owner.get(key);
        if (other !== undefined && other !== person.id) shared.add(other).add(person.id);
        else owner.set(key, person.id);
      }
  return shared;
}

/**
 * The files of some people, with a `data.csv` of these.
 * @param all `folders` and `namesakes` of everybody, so that pages fit together
 * @returns `damaged`: names of those of whom a picture can not be read, and was left out
 */
export async function filesOf(
  people: readonly PersonRecord[],
  all: { readonly folders: ReadonlyMap<string, string>; readonly namesakes: ReadonlySet<string> },
  pictures: SamplePictures,
): Promise<{ files: ExportedFile[]; damaged: string[] }> {
  const rows: string[][] = [];
  const files: ExportedFile[] = [];
  const damaged = new Set<PersonRecord>();
  for (const person of people) {
    const folder = all.folders.get(person.id) ?? person.id;
    const samples: PersonFile['samples'] = [];
    const images: string[] = [];
    for (const sample of person.samples) {
      const found = [await pictures.look(portraitName(sample.id)), await pictures.look(alignedName(sample.id))];
      if (found.includes('damaged')) damaged.add(person);
      const [portrait = null, aligned = null] = found.map((one) => (one === 'damaged' ? null : one));
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
      person: {
        id,
        name,
        externalId,
        group,
        consentAt,
        createdAt,
        revokedAt,
        formerly,
        ...(all.namesakes.has(id) ? { namesakes: true } : {}),
      },
      samples,
    };
    files.push({
      name: `${folder}/${RECORD_FILE}`,
      type: 'application/json',
      bytes: encode(`${JSON.stringify(record, null, 1)}\n`),
    });
    // Somebody without a picture has a row all the same.
    for (const image of images.length > 0 ? images : [`${folder}/${RECORD_FILE}`])
      rows.push([field(externalId ?? '', 100), nameField(name), field(group ?? '', 100), image].map(guardText));
  }
  const csv = Papa.unparse({ fields: ['id', 'name', 'group', 'image'], data: rows }, { newline: '\r\n' });
  const table = { name: TABLE, type: 'text/csv', bytes: encode(`${csv}\r\n`) };
  return { files: [table, ...files], damaged: [...damaged].map(({ name }) => name) };
}

// Samples that come back from an export; see [Note: vectors from outside].

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

/** The vectors of crops; of one that is no picture why. One that is damaged takes nothing from the others. */
async function embedEach(vision: Vision, crops: readonly Uint8Array[]): Promise<(Float32Array | Refusal)[]> {
  if (crops.length === 0) return [];
  try {
    return [...(await vision.embedAligned(crops))];
  } catch (error) {
    const why = refusalOf(error);
    if (/^(vision|model)-/.test(why.code)) throw error; // not the picture's fault
    if (crops.length === 1) return [why];
  }
  const each: (Float32Array | Refusal)[] = [];
  for (const crop of crops) each.push(...(await embedEach(vision, [crop])));
  return each;
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
  const again = await embedEach(vision, crops);
  const samples: NewSample[] = [];
  let next = 0;
  for (const { picture, aligned, id, addedAt, source, pose, quality, pictureSha256, ...vector } of there) {
    const crop = aligned === null ? null : (again[next++] ?? null);
    const made = crop instanceof Float32Array ? crop : null;
    if (crop !== null && made === null) refused.push({ file: picture ?? name, ...(crop as Refusal) });
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
        aligned: aligned === null || made === null ? null : Buffer.from(aligned, 'base64'),
      },
      ...(ID.test(id) && !isTaken(id) ? { was: { id, addedAt } } : {}),
    });
  }
  return { samples, refused };
}
