/**
 * The presentations of the test: people (synthesised, see head.mjs) and attack instruments. Each is played against the clock
 * and told what is asked, because a real attacker hears the question too: `ask(action, at)`, `frame(at) -> picture`, seconds.
 */
import { inside, makeHead, STILL_POSE, HEIGHT, WIDTH } from './head.mjs';
import { picture, sample, seeded, soften } from './raster.mjs';
import { drawSheet, framed, lcdStripes, printed, room } from './sheet.mjs';

export const ACTIONS = ['blink', 'turn-left', 'turn-right', 'smile', 'open-mouth'];
export const BONA_FIDE = ['bona-fide', 'bona-fide-busy'];
export const ATTACKS = [
  'photo-still',
  'photo-moved',
  'photo-rotated',
  'photo-bent',
  'photo-zoomed',
  'replay-screen',
  'replay-close',
  'cut-out',
  'cut-out-eyes',
];

const ramp = (t, from, rise, hold, fall) => {
  const ease = (x) => (x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x));
  return t < from + rise + hold ? ease((t - from) / rise) : 1 - ease((t - from - rise - hold) / fall);
};
const between = (random, low, high) => low + (high - low) * random();

/** Slow wandering: three sines of unlike periods. */
function wander(random, size) {
  const parts = [0, 1, 2].map(() => [between(random, 0.15, 0.9), random() * 6.28]);
  return (t) => (size * parts.reduce((s, [f, p]) => s + Math.sin(6.28 * f * t + p), 0)) / 2;
}

/** A living head's movements: sways, blinks by itself, and does what it is told. */
function behaviour(random) {
  const sway = {
    yaw: wander(random, 2.2),
    pitch: wander(random, 1.5),
    roll: wander(random, 1.2),
    x: wander(random, 5),
    y: wander(random, 3),
    z: wander(random, 8),
  };
  const blinks = [];
  for (let t = between(random, 0, 4); t < 60; t += between(random, 2, 6)) blinks.push(t);
  const acts = [];
  return {
    act(action, from) {
      const size = action.startsWith('turn')
        ? between(random, 17, 30)
        : action === 'blink'
          ? between(random, 0.93, 1)
          : between(random, 0.65, 1);
      const times =
        action === 'blink'
          ? [between(random, 0.1, 0.16), between(random, 0.35, 0.7), between(random, 0.12, 0.2)]
          : [between(random, 0.3, 0.6), between(random, 0.5, 0.9), between(random, 0.35, 0.6)];
      acts.push({ action, from, size, times });
    },
    pose(t) {
      const pose = { ...STILL_POSE };
      for (const key of Object.keys(sway)) pose[key] = sway[key](t);
      for (const b of blinks) pose.blink = Math.max(pose.blink, ramp(t, b, 0.08, 0.05, 0.12));
      for (const { action, from, size, times } of acts) {
        const now = size * ramp(t, from, ...times);
        if (now <= 0) continue;
        // A person's left is the picture's right.
        if (action === 'turn-left') pose.yaw += now;
        else if (action === 'turn-right') pose.yaw -= now;
        else if (action === 'blink') pose.blink = Math.max(pose.blink, now);
        else if (action === 'smile') pose.smile = Math.max(pose.smile, now);
        else pose.open = Math.max(pose.open, now);
      }
      return pose;
    },
  };
}

/** Noise of five grey levels (standard deviation 2.5), enough for every place to begin in. */
const NOISE = Float32Array.from({ length: (1 << 20) + WIDTH * HEIGHT * 3 });
{
  const random = seeded(1);
  for (let i = 0; i < NOISE.length; i++) NOISE[i] = (random() + random() + random() - 1.5) * 5;
}

/** The camera's own faults: noise, mains flicker, a little gain drift. */
function camera(random) {
  const drift = wander(random, 0.012);
  return (pic, t) => {
    const gain = 1 + drift(t) + 0.008 * Math.sin(6.28 * 10 * t);
    const from = Math.floor(random() * (1 << 20));
    const { data } = pic;
    for (let i = 0; i < data.length; i++) data[i] = data[i] * gain + NOISE[from + i];
    return pic;
  };
}

/**
 * What happens round a living person that is nobody's attack: somebody in a checked shirt walks by behind, again and again, while a
 * camera evens out its exposure; or the camera is knocked, swings, and stands a little elsewhere, in a darker and noisier room.
 */
