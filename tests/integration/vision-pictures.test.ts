/**
 * Files as people have them: every kind handled, or refused by its own name; never a crash, never a wrong shape.
 *
 * What no encoder of npm's makes lies in `tests/support/pictures/`, drawn as `base` below and written by pillow-heif 1.8.1
 * (x265), Pillow 13.0.0 and pillow-jxl-plugin 1.3.8: `N.heic`, `6.jxl` and `6.avif` with EXIF orientation N and what their
 * containers have for it (irot, imir; the codestream's orientation), as telephones write both; `second.heic`, whose primary
 * image is the second of two; `1.jxl`, upright; `animated.avif`, with a black picture after it. `12-bit.jpg` is by imagecodecs 2026.3.6.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { errorText, LintelError } from '../../src/shared/errors.ts';
import { decodePicture, MAX_PIXELS, WORKING_SIDE } from '../../src/main/vision/picture.ts';
import { pictureKind } from '../../src/shared/picture-kinds.ts';
import { projectRoot } from '../support/data.ts';

/** 64 x 48: red left half, blue right half, a green top row of 8 pixels. */
const base = (): Sharp =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#c01010' } }).composite([
    { input: { create: { width: 32, height: 48, channels: 3, background: '#1010c0' } }, left: 32, top: 0 },
    { input: { create: { width: 64, height: 8, channels: 3, background: '#10c010' } }, left: 0, top: 0 },
  ]);
const png = async (image: Sharp): Promise<Buffer> => image.png().toBuffer();
/** A composited picture must be rendered before it is changed further. */
const rendered = async (): Promise<Sharp> => sharp(await png(base()));

const drawn = (file: string): Buffer => readFileSync(join(projectRoot, 'tests/support/pictures', file));

