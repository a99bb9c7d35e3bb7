/** The report's looks: light and dark, on screen and on paper. Text and lines keep WCAG AA contrast in both. */
export const style = `
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
