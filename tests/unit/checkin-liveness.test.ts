/** The check-in machine where a sign of life is wanted. Faces are heads made of formulas, answered to by the real challenge. */
import { describe, expect, it } from 'vitest';
import {
  ask,
  observationOf,
  NOT_LIVE_PAUSE_MS,
  proofOf,
  readFrame,
  takenAt,
  wantsReading,
} from '../../src/main/checkin/liveness-challenge.ts';
import { step } from '../../src/main/checkin/machine.ts';
import {
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  initialState,
  type LivenessObservation,
  type RecordRequest,
} from '../../src/main/checkin/state.ts';
import { CHALLENGE_CONFIG } from '../../src/main/liveness/challenge.ts';
import type { MeshObservation } from '../../src/main/liveness/observation.ts';
import type { PassiveReading } from '../../src/main/liveness/passive.ts';
import { readSettings } from '../../src/main/server/settings.ts';
import type { LivenessAction } from '../../src/shared/liveness.ts';
import { closedEyes, FIVE, head, openMouth, type Pose, project, projectFive, smile } from '../support/liveness-head.ts';

const face = head();
const CALM = { eyeBlinkLeft: 0.1, eyeBlinkRight: 0.1, mouthSmileLeft: 0.05, mouthSmileRight: 0.05, jawOpen: 0.02 };

interface Does {
  readonly points?: Float32Array;
  readonly shapes?: typeof CALM;
  readonly pose?: Pose;
}
const DOING: Record<LivenessAction, Does> = {
  blink: { points: closedEyes(face), shapes: { ...CALM, eyeBlinkLeft: 0.6, eyeBlinkRight: 0.6 } },
  'turn-left': { pose: { yaw: 24 } },
  'turn-right': { pose: { yaw: -24 } },
  smile: { points: smile(face), shapes: { ...CALM, mouthSmileLeft: 0.8, mouthSmileRight: 0.8 } },
  'open-mouth': { points: openMouth(face), shapes: { ...CALM, jawOpen: 0.6 } },
};

const WHO = ['ada', 'bo'] as const;
type Who = (typeof WHO)[number];

interface Shot {
  readonly who?: Who;
  readonly does?: Does;
  /** What runs beside the camera: the landmarker, one that finds nothing, or none. */
  readonly sees?: 'mesh' | 'nothing' | 'loading' | 'five';
  readonly embedded?: Who;
  readonly x?: number;
}

const reading = (at: number, glare = 0): PassiveReading => ({
  at,
  face: { x: 200, y: 100, width: 220, height: 280 },
  border: 0.1,
  glare,
  spectra: null,
  small: { width: 160, height: 120, data: new Float32Array(160 * 120) },
});

class Door {
  state: CheckInState = initialState;
  at = 1000;
  records: RecordRequest[] = [];
  phases: string[] = [];
  glare = 0;
  choice = false;
  config: CheckInConfig;

  constructor(mode: 'passive' | 'challenge', draw = 0) {
    this.config = {
      votes: { needed: 3, of: 5, withinMs: 1500 },
      cooldownMs: 60_000,
      sameFace: 0.3,
      liveness: { mode, random: () => draw },
    };
  }

  get phase(): string {
    return this.state.view.phase;
  }
  get action(): LivenessAction | null {
    const { view } = this.state;
    return view.phase === 'challenge' ? view.action : null;
  }

  send(input: CheckInInput): this {
    const done = step(this.state, input, this.config);
    this.state = done.state;
    if (done.view.phase !== this.phases.at(-1)) this.phases.push(done.view.phase);
    if (done.record === undefined) return this;
    this.records.push(done.record);
    return this.send({
      kind: 'recorded',
      at: this.at,
      trackId: done.record.trackId,
      view: {
        phase: 'match',
        checkInId: 'c',
        personId: done.record.personId,
        name: done.record.personId,
        direction: 'in',
        at: 0,
        picture: null,
      },
    });
  }

