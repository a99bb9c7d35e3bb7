/** The HTML report: one file, no script, no network, pictures inside as data URLs. */
import type { Evaluation } from '../evaluation.ts';
import { impostorPairsNeeded, REPORTED_FMR } from '../figures.ts';
import type { Mistake } from '../mistakes.ts';
import { curveChart, histogramChart } from './charts.ts';
import { fill, html, Markup } from './html.ts';
import { style } from './style.ts';
import { en, type ReportWords } from './words-en.ts';
import { vi } from './words-vi.ts';

/** The languages the report is written in. */
export const reportWords: Readonly<Record<'en' | 'vi', ReportWords>> = { en, vi };

export interface ReportOptions {
  readonly language: 'en' | 'vi';
  /** The embedder's id. */
  readonly model: string;
  /** Unix ms; shown as a date. */
  readonly madeAt: number;
  /** IANA time zone for that date. */
  readonly timeZone: string;
  /**
   * Pictures for the mistakes by sample id: `data:image/jpeg;base64,...` (also png, webp). Anything else is not shown. Ids
   * for which there is none get "no picture".
   */
  readonly pictures?: ReadonlyMap<string, string>;
  /** What to write under a picture instead of its id, e.g. a person's name. */
  readonly captions?: ReadonlyMap<string, string>;
}

const PICTURE = /^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]+$/;

