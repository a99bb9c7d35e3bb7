/** A small software rasteriser: textured triangles with a depth buffer, in RGB float planes. Pixels, y down. */

/** A picture: `data` is width*height*3 floats, 0 to 255. */
export const picture = (width, height, data = new Float32Array(width * height * 3)) => ({ width, height, data });

export const fromBytes = (width, height, bytes) => picture(width, height, Float32Array.from(bytes));

/** Bilinear sample at (u, v), edges repeated; writes three floats to `out`. */
export function sample(tex, u, v, out) {
  const x = Math.min(Math.max(u, 0), tex.width - 1.001);
  const y = Math.min(Math.max(v, 0), tex.height - 1.001);
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const i = (y0 * tex.width + x0) * 3;
  const j = i + tex.width * 3;
  const d = tex.data;
  for (let c = 0; c < 3; c++) {
    const top = d[i + c] + (d[i + 3 + c] - d[i + c]) * fx;
    const low = d[j + c] + (d[j + 3 + c] - d[j + c]) * fx;
    out[c] = top + (low - top) * fy;
  }
}

/**
 * Draws triangles. `at` holds x, y, depth per vertex (pixels; smaller depth is nearer), `uv` the texture position per
 * vertex. `shade(rgb, triangle, u, v)` may change a colour before it is written, or answer false: a hole.
 */
export function drawTriangles(target, tex, triangles, at, uv, depth, shade) {
  const rgb = [0, 0, 0];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t] * 3, triangles[t + 1] * 3, triangles[t + 2] * 3];
    const [ua, ub, uc] = [triangles[t] * 2, triangles[t + 1] * 2, triangles[t + 2] * 2];
    const [ax, ay, bx, by, cx, cy] = [at[a], at[a + 1], at[b], at[b + 1], at[c], at[c + 1]];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (Math.abs(area) < 1e-6) continue;
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx)));
    const right = Math.min(target.width - 1, Math.floor(Math.max(ax, bx, cx)));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy)));
    const bottom = Math.min(target.height - 1, Math.floor(Math.max(ay, by, cy)));
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
        const wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
        const wa = 1 - wb - wc;
        if (wa < -1e-4 || wb < -1e-4 || wc < -1e-4) continue;
        const z = wa * at[a + 2] + wb * at[b + 2] + wc * at[c + 2];
        const k = y * target.width + x;
        if (z >= depth[k]) continue;
        const u = wa * uv[ua] + wb * uv[ub] + wc * uv[uc];
        const v = wa * uv[ua + 1] + wb * uv[ub + 1] + wc * uv[uc + 1];
        sample(tex, u, v, rgb);
        if (shade !== undefined && shade(rgb, t / 3, u, v) === false) continue;
        depth[k] = z;
        target.data[k * 3] = rgb[0];
        target.data[k * 3 + 1] = rgb[1];
        target.data[k * 3 + 2] = rgb[2];
      }
  }
}

/** A separable box-ish blur of `radius` pixels (three taps per pixel of radius); returns a new picture. */
export function blur(source, radius) {
  if (radius <= 0) return source;
  const weights = [];
  const reach = Math.ceil(radius * 2.5);
  for (let k = -reach; k <= reach; k++) weights.push(Math.exp((-k * k) / (2 * radius * radius)));
  const sum = weights.reduce((a, b) => a + b, 0);
  let from = source;
  for (const horizontal of [true, false]) {
    const to = picture(source.width, source.height);
    for (let y = 0; y < source.height; y++)
      for (let x = 0; x < source.width; x++)
        for (let k = -reach; k <= reach; k++) {
          const sx = horizontal ? Math.min(Math.max(x + k, 0), source.width - 1) : x;
          const sy = horizontal ? y : Math.min(Math.max(y + k, 0), source.height - 1);
          const w = weights[k + reach] / sum;
          const i = (y * source.width + x) * 3;
          const j = (sy * source.width + sx) * 3;
          to.data[i] += w * from.data[j];
          to.data[i + 1] += w * from.data[j + 1];
          to.data[i + 2] += w * from.data[j + 2];
        }
    from = to;
  }
  return from;
}

/** A seeded generator of numbers in [0, 1) (mulberry32), so that every run shows the same presentations. */
export function seeded(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed out of a text. */
export function seedOf(text) {
  let h = 2166136261;
  for (const c of text) h = Math.imul(h ^ c.charCodeAt(0), 16777619);
  return h >>> 0;
}
