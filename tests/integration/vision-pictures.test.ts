/** Files as people have them: every kind handled, or refused by its own name; never a crash, never a wrong shape. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { LintelError } from '../../src/shared/errors.ts';
import { decodePicture, MAX_PIXELS, sniff, WORKING_SIDE } from '../../src/main/vision/picture.ts';

/** 64 x 48: red left half, blue right half, a green top row of 8 pixels. */
const base = (): Sharp =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: '#c01010' } }).composite([
    { input: { create: { width: 32, height: 48, channels: 3, background: '#1010c0' } }, left: 32, top: 0 },
    { input: { create: { width: 64, height: 8, channels: 3, background: '#10c010' } }, left: 0, top: 0 },
  ]);
const png = async (image: Sharp): Promise<Buffer> => image.png().toBuffer();
/** A composited picture must be rendered before it is changed further. */
const rendered = async (): Promise<Sharp> => sharp(await png(base()));

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
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is undone', async (orientation) => {
    // What a viewer shows for this file, worked out from the meaning of the eight orientations.
    const bytes = await (await rendered()).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const { frame, width, height } = await decodePicture(bytes);
    const turned = orientation >= 5;
    expect([width, height]).toEqual(turned ? [48, 64] : [64, 48]);
    // Where the stored middle of the left (red) half lands.
    const place: Record<number, [number, number]> = {
      1: [8, 30],
      2: [55, 30],
      3: [55, 17],
      4: [8, 17],
      5: [30, 8],
      6: [17, 8],
      7: [17, 55],
      8: [30, 55],
    };
    const [x, y] = place[orientation]!;
    near(pixel(frame, x, y), RED, 14);
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

  it('drawings, documents and formats without a decoder: unsupported', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="9" height="9"/></svg>';
    expect(await codeOf(Buffer.from(svg))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from(`<?xml version="1.0"?>\n<!-- drawn -->\n${svg}`))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from('%PDF-1.7\n...'))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'))).toBe('picture-unsupported');
    expect(await codeOf(Buffer.from('BM6\0\0\0', 'latin1'))).toBe('picture-unsupported');
  });

  it('looks at bytes, never at names', () => {
    expect(sniff(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]))).toBe('raster');
    expect(sniff(Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'))).toBe('unknown');
    expect(sniff(Uint8Array.of(0xff))).toBe('unknown');
  });
});
