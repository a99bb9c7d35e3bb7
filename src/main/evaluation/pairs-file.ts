/** Lists of pairs to verify: deepface's `pairs.csv` and LFW's `pairs.txt`, as text in, pairs out. */
import { LintelError, type Phrase } from '../../shared/errors.ts';
import { parseTable } from '../people/text-encoding.ts';

export interface LabelledPair {
  /** Names of the two pictures, as paths below the images folder, with `/`. */
  readonly a: string;
  readonly b: string;
  /** Whether both show the same person. */
  readonly genuine: boolean;
  /** Fold of the protocol, from 0; absent where the list has none. */
  readonly fold?: number;
}

const YES = new Set(['yes', 'y', 'true', '1', 'same', 'genuine']);
const NO = new Set(['no', 'n', 'false', '0', 'different', 'impostor']);

/** A row that cannot be used. `line` counts from 1, as editors do. */
function badLine(line: number, why: Phrase<'pairs'>): LintelError {
  return new LintelError('pairs-line', { line, why });
}

/** A picture's name from the list: relative, `/` between folders, and never out of the images folder. */
function pictureName(text: string, line: number): string {
  const name = text.trim().replaceAll('\\', '/');
  if (name === '') throw badLine(line, 'no-picture');
  if (name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..') || name.includes('\0')) {
    throw badLine(line, 'outside');
  }
  return name;
}

/**
 * A list with a header line naming `file_x`, `file_y` and `Decision` (any case, any order, further columns ignored),
 * separated by comma, semicolon or tab. Decision is Yes/No, also 1/0, true/false, same/different. A byte order mark,
 * CRLF and empty lines are tolerated; anything else is an error that names the line, so that no pair is silently lost.
 * @throws LintelError `pairs-line`, `pairs-column`
 */
export function parsePairsCsv(text: string): LabelledPair[] {
  const parsed = parseTable(text, ['file_x', 'file_y', 'decision']);
  const [header, ...rows] = parsed.data;
  const column = (name: string): number => {
    const index = (header ?? []).findIndex((title) => title.trim().toLowerCase() === name);
    if (index < 0) {
      throw new LintelError('pairs-column', { column: name });
    }
    return index;
  };
  const [x, y, decision] = [column('file_x'), column('file_y'), column('decision')];
  const quoting = parsed.errors.find((e) => e.type === 'Quotes');
  if (quoting !== undefined) throw badLine((quoting.row ?? 0) + parsed.firstLine, 'quote');
  const pairs: LabelledPair[] = [];
  rows.forEach((row, index) => {
    if (row.every((cell) => cell.trim() === '')) return;
    const line = index + parsed.firstLine + 1;
    if (row.length <= Math.max(x, y, decision)) throw badLine(line, 'columns');
    const word = row[decision]!.trim().toLowerCase();
    if (!YES.has(word) && !NO.has(word)) throw badLine(line, 'decision');
    pairs.push({ a: pictureName(row[x]!, line), b: pictureName(row[y]!, line), genuine: YES.has(word) });
  });
  return pairs;
}

/**
 * LFW's `pairs.txt` (view 2): a first line `folds<TAB>n`, then for each fold n lines `name<TAB>i<TAB>j` (the same person's
 * pictures i and j) and n lines `name1<TAB>i<TAB>name2<TAB>j`. The development lists (`pairsDevTest.txt`), whose first
 * line is only `n`, are one set without folds. Pictures are `name/name_0001.jpg`, counted from 1.
 * Source: the README of Labeled Faces in the Wild, Huang et al. 2007.
 * @throws LintelError `pairs-line` naming the line; `pairs-cut` when a fold is short, as a cut-off download is.
 */
export function parseLfwPairs(text: string, extension = '.jpg'): LabelledPair[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    // Tabs in the original, spaces in some copies; no LFW name holds either.
    .map((line) => line.trim().split(/\s+/));
  while (lines.length > 0 && lines.at(-1)!.join('') === '') lines.pop();
  const head = (lines[0] ?? []).map(Number);
  if (head.length < 1 || head.length > 2 || !head.every((n) => Number.isInteger(n) && n > 0)) {
    throw badLine(1, 'folds');
  }
  const foldless = head.length === 1;
  const folds = foldless ? 1 : head[0]!;
  const perKind = head.at(-1)!;
  const expected = folds * perKind * 2;
  if (lines.length - 1 !== expected) {
    throw new LintelError('pairs-cut', { expected, found: lines.length - 1 });
  }
  return lines.slice(1).map((cells, index) => {
    const line = index + 2;
    const fold = Math.floor(index / (perKind * 2));
    const genuine = index % (perKind * 2) < perKind;
    if (cells.length !== (genuine ? 3 : 4)) throw badLine(line, genuine ? 'three' : 'four');
    const picture = (name: string, number: string): string => {
      if (!/^\d+$/.test(number) || name.includes('/')) throw badLine(line, 'number');
      return pictureName(`${name}/${name}_${number.padStart(4, '0')}${extension}`, line);
    };
    const [name, first, second, third] = cells as [string, string, string, string?];
    return {
      a: picture(name, first),
      b: genuine ? picture(name, second) : picture(second, third!),
      genuine,
      ...(foldless ? {} : { fold }),
    };
  });
}

/** Either kind of list, told apart by its first line: numbers only is LFW's. Same errors. */
export function parsePairs(text: string): LabelledPair[] {
  const first = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
  return /^\s*\d+(\s+\d+)?\s*$/.test(first) ? parseLfwPairs(text) : parsePairsCsv(text);
}
