/** A small software rasteriser: textured triangles with a depth buffer, in RGB float planes. Pixels, y down. */

/** A picture: `data` is width*height*3 floats, 0 to 255. */
export const picture = (width, height, data = new Float32Array(width * height * 3)) => ({ width, height, data });

export const fromBytes = (width, height, bytes) => picture(width, height, new Float32Array(bytes));

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

/** A slight blur, as a recording's compression and a screen's glass give: (1, 2, 1) / 4 both ways, the border left as it is. */
export function soften(source) {
  const { width, height } = source;
  const out = picture(width, height, source.data.slice());
  const row = source.data.slice();
  for (let i = 3; i < row.length - 3; i++) row[i] = (source.data[i - 3] + 2 * source.data[i] + source.data[i + 3]) / 4;
  const stride = width * 3;
  for (let y = 1; y < height - 1; y++)
    for (let i = y * stride + 3; i < (y + 1) * stride - 3; i++)
      out.data[i] = (row[i - stride] + 2 * row[i] + row[i + stride]) / 4;
  return out;
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
