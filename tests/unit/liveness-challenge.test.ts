import { describe, expect, it } from 'vitest';
import {
  CHALLENGE_CONFIG,
  type ChallengeInput,
  type ChallengeState,
  createChallenge,
  stepChallenge,
} from '../../src/main/liveness/challenge.ts';
import { type Action, ACTIONS } from '../../src/main/liveness/evidence.ts';
import type { Blendshapes, MeshObservation } from '../../src/main/liveness/observation.ts';
import {
  bend,
  closedEyes,
  FIVE,
  head,
  openMouth,
  type Pose,
  project,
  projectFive,
  smile,
} from '../support/liveness-head.ts';

const CALM: Blendshapes = {
  eyeBlinkLeft: 0.1,
  eyeBlinkRight: 0.1,
  mouthSmileLeft: 0.05,
  mouthSmileRight: 0.05,
  jawOpen: 0.02,
};
const BLINK: Blendshapes = { ...CALM, eyeBlinkLeft: 0.6, eyeBlinkRight: 0.6 };
const SMILE: Blendshapes = { ...CALM, mouthSmileLeft: 0.8, mouthSmileRight: 0.8 };
const OPEN: Blendshapes = { ...CALM, jawOpen: 0.6 };

const face = head();
/** A challenge whose first question is `action`: the orders are tried until one begins with it. */
const asking = (action: Action, at = 0): ChallengeState => {
  for (let seed = 0; ; seed++) {
    let s = seed;
    const state = createChallenge(() => (s = (s * 16807 + 7) % 2147483647) / 2147483647, at);
    if (state.action === action) return state;
  }
};

interface Moment {
  readonly pose?: Pose;
  readonly points?: Float32Array;
  readonly shapes?: Blendshapes;
  readonly sameFace?: boolean;
  /** What the head matrix says, when it is not the pose: a picture that is tilted. */
  readonly claims?: number;
}

const observe = (at: number, moment: Moment = {}): MeshObservation => ({
  kind: 'mesh',
  at,
  sameFace: moment.sameFace ?? true,
  points: project(moment.points ?? face, moment.pose ?? {}),
  blendshapes: moment.shapes ?? CALM,
  yaw: moment.claims ?? moment.pose?.yaw ?? 0,
  pitch: moment.pose?.pitch ?? 0,
});

/** Ten frames a second from `from` to `to` (ms), each as `at` says. */
function play(state: ChallengeState, from: number, to: number, moment: (at: number) => Moment | null): ChallengeState {
  for (let at = from; at <= to && state.phase === 'asking'; at += 100) {
    const now = moment(at);
    state = stepChallenge(state, now === null ? { kind: 'nobody', at } : observe(at, now));
  }
  return state;
}

const during =
  (from: number, to: number, what: Moment, else_: Moment = {}) =>
  (at: number): Moment =>
    at >= from && at < to ? what : else_;

/** A person sways a little all the time: that is how depth shows. */
const SWAY: Moment = { pose: { yaw: 4 } };

describe('a person answers', () => {
  it.each([
    ['turn-left', { pose: { yaw: 20 } }],
    ['turn-right', { pose: { yaw: -20 } }],
    ['smile', { points: smile(face), shapes: SMILE }],
    ['open-mouth', { points: openMouth(face), shapes: OPEN }],
  ] as const)('%s: passed as soon as it is held', (action, what) => {
    const state = play(asking(action), 0, 3000, during(900, 1600, what));
    expect(state).toMatchObject({ phase: 'passed', tryNumber: 1, failures: [] });
    expect(state.lastFaceAt).toBeLessThanOrEqual(1100);
  });

  it('blink: slowly, with a sway that shows depth', () => {
    const closed: Moment = { points: closedEyes(face), shapes: BLINK };
    const state = play(asking('blink'), 0, 3000, (at) =>
      at >= 900 && at < 1300 ? closed : at >= 500 && at < 800 ? SWAY : {},
    );
    expect(state).toMatchObject({ phase: 'passed', tryNumber: 1 });
  });

  it('blink without any sign of depth is followed by a turn', () => {
    const state = play(asking('blink'), 0, 3000, during(900, 1300, { points: closedEyes(face), shapes: BLINK }));
    expect(state).toMatchObject({ phase: 'asking', tryNumber: 2, failures: ['no-depth'] });
    expect(['turn-left', 'turn-right']).toContain(state.action);
    const sign = state.action === 'turn-left' ? 1 : -1;
    const from = state.askedAt;
    expect(play(state, from, from + 3000, during(from + 800, from + 1500, { pose: { yaw: 20 * sign } })).phase).toBe(
      'passed',
    );
  });

  it('an everyday blink is no answer to "blink" and no wrong answer to the rest', () => {
    const quick = during(900, 1000, { points: closedEyes(face), shapes: BLINK }, SWAY);
    expect(play(asking('blink'), 0, 3900, quick).phase).toBe('asking');
    const state = play(asking('smile'), 0, 3900, during(900, 1400, { points: closedEyes(face), shapes: BLINK }));
    expect(state).toMatchObject({ phase: 'asking', tryNumber: 1 });
  });

  it('may come to rest first: looking away while the question appears', () => {
    const state = play(asking('turn-left'), 0, 3900, (at) =>
      at < 900 ? { pose: { yaw: -25 } } : at > 1800 && at < 2500 ? { pose: { yaw: 22 } } : {},
    );
    expect(state).toMatchObject({ phase: 'passed', tryNumber: 1 });
  });
});

