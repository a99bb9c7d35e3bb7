/** HTML and SVG as text, safely. */
import { decimals, inPeople, type OutOf } from '../../shared/admin.ts';
import type { Evaluation, Mistake } from './evaluation.ts';
import { type Histogram, impostorPairsNeeded, type OperatingPoint, REPORTED_FMR } from './figures.ts';
import type { GalleryFigures } from './open-set.ts';
import { en, type ReportWords, vi } from './report-words.ts';

/** Text as it may stand between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Markup that is already safe. `html` makes it; plain strings put into `html` are escaped. */
class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/** A template tag: what is filled in is escaped, unless it is `Markup` itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const of = (part: Part): string =>
    part instanceof Markup
      ? part.text
      : typeof part === 'object'
        ? part.map((m) => m.text).join('\n')
        : escapeHtml(String(part));
  return new Markup(strings.reduce((text, s, i) => text + of(parts[i - 1]!) + s));
}

/** `{x}` in `words` replaced by `values.x`. */
const fill = (words: string, values: Readonly<Record<string, string>>): string =>
  words.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** The report's looks: light and dark, on screen and on paper. Text and lines keep WCAG AA contrast in both. */
const style = `
:root { color-scheme: light dark; --bg: #fff; --ink: #1b1d22; --soft: #585d68; --line: #d9dce3; --card: #f5f6f9;
  --genuine: #1668b8; --impostor: #b3491b; --mark: #6a3fb5; }
@media (prefers-color-scheme: dark) { :root { --bg: #14161b; --ink: #eceef3; --soft: #aab0bd; --line: #383d49;
  --card: #1d2027; --genuine: #6db4ff; --impostor: #ff9a66; --mark: #c3a6ff; } }
@media print { :root { --bg: #fff; --ink: #000; --soft: #444; --line: #bbb; --card: #fff; --genuine: #1668b8;
  --impostor: #b3491b; --mark: #6a3fb5; } section, tr, li { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--bg); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; print-color-adjust: exact; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .55rem .75rem .55rem 0;
  border-bottom: 1px solid var(--line); } td.value { font-variant-numeric: tabular-nums; white-space: nowrap; font-weight: 600; }
.flag { color: var(--impostor); font-weight: 600; } .chart { width: 100%; height: auto; display: block; }
.chart text { fill: var(--soft); font: 12px system-ui, sans-serif; } .chart text.axis, .chart text.note { fill: var(--ink); }
.chart .grid { stroke: var(--line); } .chart .frame { fill: none; stroke: var(--soft); }
.chart .curve { fill: none; stroke: var(--genuine); stroke-width: 2.5; stroke-linejoin: round; } .chart .here { fill: var(--mark); stroke: var(--bg); stroke-width: 2; }
.chart .unsupported { fill: var(--soft); fill-opacity: .14; } .chart .threshold { stroke: var(--mark); stroke-width: 2; stroke-dasharray: 6 4; }
.chart .genuine { fill: var(--genuine); fill-opacity: .4; stroke: var(--genuine); } .chart .impostor { fill: var(--impostor); fill-opacity: .35; stroke: var(--impostor); }
.mistakes { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
.mistakes li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem; }
.faces { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; margin-top: .6rem; } figure { margin: 0; min-width: 0; }
figure img, figure .none { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: .4rem; background: var(--line); display: grid; place-items: center; color: var(--ink); }
figcaption { font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
`;

// The report's three charts as stand-alone SVG: no script, colours from the page's CSS, a text for who cannot see them.

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 52;
const plotWidth = WIDTH - LEFT - RIGHT;
const plotHeight = HEIGHT - TOP - BOTTOM;

