/** What a file is by its first bytes, never by its name: for whoever reads it, and for whoever plans to. */

/** So many bytes from a file's beginning are enough to know its kind. */
export const HEAD_BYTES = 4096;

/** Kinds that are read, in the order in which people are told of them. */
const READ_KINDS = ['JPEG', 'PNG', 'HEIC', 'WebP', 'AVIF', 'GIF', 'TIFF', 'BMP', 'JPEG XL'] as const;
/** Kinds that are known and refused; each has its words in error-texts/phrases.ts. */
const REFUSED_KINDS = [
  'svg',
  'pdf',
  'postscript',
  'photoshop',
  'gimp',
  'jpeg-2000',
  'jpeg-xr',
  'heif',
  'raw',
  'video',
  'icon',
  'exr',
  'hdr',
  'netpbm',
  'metafile',
] as const;
export const PICTURE_KINDS = [...READ_KINDS, ...REFUSED_KINDS] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];
type ReadKind = (typeof READ_KINDS)[number];
export type RefusedKind = (typeof REFUSED_KINDS)[number];

export const isRead = (kind: PictureKind): kind is ReadKind => (READ_KINDS as readonly string[]).includes(kind);

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

const HEIC_BRAND = /^(hei[cxms]|hev[cxms])$/;

/** ISO base media files (HEIC, AVIF, films): what the major brand says, else the compatible ones. ISO/IEC 23008-12, annex B. */
function brandKind(bytes: Uint8Array): PictureKind {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4) brands.push(ascii(bytes, at, at + 4));
  if (/^(jp2 |jpx |jph )$/.test(brands[0] ?? '')) return 'jpeg-2000';
  if (brands[0] === 'crx ') return 'raw';
  for (const brand of brands) {
    if (HEIC_BRAND.test(brand)) return 'HEIC';
    if (/^avi[fs]$/.test(brand)) return 'AVIF';
  }
  return brands.some((brand) => /^(mif[12]|msf1|miaf)$/.test(brand)) ? 'heif' : 'video';
}

/** Makers' own compressions: Sony, Samsung, Nikon, Kodak, Pentax. */
const RAW_COMPRESSIONS = [32767, 32769, 32770, 34713, 65000, 65535];
/** A colour filter array, and what a converter made of one. */
const RAW_PHOTOMETRICS = [32803, 34892];

/**
 * Whether a TIFF holds what a camera's sensor saw (DNG, NEF, ARW, PEF and the like), and as its first picture no more than a preview.
 * TIFF 6.0; DNG 1.7, chapter 2; TIFF/EP (ISO 12234-2).
 */
function isRaw(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const at = view.byteLength < 8 ? 0 : view.getUint32(4, little);
  const count = at === 0 || at + 2 > view.byteLength ? 0 : view.getUint16(at, little);
  const tags = new Map<number, number>();
  for (let i = 0, entry = at + 2; i < count && entry + 12 <= view.byteLength; i++, entry += 12) {
    const isShort = view.getUint16(entry + 2, little) === 3;
    tags.set(
      view.getUint16(entry, little),
      isShort ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little),
    );
  }
  const [dngVersion, make, subIfds] = [tags.has(0xc612), tags.has(0x010f), tags.has(0x014a)];
  const isPreview = ((tags.get(0x00fe) ?? 0) & 1) === 1;
  return (
    dngVersion ||
    (isPreview && make && subIfds) ||
    RAW_COMPRESSIONS.includes(tags.get(0x0103) ?? 0) ||
    RAW_PHOTOMETRICS.includes(tags.get(0x0106) ?? 0)
  );
}

/** Films and cameras' raw pictures by their first bytes: MPEG, ASF (WMV), Matroska, Flash; Canon, Minolta, Olympus, Panasonic, Fuji, Sigma. */
const VIDEO = /^(\0\0\x01[\xb3\xba]|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\x1a\x45\xdf\xa3|FLV\x01|RIFF....AVI )/s;
/** QuickTime from before it said what it is: the first atom. */
const QUICKTIME = /^[\0-\x08]...(moov|mdat|wide|pnot)/s;
const RAW = /^(II\*\0.{4}CR|II\x1a\0\0\0HEAP|\0MRM|IIRO|IIRS|MMOR|IIU\0|FUJIFILMCCD-RAW|FOVb)/s;

/** @param bytes a file, or its first `HEAD_BYTES`. @returns null for what is no picture, as far as anybody here knows */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const head = ascii(bytes, 0, 16);
  if (head.startsWith('\xff\xd8\xff')) return 'JPEG';
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (/^GIF8[79]a/.test(head)) return 'GIF';
  if (RAW.test(head)) return 'raw';
  if (/^(II\*\0|MM\0\*)/.test(head)) return isRaw(bytes) ? 'raw' : 'TIFF';
  if (/^(II\+\0|MM\0\+)/.test(head)) return 'TIFF';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'WebP';
  if (head.slice(4, 8) === 'ftyp') return brandKind(bytes);
  if (VIDEO.test(head) || QUICKTIME.test(head)) return 'video';
  if (head.startsWith('\xff\x0a') || head.startsWith('\0\0\0\x0cJXL \r\n\x87\n')) return 'JPEG XL';
  if (head.startsWith('\0\0\0\x0cjP  ') || head.startsWith('\xff\x4f\xff\x51')) return 'jpeg-2000';
  // Two letters are little: its header has one of a few sizes.
  if (head.startsWith('BM') && /^[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0/.test(ascii(bytes, 14, 18))) return 'BMP';
  if (head.startsWith('8BPS')) return 'photoshop';
  if (/^\s*%PDF/.test(head)) return 'pdf';
  if (/^(%!PS|\xc5\xd0\xd3\xc6)/.test(head)) return 'postscript';
  if (head.startsWith('gimp xcf')) return 'gimp';
  if (head.startsWith('II\xbc')) return 'jpeg-xr';
  if (/^P([1-6]\s+(#|\d+\s)|7\nWIDTH)/.test(head)) return 'netpbm';
  if (/^(\0\0[\x01\x02]\0[^\0]\0|icns)/.test(head)) return 'icon';
  if (head.startsWith('v/1\x01')) return 'exr';
  if (/^#\?(RADIANCE|RGBE)/.test(head)) return 'hdr';
  if (head.startsWith('\xd7\xcd\xc6\x9a') || (head.startsWith('\x01\0\0\0') && ascii(bytes, 40, 44) === ' EMF'))
    return 'metafile';
  // Text of two bytes a letter is read as well: what stands between them is nothing.
  const text = ascii(bytes, 0, HEAD_BYTES)
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '');
  return /^\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(text) && /<svg/i.test(text) ? 'svg' : null;
}