const codeOf = async (bytes: Uint8Array): Promise<string> => {
  try {
    await decodePicture(bytes);
    return 'decoded';
  } catch (error) {
    if (error instanceof LintelError) return error.code;
    throw error;
  }
};
const pixel = ({ width, data }: { width: number; data: Uint8Array }, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const near = (actual: number[], expected: number[], within: number): void => {
  actual.forEach((value, i) =>
    expect(Math.abs(value - expected[i]!), `${actual} / ${expected}`).toBeLessThanOrEqual(within),
  );
};
const RED = [0xc0, 0x10, 0x10];
const BLUE = [0x10, 0x10, 0xc0];
const GREEN = [0x10, 0xc0, 0x10];

/** `base` with that orientation, as a viewer shows it: worked out from the meaning of the eight. */
async function expectTurned(bytes: Uint8Array, orientation: number): Promise<void> {
  const { frame, width, height } = await decodePicture(bytes);
  const turned = orientation >= 5;
  expect([width, height]).toEqual(turned ? [48, 64] : [64, 48]);
  // Where the stored middles of the left (red) half, the right (blue) one and the topmost (green) rows land.
  const places = [
    { stored: [8, 30], colour: RED },
    { stored: [56, 30], colour: BLUE },
    { stored: [32, 3], colour: GREEN },
  ] as const;
  for (const {
    stored: [x, y],
    colour,
  } of places) {
    const [right, below] = [63 - x, 47 - y];
    const lands: Record<number, [number, number]> = {
      1: [x, y],
      2: [right, y],
      3: [right, below],
      4: [x, below],
      5: [y, x],
      6: [below, x],
      7: [below, right],
      8: [y, right],
    };
    near(pixel(frame, ...lands[orientation]!), colour, 24);
  }
}

/** BMP files of 37 x 24 pixels (rows that need padding at any depth), drawn as `base`. Layout: "Bitmap Storage", Windows documentation. */
function bitmap(
  bits: number,
  how: { topDown?: boolean; runs?: boolean; fields?: number[]; os2?: boolean; version5?: boolean } = {},
): Buffer {
  const [width, height] = [37, 24];
  const colours = [RED, BLUE, GREEN];
  const indexAt = (x: number, y: number): number => (y < 4 ? 2 : x < 19 ? 0 : 1);
  const header = how.os2 ? 12 : how.version5 ? 124 : 40;
  const masks = how.fields !== undefined && !how.version5 ? 12 : 0;
  const entry = how.os2 ? 3 : 4;
  const palette = bits <= 8 ? (how.os2 ? 1 << bits : 3) * entry : 0;
  // Something between the header and the pixels: where they begin is written in the file.
  const start = 14 + header + masks + palette + 6;
  const rows: Buffer[] = [];
  for (let row = 0; row < height; row++) {
    const y = how.topDown ? row : height - 1 - row;
    if (how.runs) {
      const run: number[] = [];
      // The first half as a run, the rest of the row as it is, padded to whole words.
      const first = indexAt(0, y);
      run.push(19, bits === 8 ? first : first * 17);
      const rest = Array.from({ length: 18 }, (_, i) => indexAt(19 + i, y));
      const literal = bits === 8 ? rest : rest.flatMap((v, i) => (i % 2 === 0 ? [(v << 4) | (rest[i + 1] ?? 0)] : []));
      run.push(0, 18, ...literal, ...(literal.length % 2 === 1 ? [0] : []), 0, row === height - 1 ? 1 : 0);
      rows.push(Buffer.from(run));
      continue;
    }
    const line = Buffer.alloc(Math.ceil((width * bits) / 32) * 4);
    for (let x = 0; x < width; x++) {
      const index = indexAt(x, y);
      const [r, g, b] = colours[index] as [number, number, number];
      if (bits <= 8) line[(x * bits) >> 3]! |= index << (8 - bits - ((x * bits) & 7));
      else if (bits === 24) line.set([b, g, r], x * 3);
      else {
        const packed = (how.fields ?? (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff])).map(
          (mask, c) => {
            const shift = 31 - Math.clz32(mask & -mask);
            return (Math.round(([r, g, b][c]! * (mask >>> shift)) / 255) << shift) >>> 0;
          },
        );
        const value = packed.reduce((sum, part) => sum + part, 0);
        if (bits === 16) line.writeUInt16LE(value, x * 2);
        else line.writeUInt32LE(value, x * 4);
      }
    }
    rows.push(line);
  }
  const head = Buffer.alloc(start);
  head.write('BM');
  head.writeUInt32LE(start, 10);
  head.writeUInt32LE(header, 14);
  if (how.os2) {
    head.writeUInt16LE(width, 18);
    head.writeUInt16LE(height, 20);
    head.writeUInt16LE(1, 22);
    head.writeUInt16LE(bits, 24);
  } else {
    head.writeInt32LE(width, 18);
    head.writeInt32LE(how.topDown ? -height : height, 22);
    head.writeUInt16LE(1, 26);
    head.writeUInt16LE(bits, 28);
    head.writeUInt32LE(how.fields ? 3 : how.runs ? (bits === 8 ? 1 : 2) : 0, 30);
    if (bits <= 8) head.writeUInt32LE(3, 46);
    how.fields?.forEach((mask, i) => head.writeUInt32LE(mask, 54 + 4 * i));
  }
  if (bits <= 8) colours.forEach(([r, g, b], i) => head.set([b!, g!, r!], 14 + header + i * entry));
  return Buffer.concat([head, ...rows]);
}
const bitmaps: [string, Buffer][] = [
  ['24 bits', bitmap(24)],
  ['24 bits from the top', bitmap(24, { topDown: true })],
  ['24 bits of OS/2', bitmap(24, { os2: true })],
  ['32 bits', bitmap(32)],
  ['32 bits in fields of a version 5 header', bitmap(32, { version5: true, fields: [0xff, 0xff00, 0xff0000] })],
  ['16 bits', bitmap(16)],
  ['16 bits, 5 6 5', bitmap(16, { fields: [0xf800, 0x7e0, 0x1f] })],
  ['256 colours', bitmap(8)],
  ['256 colours of OS/2', bitmap(8, { os2: true })],
  ['256 colours, run lengths', bitmap(8, { runs: true })],
  ['16 colours', bitmap(4)],
  ['16 colours, run lengths', bitmap(4, { runs: true })],
];

