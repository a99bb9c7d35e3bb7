/** A flat thing before the camera: a print, a cut-out or a screen, held, moved, turned and bent like a cylinder. */
import { drawTriangles, picture, seeded } from './raster.mjs';
import { HEIGHT, WIDTH } from './head.mjs';

const FOCAL = 560;
const [NX, NY] = [36, 26];

/** A plain room to hold things in: wall, skirting, door frame, a poster; slightly different for each seed. */
export function room(seed) {
  const random = seeded(seed);
  const out = picture(WIDTH, HEIGHT);
  const tint = [150 + random() * 60, 145 + random() * 60, 135 + random() * 60];
  const door = 40 + random() * 500;
  const poster = [random() * 480, 40 + random() * 120, 90 + random() * 80, 70 + random() * 60];
  const paint = [random() * 255, random() * 255, random() * 255];
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const light = 1.08 - 0.28 * (y / HEIGHT) - 0.12 * Math.abs(x / WIDTH - 0.4);
      let rgb = tint;
      if (Math.abs(x - door) < 9 || y > HEIGHT - 50) rgb = [95, 80, 66];
      if (x > poster[0] && x < poster[0] + poster[2] && y > poster[1] && y < poster[1] + poster[3]) rgb = paint;
      for (let c = 0; c < 3; c++) out.data[(y * WIDTH + x) * 3 + c] = rgb[c] * light;
    }
  return out;
}

/**
 * Draws `content` as a sheet on `target` (changed in place). `pose`: size (sheet px per content px at the focal distance),
 * x, y, z (px), yaw, pitch, roll (degrees), bend (radians over the sheet's width; > 0: the middle nearer), bendAcross (bend about the
 * horizontal axis instead). `shade` as in drawTriangles.
 */
export function drawSheet(target, content, pose, shade) {
  const rad = Math.PI / 180;
  const [sy, cy] = [Math.sin((pose.yaw ?? 0) * rad), Math.cos((pose.yaw ?? 0) * rad)];
  const [sp, cp] = [Math.sin((pose.pitch ?? 0) * rad), Math.cos((pose.pitch ?? 0) * rad)];
  const [sr, cr] = [Math.sin((pose.roll ?? 0) * rad), Math.cos((pose.roll ?? 0) * rad)];
  const at = [];
  const uv = [];
  const triangles = [];
  const bend = Math.abs(pose.bend ?? 0) < 1e-3 ? 1e-3 : pose.bend;
  const [w, h] = [content.width * pose.size, content.height * pose.size];
  for (let j = 0; j <= NY; j++)
    for (let i = 0; i <= NX; i++) {
      const [s, t] = [i / NX - 0.5, j / NY - 0.5];
      let [x, y] = [s * w, t * h];
      let z = 0;
      if (pose.bendAcross) {
        y = (Math.sin(t * bend) / bend) * h;
        z = ((1 - Math.cos(t * bend)) / bend) * h;
      } else {
        x = (Math.sin(s * bend) / bend) * w;
        z = ((1 - Math.cos(s * bend)) / bend) * w;
      }
      [x, y] = [x * cr - y * sr, x * sr + y * cr];
      [y, z] = [y * cp + z * sp, z * cp - y * sp];
      [x, z] = [x * cy - z * sy, z * cy + x * sy];
      const d = FOCAL + z + (pose.z ?? 0);
      at.push(((x + (pose.x ?? 0)) * FOCAL) / d + WIDTH / 2, ((y + (pose.y ?? 0)) * FOCAL) / d + HEIGHT / 2, d);
      uv.push((i / NX) * (content.width - 1), (j / NY) * (content.height - 1));
      if (i < NX && j < NY) {
        const k = j * (NX + 1) + i;
        triangles.push(k, k + 1, k + NX + 1, k + 1, k + NX + 2, k + NX + 1);
      }
    }
  const depth = new Float32Array(WIDTH * HEIGHT).fill(Infinity);
  drawTriangles(target, content, triangles, Float32Array.from(at), Float32Array.from(uv), depth, shade);
}

/** A picture with a frame of one colour round it: the white edge of a print, the bezel of a screen. */
export function framed(content, width, rgb) {
  const out = picture(content.width + 2 * width, content.height + 2 * width);
  const row = new Float32Array(out.width * 3);
  for (let i = 0; i < row.length; i += 3) row.set(rgb, i);
  for (let y = 0; y < out.height; y++) out.data.set(row, y * row.length);
  for (let y = 0; y < content.height; y++)
    out.data.set(
      content.data.subarray(y * content.width * 3, (y + 1) * content.width * 3),
      ((y + width) * out.width + width) * 3,
    );
  return out;
}

/** What ink and paper do to colours: less contrast, lifted blacks, a warm cast. */
export function printed(content) {
  const out = picture(content.width, content.height);
  const cast = [1.02, 1, 0.95];
  for (let i = 0; i < out.data.length; i++) out.data[i] = (28 + content.data[i] * 0.82) * cast[i % 3];
  return out;
}

/**
 * What a colour screen's stripes do in a camera: each colour is lit in a third of the screen pixel's width, and the camera's pixel
 * averages over its own square. `pitch`: screen pixels per camera pixel; `perContent`: screen pixels per content pixel.
 * What the average leaves is the moire; the lens softens it by `contrast`.
 */
export function lcdStripes(pitch, perContent, contrast) {
  const integral = (s, from, duty) => {
    const whole = Math.floor(s - from);
    return whole * duty + Math.min(s - from - whole, duty);
  };
  const lit = (s, from, duty) =>
    (integral(s + pitch / 2, from, duty) - integral(s - pitch / 2, from, duty)) / (pitch * duty);
  // A power for every colour of every pixel is what takes longest here: a table, read between its lines, is as good.
  const STEPS = 2048;
  const shown = Float64Array.from({ length: STEPS + 2 }, (_, i) => 255 * (i / STEPS) ** 1.15);
  return (rgb, u, v) => {
    const rows = 1 + (lit(v * perContent, 0, 0.85) - 1) * contrast;
    for (let c = 0; c < 3; c++) {
      const at = (Math.max(0, Math.min(rgb[c], 255)) * STEPS) / 255;
      const k = Math.floor(at);
      const bright = shown[k] + (shown[k + 1] - shown[k]) * (at - k);
      rgb[c] = bright * rows * (1 + (lit(u * perContent, c / 3, 1 / 3) - 1) * contrast);
    }
    rgb[2] = rgb[2] * 1.06 + 4;
  };
}
