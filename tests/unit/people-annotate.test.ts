import sharp from 'sharp';
import { expect, it } from 'vitest';
import { annotate, escapeXml, overlay } from '../../src/main/people/photos.ts';

const plain = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#204060' } })
    .png()
    .toBuffer();

it('a name can not become markup, whatever it holds', () => {
  expect(escapeXml('<b> & "x" \'y\'\u0000\ud800')).toBe('&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;');
  const svg = overlay(100, 100, [
    { box: { x: 1, y: 1, width: 20, height: 20 }, name: '</text><script>alert(1)</script>' },
  ]);
  expect(svg).not.toContain('<script');
  expect(svg.match(/<text/g)).toHaveLength(1);
});

it('labels stay inside the picture, also at its edges and for long names', () => {
  const corners = [
    { x: -10, y: -10, width: 60, height: 60 },
    { x: 250, y: 150, width: 60, height: 60 },
    { x: 100, y: 80, width: 300, height: 300 },
  ];
  const svg = overlay(
    300,
    200,
    corners.map((box) => ({ box, name: 'Nguyễn Thị Minh Khai '.repeat(5).trim() })),
  );
  const labels = [
    ...svg.matchAll(/<rect x="([-\d.]+)" y="([-\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="[\d.]+" fill="#/g),
  ];
  expect(labels).toHaveLength(3);
  for (const [, x, y, width, height] of labels) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(x) + Number(width)).toBeLessThanOrEqual(300.1);
    expect(Number(y) + Number(height)).toBeLessThanOrEqual(200.1);
  }
});

it('draws the box where the face is, also in a picture that is turned or shrunk, and keeps no metadata', async () => {
  // EXIF says: a quarter turn; what vision saw was 400 wide and 600 high.
  const turned = await sharp(await plain(600, 400))
    .withExif({ IFD0: { Copyright: 'somebody' } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const out = await annotate(turned, { width: 400, turned: 0 }, [
    { box: { x: 100, y: 200, width: 120, height: 150 }, name: 'Ada' },
  ]);
  const { width, height, exif, orientation } = await sharp(out).metadata();
  expect([width, height]).toEqual([400, 600]);
  expect([exif, orientation]).toEqual([undefined, undefined]);
  const { data, info } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  const far = (a: number[]): number => Math.hypot(a[0]! - 0x20, a[1]! - 0x40, a[2]! - 0x60);
  expect(far(at(100, 275))).toBeGreaterThan(40); // left edge
  expect(far(at(160, 200))).toBeGreaterThan(40); // upper edge
  expect(far(at(160, 275))).toBeLessThan(12); // inside
  expect(far(at(20, 20))).toBeLessThan(12); // elsewhere

  const large = await annotate(await plain(5000, 2500), { width: 5000, turned: 0 }, [
    { box: { x: 2500, y: 1000, width: 500, height: 500 }, name: null },
  ]);
  expect(await sharp(large).metadata()).toMatchObject({ width: 4096, height: 2048, format: 'jpeg' });
});
