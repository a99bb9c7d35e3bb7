/** The file format: what was put in comes out, and nothing that was changed, cut or mixed does. */
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type About,
  type ArchiveFile,
  type BackupKey,
  type BackupSecret,
  decryptStream,
  encryptStream,
  newBackupKey,
  newHeader,
  readArchive,
  writeArchive,
} from '../../src/main/backup/archive.ts';
import { refusal } from '../support/refusal.ts';

const CHEAP = { N: 2, r: 1, p: 1 };
const passphrase = 'correct horse battery staple';
let key: BackupKey;
beforeAll(async () => {
  key = await newBackupKey(passphrase, CHEAP);
});

/** Sources that are being read; files in earnest, which have to be let go however reading ends. */
let open = 0;
afterEach(() => expect(open).toBe(0));

async function* from(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  open++;
  try {
    for (const piece of pieces) yield await Promise.resolve(piece);
  } finally {
    open--;
  }
}
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
const encrypt = (bytes: Uint8Array): Promise<Buffer> => collect(encryptStream(from(bytes), newHeader(key), { key }));
const decrypt = (bytes: Uint8Array, secret: BackupSecret = { key }): Promise<Buffer> =>
  collect(decryptStream(from(bytes), secret));
const CHUNK = 64 * 1024;
const pattern = (size: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255));

describe('the stream', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 77])('carries %i bytes', async (size) => {
    const bytes = pattern(size);
    const stored = await encrypt(bytes);
    expect((await decrypt(stored)).equals(bytes)).toBe(true);
    expect((await decrypt(stored, { passphrase })).equals(bytes)).toBe(true);
    // Header, one tag, and 16 bytes a chunk; never a byte of the content.
    const chunks = Math.max(1, Math.ceil(size / CHUNK));
    const header = 11 + stored.readUInt16LE(9) + 16;
    expect(stored.byteLength).toBe(header + size + 16 * chunks);
    if (size > 64) expect(stored.includes(bytes.subarray(0, 32))).toBe(false);
  });

  test('however the pieces are cut', async () => {
    const bytes = pattern(2 * CHUNK + 5000);
    const stored = await encrypt(bytes);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: stored.byteLength }), { maxLength: 8 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), stored.byteLength];
        const pieces = edges.slice(1).map((edge, i) => stored.subarray(edges[i], edge));
        expect((await collect(decryptStream(from(...pieces), { key }))).equals(bytes)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('the same content is never the same file', async () => {
    expect((await encrypt(pattern(100))).equals(await encrypt(pattern(100)))).toBe(false);
  });

  test('a wrong passphrase is told from damage', async () => {
    const stored = await encrypt(pattern(100));
    expect(await refusal(decrypt(stored, { passphrase: 'not that passphrase' }))).toBe('passphrase-wrong');
    stored[stored.byteLength - 1] = (stored.at(-1) ?? 0) ^ 1;
    expect(await refusal(decrypt(stored))).toBe('backup-damaged');
  });

  test('cut anywhere: refused', async () => {
    const stored = await encrypt(pattern(3 * CHUNK));
    const header = 11 + stored.readUInt16LE(9) + 16;
    const edges = [0, 5, 11, header - 1, header, header + CHUNK + 16, header + 2 * (CHUNK + 16), stored.byteLength - 1];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...edges).chain((edge) => fc.constantFrom(edge, Math.max(0, edge - 1), edge + 1)),
        async (length) => {
          fc.pre(length < stored.byteLength);
          expect(await refusal(decrypt(stored.subarray(0, length)))).toMatch(/^(backup-damaged|passphrase-wrong)$/);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('one bit changed anywhere: refused', async () => {
    const stored = await encrypt(pattern(CHUNK + 1000));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: stored.byteLength * 8 - 1 }), async (bit) => {
        const bytes = Buffer.from(stored);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(await refusal(decrypt(bytes))).toMatch(/^(backup-damaged|backup-newer|passphrase-wrong)$/);
      }),
      { numRuns: 100 },
    );
    const version = Buffer.from(stored);
    version[8] = 2;
    expect(await refusal(decrypt(version))).toBe('backup-newer');
  });

  test('chunks in another order, left out, twice, or with more behind: refused', async () => {
    const stored = await encrypt(pattern(3 * CHUNK + 9));
    const header = 11 + stored.readUInt16LE(9) + 16;
    const start = stored.subarray(0, header);
    const chunk = (i: number): Buffer => stored.subarray(header + i * (CHUNK + 16), header + (i + 1) * (CHUNK + 16));
    const [a, b, c, last] = [chunk(0), chunk(1), chunk(2), chunk(3)];
    expect((await decrypt(Buffer.concat([start, a, b, c, last]))).byteLength).toBe(3 * CHUNK + 9);
    for (const parts of [
      [b, a, c, last],
      [a, c, last],
      [a, a, b, c, last],
      [a, b, c],
      [a, b, c, last, last],
    ])
      expect(await refusal(decrypt(Buffer.concat([start, ...parts])))).toBe('backup-damaged');
  });

  test('a header that asks for all memory there is: refused', async () => {
    const stored = await encrypt(pattern(10));
    const length = stored.readUInt16LE(9);
    const json = JSON.parse(stored.toString('utf8', 11, 11 + length)) as { cost: { N: number } };
    json.cost.N = 2 ** 30;
    const text = Buffer.from(JSON.stringify(json));
    const front = Buffer.from(stored.subarray(0, 11));
    front.writeUInt16LE(text.byteLength, 9);
    const bytes = Buffer.concat([front, text, stored.subarray(11 + length)]);
    expect(await refusal(decrypt(bytes, { passphrase }))).toBe('backup-damaged');
  });

  test('a passphrase too short is refused', async () => {
    expect(await refusal(newBackupKey('short', CHEAP))).toBe('passphrase-short');
  });

  test('a passphrase typed on another keyboard (composed or not) is the same', async () => {
    const composed = await newBackupKey('mật khẩu của tôi'.normalize('NFC'), CHEAP);
    const stored = await collect(encryptStream(from(pattern(9)), newHeader(composed), { key: composed }));
    expect((await decrypt(stored, { passphrase: 'mật khẩu của tôi'.normalize('NFD') })).byteLength).toBe(9);
  });
});

