/** The rules behind the desk's screens: pages of people, folders and batches, tags on a picture, odds. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PersonSummary, Sample } from '../../src/shared/domain.ts';
import { MAX_BYTES, nextBatch, nextSize, portionsOf } from '../../src/renderer/operator/import/batches.ts';
import { chosenFiles, fromInside, picturesAmong, tableOf } from '../../src/renderer/operator/import/dropped-files.ts';
import { joinTables } from '../../src/renderer/operator/import/export-run.ts';
import { reportFile } from '../../src/renderer/operator/import/report-file.ts';
import { PAGE, PeoplePages } from '../../src/renderer/operator/people/people-pages.ts';
import { rowAfter } from '../../src/renderer/operator/people/PeopleList.tsx';
import { standingOf } from '../../src/renderer/operator/people/standing.ts';
import { fitOf, goodness } from '../../src/renderer/operator/person/sample-words.ts';
import { cropBox } from '../../src/renderer/operator/photos/crop.ts';
import { namesOf, readingOrder, tagsOf, withTag, type PhotoFace } from '../../src/renderer/operator/photos/tags.ts';
import { oddsOf, onScale, twoDigits } from '../../src/renderer/operator/verify/odds.ts';
import { beginningOf, NEW_PERSON, nextPose } from '../../src/renderer/operator/enroll/draft.ts';

describe('the people list in pages', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const TOTAL = 10_000;
  const open = (total = TOTAL) => {
    const asked: { query: string; offset: number }[] = [];
    let answer: (query: string) => number = () => total;
    const pages = new PeoplePages(async (query, offset, limit) => {
      asked.push({ query, offset });
      const count = answer(query);
      const people = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) => ({
        id: `${query}${offset + i}`,
      })) as PersonSummary[];
      return { total: count, people };
    });
    return { pages, asked, answers: (f: typeof answer) => (answer = f) };
  };
  const settle = () => vi.advanceTimersByTimeAsync(1000);

  it('asks for what is in view, and a page beyond, and nothing else', async () => {
    const { pages, asked } = open();
    pages.refresh();
    await settle();
    expect(pages.snapshot().total).toBe(TOTAL);
    expect(pages.snapshot().at(3)?.id).toBe('3');
    expect(asked.map((a) => a.offset).sort((a, b) => a - b)).toEqual([0, PAGE]);
    pages.want(5000, 5009);
    await settle();
    expect(asked).toHaveLength(5);
    expect(pages.snapshot().at(5004)?.id).toBe('5004');
    expect(pages.snapshot().at(2000)).toBeUndefined();
  });

  it('does not ask for what flew past', async () => {
    const { pages, asked } = open();
    pages.refresh();
    await settle();
    for (let row = 0; row < TOTAL; row += 100) {
      pages.want(row, row + 9);
      await vi.advanceTimersByTimeAsync(10);
    }
    await settle();
    expect(asked.length).toBeLessThan(8);
    expect(pages.snapshot().at(9905)?.id).toBe('9905');
  });

  it('forgets what is far away: ten thousand people are never in memory at once', async () => {
    const { pages } = open();
    pages.refresh();
    for (let row = 0; row < TOTAL; row += PAGE) {
      pages.want(row, row + 9);
      await settle();
    }
    const kept = Array.from({ length: TOTAL }, (_, i) => pages.snapshot().at(i)).filter((p) => p !== undefined);
    expect(kept.length).toBeLessThanOrEqual(PAGE * 42);
    expect(pages.snapshot().at(TOTAL - 1)?.id).toBe('9999');
  });

  it('keeps the list before on the screen until the new search has answered, and drops late answers', async () => {
    const { pages, asked, answers } = open();
    pages.refresh();
    await settle();
    answers((query) => (query === 'ada' ? 7 : TOTAL));
    pages.search('a');
    pages.search('ad');
    pages.search('ada');
    expect(pages.snapshot().total).toBe(TOTAL);
    await settle();
    expect(pages.snapshot()).toMatchObject({ query: 'ada', total: 7 });
    expect(pages.snapshot().at(6)?.id).toBe('ada6');
    expect(pages.snapshot().at(60)).toBeUndefined();
    expect(asked.filter((a) => a.query !== '').map((a) => a.query)).toEqual(['ada']);
  });

  it('shows stale people until the fresh ones are there', async () => {
    const { pages, asked, answers } = open(3);
    pages.refresh();
    await settle();
    answers(() => 2);
    pages.refresh();
    expect(pages.snapshot().at(2)?.id).toBe('2');
    await settle();
    expect(pages.snapshot().total).toBe(2);
    expect(pages.snapshot().at(2)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('tells an error, and goes on when asked again', async () => {
    let broken = true;
    const pages = new PeoplePages(() =>
      broken ? Promise.reject(new Error('away')) : Promise.resolve({ total: 0, people: [] }),
    );
    pages.refresh();
    await settle();
    expect(pages.snapshot().error).toBeInstanceOf(Error);
    broken = false;
    pages.refresh();
    await settle();
    expect(pages.snapshot()).toMatchObject({ error: null, total: 0 });
  });

  it('walks by keys within its ends', () => {
    expect(rowAfter('ArrowDown', 9, 10, 4)).toBe(9);
    expect(rowAfter('PageUp', 2, 10, 4)).toBe(0);
    expect(rowAfter('End', 0, 10, 4)).toBe(9);
    expect(rowAfter('a', 3, 10, 4)).toBeNull();
  });
});

describe('a folder', () => {
  const file = (path: string): [string, File] => [path, new File(['x'], path.split('/').at(-1) ?? '')];
  const inside = (...paths: string[]): string[] => [...fromInside(new Map(paths.map(file))).keys()];

  it('is read from its inside', () => {
    expect(inside('Staff/Ada/1.jpg', 'Staff/Grace/1.jpg')).toEqual(['Ada/1.jpg', 'Grace/1.jpg']);
    expect(inside('Export/data.csv', 'Export/a.jpg')).toEqual(['data.csv', 'a.jpg']);
  });

  it("keeps its name when it is one person's own, and when several were dropped", () => {
    expect(inside('Ada/1.jpg', 'Ada/2.jpg')).toEqual(['Ada/1.jpg', 'Ada/2.jpg']);
    expect(inside('Ada/1.jpg', 'Grace/2.jpg')).toEqual(['Ada/1.jpg', 'Grace/2.jpg']);
  });

  it('comes without what systems put into it, in the order people count in', () => {
    const chosen = ['S/Ada/10.jpg', 'S/Ada/9.jpg', 'S/.DS_Store', 'S/Ada/Thumbs.db', 'S/__MACOSX/Ada/._9.jpg'].map(
      (path) => Object.defineProperty(file(path)[1], 'webkitRelativePath', { value: path }),
    );
    expect([...chosenFiles(chosen).keys()]).toEqual(['Ada/9.jpg', 'Ada/10.jpg']);
  });

  it('finds its table, the outermost one', () => {
    const files = new Map(['a/b/data.csv', 'a/Data.CSV', 'a/1.jpg'].map(file));
    expect(tableOf(files)?.[0]).toBe('a/Data.CSV');
    expect(tableOf(new Map([file('a/1.jpg')]))).toBeNull();
  });

  it('does not count the record of an exported person as a picture', () => {
    expect(picturesAmong(['Ada/1.jpg', 'Ada/lintel.json'])).toBe(1);
  });
});

describe('the calls of an import', () => {
  const person = (name: string, files: number) => ({
    name,
    externalId: null,
    group: null,
    files: Array.from({ length: files }, (_, i) => `${name}/${i}.jpg`),
  });

  it('hold so many people and bytes, and everybody exactly once', () => {
    const people = Array.from({ length: 60 }, (_, i) => person(`p${i}`, 5));
    const size = (): number => 1_000_000;
    const portions = portionsOf(people, size);
    const sent: string[] = [];
    for (let at = 0; at < portions.length;) {
      const batch = nextBatch(portions, at, 25, size);
      const files = batch.flatMap((b) => b.files);
      expect(files.length * 1_000_000).toBeLessThanOrEqual(MAX_BYTES);
      sent.push(...files);
      at += batch.length;
    }
    expect(sent).toEqual(people.flatMap((p) => p.files));
  });

  it('spread somebody with very many pictures, one portion a call, and leave out a file no call can hold', () => {
    const ada = person('ada', 450);
    const size = (file: string): number => (file === 'ada/7.jpg' ? MAX_BYTES + 1 : 10);
    const portions = portionsOf([ada], size);
    expect(portions.map((p) => p.files.length)).toEqual([200, 200, 49]);
    expect(portions.map((p) => p.last)).toEqual([false, false, true]);
    expect(portions.flatMap((p) => p.files)).not.toContain('ada/7.jpg');
    expect(nextBatch(portions, 0, 25, size)).toHaveLength(1);
  });

  it('send somebody even when none of their files can be read or sent', () => {
    expect(portionsOf([person('nobody', 0)], () => 1)).toMatchObject([{ files: [], last: true }]);
  });

  it('grow until a call takes about four seconds, and shrink again', () => {
    expect(nextSize(0, 0)).toBe(4);
    expect(nextSize(4, 100)).toBe(8);
    expect(nextSize(25, 1000)).toBe(25);
    expect(nextSize(20, 16_000)).toBe(5);
    expect(nextSize(1, 60_000)).toBe(1);
  });
});

describe('what comes out', () => {
  it('is one table from many', () => {
    expect(joinTables(['id,name\r\n1,Ada\r\n', 'id,name\r\n2,Grace'])).toBe('id,name\r\n1,Ada\r\n2,Grace\n');
    expect(joinTables([])).toBe('');
  });

  it('is a list no spreadsheet runs', () => {
    const text = reportFile([{ file: '=cmd()/a "b".jpg', code: null, reason: 'no' }], (one) => one.reason);
    expect(text).toBe('\ufefffile,reason\r\n"\'=cmd()/a ""b"".jpg","no"\r\n');
  });
});

describe('tags on a picture', () => {
  const face = (x: number, y: number, kind: PhotoFace['kind'], ...candidates: [string, number][]): PhotoFace =>
    ({
      box: { x, y, width: 100, height: 100 },
      kind,
      candidates: candidates.map(([id, similarity]) => ({ id, name: id, similarity, picture: null })),
    }) as unknown as PhotoFace;

  it('name nobody twice: the likelier face keeps the name', () => {
    const tags = tagsOf([face(0, 0, 'match', ['ada', 0.5]), face(200, 0, 'match', ['ada', 0.8])]);
    expect(tags.map((t) => t.name)).toEqual([null, 'ada']);
  });

  it('leave unknown and ambiguous faces unnamed', () => {
    expect(
      tagsOf([face(0, 0, 'unknown', ['ada', 0.3]), face(0, 0, 'ambiguous', ['ada', 0.6])]).map((t) => t.id),
    ).toEqual([null, null]);
  });

  it('follow a correction, and the name leaves its other face', () => {
    const tags = tagsOf([face(0, 0, 'match', ['ada', 0.8]), face(200, 0, 'unknown')]);
    const corrected = withTag(tags, 1, { id: 'ada', name: 'Ada' });
    expect(namesOf(corrected)).toEqual([
      { face: 0, name: null },
      { face: 1, name: 'Ada' },
    ]);
    expect(namesOf(withTag(corrected, 1, null))).toEqual([
      { face: 0, name: null },
      { face: 1, name: null },
    ]);
    // Two unknown faces are no conflict.
    expect(withTag(corrected, 0, null)[1]?.name).toBe('Ada');
  });

  it('are read row by row, from left to right', () => {
    const at = (x: number, y: number) => face(x, y, 'unknown');
    expect(readingOrder([at(300, 20), at(50, 300), at(0, 0), at(250, 310)])).toEqual([2, 0, 1, 3]);
    expect(readingOrder([])).toEqual([]);
  });

  it('cut a face out with room around it, within the picture', () => {
    expect(cropBox({ x: 100, y: 100, width: 50, height: 60 }, 1000, 800)).toEqual({
      x: 58,
      y: 58,
      width: 134,
      height: 144,
    });
    expect(cropBox({ x: 0, y: 0, width: 400, height: 400 }, 500, 450)).toEqual({ x: 0, y: 0, width: 500, height: 450 });
  });
});

describe('in words', () => {
  it('risk is people', () => {
    expect(oddsOf(8.1e-5)).toEqual({ kind: 'few', oneIn: 12_000 });
    expect(oddsOf(0.21)).toEqual({ kind: 'few', oneIn: 5 });
    expect(oddsOf(0.6)).toEqual({ kind: 'many', ofHundred: 60 });
    expect(oddsOf(0)).toMatchObject({ kind: 'rare' });
    expect(twoDigits(98_765)).toBe(99_000);
    expect([onScale(-1), onScale(1)]).toEqual([0, 1]);
    expect(onScale(0.4)).toBeGreaterThan(onScale(0.3));
  });

  it('a sample fits its person, or not', () => {
    const fit = (similarity: Sample['similarity'], outlier = false) => fitOf({ similarity, outlier }, 0.4);
    expect([fit(0.9), fit(0.45), fit(0.3), fit(0.9, true), fit(null)]).toEqual([
      'very',
      'quite',
      'somewhat',
      'outlier',
      'unknown',
    ]);
    expect([1, 0.6, 0.4, 0.1].map(goodness)).toEqual(['very-good', 'good', 'fair', 'poor']);
  });

  it('a person can be recognised, must be enrolled again, or took consent back', () => {
    expect(standingOf({ ready: true, samples: 3 })).toBe('ready');
    expect(standingOf({ ready: false, samples: 3 })).toBe('enroll-again');
    expect(standingOf({ ready: false, samples: 0 })).toBe('no-face-data');
  });
});

describe('an enrollment that begins with something', () => {
  const sample = { pose: 'left' } as Sample;
  it('asks only for the pose that is taken again', () => {
    expect(nextPose(beginningOf(NEW_PERSON))).toBe('straight');
    expect(nextPose(beginningOf({ ...NEW_PERSON, replace: sample }))).toBe('left');
    expect(nextPose(beginningOf({ ...NEW_PERSON, replace: { ...sample, pose: null } }))).toBe('straight');
  });

  it('leaves the camera alone when it begins with a picture', () => {
    expect(nextPose(beginningOf({ ...NEW_PERSON, pictures: [new File(['x'], 'a.jpg')] }))).toBeNull();
  });
});
