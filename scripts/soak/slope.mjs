/** How fast something grows: least squares over the samples, after the warm-up. */

/** Slope of `value` over `at`, per unit of `at`. @param {{ at: number, value: number }[]} points */
export function slope(points) {
  const n = points.length;
  if (n < 2) return 0;
  const mean = (pick) => points.reduce((sum, point) => sum + pick(point), 0) / n;
  const [x, y] = [mean((p) => p.at), mean((p) => p.value)];
  const spread = points.reduce((sum, p) => sum + (p.at - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, p) => sum + (p.at - x) * (p.value - y), 0) / spread;
}

/** The last two thirds: before, code is compiled and caches fill. @template T @param {T[]} samples @returns {T[]} */
export const warm = (samples) => samples.slice(Math.floor(samples.length / 3));