  frame(shot: Shot | null, ms = 100): this {
    this.at += ms;
    const { at } = this;
    const frame = { kind: 'frame', at, wallAt: at + 1e12, width: 640, height: 480 } as const;
    if (shot === null) return this.send({ ...frame, faces: [], probe: null, observation: { at, mesh: null } });
    const { who = 'ada', does = {}, sees = 'mesh', embedded = who, x = 200 } = shot;
    const yaw = does.pose?.yaw ?? 0;
    const mesh: MeshObservation = {
      kind: 'mesh',
      at,
      sameFace: true,
      points: project(does.points ?? face, does.pose ?? {}),
      blendshapes: does.shapes ?? CALM,
      yaw,
      pitch: 0,
    };
    const observation: LivenessObservation = {
      at,
      mesh: sees === 'mesh' ? mesh : sees === 'nothing' ? null : sees === 'loading' ? 'loading' : undefined,
    };
    const embedding = Float32Array.from(WHO, (name) => Number(name === embedded));
    const issues = Math.abs(yaw) > 20 ? (['turned'] as const) : [];
    this.send({
      ...frame,
      faces: [
        {
          box: { x, y: 100, width: 220, height: 280 },
          issues,
          yaw,
          landmarks: projectFive(FIVE, does.pose ?? {}),
        },
      ],
      probe: {
        face: 0,
        embedding,
        kind: 'match',
        best: { id: embedded, name: embedded, similarity: 0.8 },
        threshold: 0.5,
        lastCheckIn: null,
        ...(this.choice ? { choice: { suggested: 'in', picture: null } as const } : {}),
      },
      observation,
    });
    // As controller.ts does: after the frame, about the face in front.
    const { front } = this.state;
    return front === null || !wantsReading(this.state, at, this.config)
      ? this
      : this.send({ kind: 'read', at, trackId: front, reading: reading(at, this.glare) });
  }

  frames(count: number, shot: Shot | null): this {
    for (let i = 0; i < count; i++) this.frame(shot);
    return this;
  }

  /** Up to the question, with a little sway of the head, and the rest that is measured before the answer. */
  asked(shot: Shot = {}): this {
    for (let i = 0; i < 10 && this.phase !== 'challenge'; i++) this.frame(shot);
    expect(this.phase).toBe('challenge');
    return this.frames(5, shot);
  }

  answer(action: LivenessAction | null = this.action, shot: Shot = {}): this {
    if (action === null) throw new Error('nothing is asked');
    this.frame({ ...shot, does: { pose: { yaw: 5 } } });
    const tries = [...Array<Does>(4).fill(DOING[action]), {}];
    for (const does of tries) if (this.state.challenge !== null) this.frame({ ...shot, does });
    return this;
  }
}

/** One draw for each first question. */
const DRAWS = [0, 0.21, 0.45, 0.65, 0.9].map((draw) => [new Door('challenge', draw).asked().action, draw] as const);

