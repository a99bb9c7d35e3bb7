#!/usr/bin/env node
/**
 * `npm run bench:pad`: presentation attack detection, measured as ISO/IEC 30107-3 counts it. Every presentation is rendered
 * frame by frame, goes through JPEG, the real FaceLandmarker in real Chromium, the real detector and embedder (same face?) and
 * the decision core, and hears its questions as they are asked. Bona fide presentations are SYNTHESISED from photographs.
 *
 *   --quick          one person per attack and question instead of five
 *   --smoke          four presentations of one person, for the tests; exit code 1 when one of them is judged wrongly
 *   --mode five      the fallback: head turns from the detector's five points, no landmarker
 *   --only A,B       only these kinds (bona-fide, photo-still, ...)
 *   --fps N          frames a second (default 10: what a two-core laptop's screen keeps up beside vision)
 *   --scenes DIR     other people: a folder with a sub-folder of pictures for each (or LINTEL_PAD_SCENES)
 *   --people A,B     only these
 *   --json FILE      every presentation with its outcome, written anew after each
 *   --part K/N       every N-th presentation from the K-th on, so that N runs side by side share the work, ...
 *   --merge A,B      ... and the table of what they wrote with --json; nothing is presented
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openLandmarker } from './landmarker.mjs';
import { loadLiveness, openRealVision } from './ours.mjs';
import { jpegOf, listPeople, listTakes, loadTake, scenesName, useScenes } from './people.mjs';
import { ACTIONS, ATTACKS, BONA_FIDE, presentationOf } from './presentations.mjs';
import { picture, seeded, seedOf } from './raster.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    mode: { type: 'string', default: 'mesh' },
    only: { type: 'string' },
    fps: { type: 'string', default: '10' },
    json: { type: 'string' },
    scenes: { type: 'string' },
    people: { type: 'string' },
    part: { type: 'string', default: '1/1' },
    merge: { type: 'string' },
  },
});
useScenes(options.scenes);
const fps = Number(options.fps);
const [part, parts] = options.part.split('/').map(Number);
const five = options.mode === 'five';
const questions = five ? ['turn-left', 'turn-right'] : ACTIONS;

/** An embedding this near to the one at the question is still the same face: far below a match, above nearly every stranger. */
const SAME_FACE = 0.4;
const ASKED_AT = 1000;
/** As in the kiosk (src/main/checkin/liveness-challenge.ts): the cues are read while the question stands and until the votes agree anew. */
const [READINGS_KEPT, READING_EVERY, VOTES_AGREE_MS] = [8, 100, 100];

const merged = options.merge?.split(',').map((file) => JSON.parse(readFileSync(file, 'utf8')));
const liveness = merged === undefined ? await loadLiveness() : null;
const vision = merged === undefined ? await openRealVision() : null;
if (merged === undefined && vision === null && five) {
  console.error('The five-point mode needs the detector.');
  process.exit(1);
}
const landmarker = merged === undefined ? await openLandmarker() : null;
let now = 0;
const clock = () => (now += 33);
const nobody = await jpegOf(picture(640, 480));

/** The first question is drawn by seed until it is `first`, so that each is asked equally often; the rest is chance. */
function challengeAsking(first, seed) {
  for (let s = seed; ; s++) {
    const state = liveness.createChallenge(seeded(s), ASKED_AT, questions);
    if (state.action === first) return state;
  }
}