/** From a value to 0..1 along its axis, and the marks to write on it. */
interface Axis {
  readonly title: string;
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

interface ChartTexts {
  /** The chart's accessible name, and a sentence with what it shows. */
  readonly title: string;
  readonly summary: string;
  readonly x: string;
  readonly y: string;
}

const inside = (t: number): number => Math.min(1, Math.max(0, t));
const px = (axis: Axis, value: number): string => (LEFT + inside(axis.place(value)) * plotWidth).toFixed(1);
const py = (axis: Axis, value: number): string => (TOP + (1 - inside(axis.place(value))) * plotHeight).toFixed(1);

function logAxis(title: string, lowest: number, label: (value: number) => string): Axis {
  const decades = Math.round(-Math.log10(lowest));
  const ticks = Array.from({ length: decades + 1 }, (_, i) => 10 ** (i - decades));
  return {
    title,
    place: (value) => (value <= lowest ? 0 : 1 + Math.log10(value) / decades),
    ticks: ticks.map((at) => ({ at, label: label(at) })),
  };
}

function linearAxis(title: string, from: number, to: number, step: number, label: (value: number) => string): Axis {
  const count = Math.round((to - from) / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => from + i * step);
  return { title, place: (v) => (v - from) / (to - from), ticks: ticks.map((at) => ({ at, label: label(at) })) };
}

function frame(id: string, texts: ChartTexts, x: Axis, y: Axis, content: readonly Markup[]): Markup {
  const bottom = TOP + plotHeight;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-t ${id}-d">
    <title id="${id}-t">${texts.title}</title>
    <desc id="${id}-d">${texts.summary}</desc>
    ${x.ticks.map(
      ({ at, label }) =>
        html`<line class="grid" x1="${px(x, at)}" x2="${px(x, at)}" y1="${TOP}" y2="${bottom}" />
          <text x="${px(x, at)}" y="${bottom + 18}" text-anchor="middle">${label}</text>`,
    )}
    ${y.ticks.map(
      ({ at, label }) =>
        html`<line class="grid" x1="${LEFT}" x2="${LEFT + plotWidth}" y1="${py(y, at)}" y2="${py(y, at)}" />
          <text x="${LEFT - 8}" y="${py(y, at)}" dy="0.35em" text-anchor="end">${label}</text>`,
    )}
    ${content}
    <rect class="frame" x="${LEFT}" y="${TOP}" width="${plotWidth}" height="${plotHeight}" />
    <text class="axis" x="${LEFT + plotWidth / 2}" y="${HEIGHT - 10}" text-anchor="middle">${x.title}</text>
    <text class="axis" transform="translate(14 ${TOP + plotHeight / 2}) rotate(-90)" text-anchor="middle">
      ${y.title}
    </text>
  </svg>`;
}

interface CurveOptions {
  readonly texts: ChartTexts;
  /** FMR below this is not supported by the number of pairs (rule of three); shaded, with these words. */
  readonly supportedFrom: number;
  readonly tooFew: string;
  readonly operating: OperatingPoint;
  readonly percent: (value: number) => string;
  readonly kind: 'roc' | 'det';
}

/** ROC (accepted members, linear) or DET (refused members, log) over the accepted strangers on a log axis. */
function curveChart(points: readonly OperatingPoint[], options: CurveOptions): Markup {
  const { texts, supportedFrom, tooFew, operating, percent, kind } = options;
  const decade = (value: number): number => 10 ** Math.max(-6, Math.floor(Math.log10(value) + 1e-9));
  const positive = points.filter((p) => p.fmr > 0);
  const x = logAxis(texts.x, Math.min(1e-2, decade(positive[0]?.fmr ?? 1e-2)), percent);
  const lowestFnmr = Math.min(1, ...points.filter((p) => p.fnmr > 0).map((p) => p.fnmr));
  const y =
    kind === 'roc'
      ? linearAxis(texts.y, 0, 1, 0.2, percent)
      : logAxis(texts.y, Math.min(1e-1, decade(lowestFnmr)), percent);
  const height = (p: OperatingPoint): number => (kind === 'roc' ? 1 - p.fnmr : p.fnmr);
  // What no stranger passes has no place on a log axis: it is drawn at the left edge.
  const line = points.map((p) => `${px(x, p.fmr)},${py(y, height(p))}`).join(' ');
  const edge = Number(px(x, supportedFrom));
  const shade =
    edge - LEFT < 1
      ? []
      : [
          html`<rect
            class="unsupported"
            x="${LEFT}"
            y="${TOP}"
            width="${(edge - LEFT).toFixed(1)}"
            height="${plotHeight}"
          />`,
          html`<text class="note" x="${LEFT + 8}" y="${TOP + plotHeight - 10}">${tooFew}</text>`,
        ];
  return frame(kind, texts, x, y, [
    ...shade,
    html`<polyline class="curve" points="${line}" />`,
    html`<circle class="here" cx="${px(x, operating.fmr)}" cy="${py(y, height(operating))}" r="5" />`,
  ]);
}

interface HistogramOptions {
  readonly texts: ChartTexts;
  readonly same: string;
  readonly different: string;
  readonly threshold: number;
  /** Written beside the line: the word and the figure. */
  readonly thresholdText: string;
  readonly percent: (value: number) => string;
  readonly number: (value: number) => string;
}

/** Both score distributions, each as a share of its own pairs, and the threshold as a line. */
function histogramChart(bins: Histogram, options: HistogramOptions): Markup {
  const { texts, same, different, threshold, thresholdText, percent, number } = options;
  const from = Math.floor(bins.from * 5) / 5;
  const end = bins.from + bins.width * bins.genuine.length;
  const to = Math.max(from + 0.2, Math.ceil(end * 5 - 1e-9) / 5);
  const x = linearAxis(texts.x, from, to, 0.2, number);
  const highest = Math.max(0.01, ...bins.genuine, ...bins.impostor);
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((s) => highest / s <= 6) ?? 0.25;
  const y = linearAxis(texts.y, 0, Math.ceil(highest / step - 1e-9) * step, step, percent);
  // Steps, as the bins are.
  const outline = (shares: readonly number[]): string =>
    shares
      .flatMap((share, i) => [
        `${px(x, bins.from + i * bins.width)},${py(y, share)}`,
        `${px(x, bins.from + (i + 1) * bins.width)},${py(y, share)}`,
      ])
      .join(' ');
  const area = (name: string, shares: readonly number[]): Markup =>
    html`<polygon
      class="${name}"
      points="${px(x, bins.from)},${py(y, 0)} ${outline(shares)} ${px(x, end)},${py(y, 0)}"
    />`;
  const legend = (name: string, word: string, row: number): Markup =>
    html`<rect class="${name}" x="${LEFT + 10}" y="${TOP + 8 + row * 20}" width="14" height="12" />
      <text x="${LEFT + 30}" y="${TOP + 18 + row * 20}">${word}</text>`;
  const line = Number.isFinite(threshold)
    ? [
        html`<line
            class="threshold"
            x1="${px(x, threshold)}"
            x2="${px(x, threshold)}"
            y1="${TOP}"
            y2="${TOP + plotHeight}"
          />
          <text class="note" x="${px(x, threshold)}" y="${TOP + 14}" dx="6">${thresholdText}</text>`,
      ]
    : [];
  return frame('histogram', texts, x, y, [
    area('impostor', bins.impostor),
    area('genuine', bins.genuine),
    ...line,
    legend('genuine', same, 0),
    legend('impostor', different, 1),
  ]);
}

// The HTML report: one file, no script, no network, pictures inside as data URLs.

/** The languages the report is written in. */
export const reportWords: Readonly<Record<'en' | 'vi', ReportWords>> = { en, vi };

interface ReportOptions {
  readonly language: 'en' | 'vi';
  /** The embedder's id. */
  readonly model: string;
  /** That in the settings, 0 to 1: what is said in a sentence. */
  readonly risk?: number;
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

/** A table that scrolls by itself where it is too wide. */
const table = (label: string, heads: readonly string[], rows: readonly Markup[]): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

/** The whole page as text, to be written to an `.html` file in UTF-8. */
export function reportHtml(evaluation: Evaluation, options: ReportOptions): string {
  const { figures, operating, identification, galleries, skipped } = evaluation;
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
  const ratio = number(2);
  const plainFormat = new Intl.NumberFormat(options.language, { maximumFractionDigits: 1 });
  const plain = (value: number): string => plainFormat.format(value);
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
          row(words.misidentified, percent(who.misidentified), words.misidentifiedMeaning),
        ];

  const people = (rate: OutOf): Record<'about' | 'low' | 'high', string> => {
    const some = (n: number): string => number(decimals(n, rate))(n);
    return { about: some(rate.about), low: some(rate.low), high: some(rate.high) };
  };
  const range = (found: OutOf): string => fill('{about} ({low} \u2013 {high})', people(found));
  const crossed = galleries.some(({ crossValidated }) => crossValidated !== null);
  const promiseOf = (gallery: GalleryFigures) => ({ gallery, ...inPeople(gallery) });
  const asked = galleries.filter(
    ({ risk, people: size }) => risk === options.risk && size === galleries.at(-1)?.people,
  );
  const promise =
    galleries.length === 0
      ? []
      : [
          html`<section>
            <h2>${words.promise}</h2>
            ${asked.map(promiseOf).map(
              ({ gallery, strangers, members }) =>
                html`<p>
                  ${fill(words.promiseWith, { people: count(gallery.people) })}
                  ${fill(words.promiseStrangers, {
                    of: count(strangers.of),
                    promised: plain(strangers.promised),
                    ...people(strangers),
                  })}
                  ${members === null ? '' : fill(words.promiseMembers, { of: count(members.of), ...people(members) })}
                </p>`,
            )}
            <p class="soft">${words.promiseAbout}</p>
            ${table(
              words.promise,
              [
                words.enrolledPeople,
                words.promised,
                words.greeted,
                words.ratio,
                ...(crossed ? [words.crossed] : []),
                words.missed,
              ],
              galleries.map(promiseOf).map(
                ({ gallery, strangers, members }) =>
                  html`<tr>
                    <th scope="row">${count(gallery.people)}</th>
                    <td class="value">${plain(strangers.promised)} / ${count(strangers.of)}</td>
                    <td class="value">${range(strangers)}</td>
                    <td class="value">${ratio(gallery.ratio)}</td>
                    ${crossed ? html`<td class="value">${ratio(gallery.crossValidated?.ratio ?? Number.NaN)}</td>` : []}
                    <td class="value">${members === null ? '\u2013' : `${range(members)} / ${count(members.of)}`}</td>
                  </tr>`,
              ),
            )}
          </section>`,
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
          ${promise}
          <section>
            <h2>${words.figures}</h2>
            ${table(
              words.figures,
              [words.figure, words.value, words.meaning],
              [
                row(words.accuracy, percent(figures.accuracy), accuracyMeaning),
                row(words.auc, percent(figures.auc), words.aucMeaning),
                row(words.eer, percent(figures.eer), words.eerMeaning),
                ...tarRows,
                row(
                  fill(operating.inUse ? words.inUse : words.best, rates),
                  percent(1 - operating.fnmr),
                  fill(words.inUseMeaning, rates),
                ),
                ...identificationRows,
              ],
            )}
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
