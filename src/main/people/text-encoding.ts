/**
 * Text files from outside (lists of people and of pairs) as what they are, whichever program saved them. UTF-8 and UTF-16 say so
 * themselves; of older character sets Firefox's detector (chardetng) makes the guess, and whoever reads the file is told of it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Papa from 'papaparse';
import { type ErrorReport, LintelError, type Phrase } from '../../shared/errors.ts';

export interface ReadText {
  /** Without a byte order mark. */
  readonly text: string;
  /** What was assumed of a file that does not say how it is written; null: it says so. */
  readonly assumed: ErrorReport | null;
}

/**
 * @param bytes of a file; a string says how it is written
 * @param file its plain name, for the error, which repeats nothing that was sent
 * @param named what whoever sent it calls it, for what is assumed
 * @throws LintelError `text-encoding` when it is no text, or in no character set that could be told
 */
export function readText(bytes: Uint8Array | string, file: string, named = file): ReadText {
  if (typeof bytes === 'string') return { text: bytes, assumed: null };
  const marked = utf16Of(bytes);
  const utf = decoded(bytes, marked ?? 'utf-8');
  if (utf !== null && !/[\0\x1b]/.test(utf)) return { text: utf, assumed: null };
  if (marked !== null) throw new LintelError('text-encoding', { file });
  const guess = detect(bytes).toLowerCase();
  const encoding = LATIN.has(CHARSETS[guess] ?? '') && isVietnamese(bytes) ? 'windows-1258' : guess;
  const charset = CHARSETS[encoding];
  // The marks of Vietnamese stand apart from their letters in windows-1258.
  const text = decoded(bytes, encoding)?.normalize('NFC') ?? null;
  if (charset === undefined || text === null || !isText(text) || MIXED_UP.test(text))
    throw new LintelError('text-encoding', { file });
  return { text, assumed: new LintelError('text-assumed', { file: named, charset, encoding }).toReport() };
}

/** Those that the detector knows, of which the strict decoder can say whether the bytes fit. */
const CHARSETS: Readonly<Record<string, Phrase<'charset'>>> = {
  'windows-1252': 'western',
  'windows-1250': 'central',
  'iso-8859-2': 'central',
  'windows-1251': 'cyrillic',
  'iso-8859-5': 'cyrillic',
  'koi8-u': 'cyrillic',
  ibm866: 'cyrillic',
  'windows-1253': 'greek',
  'iso-8859-7': 'greek',
  'windows-1254': 'turkish',
  'windows-1255': 'hebrew',
  'iso-8859-8': 'hebrew',
  'windows-1256': 'arabic',
  'iso-8859-6': 'arabic',
  'windows-1257': 'baltic',
  'iso-8859-4': 'baltic',
  'windows-1258': 'vietnamese',
  'windows-874': 'thai',
  shift_jis: 'japanese',
  'euc-jp': 'japanese',
  'iso-2022-jp': 'japanese',
  gbk: 'chinese',
  gb18030: 'chinese',
  big5: 'chinese',
  'euc-kr': 'korean',
};

const LATIN: ReadonlySet<string> = new Set(['western', 'central', 'turkish', 'baltic'] satisfies Phrase<'charset'>[]);

/** A syllable, its marks apart. */
const SYLLABLE =
  /^[bcd\u0111ghklmnpqrstvx]{0,3}(?:[aeiouy]\u031b?\u0323?[\u0302\u0306]?[\u0300\u0301\u0303\u0309]?){1,3}(?:ch|ng|nh|[cmnpt])?$/i;

/** The detector takes a few Vietnamese names for Western ones: whether all their tones, read as such, make syllables. */
function isVietnamese(bytes: Uint8Array): boolean {
  const words = decoded(bytes, 'windows-1258')?.match(/[\p{L}\p{M}]+/gu) ?? [];
  const toned = words.filter((word) => /\p{M}|\u01b0\u01a1/iu.test(word));
  return toned.length > 0 && toned.every((word) => SYLLABLE.test(word.normalize('NFD')));
}