const about: About = {
  format: 1,
  createdAt: 5,
  lintel: '0.1.0',
  kiosk: 'door',
  counts: {
    people: 1,
    samples: 2,
    pictures: 3,
    checkIns: 4,
    firstCheckIn: null,
    lastCheckIn: null,
    auditLines: 0,
    unreadable: 0,
  },
};

describe('the archive', () => {
  async function* files(...list: ArchiveFile[]): AsyncGenerator<ArchiveFile> {
    for (const one of list) yield await Promise.resolve(one);
  }
  const read = async (bytes: Uint8Array): Promise<Map<string, Buffer>> => {
    const found = new Map<string, Buffer>();
    await readArchive(from(bytes), async (path, content) => void found.set(path, await collect(content)));
    return found;
  };

  test('gives back every file and its list', async () => {
    const big = pattern(700_000);
    const list = [
      { path: 'people.json', content: [Buffer.from('{}')] },
      { path: 'empty', content: [] },
      { path: 'big', content: [big.subarray(0, 300_000), big.subarray(300_000)] },
    ];
    const bytes = await collect(writeArchive(files(...list), () => about));
    const found = await read(bytes);
    expect([...found.keys()]).toEqual(['people.json', 'empty', 'big']);
    expect(found.get('big')?.equals(big)).toBe(true);
    const manifest = await readArchive(from(bytes), async (_, content) => void (await collect(content)));
    expect(manifest).toMatchObject(about);
    expect(manifest.files.map(({ size }) => size)).toEqual([2, 0, 700_000]);
  });

  test('a later format is newer, not damaged', async () => {
    const bytes = await collect(writeArchive(files(), () => ({ ...about, format: 2 })));
    expect(await refusal(read(bytes))).toBe('backup-newer');
  });

  test('changed or cut anywhere it never gives what was not put in', async () => {
    const content = pattern(200);
    const bytes = await collect(writeArchive(files({ path: 'a', content: [content] }), () => about));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.byteLength - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const other = Buffer.from(bytes);
          other[at] = (other[at] ?? 0) ^ by;
          // What stands in the manifest beside the files (a date, say) is protected by the stream around it.
          const code = await refusal(read(other).then((found) => expect(found.get('a')?.equals(content)).toBe(true)));
          expect(code).toMatch(/^(backup-damaged|backup-newer|accepted)$/);
          expect(await refusal(read(bytes.subarray(0, at)))).toBe('backup-damaged');
        },
      ),
      { numRuns: 200 },
    );
  });

  test('one file twice: refused', async () => {
    const twice = files({ path: 'a', content: [] }, { path: 'a', content: [] });
    expect(await refusal(read(await collect(writeArchive(twice, () => about))))).toBe('backup-damaged');
  });
});