function boxOf(landmarks) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < 468; i++) {
    left = Math.min(left, landmarks[i * 3] * 640);
    right = Math.max(right, landmarks[i * 3] * 640);
    top = Math.min(top, landmarks[i * 3 + 1] * 480);
    bottom = Math.max(bottom, landmarks[i * 3 + 1] * 480);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const dot = (a, b) => a.reduce((s, v, i) => s + v * b[i], 0);

/** One presentation from the first frame to the verdict. */
async function present(presentation, first, seed) {
  let state = challengeAsking(first, seed);
  presentation.ask(state.action, state.askedAt / 1000);
  await landmarker.detect(nobody, (now += 100));
  const began = now + 50;
  let passive = [];
  let views = [];
  let until = Infinity;
  let before = null;
  let sameFace = true;
  let faces = 0;
  for (let frame = 0; frame < 14 * fps; frame++) {
    const at = Math.round((frame * 1000) / fps);
    if (at > until) break;
    const pic = presentation.frame(at / 1000);
    const jpeg = await jpegOf(pic);
    now = began + at;
    const found = five ? null : await landmarker.detect(jpeg, now);
    const wantsPassive = at >= ASKED_AT && at - (passive.at(-1)?.at ?? 0) >= READING_EVERY;
    const wantsVision = vision !== null && state.phase === 'asking';
    const raw = wantsPassive || wantsVision ? await sharp(jpeg).raw().toBuffer() : null;
    let seen = null;
    if (wantsVision) {
      const picture = { width: 640, height: 480, channels: 3, data: raw };
      [seen = null] = await vision.analyze(picture, { embed: frame % Math.round(fps / 2) === 0 ? 'largest' : 'none' });
      // Only faces that look ahead are compared: from the side the embedder sees somebody else.
      if (seen?.embedding && Math.abs(seen.quality.pose.yaw) < 20) {
        before ??= seen.embedding;
        sameFace = dot(before, seen.embedding) >= SAME_FACE;
      }
    }
    const box = found !== null ? boxOf(found.landmarks) : (seen?.box ?? null);
    if (box !== null) faces++;
    if (wantsPassive && box !== null) {
      const planes = liveness.passiveFrame({ width: 640, height: 480, channels: 3, data: raw }, box, at);
      passive = [...passive, liveness.readPassive(planes)].slice(-READINGS_KEPT);
      views = liveness.withView(views, passive.at(-1));
    }
    if (state.phase !== 'asking') continue;
    const shapes = found?.blendshapes;
    const input =
      found !== null
        ? {
            kind: 'mesh',
            at,
            sameFace,
            points: liveness.meshInPixels(found.landmarks, 640, 480),
            blendshapes: shapes,
            ...liveness.poseOfMatrix(found.matrix),
            ...(seen === null ? {} : { five: seen.landmarks }),
          }
        : five && seen !== null
          ? { kind: 'five', at, sameFace, landmarks: seen.landmarks }
          : { kind: 'nobody', at };
    const next = liveness.stepChallenge(state, input);
    if (next.phase === 'asking' && next.tryNumber !== state.tryNumber)
      presentation.ask(next.action, next.askedAt / 1000);
    state = next;
    if (state.phase !== 'asking') until = at + VOTES_AGREE_MS;
  }
  const scores = passive.length < 4 ? null : liveness.passiveScores(passive, views);
  const verdict = scores === null ? null : liveness.passiveVerdict(scores);
  return {
    seen: faces > 0,
    challenge: state.phase === 'passed',
    tries: state.tryNumber,
    last: state.action,
    failures: state.failures,
    passive: verdict === null ? false : verdict.live,
    cues: verdict?.cues ?? [],
    score: verdict?.score ?? null,
    scores,
  };
}

/** Upper end of the 95 % interval for k of n (Clopper and Pearson, one-sided 97.5 %), by bisection. */
function upper(k, n) {
  if (n === 0 || k === n) return 1;
  let [low, high] = [k / n, 1];
  for (let i = 0; i < 50; i++) {
    const p = (low + high) / 2;
    let term = (1 - p) ** n;
    let sum = term;
    for (let j = 1; j <= k; j++) sum += term *= ((n - j + 1) / j) * (p / (1 - p));
    if (sum > 0.025) low = p;
    else high = p;
  }
  return high;
}

const percent = (k, n) => (n === 0 ? '-' : `${((100 * k) / n).toFixed(1)} %`);
const row = (name, list, wrong) => {
  const count = (key) => list.filter((r) => wrong(r[key])).length;
  const both = list.filter((r) => wrong(r.challenge && r.passive)).length;
  return {
    presentation: name,
    n: list.length,
    'no face': list.filter((r) => !r.seen).length,
    challenge: percent(count('challenge'), list.length),
    passive: percent(count('passive'), list.length),
    'challenge + passive': percent(both, list.length),
    'at most (95 %)': percent(upper(both, list.length), 1),
  };
};

const people = options.people?.split(',') ?? listPeople();
const jobs = [];
people.forEach((person, p) => {
  for (const first of questions)
    for (const kind of [...BONA_FIDE, ...ATTACKS])
      for (let round = 0; round < (kind === 'bona-fide' ? 2 : 1); round++)
        if (!options.quick || round === 0) {
          // In a quick run each attack meets each question once, the people taking turns.
          const turn = (ATTACKS.indexOf(kind) + questions.indexOf(first)) % people.length;
          if (!options.quick || BONA_FIDE.includes(kind) || turn === p) jobs.push({ person, first, kind, round });
        }
});
// In an order that has nothing to do with who does what: what a run that is cut short has seen is then a fair part of it.
const order = new Map(jobs.map((job) => [job, seedOf(Object.values(job).join())]));
jobs.sort((a, b) => order.get(a) - order.get(b));
const wanted = options.only?.split(',');
const results = merged?.flat() ?? [];
const takes = new Map();
const started = Date.now();
try {
  const smoke = ['bona-fide turn-left', 'bona-fide smile', 'photo-rotated turn-left', 'photo-bent turn-right'];
  const list = options.smoke
    ? jobs.filter((job) => job.person === people[1] && job.round === 0 && smoke.includes(`${job.kind} ${job.first}`))
    : jobs
        .filter((job) => wanted === undefined || wanted.includes(job.kind))
        .filter((_job, i) => merged === undefined && i % parts === part - 1);
  for (const [i, { person, first, kind, round }] of list.entries()) {
    const all = listTakes(person);
    const take = all[(round * 3 + 1 + questions.indexOf(first)) % all.length];
    const key = `${person}/${take}`;
    if (!takes.has(key)) takes.set(key, await loadTake(landmarker, clock, person, take));
    const loaded = takes.get(key);
    if (loaded === null) continue;
    const seed = seedOf([kind, person, first, round].join());
    const presentation = presentationOf(kind, loaded, seed);
    const result = await present(presentation, first, seed);
    results.push({ kind, person, take, first, answer: presentation.answer ?? null, ...result });
    // After each: a run that is cut short has not been for nothing.
    if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(results, null, 1));
    process.stderr.write(
      `\r${i + 1}/${list.length} presentations, ${Math.round((Date.now() - started) / 1000)} s, ${kind} ${first}`.padEnd(
        78,
      ),
    );
  }
} finally {
  process.stderr.write('\n');
  await landmarker?.close();
  await vision?.close();
}