function disturbance(take, head, seed) {
  const random = seeded(seed + 7);
  const [cx, cy] = head.centre;
  const inFront = (x, y) => {
    const [dx, dy] = [(x - cx) / (head.faceWidth * 0.85), (y - cy) / (head.faceHeight * 0.95)];
    return dx * dx + dy * dy < 1 || (y > cy && Math.abs(x - cx) < head.faceWidth * (0.6 + (y - cy) / head.faceHeight));
  };
  if (random() < 0.5) {
    const speed = between(random, 90, 220) * (random() < 0.5 ? -1 : 1);
    const from = between(random, 0, 1.5);
    const [skin, shirt] = [
      [190, 145, 120],
      [between(random, 40, 200), between(random, 40, 200), between(random, 40, 200)],
    ];
    const exposure = wander(random, 0.09);
    return (pic, t) => {
      // There and back: they cross the picture every few seconds.
      const way = ((t - from) * Math.abs(speed)) % 1700;
      const left = speed > 0 ? way - 250 : 890 - way;
      const gain = 1 + exposure(t);
      for (let y = 40; y < HEIGHT; y++)
        for (let x = Math.max(0, Math.round(left)); x < Math.min(WIDTH, left + 170); x++) {
          const [u, v] = [x - left - 85, y - 100];
          const isHead = u * u + v * v * 0.7 < 2400;
          if (inFront(x, y) || (!isHead && y < 165)) continue;
          const checked = (Math.floor((x - left) / 14) + Math.floor(y / 14)) % 2 === 0;
          const rgb = isHead ? skin : shirt;
          const k = (y * WIDTH + x) * 3;
          for (let c = 0; c < 3; c++) pic.data[k + c] = rgb[c] * (checked && !isHead ? 1 : 0.7);
        }
      for (let i = 0; i < pic.data.length; i++) pic.data[i] *= gain;
      return pic;
    };
  }
  const at = between(random, 1.2, 3.5);
  const [dx, dy] = [between(random, -9, 9), between(random, -5, 5)];
  const stays = between(random, 0.1, 0.6);
  return (pic, t) => {
    const since = t - at;
    const swing = since < 0 ? 0 : stays + (1 - stays) * Math.exp(-since / 0.12) * Math.cos(since * 50);
    const moved = picture(WIDTH, HEIGHT);
    const rgb = [0, 0, 0];
    for (let y = 0; y < HEIGHT; y++)
      for (let x = 0; x < WIDTH; x++) {
        sample(pic, x + dx * swing, y + dy * swing, rgb);
        const k = (y * WIDTH + x) * 3;
        for (let c = 0; c < 3; c++) moved.data[k + c] = rgb[c] * 0.7 + (random() + random() + random() - 1.5) * 8;
      }
    return moved;
  };
}

/** A person (synthesised) who does what is asked after a human reaction time. `busy`: in a room where things happen. */
function bonaFide(take, seed, busy = false) {
  const random = seeded(seed);
  const head = makeHead(take.still, take.landmarks);
  const person = behaviour(random);
  const look = camera(random);
  const disturb = busy ? disturbance(take, head, seed) : (pic) => pic;
  return {
    ask: (action, at) => person.act(action, at + between(random, 0.45, 1.0)),
    frame: (t) => look(disturb(head.render(person.pose(t)), t), t),
  };
}

const hand = (target, x, y, random) => {
  const skin = [196 + random() * 20, 150, 122];
  for (let j = -34; j < 34; j++)
    for (let i = -26; i < 26; i++) {
      const [px, py] = [Math.round(x + i), Math.round(y + j)];
      if (px < 0 || py < 0 || px >= WIDTH || py >= HEIGHT || (i / 26) ** 2 + (j / 34) ** 2 > 1) continue;
      skin.forEach((c, k) => (target.data[(py * WIDTH + px) * 3 + k] = c * (0.85 + 0.15 * (1 - (i / 26) ** 2))));
    }
};

/** How the holder of a print moves it when the question comes: the best that a flat thing can do for each action. */
function handling(kind, random) {
  const tremble = {
    x: wander(random, 1.2),
    y: wander(random, 1.2),
    roll: wander(random, 0.4),
    yaw: wander(random, 0.8),
  };
  const shake = { x: wander(random, 45), y: wander(random, 25), z: wander(random, 30) };
  const asked = [];
  return {
    ask: (action, at) => asked.push({ action, from: at + between(random, 0.4, 0.9), size: between(random, 0.7, 1) }),
    pose(t) {
      const pose = { size: 1, x: 0, y: 0, z: 0, yaw: 0, pitch: 0, roll: 0, bend: 0 };
      if (kind === 'photo-still') return pose;
      for (const key of Object.keys(tremble)) pose[key] += tremble[key](t);
      if (kind === 'photo-moved') for (const key of Object.keys(shake)) pose[key] += shake[key](t);
      for (const { action, from, size } of asked) {
        const now = size * ramp(t, from, 0.45, 0.7, 0.45);
        const side = action === 'turn-left' ? 1 : action === 'turn-right' ? -1 : 0;
        if (kind === 'photo-rotated' || kind === 'cut-out' || kind === 'cut-out-eyes') {
          pose.yaw += 42 * side * now;
          if (side === 0) pose[action === 'open-mouth' ? 'pitch' : 'roll'] += (action === 'open-mouth' ? 40 : 22) * now;
        } else if (kind === 'photo-bent') {
          pose.bend += (side === 0 ? -1.6 : 1.9) * now;
          pose.bendAcross = side === 0;
          pose.yaw += 26 * side * now;
        } else if (kind === 'photo-zoomed') pose.z -= 190 * now;
        else if (kind === 'photo-moved') pose.x += 110 * side * now;
      }
      return pose;
    },
    /** For eye holes: the attacker's own eyes behind the mask do blink. */
    blink(t) {
      return asked.reduce((most, a) => Math.max(most, a.action === 'blink' ? ramp(t, a.from, 0.13, 0.5, 0.15) : 0), 0);
    },
  };
}

