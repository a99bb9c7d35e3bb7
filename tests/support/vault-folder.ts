/** A data folder as a kiosk leaves it, written through the store; and what a thief would look for in it. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { DurableFile } from '../../src/main/storage/durable-file.ts';
import type { Codec } from '../../src/main/storage/envelope.ts';
import { Thumbnails } from '../../src/main/storage/images.ts';
import { Journal } from '../../src/main/storage/journal.ts';

const loose = z.record(z.string(), z.unknown());
export type Loose = Record<string, unknown>;

const lineSchema = z.object({ id: z.string(), at: z.number(), name: z.string() });
type Line = z.infer<typeof lineSchema>;

export interface Stores {
  readonly people: DurableFile<Loose>;
  readonly settings: DurableFile<Loose>;
  readonly checkIns: Journal<Line>;
  readonly thumbnails: Thumbnails;
}

export function storesOf(folder: string, codec: Codec | undefined): Stores {
  const more = codec === undefined ? {} : { codec };
  const durable = (name: string): DurableFile<Loose> =>
    new DurableFile<Loose>({ path: join(folder, name), schema: loose, schemaVersion: 1, ...more });
  return {
    people: durable('people.json'),
    settings: durable('settings.json'),
    checkIns: new Journal<Line>({ folder, prefix: 'checkins', schema: lineSchema, timeOf: (line) => line.at, ...more }),
    thumbnails: new Thumbnails({ folder: join(folder, 'thumbnails'), ...more }),
  };
}

export const NAMES = ['Grace Hopper', 'Nguyễn Thị Ánh', 'Đặng Văn Bình', 'Katherine Johnson'];
export const EXTERNAL_IDS = ['EMP-448812', 'EMP-448813', 'EMP-448814', 'EMP-448815'];

/** Numbers like those of an embedding, the same for the same seed. */
export function vector(seed: number): Float32Array {
  const out = new Float32Array(512);
  let x = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < 512; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out[i] = x / 2 ** 32 - 0.5;
  }
  return out;
}

export const packed = (seed: number): string => Buffer.from(vector(seed).buffer).toString('base64');

export function peopleOf(count = NAMES.length): Loose {
  const people = NAMES.slice(0, count).map((name, i) => ({
    id: `p_${String(i).repeat(12)}`,
    name,
    externalId: EXTERNAL_IDS[i],
    updatedAt: 1000 + i,
    samples: [{ id: `s_${i}`, embedding: packed(i) }],
  }));
  return { people };
}

/** Fills `folder` with two months of check-ins, people, pictures, and what accidents leave behind. All plain. */
export async function fill(folder: string, pictures = 8): Promise<void> {
  const stores = storesOf(folder, undefined);
  await stores.people.read();
  await stores.people.write(peopleOf(3));
  await stores.people.write(peopleOf());
  await stores.settings.read();
  await stores.settings.write({ greeting: 'Hello Grace Hopper' });
  await stores.checkIns.open();
  for (const month of [0, 1])
    for (let i = 0; i < 20; i++)
      await stores.checkIns.append({
        id: `c_${month}_${i}`,
        at: new Date(2026, month, 10, 8, i).getTime(),
        name: NAMES[i % NAMES.length] ?? '',
      });
  const jpeg = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#a86' } })
    .jpeg()
    .toBuffer();
  for (let i = 0; i < pictures; i++)
    await stores.thumbnails.put(`s_${i}.jpg`, Buffer.concat([jpeg, Buffer.from(`picture ${i}`)]));
  // A generation that was damaged once, an older version's file, a torn tail, a rotten line, and writes cut short.
  const people = await readFile(join(folder, 'people.json'));
  await writeFile(join(folder, 'people.json.damaged-20260101T000000000'), people.subarray(0, people.length - 40));
  await writeFile(join(folder, 'people.json.v0'), people);
  await writeFile(
    join(folder, 'checkins-2026-01.ndjson.torn-20260101T000000000'),
    '{"crc":"0","entry":{"name":"Grace Hop',
  );
  await writeFile(join(folder, 'people.json.tmp'), people.subarray(0, 1000));
  const journal = join(folder, 'checkins-2026-02.ndjson');
  const lines = (await readFile(journal, 'utf8')).split('\n');
  lines[3] = (lines[3] ?? '').replace('{"crc":"', '{"crc":"ffff').replace(/"crc":"(.{8}).{4}/, '"crc":"$1');
  await writeFile(journal, lines.join('\n'));
}

/** Everything the stores give back, as one string to compare. */
export async function contents(folder: string, codec: Codec | undefined): Promise<string> {
  const stores = storesOf(folder, codec);
  const damage: unknown[] = [];
  const lines: Line[] = [];
  const people = await stores.people.read();
  const settings = await stores.settings.read();
  const outcomes = [stores.people.outcome?.kind, stores.settings.outcome?.kind];
  for await (const line of stores.checkIns.readAll((found) => damage.push(found))) lines.push(line);
  const pictures: string[] = [];
  for (const id of (await stores.thumbnails.list()).sort()) {
    const bytes = await stores.thumbnails.get(id);
    pictures.push(
      `${id} ${createHash('sha256')
        .update(bytes ?? '')
        .digest('hex')}`,
    );
  }
  return JSON.stringify({ people, settings, outcomes, lines, damage, pictures });
}

/** Every file under `folder`, with its bytes. */
export async function allFiles(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      found.set(path.slice(folder.length + 1), await readFile(path));
    }
  return found;
}

/** What must not be found. */
export interface Sensitive {
  readonly words: readonly string[];
  readonly vectors: readonly Float32Array[];
}

/** What `fill` wrote. */
const FILLED: Sensitive = {
  words: [...NAMES, ...NAMES.map((name) => name.split(' ')[0] ?? name), ...EXTERNAL_IDS],
  vectors: NAMES.map((_name, i) => vector(i)),
};

/**
 * Looks for names, ids, vectors (as base64 at any phase, and as raw float32) and JPEG headers in every file, and inside
 * whatever base64 the files hold. @returns what was found where; empty: nothing
 */
export async function leaks(folder: string, sensitive = FILLED): Promise<string[]> {
  return [...(await allFiles(folder))].flatMap(([name, bytes]) =>
    leaksIn(name, Buffer.concat([Buffer.from(name), bytes]), sensitive),
  );
}

/** The same, in one file or stream. */
export function leaksIn(name: string, bytes: Buffer, { words, vectors }: Sensitive): string[] {
  const found: string[] = [];
  const needles = words.map((word): [string, Buffer] => [word, Buffer.from(word, 'utf8')]);
  for (const [i, values] of vectors.entries()) {
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    needles.push([`vector ${i}, raw`, raw.subarray(40, 72)]);
    needles.push([`vector ${i}, base64`, Buffer.from(raw.toString('base64').slice(40, 72))]);
  }
  const search = (where: string, content: Buffer): void => {
    for (const [what, needle] of needles) if (content.includes(needle)) found.push(`${what} in ${where}`);
    // Three bytes alone turn up in random data by chance, so a carver looks at what follows them, too.
    for (let at = content.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = content.indexOf('ffd8ff', at + 1, 'hex'))
      if (/^ffd8ff(e0....4a464946|e1....45786966|db0043)/.test(content.toString('hex', at, at + 10)))
        found.push(`a JPEG in ${where}`);
  };
  search(name, bytes);
  for (const match of bytes.toString('latin1').matchAll(/[A-Za-z0-9+/]{60,}={0,2}/g))
    search(`base64 in ${name}`, Buffer.from(match[0], 'base64'));
  return found;
}