describe('pictures that are read', () => {
  it.each([
    ['JPEG', (s: Sharp) => s.jpeg({ quality: 95 })],
    ['progressive JPEG', (s: Sharp) => s.jpeg({ quality: 95, progressive: true })],
    ['PNG', (s: Sharp) => s.png()],
    ['palette PNG', (s: Sharp) => s.png({ palette: true })],
    ['WebP', (s: Sharp) => s.webp({ quality: 95 })],
    ['TIFF', (s: Sharp) => s.tiff({ compression: 'lzw' })],
    ['GIF', (s: Sharp) => s.gif()],
    ['AVIF', (s: Sharp) => s.avif({ quality: 90 })],
  ])('%s', async (_name, encode) => {
    const { frame, width, height } = await decodePicture(await encode(await rendered()).toBuffer());
    expect([width, height, frame.width, frame.height, frame.channels]).toEqual([64, 48, 64, 48, 3]);
    expect(frame.data.byteLength).toBe(64 * 48 * 3);
    near(pixel(frame, 8, 40), RED, 12);
    near(pixel(frame, 56, 40), BLUE, 12);
    near(pixel(frame, 30, 2), GREEN, 24);
  });

  it('16 bits a channel keep their brightness', async () => {
    const bytes = await png((await rendered()).toColourspace('rgb16'));
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    const { frame } = await decodePicture(bytes);
    near(pixel(frame, 8, 40), RED, 2);
    near(pixel(frame, 56, 40), BLUE, 2);
  });

  it('16-bit greyscale with alpha too', async () => {
    const grey = await png(
      sharp({
        create: { width: 32, height: 32, channels: 4, background: { r: 90, g: 90, b: 90, alpha: 1 } },
      }).toColourspace('grey16'),
    );
    const { frame } = await decodePicture(grey);
    expect(frame.channels).toBe(3);
    near(pixel(frame, 3, 3), [90, 90, 90], 2);
  });

  it('greyscale becomes three equal channels', async () => {
    const bytes = await (await rendered()).toColourspace('b-w').jpeg().toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);
    const { frame } = await decodePicture(bytes);
    const [r, g, b] = pixel(frame, 8, 40);
    expect(frame.channels).toBe(3);
    expect([g, b]).toEqual([r, r]);
  });

  it('CMYK becomes sRGB', async () => {
    const bytes = await (await rendered()).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    const { frame } = await decodePicture(bytes);
    const [r, g, b] = pixel(frame, 8, 40) as [number, number, number];
    expect(r).toBeGreaterThan(120);
    expect(Math.max(g, b)).toBeLessThan(110);
  });

  it('transparency is laid on grey', async () => {
    const bytes = await png(
      sharp({ create: { width: 32, height: 32, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } }),
    );
    const { frame } = await decodePicture(bytes);
    expect(frame.channels).toBe(3);
    near(pixel(frame, 9, 9), [128, 128, 128], 1);
  });

  it('of an animated picture, the first page', async () => {
    const pages = await Promise.all(
      ['#c01010', '#1010c0'].map((background) =>
        sharp({ create: { width: 32, height: 24, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    for (const format of ['gif', 'webp'] as const) {
      const bytes = await sharp(pages, { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      expect((await sharp(bytes).metadata()).pages).toBe(2);
      const { frame, height } = await decodePicture(bytes);
      expect([height, frame.height]).toEqual([24, 24]);
      near(pixel(frame, 9, 9), RED, 16);
    }
    await expectTurned(drawn('animated.avif'), 1);
  });

  it('an AVIF whose major brand is another', async () => {
    for (const brand of ['miaf', 'MA1B', 'avis', 'mif1']) {
      const bytes = Buffer.concat([Buffer.from('\0\0\0\x18ftyp', 'latin1'), Buffer.from(`${brand}\0\0\0\0avifmiaf`)]);
      const whole = await (await rendered()).avif({ quality: 90 }).toBuffer();
      // As long as the box it takes the place of: what lies behind is found by its place in the file.
      const size = whole.readUInt32BE(0);
      const box = Buffer.concat([bytes, Buffer.alloc(Math.max(0, size - bytes.length), 'miaf')]);
      box.writeUInt32BE(size, 0);
      await expectTurned(Buffer.concat([box.subarray(0, size), whole.subarray(size)]), 1);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is undone', async (orientation) => {
    await expectTurned(
      await (await rendered()).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer(),
      orientation,
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'orientation %i of a HEIC, which its EXIF repeats, is undone once',
    async (orientation) => {
      await expectTurned(drawn(`${orientation}.heic`), orientation);
    },
  );

  it.each(['6.jxl', '6.avif'])('and that of %s', async (file) => {
    await expectTurned(drawn(file), 6);
  });

  it('of a HEIC with several images, the primary one', async () => {
    await expectTurned(drawn('second.heic'), 1);
  });

  it('JPEG XL', async () => {
    await expectTurned(drawn('1.jxl'), 1);
  });

  it('a dozen at once, of all decoders', async () => {
    const files = ['1.heic', '1.jxl', '6.heic', 'second.heic', '6.jxl', '6.avif'];
    const decoded = await Promise.all([...files, ...files].map((file) => decodePicture(drawn(file))));
    expect(decoded.map(({ width }) => width)).toEqual([64, 64, 48, 64, 48, 48, 64, 64, 48, 64, 48, 48]);
  });

  it.each(bitmaps)('BMP, %s', async (_name, bytes) => {
    const { frame, width, height } = await decodePicture(bytes);
    expect([width, height]).toEqual([37, 24]);
    // Left red, right blue, the topmost rows green: five bits a channel at worst.
    near(pixel(frame, 3, 20), RED, 8);
    near(pixel(frame, 36, 20), BLUE, 8);
    near(pixel(frame, 36, 0), GREEN, 8);
    near(pixel(frame, 0, 3), GREEN, 8);
  });

  it('a large picture is shrunk for work, its true size is told', async () => {
    const bytes = await sharp({ create: { width: 6000, height: 3000, channels: 3, background: '#808080' } })
      .jpeg()
      .toBuffer();
    const { frame, width, height } = await decodePicture(bytes);
    expect([width, height]).toEqual([6000, 3000]);
    expect([frame.width, frame.height]).toEqual([WORKING_SIDE, WORKING_SIDE / 2]);
  });
});

describe('files that are refused by name', () => {
  it('nothing at all, text, noise: not a picture', async () => {
    expect(await codeOf(new Uint8Array(0))).toBe('not-a-picture');
    expect(await codeOf(Buffer.from('Dear sir or madam'))).toBe('not-a-picture');
    expect(await codeOf(Buffer.alloc(5000, 0x55))).toBe('not-a-picture');
    expect(await codeOf(Buffer.from('{"a":1}'))).toBe('not-a-picture');
  });

  it.each(['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'] as const)('a %s cut short, anywhere', async (format) => {
    // Noise does not compress: the cut is certain to fall into pixels.
    const noise = Buffer.from(Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * 7919 + ((i * i) >> 3)) & 255));
    const whole = await sharp(noise, { raw: { width: 96, height: 96, channels: 3 } })
      .toFormat(format, format === 'tiff' ? { compression: 'none' } : {})
      .toBuffer();
    expect(await codeOf(whole)).toBe('decoded');
    for (const share of [0.02, 0.3, 0.6, 0.9]) {
      expect(await codeOf(whole.subarray(0, Math.max(16, Math.floor(whole.length * share)))), `at ${share}`).toBe(
        'picture-truncated',
      );
    }
  });

  it('the right first bytes with rubbish behind them', async () => {
    const rubbish = Buffer.alloc(4000, 0xa7);
    expect(await codeOf(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), rubbish]))).toBe('picture-truncated');
    expect(await codeOf(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), rubbish]))).toBe(
      'picture-truncated',
    );
  });

  it.each(['1.heic', '6.heic', 'second.heic', '1.jxl', '6.jxl', '6.avif'])('%s cut short, anywhere', async (file) => {
    const whole = drawn(file);
    for (const share of [0.5, 0.75, 0.9, 0.97])
      expect(await codeOf(whole.subarray(0, Math.floor(whole.length * share))), `at ${share}`).toBe(
        'picture-truncated',
      );
    // The next is read as ever.
    expect(await codeOf(whole)).toBe('decoded');
  });

  it.each(bitmaps)('a BMP of %s cut short', async (_name, whole) => {
    for (const share of [0.2, 0.6, 0.95])
      expect(await codeOf(whole.subarray(0, Math.floor(whole.length * share))), `at ${share}`).toBe(
        'picture-truncated',
      );
  });

  it.each(['heic', 'jxl', 'avif', 'bmp'])('changed bytes in a %s: decoded or refused, nothing else', async (kind) => {
    const whole = kind === 'bmp' ? bitmap(8, { runs: true }) : drawn(`6.${kind}`);
    for (let at = 12; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0xff;
      expect(await codeOf(changed), `byte ${at}`).toMatch(
        /^(decoded|not-a-picture|picture-[a-z]+|picture-too-[a-z]+)$/,
      );
    }
  });

  it('a HEIC, a JPEG XL and a BMP that say they are 20000 x 20000: too large, before they are decoded', async () => {
    const heic = Buffer.from(drawn('1.heic'));
    const ispe = heic.indexOf('ispe') + 8;
    const clap = heic.indexOf('clap') + 4;
    for (const at of [ispe, ispe + 4, clap, clap + 8]) heic.writeUInt32BE(20_000, at);
    // The size header of a codestream: 18 bits of height, less one, and a ratio of 1 to 1; then all as usual.
    let bits = '';
    for (const [value, length] of [
      [0, 1],
      [2, 2],
      [19_999, 18],
      [1, 3],
      [1, 1],
    ] as const)
      bits += [...value.toString(2).padStart(length, '0')].reverse().join('');
    const codestream = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
      Number.parseInt([...bits.slice(8 * i, 8 * i + 8).padEnd(8, '0')].reverse().join(''), 2),
    );
    const jxl = Buffer.concat([Buffer.from([0xff, 0x0a, ...codestream]), Buffer.alloc(64)]);
    const bmp = bitmap(24);
    for (const at of [18, 22]) bmp.writeInt32LE(20_000, at);
    for (const bytes of [heic, jxl, bmp])
      await expect(decodePicture(bytes)).rejects.toMatchObject({
        code: 'picture-too-large',
        params: { width: 20_000, height: 20_000 },
      });
  });

  it('1 x 1 and other specks: too small', async () => {
    for (const [width, height] of [
      [1, 1],
      [15, 400],
    ] as const)
      expect(await codeOf(await png(sharp({ create: { width, height, channels: 3, background: 'red' } })))).toBe(
        'picture-too-small',
      );
  });

  it('20000 x 20000: too large, known from the header without decoding it', async () => {
    const bytes = await sharp({
      create: { width: 20_000, height: 20_000, channels: 3, background: 'white' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    expect(20_000 ** 2).toBeGreaterThan(MAX_PIXELS);
    await expect(decodePicture(bytes)).rejects.toMatchObject({
      code: 'picture-too-large',
      params: { width: 20_000, height: 20_000 },
    });
  }, 120_000);

  it.each([
    ['svg', `<!-- by hand --> <svg xmlns="http://www.w3.org/2000/svg"/>`],
    ['svg', Buffer.from('\ufeff<?xml version="1.0" encoding="utf-16"?><svg/>', 'utf16le').toString('latin1')],
    ['pdf', '\r\n%PDF-1.4\n...'],
    ['postscript', '%!PS-Adobe-3.0 EPSF-3.0'],
    ['gimp', 'gimp xcf v011\0'],
    ['jpeg-xr', 'II\xbc\x01\x08\0\0\0'],
    ['netpbm', 'P6\n672 444\n255\n'],
    ['video', '\0\0\x01\xba\x21\0'],
    ['video', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
    ['video', '\0\0\0\x08wide\0\0\x13\x88mdat'],
    ['raw', 'II\x1a\0\0\0HEAPCCDR'],
    ['raw', '\0MRM\0\0'],
    ['icon', 'icns\0\0\0\x10'],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="9" height="9"/></svg>'],
    ['pdf', '%PDF-1.7\n...'],
    ['jpeg-2000', '\0\0\0\x0cjP  \r\n\x87\n'],
    ['photoshop', '8BPS\0\x01'],
    ['video', '\0\0\0\x18ftypqt  \0\0\0\0qt  '],
    ['raw', '\0\0\0\x18ftypcrx \0\0\0\x01crx '],
    ['icon', '\0\0\x01\0\x01\0\x10\x10'],
  ])('%s: named, with what to do', async (kind, text) => {
    await expect(decodePicture(Buffer.from(text, 'latin1'))).rejects.toMatchObject({
      code: 'picture-unsupported',
      params: { kind },
      message: expect.stringMatching(
        /^It is an? .*, which Lintel cannot read: save what it shows as JPEG or PNG\.$/,
      ) as string,
    });
  });

  /** A TIFF of a first directory and nothing else; numbers are LONG. */
  function tiffOf(little: boolean, entries: readonly (readonly [tag: number, value: number, short?: true])[]): Buffer {
    const bytes = Buffer.alloc(10 + 12 * entries.length + 4);
    bytes.write(little ? 'II*\0' : 'MM\0*', 'latin1');
    const put = (value: number, at: number, size: 2 | 4): unknown =>
      little ? bytes.writeUIntLE(value, at, size) : bytes.writeUIntBE(value, at, size);
    put(8, 4, 4);
    put(entries.length, 8, 2);
    for (const [i, [tag, value, short]] of entries.entries()) {
      const at = 10 + 12 * i;
      put(tag, at, 2);
      put(short ? 3 : 4, at + 2, 2);
      put(1, at + 4, 4);
      put(value, at + 8, short ? 2 : 4);
    }
    return bytes;
  }
  const [SUBFILE, COMPRESSION, PHOTOMETRIC, MAKE, SUB_IFDS, DNG_VERSION] = [0xfe, 0x103, 0x106, 0x10f, 0x14a, 0xc612];

  it.each([
    ['DNG', [[DNG_VERSION, 0x0104_0000]]],
    [
      'NEF, ARW: a preview of a camera, with more beside it',
      [
        [SUBFILE, 1],
        [COMPRESSION, 6, true],
        [MAKE, 8],
        [SUB_IFDS, 8],
      ],
    ],
    [
      'PEF: packed as its maker does',
      [
        [SUBFILE, 0],
        [COMPRESSION, 65535, true],
        [MAKE, 8],
      ],
    ],
    [
      'unpacked, as the sensor saw it',
      [
        [COMPRESSION, 1, true],
        [PHOTOMETRIC, 32803, true],
      ],
    ],
    ['CR2', null],
  ] as const)("a camera's raw picture that is a TIFF inside, %s: named, with what to do", async (_name, entries) => {
    for (const little of entries === null ? [true] : [true, false]) {
      const bytes =
        entries === null ? Buffer.from('II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0', 'latin1') : tiffOf(little, entries);
      const error = await decodePicture(bytes).catch((thrown: unknown) => thrown);
      expect((error as LintelError).toReport()).toMatchObject({
        code: 'picture-unsupported',
        params: { kind: 'raw' },
        message: "It is a camera's raw picture, which Lintel cannot read: save what it shows as JPEG or PNG.",
      });
      expect(errorText((error as LintelError).toReport(), 'vi').happened).toMatch(/ảnh thô \(RAW\) của máy ảnh/);
    }
  });

  it('a TIFF, JPEG or BMP that nobody here can read is not called damaged', async () => {
    const packed = await (await rendered()).tiff({ compression: 'none' }).toBuffer();
    const compression = packed.indexOf(Buffer.from([0x03, 0x01, 0x03, 0x00]));
    packed.writeUInt16LE(50_000, compression + 8); // ZSTD
    /** @param format TIFF's own: 1 whole numbers, 3 floats */
    const grey = (bits: number, format: 1 | 3): Buffer => {
      const tags = [[0x100, 16], [0x101, 16], [0x102, bits, true], [COMPRESSION, 1, true], [PHOTOMETRIC, 1, true], [0x111, 134], [0x115, 1, true], [0x116, 16], [0x117, 32 * bits], [0x153, format, true]] as const; // prettier-ignore
      return Buffer.concat([tiffOf(true, tags), Buffer.alloc(32 * bits, 1)]);
    };
    for (const [kind, bytes] of [
      ['TIFF', packed],
      ['TIFF', grey(32, 3)],
      ['TIFF', grey(64, 3)],
      ['TIFF', grey(32, 1)],
      ['JPEG', drawn('12-bit.jpg')],
      ['JPEG', Buffer.from('\xff\xd8\xff\xf7\0\x0b\x08\0\x20\0\x20\x01\x01\x11\0', 'latin1')],
      ['BMP', bitmap(2)],
    ] as const) {
      const error = await decodePicture(bytes).catch((thrown: unknown) => thrown);
      expect((error as LintelError).toReport()).toMatchObject({
        code: 'picture-unsupported',
        message: `This ${kind} picture is of an unusual kind, which Lintel cannot read: save it as JPEG or PNG.`,
      });
    }
    expect(await codeOf(grey(16, 1))).toBe('decoded');
  });

  it('a file without a byte in it is said to be empty', async () => {
    await expect(decodePicture(new Uint8Array())).rejects.toMatchObject({
      code: 'not-a-picture',
      message: 'There is nothing in this file.',
    });
  });

  it('TIFFs of scanners and editors are none, nor is one that is cut', async () => {
    const exif = { IFD0: { Make: 'NIKON CORPORATION', Model: 'NIKON D70' } };
    const made = sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } }).withExif(exif);
    for (const options of [{}, { compression: 'jpeg' }, { tile: true, pyramid: true }] as const) {
      const bytes = await made.clone().tiff(options).toBuffer();
      expect(pictureKind(bytes)).toBe('TIFF');
      expect((await decodePicture(bytes)).width).toBe(64);
    }
    expect(pictureKind(tiffOf(true, [[SUBFILE, 1], [SUB_IFDS, 8]]))).toBe('TIFF'); // prettier-ignore
    const cut = tiffOf(true, [[COMPRESSION, 1, true], [DNG_VERSION, 1]]); // prettier-ignore
    for (let length = 4; length <= 10 + 12 + 11; length++) expect(pictureKind(cut.subarray(0, length))).toBe('TIFF');
  });

  it('drawings, documents and formats without a decoder: unsupported', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="9" height="9"/></svg>';
    expect(await codeOf(Buffer.from(svg))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from(`<?xml version="1.0"?>\n<!-- drawn -->\n${svg}`))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from('%PDF-1.7\n...'))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'))).toBe('picture-truncated');
  });

  it('looks at bytes, never at names', () => {
    expect(pictureKind(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]))).toBe('JPEG');
    expect(pictureKind(Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'))).toBe(null);
    for (const text of ['The wide door', 'P1 of the notes', '<!-- a page --><html></html>', 'IIRC it is'])
      expect(pictureKind(Buffer.from(text))).toBe(null);
    expect(pictureKind(Buffer.from('BMW is not a bitmap, whatever it begins with', 'latin1'))).toBe(null);
    expect(pictureKind(Uint8Array.of(0xff))).toBe(null);
    // What telephones write first differs; what it is compatible with tells.
    expect(pictureKind(Buffer.from('\0\0\0\x1cftypmif1\0\0\0\0mif1heicmiaf', 'latin1'))).toBe('HEIC');
    expect(pictureKind(Buffer.from('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'latin1'))).toBe('AVIF');
  });
});
