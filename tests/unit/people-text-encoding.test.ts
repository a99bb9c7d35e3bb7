/** Lists from outside as whatever program saved them: read as what they are, or refused; never with letters lost. */
import { expect, test } from 'vitest';
import { parsePairs } from '../../src/main/evaluation/pairs-file.ts';
import { importPlan } from '../../src/main/people/import-plan.ts';
import { readText } from '../../src/main/people/text-encoding.ts';
import type { LintelError } from '../../src/shared/errors.ts';

/** Encodes by looking each letter up in the decoder's own table: single bytes, and pairs where `pairs` is set. */
function encoded(text: string, encoding: string, pairs = false): Uint8Array {
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding);
  for (let a = 0; a < 256; a++) {
    const one = decoder.decode(Uint8Array.of(a));
    if (one.length === 1 && one !== '\ufffd') table.set(one, [a]);
    // Node 20's own table of windows-1252 lacks these.
    if (encoding === 'windows-1252')
      for (const [letter, byte] of [
        ['\u2019', 0x92],
        ['\u2013', 0x96],
      ] as const)
        table.set(letter, [byte]);
    if (pairs && a > 0x7f)
      for (let b = 0x40; b < 256; b++) {
        const two = decoder.decode(Uint8Array.of(a, b));
        if ([...two].length === 1 && two !== '\ufffd' && !table.has(two)) table.set(two, [a, b]);
      }
  }
  return Uint8Array.from([...text].flatMap((letter) => table.get(letter) ?? [...Buffer.from(letter)]));
}
const utf16 = (text: string, big: boolean): Uint8Array => {
  const bytes = Buffer.from(text, 'utf16le');
  return new Uint8Array(big ? bytes.swap16() : bytes);
};
const table = (name: string, separator = ','): string =>
  [
    ['id', 'name', 'group', 'image'],
    ['007', name, 'A', 'img/M\u00fcller \u00fc.jpg'],
  ]
    .map((row) => row.join(separator))
    .join('\r\n') + '\r\n';
/** As macOS writes it on a disk. */
const ONDISK = 'img/Mu\u0308ller u\u0308.jpg';

test.each([
  ['UTF-8', new TextEncoder().encode(table('J\u00f6rg \u0141ukasz Nguy\u1ec5n'))],
  ['UTF-8 with a byte order mark', new TextEncoder().encode(`\ufeff${table('J\u00f6rg \u0141ukasz Nguy\u1ec5n')}`)],
  ["UTF-16 LE, tabs (Excel's Unicode text)", utf16(`\ufeff${table('J\u00f6rg \u0141ukasz Nguy\u1ec5n', '\t')}`, false)],
  ['UTF-16 BE, semicolons', utf16(`\ufeff${table('J\u00f6rg \u0141ukasz Nguy\u1ec5n', ';')}`, true)],
  ['UTF-16 LE without a mark', utf16(table('J\u00f6rg \u0141ukasz Nguy\u1ec5n'), false)],
  ['UTF-16 BE without a mark', utf16(table('J\u00f6rg \u0141ukasz Nguy\u1ec5n'), true)],
  ["Excel's sep=", new TextEncoder().encode(`sep=;\r\n${table('J\u00f6rg \u0141ukasz Nguy\u1ec5n', ';')}`)],
])('%s says what it is: names and file names are whole, and nothing was assumed', (_, bytes) => {
  expect(importPlan([ONDISK], bytes)).toEqual({
    people: [{ name: 'J\u00f6rg \u0141ukasz Nguy\u1ec5n', externalId: '007', group: 'A', files: [ONDISK] }],
    problems: [],
  });
});

