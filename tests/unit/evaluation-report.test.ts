import { describe, expect, it } from 'vitest';
import { FALLBACK_CALIBRATION } from '../../src/main/models/manifest.ts';
import { evaluateFolder, type LabelledSample } from '../../src/main/evaluation/evaluation.ts';
import { reportHtml, reportWords } from '../../src/main/evaluation/report.ts';

const samples: LabelledSample[] = [0, 8, 30, 33, 36, 70, 100].map((angle, i) => ({
  id: `<img src=x onerror=alert(${i})>`,
  person: `P${Math.floor(i / 2)}`,
  embedding: Float32Array.of(Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)),
}));
const options = { model: 'ghost<b>', madeAt: Date.UTC(2026, 2, 5, 12), timeZone: 'Asia/Ho_Chi_Minh' } as const;
const pixel = 'data:image/png;base64,iVBORw0KGgo=';

describe('the HTML report', () => {
  it('stands alone: no script, no address, and what people typed is text', async () => {
    const evaluation = await evaluateFolder(samples);
    const page = reportHtml(evaluation, { ...options, language: 'en' });
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|https?:|url\(|@import|<img src=x/i);
    expect(page).toContain('ghost&#60;b&#62;');
    expect(evaluation.mistakes.length).toBeGreaterThan(0);
    expect(page).toContain('&#60;img src=x onerror=alert(');
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
    // Every tag that is opened is closed.
    for (const tag of [
      'svg',
      'table',
      'tr',
      'td',
      'th',
      'section',
      'figure',
      'li',
      'ul',
      'main',
      'html',
      'g',
      'text',
    ]) {
      const count = (re: string) => page.match(new RegExp(re, 'g'))?.length ?? 0;
      expect([tag, count(`<${tag}[\\s>]`)]).toEqual([tag, count(`</${tag}\\s*>`)]);
    }
  });

  it('shows the pictures it is given, and only pictures', async () => {
    const evaluation = await evaluateFolder(samples);
    const { a, b } = evaluation.mistakes[0]!;
    const pictures = new Map([
      [a, pixel],
      [b, 'data:image/svg+xml;base64,PHN2Zz4='],
    ]);
    const page = reportHtml(evaluation, {
      ...options,
      language: 'en',
      pictures,
      captions: new Map([[a, 'Left & co']]),
    });
    expect(page).toContain(`src="${pixel.replaceAll('=', '=')}"`);
    expect(page).toContain('Left &#38; co');
    expect(page).not.toContain('svg+xml');
    expect(page).toContain(reportWords.en.noPicture);
  });

  it('says plainly which figures there are too few pairs for', async () => {
    const page = reportHtml(await evaluateFolder(samples), { ...options, language: 'en' });
    expect(page).toContain('it takes 300 pairs of different people to speak of one in 100, and here are 18.');
  });

  it('says in people what strangers and members meet at the kiosk, in a sentence and a table', async () => {
    const risks = [1e-2, 1e-3];
    const calibration = { table: [...FALLBACK_CALIBRATION] };
    const evaluation = await evaluateFolder(samples, { calibration, risks });
    for (const language of ['en', 'vi'] as const) {
      const page = reportHtml(evaluation, { ...options, language, risk: 1e-3 });
      expect(page).not.toMatch(/\{\w+\}|NaN|undefined|\[object/);
      const [section = ''] = page.match(new RegExp(`<h2>${reportWords[language].promise}[^]*?</section>`)) ?? [];
      expect(section.match(/<tr>/g)).toHaveLength(1 + evaluation.galleries.length);
      expect(section).toContain(language === 'en' ? '1 / 1,000' : '1 / 1.000');
      if (language === 'vi') continue;
      const [strict] = evaluation.galleries.filter(({ risk }) => risk === 1e-3);
      const about = (1000 * strict!.fpir).toLocaleString('en');
      expect(section.replaceAll(/\s+/g, ' ')).toContain(
        `With 3 people enrolled. Of 1,000 strangers who step up, about ${about} (0 to 1,000) would be greeted as somebody; promised is 1.`,
      );
    }
    // Without a calibration there is nothing to hold against.
    expect(reportHtml(await evaluateFolder(samples), { ...options, language: 'en' })).not.toContain(
      reportWords.en.promise,
    );
  });

  it('speaks Vietnamese with Vietnamese numbers, and both languages have every word filled with the same blanks', async () => {
    const page = reportHtml(await evaluateFolder(samples), { ...options, language: 'vi' });
    expect(page).toContain('<html lang="vi">');
    expect(page).toContain('5 tháng 3, 2026');
    expect(page).toContain('10.000');
    expect(page).not.toMatch(/\{\w+\}/);
    const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    const { en, vi } = reportWords;
    for (const key of Object.keys(en) as (keyof typeof en)[])
      expect([key, blanks(vi[key])]).toEqual([key, blanks(en[key])]);
  });
});