/** The whole page as text, to be written to an `.html` file in UTF-8. */
export function reportHtml(evaluation: Evaluation, options: ReportOptions): string {
  const { figures, operating, identification, skipped } = evaluation;
  const words = reportWords[options.language];
  const number = (digits: number) => {
    const format = new Intl.NumberFormat(options.language, {
      maximumFractionDigits: digits,
      minimumFractionDigits: digits,
    });
    return (value: number): string => (Number.isFinite(value) ? format.format(value) : '\u2013');
  };
  const count = number(0);
  const cosine = number(3);
  const percentFormat = new Intl.NumberFormat(options.language, {
    style: 'percent',
    minimumFractionDigits: 0,
    maximumSignificantDigits: 4,
  });
  const percent = (value: number | null): string => (value === null ? '\u2013' : percentFormat.format(value));
  const date = new Intl.DateTimeFormat(options.language, { dateStyle: 'long', timeZone: options.timeZone });

  const rates = { threshold: cosine(operating.threshold), fmr: percent(operating.fmr), fnmr: percent(operating.fnmr) };
  const row = (name: string, value: string, meaning: string, flag = ''): Markup =>
    html`<tr>
      <th scope="row">${name}</th>
      <td class="value">${value}</td>
      <td>${meaning}${flag === '' ? '' : html` <span class="flag">${flag}</span>`}</td>
    </tr>`;

  const tarRows = REPORTED_FMR.map((rate) => {
    const { fmr, tar, threshold, supported } = figures.tar[rate];
    const values = {
      one: count(1 / fmr),
      threshold: cosine(threshold),
      needed: count(impostorPairsNeeded(fmr)),
      have: count(figures.impostor),
    };
    const flag = supported ? '' : fill(words.tarUnsupported, values);
    return row(fill(words.tar, values), percent(tar), fill(words.tarMeaning, values), flag);
  });

  const who = identification;
  const identificationRows =
    who === null
      ? []
      : [
          row(words.rank1, percent(who.rank1), fill(words.rank1Meaning, { people: count(who.gallery.members) })),
          row(words.identified, percent(who.identified), words.identifiedMeaning),
          row(words.misidentified, percent(who.misidentified), words.misidentifiedMeaning),
          row(words.fpir, percent(who.fpir), fill(words.fpirMeaning, { people: count(who.gallery.strangers) })),
        ];

  const curveTexts = fill(words.curveSummary, {
    tar2: percent(figures.tar['1e-2'].tar),
    tar3: percent(figures.tar['1e-3'].tar),
    tar4: percent(figures.tar['1e-4'].tar),
  });
  const curve = (kind: 'roc' | 'det'): Markup =>
    html`<section>
      <h2>${words[kind]}</h2>
      <p class="soft">${curveTexts}</p>
      ${curveChart(evaluation.curve, {
        kind,
        texts: {
          title: words[kind],
          summary: curveTexts,
          x: words.axisFmr,
          y: kind === 'roc' ? words.axisTar : words.axisFnmr,
        },
        supportedFrom: Math.min(1, 3 / figures.impostor),
        tooFew: words.tooFew,
        operating,
        percent,
      })}
    </section>`;

  const picture = (id: string): Markup => {
    const url = options.pictures?.get(id);
    const caption = options.captions?.get(id) ?? id;
    const shown =
      url !== undefined && PICTURE.test(url)
        ? html`<img src="${url}" alt="${caption}" />`
        : html`<div class="none">${words.noPicture}</div>`;
    return html`<figure>
      ${shown}
      <figcaption>${caption}</figcaption>
    </figure>`;
  };
  const mistake = ({ kind, a, b, score }: Mistake): Markup =>
    html`<li>
      <strong>${kind === 'false-match' ? words.falseMatch : words.falseNonMatch}</strong>
      <div class="soft">${fill(words.similarity, { score: cosine(score) })}</div>
      <div class="faces">${[picture(a), picture(b)]}</div>
    </li>`;

  const protocol = {
    pairs: words.protocolPairs,
    folder: words.protocolFolder,
    'leave-one-out': words.protocolEnrolled,
  }[evaluation.protocol];
  const accuracyMeaning =
    figures.folds === null
      ? fill(words.accuracyBest, { threshold: cosine(figures.threshold) })
      : fill(words.accuracyFolds, { deviation: percent(figures.folds.deviation) });
  const histogramSummary = fill(words.histogramSummary, rates);

  const page = html`<!doctype html>
    <html lang="${options.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${words.title}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>${words.title}</h1>
            <p>
              ${protocol} ${fill(words.counts, { genuine: count(figures.genuine), impostor: count(figures.impostor) })}
            </p>
            ${skipped.length === 0 ? [] : html`<p>${fill(words.skipped, { skipped: count(skipped.length) })}</p>`}
            <p class="soft">${fill(words.made, { date: date.format(options.madeAt), model: options.model })}</p>
            <p class="soft">${words.private}</p>
          </header>
          <section>
            <h2>${words.figures}</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="${words.figures}">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${words.figure}</th>
                    <th scope="col">${words.value}</th>
                    <th scope="col">${words.meaning}</th>
                  </tr>
                </thead>
                <tbody>
                  ${row(words.accuracy, percent(figures.accuracy), accuracyMeaning)}
                  ${row(words.auc, percent(figures.auc), words.aucMeaning)}
                  ${row(words.eer, percent(figures.eer), words.eerMeaning)} ${tarRows}
                  ${row(
                    fill(operating.inUse ? words.inUse : words.best, rates),
                    percent(1 - operating.fnmr),
                    fill(words.inUseMeaning, rates),
                  )}
                  ${identificationRows}
                </tbody>
              </table>
            </div>
          </section>
          <section>
            <h2>${words.histogram}</h2>
            <p class="soft">${histogramSummary}</p>
            ${histogramChart(evaluation.histogram, {
              texts: {
                title: words.histogram,
                summary: histogramSummary,
                x: words.axisSimilarity,
                y: words.axisShare,
              },
              same: words.same,
              different: words.different,
              threshold: operating.threshold,
              thresholdText: `${words.threshold} ${rates.threshold}`,
              percent,
              number: number(1),
            })}
          </section>
          ${curve('det')} ${curve('roc')}
          <section>
            <h2>${words.mistakes}</h2>
            ${
              evaluation.mistakes.length === 0
                ? html`<p>${words.noMistakes}</p>`
                : html`<ul class="mistakes" role="list">
                    ${evaluation.mistakes.map(mistake)}
                  </ul>`
            }
          </section>
        </main>
      </body>
    </html> `;
  return page.text.trimStart();
}