describe('a challenge between the votes and the record', () => {
  it('asks different things for different draws', () => {
    expect(new Set(DRAWS.map(([action]) => action)).size).toBeGreaterThan(2);
  });

  it.each(DRAWS)('%s: answered, named anew, recorded once', (_action, draw) => {
    const door = new Door('challenge', draw).asked();
    expect(door.records).toEqual([]);
    door.answer();
    expect(door.records, 'nothing before the votes agree anew').toEqual([]);
    door.frames(12, {});
    expect(door.records.map((r) => r.personId)).toEqual(['ada']);
    expect(door.phase).toBe('match');
    expect(door.phases.filter((phase) => phase === 'challenge')).toHaveLength(1);
  });

  it('asks for the direction after it, and not for life again', () => {
    const door = new Door('challenge', 0.21);
    door.choice = true;
    door.asked().answer().frames(12, {});
    expect(door.phase).toBe('choose');
    door.frame({}).send({ kind: 'choose', at: door.at, direction: 'out' });
    expect(door.records).toMatchObject([{ personId: 'ada', direction: 'out' }]);
  });

  it('a picture that does nothing: two questions, then the desk, and nothing is recorded', () => {
    const door = new Door('challenge').asked();
    const first = door.action;
    door.frames(38, {});
    expect(door.state.view).toMatchObject({ phase: 'challenge', action: null, tryNumber: 2 });
    door.frames(8, {});
    expect(door.state.view).toMatchObject({ phase: 'challenge', tryNumber: 2 });
    expect(door.action).not.toBe(first);
    expect(door.action).not.toBeNull();
    door.frames(40, {});
    expect(door.phase).toBe('not-live');
    door.frames(200, {});
    expect(door.phases.at(-1)).toBe('not-live');
    expect(door.records).toEqual([]);
    door.frames(40, null);
    expect(door.phase).toBe('idle');
    expect(door.frames(10, {}).phase, 'and it is asked again').toBe('challenge');
  });

  it('while the landmarker is loading the person is named and nothing is asked yet; then the question comes', () => {
    const door = new Door('challenge').frames(6, { sees: 'loading' });
    expect(door.state.view).toMatchObject({ phase: 'challenge', name: 'ada', action: null, tryNumber: 1 });
    expect(door.state.challenge).toBeNull();
    door.frames(60, { sees: 'loading' });
    expect(door.state.view, 'it waits').toMatchObject({ phase: 'challenge', action: null });
    door.frame({});
    expect(door.state.challenge?.from).toBe('mesh');
    expect(door.action).not.toBeNull();
    door.frames(5, {}).answer();
    door.frames(12, {});
    expect(door.records.map((r) => r.personId)).toEqual(['ada']);
  });

  it('whoever is named while it loads and leaves is not shown any longer', () => {
    const door = new Door('challenge').frames(6, { sees: 'loading' }).frames(8, null);
    expect(door.phase).toBe('idle');
    expect(door.records).toEqual([]);
  });

  it('a landmarker that never comes ends in the question of the five points', () => {
    const door = new Door('challenge').frames(6, { sees: 'loading' }).frame({ sees: 'five' });
    expect(door.state.challenge?.from).toBe('five');
  });

  it('without frames the question runs out by the clock', () => {
    const door = new Door('challenge').asked();
    for (let i = 0; i < 4; i++) door.send({ kind: 'tick', at: (door.at += 700) });
    door.send({ kind: 'tick', at: (door.at += 4000) });
    expect(door.state.challenge).toBeNull();
    expect(door.records).toEqual([]);
  });

  it('whoever failed and comes back at once is not asked anew, whoever waits is', () => {
    const door = new Door('challenge').asked().frames(100, {});
    expect(door.phase).toBe('not-live');
    const until = door.state.pause?.until ?? 0;
    door.frames(8, null).frames(6, { x: 200 });
    expect(door.at).toBeLessThan(until);
    expect(door.phase).toBe('not-live');
    expect(until - door.at).toBeLessThan(NOT_LIVE_PAUSE_MS);
  });

  it.each([
    ['the face leaves', (door: Door) => door.frames(6, null)],
    ['the screen is left', (door: Door) => door.send({ kind: 'reset' })],
    ['the camera stalls', (door: Door) => door.send({ kind: 'tick', at: (door.at += 3100) })],
    ['somebody else steps up', (door: Door) => door.frames(5, { who: 'bo', sees: 'nothing' })],
  ])('%s: the question is gone, nothing is recorded', (_what, happens) => {
    const door = new Door('challenge').asked();
    happens(door);
    expect(door.state.challenge).toBeNull();
    expect(door.phase).not.toBe('challenge');
    expect(door.records).toEqual([]);
  });

  it('walking away does not draw another question at once', () => {
    const door = new Door('challenge').asked().frames(6, null).frames(10, {});
    expect(door.phase).toBe('looking');
    expect(door.frames(45, {}).phase).toBe('challenge');
  });

  it('another face in the same place ends it, whatever it does', () => {
    const door = new Door('challenge', 0.21).asked();
    door.frame({ embedded: 'bo' });
    expect(door.state.challenge).toBeNull();
    expect(door.phase).toBe('not-live');
    door.frames(4, {});
    expect(door.records).toEqual([]);
  });

  it('who answered is not who is recorded unless they are named again', () => {
    const door = new Door('challenge', 0.21).asked().answer();
    expect(door.state.tracks[0]?.passedAt).not.toBeNull();
    door.frames(3, { who: 'bo' });
    expect(door.records).toEqual([]);
    expect(door.state.tracks.every((track) => track.passedAt === null)).toBe(true);
  });

  it('an answer is stale after a while', () => {
    const door = new Door('challenge', 0.21).asked().answer();
    door.frames(90, { does: { pose: { yaw: 24 } } }).frames(8, {});
    expect(door.records).toEqual([]);
    expect(door.phase).toBe('challenge');
  });

  it('a passed question with glare all over the face is no check-in', () => {
    const door = new Door('challenge', 0.21);
    door.glare = 0.5;
    door.asked().answer().frames(12, {});
    expect(door.phase).toBe('not-live');
    expect(door.records).toEqual([]);
  });

  it('whoever was just checked in is not asked', () => {
    const door = new Door('challenge', 0.21).asked().answer().frames(12, {});
    expect(door.phases.filter((phase) => phase === 'challenge')).toHaveLength(1);
    door.frames(30, {});
    expect(door.phase).toBe('match');
  });

  it('says until when, in Unix ms', () => {
    const door = new Door('challenge');
    while (door.phase !== 'challenge') door.frame({});
    const { view } = door.state;
    if (view.phase !== 'challenge') throw new Error(view.phase);
    expect(view.endsAt - (door.at + 1e12)).toBeGreaterThanOrEqual(CHALLENGE_CONFIG.answerMs);
    expect(view.endsAt - (door.at + 1e12)).toBeLessThan(CHALLENGE_CONFIG.answerMs + 300);
    const same = door.state.view;
    door.frame({});
    expect(door.state.view, 'the same question is the same view').toBe(same);
  });
});

