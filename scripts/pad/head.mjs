/**
 * A head in three dimensions out of one photograph. SYNTHESISED: MediaPipe's 478 landmarks (with its own depth) of the
 * still are lifted into space, textured with the still, and extended by rings behind the contour for hair and neck, which
 * fade into the standing background. The head can be turned about the neck, blink, smile and open its mouth.
 * It is the best stand-in for a living person that photographs allow; it is not a recording of one.
 */
import { FaceLandmarker } from '@mediapipe/tasks-vision';
import { drawTriangles, picture } from './raster.mjs';

export const WIDTH = 640;
export const HEIGHT = 480;
/** Focal length of the imagined camera, pixels: 60 degrees across, an ordinary laptop camera. */
const FOCAL = 560;

const tessellation = FaceLandmarker.FACE_LANDMARKS_TESSELATION;
const OVAL = loopOf(FaceLandmarker.FACE_LANDMARKS_FACE_OVAL);
const MOUTH_HOLE = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95];
const LOWER_INNER = [95, 88, 178, 87, 14, 317, 402, 318, 324];
const LOWER_OUTER = [
  146, 91, 181, 84, 17, 314, 405, 321, 375, 77, 90, 180, 85, 16, 315, 404, 320, 307, 96, 89, 179, 86, 15, 316, 403, 319,
  325,
];
const UPPER_LIP = [
  191, 80, 81, 82, 13, 312, 311, 310, 415, 185, 40, 39, 37, 0, 267, 269, 270, 409, 184, 74, 73, 72, 11, 302, 303, 304,
  408, 183, 42, 41, 38, 12, 268, 271, 272, 407,
];
/** Upper lid, lower lid, and the fold above the upper lid, point by point. */
const EYES = [
  {
    upper: [246, 161, 160, 159, 158, 157, 173],
    lower: [7, 163, 144, 145, 153, 154, 155],
    fold: [247, 30, 29, 27, 28, 56, 190],
    hole: [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
  },
  {
    upper: [466, 388, 387, 386, 385, 384, 398],
    lower: [249, 390, 373, 374, 380, 381, 382],
    fold: [467, 260, 259, 257, 258, 286, 414],
    hole: [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249],
  },
];
/** Rings round the face: how far out, how much deeper (face widths), how much they follow the head. */
const RINGS = [
  { out: 1.16, deeper: 0.14, follow: 1 },
  { out: 1.38, deeper: 0.4, follow: 0.75 },
  { out: 1.75, deeper: 0.5, follow: 0.2 },
  { out: 2.3, deeper: 0.5, follow: 0 },
];

function loopOf(edges) {
  const next = new Map(edges.map((e) => [e.start, e.end]));
  const loop = [edges[0].start];
  while (next.get(loop.at(-1)) !== loop[0]) loop.push(next.get(loop.at(-1)));
  return loop;
}

const smooth = (from, to, x) => {
  const t = Math.min(Math.max((x - from) / (to - from), 0), 1);
  return t * t * (3 - 2 * t);
};

/**
 * @param still picture WIDTH x HEIGHT; `landmarks` its 478 x 3 landmarks, normalised as MediaPipe gives them.
 */
export function makeHead(still, landmarks) {
  const count = 468;
  const base = [];
  for (let i = 0; i < count; i++)
    base.push([landmarks[i * 3] * WIDTH, landmarks[i * 3 + 1] * HEIGHT, landmarks[i * 3 + 2] * WIDTH]);
  const centre = [0, 1].map((k) => OVAL.reduce((s, i) => s + base[i][k], 0) / OVAL.length);
  const faceWidth = Math.hypot(base[454][0] - base[234][0], base[454][1] - base[234][1]);
  const faceHeight = Math.hypot(base[152][0] - base[10][0], base[152][1] - base[10][1]);
  const triangles = [];
  for (let i = 0; i < tessellation.length; i += 3)
    triangles.push(tessellation[i].start, tessellation[i + 1].start, tessellation[i + 2].start);
  // Fans over the eyes and the mouth, which MediaPipe's mesh leaves open.
  const firstMouth = triangles.length / 3;
  const fan = (loop) => {
    base.push([0, 1, 2].map((k) => loop.reduce((s, i) => s + base[i][k], 0) / loop.length));
    loop.forEach((p, i) => triangles.push(base.length - 1, p, loop[(i + 1) % loop.length]));
    return base.length - 1;
  };
  const mouthCentre = fan(MOUTH_HOLE);
  const lastMouth = triangles.length / 3;
  const eyeCentres = EYES.map((eye) => fan(eye.hole));
  const follow = base.map(() => 1);
  const depthOf = OVAL.map((i) => base[i][2]);
  let inner = OVAL;
  for (const ring of RINGS) {
    const outer = OVAL.map((i, k) => {
      const [x, y] = base[i];
      const up = smooth(0, faceHeight * 0.5, centre[1] - y);
      const down = smooth(0, faceHeight * 0.5, y - centre[1]);
      const s = ring.out + up * (ring.out - 1) * 0.5;
      base.push([
        centre[0] + (x - centre[0]) * s,
        centre[1] + (y - centre[1]) * s,
        depthOf[k] + ring.deeper * faceWidth,
      ]);
      follow.push(ring.follow * (1 - 0.55 * down));
      return base.length - 1;
    });
    outer.forEach((p, k) => {
      const n = (k + 1) % outer.length;
      triangles.push(inner[k], p, inner[n], inner[n], p, outer[n]);
    });
    inner = outer;
  }
  const uv = new Float32Array(base.flatMap(([x, y]) => [x, y]));
  const mouthY = (base[61][1] + base[291][1]) / 2;
  const mouthX = (base[61][0] + base[291][0]) / 2;
  const mouthHalf = Math.abs(base[291][0] - base[61][0]) / 2;
  const chinY = base[152][1];
  const lower = new Set([...LOWER_INNER, ...LOWER_OUTER]);
  const upper = new Set([...UPPER_LIP, ...MOUTH_HOLE.filter((i) => !LOWER_INNER.includes(i))]);
  const jaw = base.map(([x, y], i) => {
    const across = Math.max(0, 1 - ((x - mouthX) / (mouthHalf * 1.02)) ** 2);
    if (LOWER_INNER.includes(i)) return across ** 0.6;
    if (lower.has(i)) return Math.max(across ** 0.5, 0.25);
    if (i === mouthCentre) return 0.5;
    if (upper.has(i) || y < mouthY) return 0;
    const below = smooth(0, 0.45, (y - mouthY) / (chinY - mouthY));
    const past = 1 - smooth(1.1, 1.7, (y - mouthY) / (chinY - mouthY));
    return below * past * Math.exp(-(((x - mouthX) / (faceWidth * 0.48)) ** 2));
  });
  const corner = (x0, y0) =>
    base.map(([x, y]) => Math.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (0.42 * mouthHalf * 2) ** 2));
  const leftCorner = corner(base[61][0], base[61][1]);
  const rightCorner = corner(base[291][0], base[291][1]);

  /**
   * The head's vertices in the picture (x, y, depth) for a pose: yaw, pitch, roll in degrees (yaw > 0: to the picture's
   * right; pitch > 0: up), x, y, z shifts in pixels, blink, smile, open from 0 to 1.
   */
  function project(pose) {
    const moved = base.map((p) => [...p]);
    if (pose.blink > 0)
      EYES.forEach((eye, e) => {
        eye.upper.forEach((u, k) => {
          const [from, to, fold] = [base[u], base[eye.lower[k]], moved[eye.fold[k]]];
          for (let c = 0; c < 3; c++) {
            const way = (to[c] - from[c]) * 0.98 * pose.blink;
            moved[u][c] += way;
            fold[c] += way * 0.45;
          }
        });
        moved[eyeCentres[e]] = [0, 1, 2].map((k) => eye.hole.reduce((s, i) => s + moved[i][k], 0) / eye.hole.length);
      });
    if (pose.smile > 0)
      for (let i = 0; i < moved.length; i++) {
        const s = pose.smile * mouthHalf;
        moved[i][0] += s * 0.24 * (rightCorner[i] - leftCorner[i]);
        moved[i][1] -= s * 0.2 * (rightCorner[i] + leftCorner[i]);
        moved[i][2] += s * 0.12 * (rightCorner[i] + leftCorner[i]);
      }
    if (pose.open > 0)
      for (let i = 0; i < moved.length; i++) {
        moved[i][1] += pose.open * 0.17 * faceHeight * jaw[i];
        // The corners go inward and a little down, so that it is an "ah" and not a laugh.
        moved[i][0] += pose.open * mouthHalf * 0.2 * (leftCorner[i] - rightCorner[i]);
        moved[i][1] += pose.open * mouthHalf * 0.22 * (leftCorner[i] + rightCorner[i]);
        moved[i][2] += pose.open * 0.03 * faceHeight * jaw[i];
      }
    const rad = Math.PI / 180;
    const [sy, cy] = [Math.sin(pose.yaw * rad), Math.cos(pose.yaw * rad)];
    const [sp, cp] = [Math.sin(pose.pitch * rad), Math.cos(pose.pitch * rad)];
    const [sr, cr] = [Math.sin(pose.roll * rad), Math.cos(pose.roll * rad)];
    const pivot = [centre[0] - WIDTH / 2, centre[1] + faceHeight * 0.35 - HEIGHT / 2, FOCAL + 0.6 * faceWidth];
    const at = new Float32Array(moved.length * 3);
    moved.forEach(([u, v, z], i) => {
      const d = FOCAL + z;
      let x = ((u - WIDTH / 2) * d) / FOCAL - pivot[0];
      let y = ((v - HEIGHT / 2) * d) / FOCAL - pivot[1];
      let w = d - pivot[2];
      // Roll in the picture, then pitch, then yaw. Nearer is smaller depth, so the nose has w < 0.
      [x, y] = [x * cr - y * sr, x * sr + y * cr];
      [y, w] = [y * cp + w * sp, w * cp - y * sp];
      [x, w] = [x * cy - w * sy, w * cy + x * sy];
      const f = follow[i];
      const depth = w + pivot[2] + pose.z;
      const px = ((x + pivot[0] + pose.x) * FOCAL) / depth + WIDTH / 2;
      const py = ((y + pivot[1] + pose.y) * FOCAL) / depth + HEIGHT / 2;
      at[i * 3] = u + (px - u) * f;
      at[i * 3 + 1] = v + (py - v) * f;
      at[i * 3 + 2] = depth;
    });
    return at;
  }

  /** The person before the standing background. */
  function render(pose) {
    const target = picture(WIDTH, HEIGHT, still.data.slice());
    const depth = new Float32Array(WIDTH * HEIGHT).fill(Infinity);
    const at = project(pose);
    drawTriangles(target, still, triangles, at, uv, depth, (rgb, t) => {
      if (t < firstMouth || t >= lastMouth || pose.open <= 0.05) return true;
      const dark = Math.min(1, pose.open * 2);
      [52, 22, 22].forEach((c, k) => (rgb[k] += (c - rgb[k]) * dark));
      return true;
    });
    return target;
  }

  /** Whether a point of the still lies on the head: for cutting a photograph along its outline. */
  const outline = OVAL.map((i) => [
    centre[0] + (base[i][0] - centre[0]) * 1.12,
    centre[1] + (base[i][1] - centre[1]) * 1.18,
  ]);
  const eyeHoles = EYES.map((eye) => eye.hole.map((i) => [base[i][0], base[i][1]]));
  return { render, project, faceWidth, faceHeight, centre, outline, eyeHoles };
}

export const STILL_POSE = { yaw: 0, pitch: 0, roll: 0, x: 0, y: 0, z: 0, blink: 0, smile: 0, open: 0 };

/** Is [x, y] inside the polygon? (even-odd) */
export function inside(polygon, x, y) {
  let yes = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) yes = !yes;
  }
  return yes;
}
