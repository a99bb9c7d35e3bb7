/** The soak's page: one chart for each thing that was measured, as SVG, nothing loaded from anywhere. */
import { slope, warm } from './slope.mjs';

const WIDTH = 860;
const HEIGHT = 200;
const COLOURS = ['#1f6feb', '#d1462f', '#2da44e'];
const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function chart(title, unit, series, samples) {
  const left = 70;
  const bottom = HEIGHT - 24;
  const last = samples.at(-1).checkIns;
  const top = Math.max(...series.flatMap(({ of }) => samples.map(of))) * 1.1 || 1;
  const x = (at) => left + ((WIDTH - left - 10) * at) / last;
  const y = (value) => bottom - ((bottom - 10) * value) / top;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(top * part);
    return `<line x1="${left}" x2="${WIDTH - 10}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${left - 6}" y="${at + 4}" text-anchor="end">${short(top * part)}</text>`;
  });
  const lines = series.map(({ of }, i) => {
    const points = samples.map((one) => `${x(one.checkIns).toFixed(1)},${y(of(one)).toFixed(1)}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[i]}" stroke-width="1.5"/>`;
  });
  const growth = series.map(({ name, of }, i) => {
    const each = slope(warm(samples).map((one) => ({ at: one.checkIns, value: of(one) }))) * 1000;
    return `<span style="color:${COLOURS[i]}">${name}: ${each >= 0 ? '+' : ''}${each.toPrecision(3)} ${unit} per 1,000 check-ins</span>`;
  });
  return `<h2>${title} (${unit})</h2><p>${growth.join(' &middot; ')}</p>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${grid.join('')}${lines.join('')}
<text x="${left}" y="${HEIGHT - 6}">0</text><text x="${WIDTH - 10}" y="${HEIGHT - 6}" text-anchor="end">${last.toLocaleString('en')} check-ins</text></svg>`;
}

/** @returns a whole HTML page */
export function soakPage(samples, end) {
  const MB = 2 ** 20;
  const charts = [
    chart(
      'Memory',
      'MB',
      [
        { name: 'heap after collection', of: (s) => s.heap / MB },
        { name: 'resident', of: (s) => s.rss / MB },
        { name: 'buffers', of: (s) => s.external / MB },
      ],
      samples,
    ),
    chart(
      'Handles',
      'open',
      [
        { name: 'active resources', of: (s) => s.handles },
        { name: 'files', of: (s) => Math.max(0, s.files) },
      ],
      samples,
    ),
    chart(
      'Latency, deciding frame to "checked in"',
      'ms',
      [
        { name: 'p50', of: (s) => s.p50 },
        { name: 'p95', of: (s) => s.p95 },
        { name: 'p99', of: (s) => s.p99 },
      ],
      samples,
    ),
  ];
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Lintel soak</title>
<style>body{font:15px system-ui;max-width:900px;margin:2em auto;color:#222}svg{width:100%;font-size:11px}h2{margin-bottom:0}p{margin:.3em 0}</style>
<h1>Soak: ${end.acknowledged.toLocaleString('en')} check-ins</h1>
<p>${end.source}; ${end.people} people. On the disk after opening again: ${end.onDisk.toLocaleString('en')} of ${end.acknowledged.toLocaleString('en')}, opened in ${end.reopenMs.toFixed(0)} ms.</p>
<p>Slopes are least squares over the last two thirds of the run.</p>
${charts.join('\n')}</html>
`;
}