console.log(
  `Presentation attack detection, ISO/IEC 30107-3 (${five ? 'five points' : 'landmarker'}, ${fps} frames/s). No certification is claimed.`,
);
console.log(
  `${new Set(results.map((r) => r.person)).size} people of ${scenesName()}. Bona fide presentations are synthesised from photographs (scripts/pad/README.md).`,
);
console.log('\nAPCER: attack presentations taken for a living person');
const accepted = (live) => live;
const attacks = ATTACKS.map((kind) => [kind, results.filter((r) => r.kind === kind)]).filter(([, r]) => r.length > 0);
const table = attacks.map(([kind, r]) => row(kind, r, accepted));
const replays = results.filter((r) => r.kind.startsWith('replay'));
if (replays.length > 0) {
  const [same, other] = [replays.filter((r) => r.answer === r.first), replays.filter((r) => r.answer !== r.first)];
  table.push(row('replays, all', replays, accepted));
  table.push(row('  first question another', other, accepted), row('  first question the same', same, accepted));
}
console.table(table);
console.log('BPCER: bona fide presentations taken for an attack');
const bona = results.filter((r) => BONA_FIDE.includes(r.kind));
const refused = (live) => !live;
console.table([
  ...questions.map((first) =>
    row(
      first,
      bona.filter((r) => r.first === first),
      refused,
    ),
  ),
  ...BONA_FIDE.map((kind) =>
    row(
      kind,
      bona.filter((r) => r.kind === kind),
      refused,
    ),
  ),
  row('all', bona, refused),
]);
console.log(
  `Bona fide answered at the first question: ${percent(bona.filter((r) => r.challenge && r.tries === 1).length, bona.length)}`,
);
if (options.smoke) {
  const wrong = results.filter((r) => (r.challenge && r.passive) !== BONA_FIDE.includes(r.kind));
  console.log(`${results.length - wrong.length} of ${results.length} judged rightly`);
  if (wrong.length > 0 || results.length < 4) process.exitCode = 1;
}
