/** The report's three charts as stand-alone SVG: no script, colours from the page's CSS, a text for who cannot see them. */
import type { Histogram, OperatingPoint } from '../curve.ts';
import { html, type Markup } from './html.ts';

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

export interface ChartTexts {
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

export interface CurveOptions {
  readonly texts: ChartTexts;
  /** FMR below this is not supported by the number of pairs (rule of three); shaded, with these words. */
  readonly supportedFrom: number;
  readonly tooFew: string;
  readonly operating: OperatingPoint;
  readonly percent: (value: number) => string;
  readonly kind: 'roc' | 'det';
}

/** ROC (accepted members, linear) or DET (refused members, log) over the accepted strangers on a log axis. */
export function curveChart(points: readonly OperatingPoint[], options: CurveOptions): Markup {
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

export interface HistogramOptions {
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
export function histogramChart(bins: Histogram, options: HistogramOptions): Markup {
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