/** UTF-16 by its byte order mark; without one by the zeros that letters of every European language and all separators have. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (second === 0 && first !== 0 && bytes.length >= 4) return 'utf-16le';
  return first === 0 && second !== 0 && bytes.length >= 4 ? 'utf-16be' : null;
}

/** 0x80 to 0x9f of windows-1252. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Null: these bytes are not that. */
function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    // Node 20 takes windows-1252 for ISO-8859-1, which has nothing there.
    return encoding === 'windows-1252'
      ? text.replace(/[\x80-\x9f]/g, (c) => WINDOWS[c.charCodeAt(0) - 0x80] ?? c)
      : text;
  } catch {
    return null;
  }
}

/** No control characters but the ends of lines, tabs and what DOS ends a file with, and nothing without a meaning. */
const isText = (text: string): boolean => !/[\0-\x08\x0b\x0e-\x19\x1b-\x1f\x7f-\x9f\ue000-\uf8ff]/.test(text);

/**
 * What only comes of a wrong guess, for charsets that the detector does not know (of old Macs and of DOS): a capital with an
 * accent behind a small letter or between a capital and a small one, signs, quotes and dashes within words or at their ends, two
 * scripts in one.
 */
const MIXED_UP = new RegExp(
  [
    /\p{Ll}(?![A-Z])\p{Lu}|\p{Lu}(?![A-Z])\p{Lu}\p{Ll}/u,
    /\p{L}(?![\0-\x7f´])[\p{S}\p{No}“”‘«»¡¿–—]\p{Ll}|\p{L}[‚„†‡‰ˆ§•¯˜ƒ]|\p{L}‘(?!\p{L})/u,
    /(?<!\p{L})[†‡‰ƒ™€]\p{Ll}/u,
    /[a-z][\u0370-\u1dff\u1f00-\u1fff\u3000-\ud7ff\uff00-\uffef]|[\u0370-\u1dff\u1f00-\u1fff\u3000-\ud7ff\uff00-\uffef][a-z]/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'u',
);

interface Chardetng {
  readonly memory: WebAssembly.Memory;
  __wbindgen_add_to_stack_pointer(bytes: number): number;
  __wbindgen_malloc(bytes: number): number;
  __wbindgen_free(at: number, bytes: number): void;
  detect(result: number, at: number, bytes: number): void;
}
let chardetng: Chardetng | null = null;

/** The package's own loader needs a bundler; this is what it does: bytes in, the name of an encoding out. */
function detect(bytes: Uint8Array): string {
  chardetng ??= new WebAssembly.Instance(
    new WebAssembly.Module(
      readFileSync(createRequire(import.meta.url).resolve('chardetng-wasm/dist/chardetng_wasm_bg.wasm')),
    ),
    { './chardetng_wasm_bg.js': { __wbindgen_throw: () => undefined } },
  ).exports as unknown as Chardetng;
  const { memory, detect: run, __wbindgen_add_to_stack_pointer: stack, __wbindgen_malloc, __wbindgen_free } = chardetng;
  const result = stack(-16);
  const at = __wbindgen_malloc(bytes.length);
  new Uint8Array(memory.buffer).set(bytes, at);
  run(result, at, bytes.length);
  const [name = 0, length = 0] = new Uint32Array(memory.buffer, result, 2);
  const encoding = Buffer.from(memory.buffer, name, length).toString('latin1');
  stack(16);
  __wbindgen_free(name, length);
  return encoding;
}

/**
 * A table with a row of titles, separated by comma, semicolon or tab: whichever gives these titles. Excel's `sep=;` in front is
 * obeyed and left out.
 * @param columns titles it must have, in small letters
 * @returns rows of cells; `firstLine` is the line of the titles, from 1
 */
export function parseTable(
  text: string,
  columns: readonly string[],
  skipEmptyLines: boolean | 'greedy' = false,
): Papa.ParseResult<string[]> & { readonly firstLine: number } {
  const table = text.replace(/^\uFEFF/, '');
  const separator = /^"?sep=(.)"?[ \t]*\r?\n/i.exec(table);
  const rest = separator === null ? table : table.slice(separator[0].length);
  const titles = (delimiter: string): string[] =>
    (Papa.parse<string[]>(rest, { delimiter, preview: 1 }).data[0] ?? []).map((title) => title.trim().toLowerCase());
  const delimiter =
    separator?.[1] ?? [',', ';', '\t'].find((one) => columns.every((column) => titles(one).includes(column))) ?? ',';
  const parsed = Papa.parse<string[]>(rest, { delimiter, skipEmptyLines });
  return { ...parsed, firstLine: separator === null ? 1 : 2 };
}