test.each([
  ['windows-1252', 'M\u00fcller', 'western'],
  ['windows-1252', 'Fran\u00e7ois Lef\u00e8vre', 'western'],
  ['windows-1252', 'S\u00f8ren \u00c5ngstr\u00f6m', 'western'],
  ['windows-1252', 'Sean O\u2019Brien \u2013 Jos\u00e9', 'western'],
  ['windows-1250', '\u0141ukasz \u017b\u00f3\u0142\u0107', 'central'],
  ['windows-1250', 'Ji\u0159\u00ed Dvo\u0159\u00e1k', 'central'],
  ['windows-1251', '\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432', 'cyrillic'],
  ['windows-1254', '\u015e\u00fckr\u00fc I\u015f\u0131k', 'turkish'],
])('%s, %s: read as that, and said', (encoding, name, charset) => {
  const text = table(name).replaceAll('\u00fc.jpg', 'x.jpg').replace('M\u00fcller x', 'x');
  const plan = importPlan(['img/x.jpg'], encoded(text, encoding));
  expect(plan.people).toMatchObject([{ name, files: ['img/x.jpg'] }]);
  expect(plan.assumed).toMatchObject({ code: 'text-assumed', params: { file: 'data.csv', charset } });
  expect(plan.assumed?.message).toMatch(/read as .+\(/);
});

test('windows-1252 with \u00fc in the name of a file finds the file', () => {
  expect(importPlan([ONDISK], encoded(table('Jan\u00e9 M\u00fcller'), 'windows-1252')).people).toMatchObject([
    { name: 'Jan\u00e9 M\u00fcller', files: [ONDISK] },
  ]);
});

test('windows-1258: Vietnamese, whose marks stand apart there, is put together again', () => {
  // A letter with its own mark in one, the tone behind it, as Windows writes it.
  const apart = table('Nguye\u0302\u0303n Va\u0306n An')
    .normalize('NFC')
    .replace('\u1ec5', '\u00ea\u0303')
    .replaceAll('\u00fc.jpg', 'x.jpg')
    .replace('M\u00fcller x', 'x');
  const plan = importPlan(['img/x.jpg'], encoded(apart, 'windows-1258'));
  expect(plan.people).toMatchObject([{ name: 'Nguy\u1ec5n V\u0103n An' }]);
  expect(plan.assumed).toMatchObject({ params: { charset: 'vietnamese' } });
});

/** As Windows writes Vietnamese: a letter with its own mark in one, its tone behind it. */
const asWindows1258 = (text: string): Uint8Array =>
  encoded(
    [...text.normalize('NFC')]
      .map((letter) => {
        const parts = letter.normalize('NFD');
        const tone = /[\u0300\u0301\u0303\u0309\u0323]/.exec(parts)?.[0] ?? '';
        const whole =
          /^[\u00c0-\u00ff]$/.test(letter) &&
          !/[\u00c3\u00cc\u00d2\u00d5\u00dd\u00e3\u00ec\u00f2\u00f5\u00fd]/.test(letter);
        return whole ? letter : parts.replace(tone, '').normalize('NFC') + tone;
      })
      .join(''),
    'windows-1258',
  );

test.each([
  ['Ph\u1ea1m Minh H\u1ea1nh'],
  ['Ng\u00f4 Th\u1ecb Kh\u00e1nh'],
  ['L\u00fd Th\u00f9y Long'],
  ['Phan Minh H\u1ea1nh'],
  ['L\u00ea Th\u00f9y D\u01b0\u01a1ng'],
  ['B\u00f9i Thanh Trang, Ph\u1ea1m Minh Qu\u00e2n'],
])('windows-1258, a list with few names (%s) is Vietnamese all the same', (names) => {
  const list = `id,name,image\r\n${names
    .split(', ')
    .map((name, i) => `${i},${name},img/${i}.jpg\r\n`)
    .join('')}`;
  const plan = importPlan(['img/0.jpg', 'img/1.jpg'], asWindows1258(list));
  expect(plan.people.map(({ name }) => name)).toEqual(names.split(', '));
  expect(plan.assumed).toMatchObject({ params: { charset: 'vietnamese' } });
});

test.each(['Niccol\u00f2 For\u00ec', 'Se\u00f2naid, Se\u00f2ras', 'Gon\u00e7alves, Sim\u00f5es'])(
  'windows-1252, %s: no Vietnamese',
  (names) => {
    const list = names.split(', ').map((name, i) => `${i},${name},img/${i}.jpg\r\n`);
    const plan = importPlan(['img/0.jpg', 'img/1.jpg'], encoded(`id,name,image\r\n${list.join('')}`, 'windows-1252'));
    expect(plan.people.map(({ name }) => name)).toEqual(names.split(', '));
  },
);

test.each([
  ['shift_jis', '\u5c71\u7530\u592a\u90ce'],
  ['gbk', '\u738b\u5c0f\u660e'],
  ['euc-kr', '\uae40\ucca0\uc218'],
])('%s: read right, and said', (encoding, name) => {
  const { text, assumed } = readText(
    encoded(`id,name,group,image\r\n1,${name},A,a.jpg\r\n`, encoding, true),
    'data.csv',
  );
  expect(text).toContain(name);
  expect(assumed).not.toBeNull();
});

const refused = (bytes: Uint8Array): unknown => {
  try {
    return importPlan(['img/x.jpg'], bytes);
  } catch (error) {
    return (error as LintelError).toReport();
  }
};

test.each<[string, Uint8Array]>([
  // Excel for Mac's "CSV (Macintosh)" and "CSV (MS-DOS)"; neither says what it is, and neither is Western European.
  ...[
    'Jos\u00e9',
    'Zo\u00eb',
    'Pe\u00f1a',
    'L\u00f3pez',
    'Strau\u00df',
    '\u00c9lodie',
    '\u00dcnal \u00d6z',
    'Na\u00efma',
  ].map(
    (name) =>
      [`of an old Mac, ${name}`, encoded(`id,name,image\r1,${name},img/x.jpg\r`, 'macintosh')] as [string, Uint8Array],
  ),
  [
    'of an old Mac, in Russian',
    encoded('name,image\r\u0429\u0435\u0440\u0431\u0430\u043a\u043e\u0432,img/x.jpg\r', 'x-mac-cyrillic'),
  ],
  ['of DOS', Uint8Array.from([...Buffer.from('name,image\r\nM'), 0x81, ...Buffer.from('ller,img/x.jpg\r\n')])],
  [
    'of DOS, with \u00f6',
    Uint8Array.from([...Buffer.from('name,image\r\nJ'), 0x94, ...Buffer.from('rg,img/x.jpg\r\n')]),
  ],
  ['in UTF-32', Uint8Array.from([0xff, 0xfe, 0, 0, ...[...'name,image'].flatMap((c) => [c.charCodeAt(0), 0, 0, 0])])],
  ['UTF-16 that was cut', utf16(`\ufeff${table('Anna')}`, false).slice(0, -1)],
  ['a picture', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1])],
])('text %s is refused, saying how to save it', (_, bytes) => {
  expect(refused(bytes)).toMatchObject({ code: 'text-encoding', todo: expect.stringContaining('UTF-8') });
});