describe('what does not pass', () => {
  it('nothing at all: two tries of four seconds, then it is over', () => {
    const first = play(asking('smile'), 0, 4100, () => ({}));
    expect(first).toMatchObject({ phase: 'asking', tryNumber: 2, failures: ['no-answer'] });
    expect(first.askedAt).toBe(4100 + CHALLENGE_CONFIG.pauseMs);
    expect(play(first, 4200, 20_000, () => ({}))).toMatchObject({
      phase: 'failed',
      failures: ['no-answer', 'no-answer'],
    });
  });

  it.each(ACTIONS)('a still picture when asked: %s', (action) => {
    expect(play(asking(action), 0, 20_000, () => ({ pose: { flat: true } })).phase).toBe('failed');
  });

  it.each([
    ['moved', { x: 90, flat: true }],
    ['tilted, the head matrix fooled', { yaw: 40, flat: true }],
    ['nearer', { z: -250, flat: true }],
  ] as const)('a picture %s when asked to turn', (_what, pose) => {
    const show = during(600, 2500, { pose, claims: 22 }, { pose: { flat: true } });
    const state = play(asking('turn-left'), 0, 4100, show);
    expect(state).toMatchObject({ phase: 'asking', tryNumber: 2, failures: ['flat'] });
  });

  it.each([-2, 2])('a picture bent by %d radians and turned, the head matrix fooled', (angle) => {
    const show = during(
      600,
      2500,
      { points: bend(face, angle), pose: { yaw: 25 }, claims: 22 },
      { pose: { flat: true } },
    );
    expect(play(asking('turn-left'), 0, 4100, show)).toMatchObject({ tryNumber: 2, failures: ['flat'] });
  });

  it('the landmarker alone saying "smile" while no lip moves', () => {
    expect(play(asking('smile'), 0, 4100, during(800, 2000, { shapes: SMILE }))).toMatchObject({
      failures: ['no-answer'],
    });
    const stretched = during(800, 2000, { points: smile(face) });
    expect(play(asking('smile'), 0, 4100, stretched)).toMatchObject({ failures: ['no-answer'] });
  });

  it.each([
    ['turn-left', { pose: { yaw: -22 } }, 'turn-right'],
    ['smile', { points: openMouth(face), shapes: OPEN }, 'open-mouth'],
    ['open-mouth', { pose: { yaw: 22 } }, 'turn-left'],
    ['blink', { points: smile(face), shapes: SMILE }, 'smile'],
  ] as const)('the answer to another question (%s), and that is not asked next', (action, what, given) => {
    const state = play(asking(action), 0, 3900, during(700, 1500, what));
    expect(state).toMatchObject({ phase: 'asking', tryNumber: 2, failures: ['wrong-action'] });
    expect(state.action).not.toBe(action);
    expect(state.action).not.toBe(given);
  });

  it('a slow blink when something else is asked loses nothing by itself, but is not asked next', () => {
    const shut: Moment = { points: closedEyes(face), shapes: BLINK };
    // Any first question but "blink", in many orders, with depth seen so that the second is not a turn by rule.
    let s = 99;
    const random = (): number => (s = (s * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 40; round++) {
      const first = createChallenge(random, 0);
      if (first.action === 'blink') continue;
      const during = play(first, 0, 3900, (at) => (at >= 900 && at < 1400 ? shut : at > 500 && at < 800 ? SWAY : {}));
      expect(during).toMatchObject({ phase: 'asking', tryNumber: 1, blinked: true, depthSeen: true });
      const second = play(during, 4000, 4100, () => ({}));
      expect(second).toMatchObject({ tryNumber: 2, failures: ['no-answer'] });
      expect(second.action).not.toBe('blink');
    }
  });

  it('a film that moves already when the question comes', () => {
    const state = play(asking('turn-left'), 0, 1000, (at) => ({ pose: { yaw: Math.min(25, at / 10) } }));
    expect(state.failures).toEqual(['too-early']);
  });

  it('another face: over at once, on the first try', () => {
    const state = play(asking('turn-left'), 0, 3000, (at) => (at < 800 ? {} : { sameFace: false, pose: { yaw: 20 } }));
    expect(state).toMatchObject({ phase: 'failed', failures: ['face-changed'], tryNumber: 1 });
  });

  it('a face that goes away', () => {
    const state = play(asking('turn-left'), 0, 2000, (at) => (at < 500 ? {} : null));
    expect(state.failures).toEqual(['face-left']);
  });

  it('an answer after the time', () => {
    const late = play(asking('turn-left'), 0, 4300, during(4050, 4400, { pose: { yaw: 20 } }));
    expect(late).toMatchObject({ tryNumber: 2, failures: ['no-answer'] });
  });

  it('anything shown between the tries', () => {
    const second = play(asking('smile'), 0, 4100, () => ({}));
    const sign = second.action === 'turn-left' ? 1 : -1;
    const between = stepChallenge(second, observe(second.askedAt - 100, { pose: { yaw: 20 * sign } }));
    expect(between).toBe(second);
  });
});

describe('the state', () => {
  it('is never changed in place, and over is over', () => {
    const first = asking('turn-left');
    const copy = structuredClone(first);
    let state = stepChallenge(first, observe(0));
    state = stepChallenge(state, observe(300));
    expect(first).toEqual(copy);
    const passed: ChallengeState = { ...state, phase: 'passed' };
    expect(stepChallenge(passed, observe(400))).toBe(passed);
  });

  it('asks each question about equally often', () => {
    const counts = new Map<Action, number>();
    let s = 12345;
    const random = (): number => (s = (s * 16807) % 2147483647) / 2147483647;
    for (let i = 0; i < 5000; i++) {
      const { action } = createChallenge(random, 0);
      counts.set(action, (counts.get(action) ?? 0) + 1);
    }
    for (const action of ACTIONS) expect(counts.get(action)).toBeGreaterThan(850);
  });
});

describe("with the detector's five points only", () => {
  const five = (at: number, pose: Pose): ChallengeInput => ({
    kind: 'five',
    at,
    sameFace: true,
    landmarks: projectFive(FIVE, pose),
  });
  const run = (pose: (at: number) => Pose): ChallengeState => {
    let state = createChallenge(() => 0, 0, ['turn-left', 'turn-right']);
    const sign = state.action === 'turn-left' ? 1 : -1;
    for (let at = 0; at < 4000 && state.phase === 'asking' && state.tryNumber === 1; at += 100) {
      const p = pose(at);
      state = stepChallenge(state, five(at, { ...p, yaw: (p.yaw ?? 0) * sign }));
    }
    return state;
  };
  it('a head turn passes', () => {
    expect(run((at) => (at > 800 && at < 1500 ? { yaw: 22 } : {})).phase).toBe('passed');
  });
  it.each([{ yaw: 45 }, { yaw: 45, z: -150 }, { x: 120 }, { roll: 25, yaw: 30 }])('a picture does not: %o', (pose) => {
    expect(run((at) => ({ ...(at > 800 && at < 2500 ? pose : {}), flat: true })).phase).toBe('asking');
  });
  it('a print whose nose the detector misplaces, but which is too narrow for such a turn', () => {
    const first = createChallenge(() => 0, 0, ['turn-left', 'turn-right']);
    const sign = first.action === 'turn-left' ? 1 : -1;
    const seen =
      (nose: number) =>
      (at: number): ChallengeInput => {
        const landmarks = projectFive(FIVE, at > 800 ? { yaw: 42 * sign, flat: true } : { flat: true });
        landmarks[2] = [landmarks[2]![0] + (at > 800 ? nose * sign : 0), landmarks[2]![1]];
        return { kind: 'five', at, sameFace: true, landmarks };
      };
    let state = first;
    for (let at = 0; at < 3900; at += 100) state = stepChallenge(state, seen(11)(at));
    expect(state.phase).toBe('asking');
    expect(state.flatFrames).toBeGreaterThan(10);
  });
  it('the landmarker coming back in the middle does not break it', () => {
    let state = createChallenge(() => 0, 0, ['turn-left', 'turn-right']);
    for (let at = 0; at < 500; at += 100) state = stepChallenge(state, five(at, {}));
    state = stepChallenge(state, observe(600, { pose: { yaw: 25 } }));
    expect(state).toMatchObject({ phase: 'asking', tryNumber: 1 });
  });
});