describe('without the landmarker', () => {
  it.each([0, 0.9])('only turns are asked, by five points (draw %d)', (draw) => {
    const door = new Door('challenge', draw).asked({ sees: 'five' });
    expect(door.action).toMatch(/^turn-/);
    door.answer(door.action, { sees: 'five' }).frames(12, { sees: 'five' });
    expect(door.records.map((r) => r.personId)).toEqual(['ada']);
  });

  it('a flat picture that is turned is not a head', () => {
    const door = new Door('challenge', 0).asked({ sees: 'five' });
    const sign = door.action === 'turn-left' ? 1 : -1;
    door.frames(100, { sees: 'five', does: { pose: { yaw: 19 * sign, flat: true } } });
    expect(door.phase).toBe('not-live');
  });

  it('a landmarker that does not find the face is not a missing one', () => {
    const door = new Door('challenge').frames(20, { sees: 'nothing' });
    expect(door.phase).toBe('looking');
    door.frames(40, { sees: 'nothing' });
    expect(door.phase).toBe('not-live');
    expect(door.records).toEqual([]);
  });

  it('one that goes away in the middle loses the question', () => {
    const door = new Door('challenge', 0.21).asked();
    door.frames(90, { sees: 'five', does: { pose: { yaw: 24 } } });
    expect(door.records).toEqual([]);
    expect(door.phase).toBe('not-live');
  });
});

describe('passive', () => {
  it('records without a question once a few frames were read', () => {
    const door = new Door('passive').frames(8, { sees: 'five' });
    expect(door.records).toHaveLength(1);
    expect(door.phases).not.toContain('challenge');
  });

  it('a face that is blown out like a glossy print is not recorded', () => {
    const door = new Door('passive');
    door.glare = 0.5;
    door.frames(8, {});
    expect(door.phase).toBe('not-live');
    expect(door.records).toEqual([]);
  });

  it('waits for frames to read', () => {
    const track = { readings: [reading(0)] } as unknown as CheckInState['tracks'][number];
    const now = { at: 500, observation: undefined, pause: null, prompt: null };
    expect(proofOf(track, 'ada', now, new Door('passive').config)).toBe('wait');
    const off: CheckInConfig = { votes: { needed: 3, of: 5, withinMs: 1500 }, cooldownMs: 0, sameFace: 0.3 };
    expect(proofOf(track, 'ada', now, off)).toBe('live');
  });
});

describe('what a frame says', () => {
  const frame = { width: 640, height: 480, capturedAt: 5000, data: new Uint8Array(640 * 480 * 4) };
  const mesh: MeshObservation = {
    kind: 'mesh',
    at: 0,
    sameFace: true,
    points: project(face, {}),
    blendshapes: CALM,
    yaw: 0,
    pitch: 0,
  };

  it.each([
    ['a moment ago', 5080, 920],
    ['by a clock that runs ahead', 4900, 1000],
    ['long ago', 9000, 1000],
  ])('was taken %s', (_when, wallAt, expected) => {
    expect(takenAt(frame, 1000, wallAt)).toBe(expected);
  });

  it("takes a mesh for the face's own only where the face is", () => {
    const own = { x: 240, y: 170, width: 165, height: 240 };
    expect(observationOf(mesh, own, 0).mesh).toBe(mesh);
    expect(observationOf(mesh, { ...own, x: 20 }, 0).mesh).toBeNull();
    expect(observationOf(mesh, null, 0).mesh).toBeNull();
    expect(observationOf(undefined, own, 0).mesh).toBeUndefined();
    expect(observationOf('loading', own, 0).mesh).toBe('loading');
  });

  it('reads the passive cues of the face and keeps other faces out of the room', () => {
    const own = { x: 240, y: 170, width: 165, height: 240 };
    expect(readFrame(frame, { at: 7, mesh: null }, own, [own])).toMatchObject({ at: 7, face: own, others: [own] });
    expect(readFrame(frame, { at: 7, mesh }, own, []).face).not.toEqual(own);
  });

  it('an order of turns only is drawn without a landmarker', () => {
    const door = new Door('challenge');
    const track = { id: 1 } as unknown as CheckInState['tracks'][number];
    const probe = {
      face: 0,
      embedding: new Float32Array(2),
      kind: 'match',
      best: null,
      threshold: 0,
      lastCheckIn: null,
    };
    const asked = ask(
      track,
      { id: 'a', name: 'A' },
      probe as never,
      { at: 0, wallAt: 0, observation: undefined },
      door.config,
    );
    expect(asked.challenge).toMatchObject({ from: 'five' });
    expect(asked.challenge.state.order).toHaveLength(2);
  });
});

describe('the setting', () => {
  it.each([
    [{}, 'challenge', []],
    [{ liveness: 'off' }, 'off', []],
    [{ liveness: 'passive' }, 'passive', []],
    [{ liveness: 'sometimes' }, 'challenge', ['liveness']],
  ])('%j is read as %s', (found, expected, fellBack) => {
    const read = readSettings(found);
    expect(read.settings.liveness).toBe(expected);
    expect(read.fellBack).toEqual(fellBack);
  });
});
