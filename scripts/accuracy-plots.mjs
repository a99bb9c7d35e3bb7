/**
 * The curves of docs/accuracy.md, out of what `lintel evaluate FOLDER --aligned --json` prints:
 *
 *   node scripts/accuracy-plots.mjs evaluation.json docs/images
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WIDTH = 640;
const HEIGHT = 380;
const AREA = { left: 70, right: 620, top: 20, bottom: 325 };

/** From a rate to its place along an axis of decades. */
const logScale = (low, high, from, to) => (rate) =>
  from + ((Math.log10(Math.max(rate, low)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))) * (to - from);

const decades = (low, high) => Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, i) => low * 10 ** i);

const percent = (rate) => `${Number((rate * 100).toPrecision(3))} %`;
const text = (x, y, words, more = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${words}</text>`;
const line = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" class="${kind}"/>`;

/** One page of SVG: axes, their words, and what is drawn between them. It is read on light and on dark pages. */
function chart(title, axes, draw) {
  const { x: across, y: up } = axes;
  const x = logScale(across.low, across.high, AREA.left, AREA.right);
  const y = logScale(up.low, up.high, AREA.bottom, AREA.top);
  const middle = (AREA.left + AREA.right) / 2;
  const grid = [
    ...(across.ticks ?? decades(across.low, across.high)).flatMap((tick) => [
      line(x(tick), AREA.top, x(tick), AREA.bottom, 'grid'),
      text(x(tick), AREA.bottom + 18, (across.label ?? percent)(tick), 'text-anchor="middle"'),
    ]),
    ...decades(up.low, up.high).flatMap((tick) => [
      line(AREA.left, y(tick), AREA.right, y(tick), 'grid'),
      text(AREA.left - 6, y(tick) + 4, percent(tick), 'text-anchor="end"'),
    ]),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>
rect { fill: #fff } text { font: 12px sans-serif; fill: #222 } .grid { stroke: #ddd } .axis { stroke: #444 }
.curve { fill: none; stroke: #1668b8; stroke-width: 2 } .promised { stroke: #888; stroke-dasharray: 5 4 }
.a { stroke: #1668b8; fill: #1668b8 } .b { stroke: #b3491b; fill: #b3491b }
</style>
<rect width="${WIDTH}" height="${HEIGHT}"/>
${grid.join('\n')}
${draw(x, y).join('\n')}
${text(middle, HEIGHT - 12, across.words, 'text-anchor="middle"')}
${text(0, 0, up.words, `transform="translate(14 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)" text-anchor="middle"`)}
</svg>
`;
}

const [from, folder] = process.argv.slice(2);
if (from === undefined || folder === undefined) {
  console.error('usage: node scripts/accuracy-plots.mjs evaluation.json FOLDER');
  process.exit(2);
}
const { curve, galleries } = JSON.parse(readFileSync(from, 'utf8'));
const risks = [...new Set(galleries.map(({ risk }) => risk))].sort((a, b) => b - a);
const sizes = [...new Set(galleries.map(({ people }) => people))].sort((a, b) => a - b);
const kindOf = (risk) => (risk === risks[0] ? 'a' : 'b');
const legend = risks.map((risk, i) =>
  text(AREA.left + 12, AREA.top + 18 + 18 * i, `promised ${percent(risk)}`, `class="${kindOf(risk)}" stroke="none"`),
);
const across = { low: 5, high: sizes.at(-1) * 2, ticks: sizes, label: String, words: 'people in the gallery' };

/** A figure for each gallery and risk, with its interval. */
const withIntervals = (x, y, of) =>
  galleries.flatMap((one) => {
    const { value, interval } = of(one);
    if (value === null) return [];
    const at = x(one.people) + (kindOf(one.risk) === 'a' ? -5 : 5);
    return [
      `<circle cx="${at.toFixed(1)}" cy="${y(value).toFixed(1)}" r="4" class="${kindOf(one.risk)}"/>`,
      line(at, y(interval[0]), at, y(interval[1]), kindOf(one.risk)),
    ];
  });

const pages = {
  'accuracy-det.svg': chart(
    'Members refused against strangers accepted, one picture against another',
    {
      x: { low: 1e-6, high: 1, words: 'strangers accepted (FMR), one picture against another' },
      y: { low: 1e-3, high: 1, words: 'members refused (FNMR)' },
    },
    (x, y) => {
      const points = curve.filter(({ fmr }) => fmr > 0);
      return [
        `<polyline class="curve" points="${points.map((p) => `${x(p.fmr).toFixed(1)},${y(p.fnmr).toFixed(1)}`).join(' ')}"/>`,
      ];
    },
  ),
  'accuracy-strangers.svg': chart(
    'Strangers greeted by a name, as promised and as it was',
    { x: across, y: { low: 1e-4, high: 1e-1, words: 'strangers greeted by a name (FPIR)' } },
    (x, y) => [
      ...risks.map((risk) => line(AREA.left, y(risk), AREA.right, y(risk), 'promised')),
      ...withIntervals(x, y, (one) => ({ value: one.fpir, interval: one.fpirInterval })),
      ...legend,
    ],
  ),
  'accuracy-members.svg': chart(
    'Members not recognised in one picture',
    { x: across, y: { low: 1e-2, high: 1, words: 'members not recognised (FNIR)' } },
    (x, y) => [...withIntervals(x, y, (one) => ({ value: one.fnir, interval: one.fnirInterval })), ...legend],
  ),
};
for (const [file, svg] of Object.entries(pages)) writeFileSync(join(folder, file), svg);