test('a row whose letters were lost before it came here is refused, the others are not', () => {
  const csv = 'name,image\nM\ufffdller,a.jpg\nAnna,b.jpg\n';
  for (const given of [csv, new TextEncoder().encode(csv)])
    expect(importPlan(['a.jpg', 'b.jpg'], given)).toMatchObject({
      people: [{ name: 'Anna' }],
      problems: [{ file: 'data.csv, row 2', code: 'import-text-lost' }, { file: 'a.jpg' }],
    });
  expect(importPlan(['M\ufffdller/a.jpg'], null)).toMatchObject({
    people: [],
    problems: [{ code: 'import-name-lost' }],
  });
});

test('a list of pairs: whichever separator gives its titles, and the same encodings', () => {
  for (const separator of [',', ';', '\t']) {
    const list = [
      ['file_x', 'file_y', 'Decision'],
      ['M\u00fcller, A.jpg', 'b.jpg', 'Yes'],
    ]
      .map((row) => row.map((cell) => (separator === ',' ? `"${cell}"` : cell)).join(separator))
      .join('\r\n');
    for (const bytes of [utf16(`\ufeff${list}`, false), encoded(list, 'windows-1252')])
      expect(parsePairs(readText(bytes, 'pairs.csv').text)).toEqual([
        { a: 'M\u00fcller, A.jpg', b: 'b.jpg', genuine: true },
      ]);
  }
});