/** A printed photograph, whole, in a hand. */
function photo(kind, take, seed) {
  const random = seeded(seed);
  const large = random() < 0.4;
  const sheet = framed(printed(take.still), 14, [236, 234, 228]);
  const wall = room(seed);
  const held = handling(kind, random);
  const look = camera(random);
  const place = {
    size: large ? 1.15 : between(random, 0.75, 0.95),
    x: between(random, -20, 20),
    y: between(random, -12, 12),
  };
  return {
    ask: held.ask,
    frame(t) {
      const out = picture(WIDTH, HEIGHT, wall.data.slice());
      const pose = held.pose(t);
      drawSheet(out, sheet, { ...pose, size: place.size, x: pose.x + place.x, y: pose.y + place.y });
      hand(out, WIDTH / 2 + pose.x + place.x - 300 * place.size, HEIGHT / 2 + pose.y + 170 * place.size, seeded(seed));
      return look(out, t);
    },
  };
}

/** The face cut out of a print along the hair, before another background; with holes, the attacker's eyes behind it. */
function cutOut(kind, take, seed) {
  const random = seeded(seed);
  const head = makeHead(take.still, take.landmarks);
  const held = handling(kind, random);
  const look = camera(random);
  const wall = room(seed + 1);
  const plain = printed(take.still);
  const mask = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) mask[y * WIDTH + x] = inside(head.outline, x, y) ? 1 : 0;
  return {
    ask: held.ask,
    frame(t) {
      const out = picture(WIDTH, HEIGHT, wall.data.slice());
      const blink = kind === 'cut-out-eyes' ? held.blink(t) : 0;
      const sheet = blink > 0 ? printed(head.render({ ...STILL_POSE, blink })) : plain;
      drawSheet(
        out,
        sheet,
        { ...held.pose(t), size: 1 },
        (_rgb, _t, u, v) => mask[Math.round(v) * WIDTH + Math.round(u)] === 1,
      );
      return look(out, t);
    },
  };
}

/** A screen that plays another take of the same person: the answer to a question drawn beforehand, started when asked. */
function replay(kind, take, seed) {
  const random = seeded(seed);
  const head = makeHead(take.still, take.landmarks);
  const recorded = behaviour(random);
  const filmed = camera(random);
  const look = camera(random);
  const wall = room(seed + 2);
  const close = kind === 'replay-close';
  const size = close ? 1.25 : between(random, 0.72, 0.95);
  const pitch = between(random, 1.35, 3.4);
  const stripes = lcdStripes(pitch, pitch * size, 0.4);
  const tremble = { x: wander(random, 2), y: wander(random, 2), yaw: wander(random, 1.5), roll: wander(random, 0.8) };
  const tilt = [between(random, -4, 4), between(random, -3, 3)];
  const answer = ACTIONS[Math.floor(random() * ACTIONS.length)];
  return {
    answer,
    pitch,
    ask: (_action, at) => recorded.act(answer, at + between(random, 0.45, 1.0)),
    frame(t) {
      const out = picture(WIDTH, HEIGHT, wall.data.slice());
      const shown = soften(filmed(head.render(recorded.pose(t)), t));
      const screen = framed(shown, 26, [14, 14, 16]);
      const pose = {
        size,
        x: tremble.x(t),
        y: tremble.y(t),
        yaw: tilt[0] + tremble.yaw(t),
        roll: tilt[1] + tremble.roll(t),
      };
      drawSheet(out, screen, pose, (rgb, _t, u, v) => {
        if (u > 25 && v > 25 && u < screen.width - 26 && v < screen.height - 26) stripes(rgb, u, v);
        return true;
      });
      if (!close) hand(out, WIDTH / 2 + pose.x - 345 * size, HEIGHT / 2 + pose.y + 150 * size, seeded(seed));
      return look(out, t);
    },
  };
}

/** A presentation of `kind`: `bona-fide`, `bona-fide-busy`, or one of `ATTACKS` on the person of `take`. */
export function presentationOf(kind, take, seed) {
  return kind.startsWith('bona-fide') ? bonaFide(take, seed, kind === 'bona-fide-busy') : attack(kind, take, seed);
}

/** An attack of a kind of `ATTACKS` on the person of `take`. */
function attack(kind, take, seed) {
  if (kind.startsWith('photo')) return photo(kind, take, seed);
  if (kind.startsWith('cut-out')) return cutOut(kind, take, seed);
  if (kind.startsWith('replay')) return replay(kind, take, seed);
  throw new Error(`There is no attack called ${kind}.`);
}
