import { describe, expect, it } from 'vitest';
import { parseLfwPairs, parsePairs, parsePairsCsv } from '../../src/main/evaluation/pairs-file.ts';

describe('pairs.csv', () => {
  it('reads a header in any case and order, BOM, CRLF, empty lines, semicolons, and every way to say yes', () => {
    expect(
      parsePairsCsv('\uFEFFDECISION;File_X;file_y;note\r\nYes;a.jpg;sub\\b.jpg;x\r\n\r\n0;c.jpg;d.jpg;\r\n'),
    ).toEqual([
      { a: 'a.jpg', b: 'sub/b.jpg', genuine: true },
      { a: 'c.jpg', b: 'd.jpg', genuine: false },
    ]);
    const words = 'Yes,1,true,TRUE,y,No,0,False,n'.split(',');
    const parsed = parsePairsCsv(`file_x,file_y,Decision\n${words.map((w) => `a,b,${w}`).join('\n')}`);
    expect(parsed.map((p) => p.genuine)).toEqual([true, true, true, true, true, false, false, false, false]);
  });
  it('reads names with commas and quotation marks', () => {
    expect(parsePairsCsv('file_x,file_y,Decision\n"a, ""b"".jpg",c.jpg,Yes')[0]).toEqual({
      a: 'a, "b".jpg',
      b: 'c.jpg',
      genuine: true,
    });
  });
  it.each([
    ['a.jpg,b.jpg,maybe', /Line 3 .*neither Yes nor No/],
    ['a.jpg,b.jpg', /Line 3 .*too few columns/],
    [',b.jpg,Yes', /Line 3 .*no picture/],
    ['../a.jpg,b.jpg,Yes', /Line 3 .*outside/],
    ['/etc/a.jpg,b.jpg,Yes', /Line 3 .*outside/],
    ['C:\\a.jpg,b.jpg,Yes', /Line 3 .*outside/],
    ['"a.jpg,b.jpg,Yes', /Line 3 .*never closed/],
  ])('refuses %s and names the line', (bad, message) => {
    const text = `file_x,file_y,Decision\nx.jpg,y.jpg,Yes\n${bad}\n`;
    expect(() => parsePairsCsv(text)).toThrow(message);
    expect(() => parsePairsCsv(text)).toThrow(expect.objectContaining({ code: 'pairs-line' }));
  });
  it('refuses a list without the columns', () => {
    expect(() => parsePairsCsv('a.jpg,b.jpg,Yes\n')).toThrow(/file_x/);
    expect(() => parsePairsCsv('')).toThrow(/file_x/);
  });
});

describe("LFW's pairs.txt", () => {
  const text = ['2\t1', 'Ann_Lee\t1\t4', 'Ann_Lee\t2\tBo\t13', 'Cy\t3\t5', 'Cy\t1\tDi\t2', ''].join('\n');
  it('gives pictures and folds', () => {
    expect(parseLfwPairs(text)).toEqual([
      { a: 'Ann_Lee/Ann_Lee_0001.jpg', b: 'Ann_Lee/Ann_Lee_0004.jpg', genuine: true, fold: 0 },
      { a: 'Ann_Lee/Ann_Lee_0002.jpg', b: 'Bo/Bo_0013.jpg', genuine: false, fold: 0 },
      { a: 'Cy/Cy_0003.jpg', b: 'Cy/Cy_0005.jpg', genuine: true, fold: 1 },
      { a: 'Cy/Cy_0001.jpg', b: 'Di/Di_0002.jpg', genuine: false, fold: 1 },
    ]);
    expect(parsePairs(text)).toHaveLength(4);
  });
  it('reads a development list without folds', () => {
    expect(parsePairs('1\nCy\t3\t5\nCy\t1\tDi\t2\n').every((p) => p.fold === undefined)).toBe(true);
  });
  it('refuses one that was cut off, or is damaged, and says where', () => {
    expect(() => parseLfwPairs(text.split('\n').slice(0, 3).join('\n'))).toThrow(/announces 4 pairs .* has 2/);
    expect(() => parseLfwPairs(text.replace('Cy\t3\t5', 'Cy\t3\tDi\t5'))).toThrow(/Line 4/);
    expect(() => parseLfwPairs(text.replace('Cy\t3\t5', 'Cy\tx\t5'))).toThrow(/Line 4/);
  });
});
