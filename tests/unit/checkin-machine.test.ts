import { describe, expect, it } from 'vitest';
import { chooseTarget, step } from '../../src/main/checkin/machine.ts';
import {
  agreed,
  type CheckInConfig,
  type CheckInInput,
  type CheckInState,
  initialState,
  type Probe,
  type RecordRequest,
  type Vote,
} from '../../src/main/checkin/state.ts';
import type { CheckInView, DecisionKind, QualityIssue } from '../../src/shared/domain.ts';

// A little world: faces of known people (each with a direction of their own in embedding space) before a 640x480 camera.
const FACES = ['ada', 'bo', 'stranger', 'other'] as const;
type Who = (typeof FACES)[number];
interface Face {
  who: Who;
  /** Centre, fraction of the width. */
  x?: number;
  /** Width, fraction of the frame's width. */
  size?: number;
  issues?: QualityIssue[];
  says?: DecisionKind;
}

const KNOWN: Partial<Record<Who, string>> = { ada: 'p_ada', bo: 'p_bo' };

function embeddingOf(who: Who): Float32Array {
  const vector = new Float32Array(8);
  vector[FACES.indexOf(who)] = 1;
  return vector;
}

class Door {
  state: CheckInState = initialState;
  at = 1000;
  wall = 1_700_000_000_000;
  records: RecordRequest[] = [];
  views: CheckInView[] = [];
  log = new Map<string, number>();
  answer: 'now' | 'fail' | 'never' = 'now';
  /** In `ask` mode: what is suggested. */
  asks: 'in' | 'out' | null = null;
  config: CheckInConfig = { votes: { needed: 3, of: 5, withinMs: 1500 }, cooldownMs: 60_000, sameFace: 0.3 };

  get phase(): string {
    const { view } = this.state;
    return view.phase === 'present' ? `present:${view.issue}` : view.phase;
  }
  /** The phases the screen went through, without repeats. */
  get phases(): string[] {
    return this.views.map((view) => (view.phase === 'present' ? `present:${view.issue}` : view.phase));
  }
  get name(): string | null {
    const { view } = this.state;
    return view.phase === 'match' || view.phase === 'already' ? view.name : null;
  }

  send(input: CheckInInput): void {
    const done = step(this.state, input, this.config);
    if (done.view !== this.views.at(-1)) this.views.push(done.view);
    this.state = done.state;
    if (done.record === undefined) return;
    this.records.push(done.record);
    if (this.answer === 'now') this.recorded(done.record);
    if (this.answer === 'fail')
      this.send({
        kind: 'record-failed',
        at: this.at,
        trackId: done.record.trackId,
        error: { code: 'disk-full', message: 'The disk is full.' },
      });
  }

  choose(direction: 'in' | 'out'): this {
    this.send({ kind: 'choose', at: this.at, direction });
    return this;
  }

  recorded({ trackId, personId, direction = 'in' }: RecordRequest): void {
    this.log.set(personId, this.wall);
    this.send({
      kind: 'recorded',
      at: this.at,
      trackId,
      view: {
        phase: 'match',
        checkInId: `c${this.records.length}`,
        personId,
        name: personId.slice(2),
        direction,
        at: this.wall,
        picture: null,
      },
    });
  }

  frame(faces: Face[], ms = 100): this {
    this.at += ms;
    this.wall += ms;
    const seen = faces.map(({ x = 0.5, size = 0.25, issues = [] }) => {
      const width = size * 640;
      return { box: { x: x * 640 - width / 2, y: 240 - width * 0.6, width, height: width * 1.2 }, issues };
    });
    const index = chooseTarget(seen, 640, 480);
    const face = faces[index];
    let probe: Probe | null = null;
    if (face !== undefined) {
      const id = KNOWN[face.who];
      const kind = face.says ?? (id === undefined ? 'unknown' : 'match');
      const best = { id: id ?? 'p_bo', name: (id ?? 'p_bo').slice(2), similarity: id === undefined ? 0.2 : 0.8 };
      const last = this.log.get(best.id);
      probe = {
        face: index,
        embedding: embeddingOf(face.who),
        kind,
        best,
        threshold: 0.5,
        lastCheckIn: last === undefined ? null : { at: last, direction: 'in', picture: null },
        ...(this.asks === null ? {} : { choice: { suggested: this.asks, picture: null } }),
      };
    }
    this.send({ kind: 'frame', at: this.at, wallAt: this.wall, width: 640, height: 480, faces: seen, probe });
    return this;
  }

  frames(count: number, faces: Face[], ms = 100): this {
    for (let i = 0; i < count; i++) this.frame(faces, ms);
    return this;
  }
  wait(ms: number): this {
    this.at += ms;
    this.wall += ms;
    this.send({ kind: 'tick', at: this.at });
    return this;
  }
}

const ada: Face = { who: 'ada' };
const bo: Face = { who: 'bo' };
const stranger: Face = { who: 'stranger' };

describe('what the screen shows, phase by phase', () => {
  const table: { title: string; play: (door: Door) => void; phases: string[]; records: number }[] = [
    { title: 'nobody', play: (d) => d.frames(5, []), phases: ['idle'], records: 0 },
    {
      title: 'someone known walks up',
      play: (d) => d.frames(3, []).frames(8, [ada]),
      phases: ['idle', 'looking', 'match'],
      records: 1,
    },
    {
      title: 'someone known comes from afar: background, come closer, match',
      play: (d) =>
        d
          .frames(5, [{ ...ada, size: 0.04 }])
          .frames(12, [{ ...ada, size: 0.08, issues: ['too-small'] }])
          .frames(8, [{ ...ada, size: 0.1 }]),
      phases: ['idle', 'present:too-small', 'match'],
      records: 1,
    },
    {
      title: 'a far face that walks past is not spoken to',
      play: (d) => d.frames(6, [{ ...ada, size: 0.08, issues: ['too-small'] }]).frames(6, []),
      phases: ['idle'],
      records: 0,
    },
    {
      title: 'the most important of several issues is said',
      play: (d) => d.frames(8, [{ ...ada, issues: ['blurred', 'too-dark'] }]),
      phases: ['looking', 'present:too-dark'],
      records: 0,
    },
    {
      title: 'one blurred frame now and then is not worth a word',
      play: (d) => {
        for (let i = 0; i < 4; i++) d.frame([stranger]).frame([{ ...stranger, issues: ['blurred'] }]);
      },
      phases: ['looking'],
      records: 0,
    },
    {
      title: 'poor frames do not vote',
      play: (d) => d.frames(20, [{ ...ada, issues: ['turned'] }]),
      phases: ['looking', 'present:turned'],
      records: 0,
    },
    {
      title: 'a stranger is unknown, once, after a good look',
      play: (d) => d.frames(30, [stranger]),
      phases: ['looking', 'unknown'],
      records: 0,
    },
    {
      title: 'someone unknown at first is recognised in the end',
      play: (d) => d.frames(15, [{ ...ada, says: 'unknown' }]).frames(6, [ada]),
      phases: ['looking', 'unknown', 'match'],
      records: 1,
    },
    {
      title: 'two candidates too close to call',
      play: (d) => d.frames(15, [{ ...ada, says: 'ambiguous' }]),
      phases: ['looking', 'ambiguous'],
      records: 0,
    },
    {
      title: 'passers-by outside the guide',
      play: (d) => d.frames(8, [{ ...ada, x: 0.05, size: 0.15 }]),
      phases: ['idle'],
      records: 0,
    },
    {
      title: 'someone who stands outside the guide is told where to stand',
      play: (d) => d.frames(20, [{ ...ada, x: 0.05, size: 0.15 }]),
      phases: ['idle', 'present:outside'],
      records: 0,
    },
    {
      title: 'the larger of two faces, a passer-by at the edge ignored',
      play: (d) => d.frames(8, [{ ...bo, x: 0.05, size: 0.3 }, ada]),
      phases: ['looking', 'match'],
      records: 1,
    },
    {
      title: 'an ambiguous frame between does no harm',
      play: (d) =>
        d
          .frame([ada])
          .frame([ada])
          .frame([{ who: 'ada', says: 'ambiguous' }])
          .frame([ada]),
      phases: ['looking', 'match'],
      records: 1,
    },
    {
      title: 'never agreeing ends as unknown, not in looking for ever',
      play: (d) => {
        d.config = { ...d.config, votes: { needed: 5, of: 5, withinMs: 1500 } };
        for (let i = 0; i < 25; i++) d.frame([ada]).frame([{ ...ada, says: 'unknown' }]);
      },
      phases: ['looking', 'unknown'],
      records: 0,
    },
  ];
  it.each(table)('$title', ({ play, phases, records }) => {
    const door = new Door();
    play(door);
    const seen = door.phases[0] === 'idle' && phases[0] !== 'idle' ? door.phases.slice(1) : door.phases;
    expect(seen).toEqual(phases);
    expect(door.records).toHaveLength(records);
  });

  it('sees several people as such', () => {
    const door = new Door().frame([
      { ...stranger, x: 0.35 },
      { who: 'other', x: 0.7, size: 0.22 },
    ]);
    expect(door.state.view).toEqual({ phase: 'looking', several: true });
    expect(door.state.target).toBe(0);
  });
});

describe('votes', () => {
  it.each([
    ['25 frames a second', 40, 3],
    ['8 frames a second', 125, 3],
    ['2 frames a second', 500, 3],
    ['1 frame a second (the window stretches)', 990, 3],
  ])('are reached at %s', (_title, ms, frames) => {
    const door = new Door().frames(6, [], ms).frames(frames - 1, [ada], ms);
    expect(door.records).toHaveLength(0);
    door.frame([ada], ms);
    expect(door.phase).toBe('match');
  });

  it('too old ones do not count', () => {
    const door = new Door();
    door.frames(2, [ada]);
    door.frames(16, [{ ...ada, issues: ['blurred'] }]); // 1.6 s without a vote
    door.frames(2, [ada]);
    expect(door.records).toHaveLength(0);
    door.frame([ada]);
    expect(door.records).toHaveLength(1);
  });

  it('one odd frame between does not help nor hurt', () => {
    const door = new Door()
      .frame([ada])
      .frame([{ ...ada, says: 'unknown' }])
      .frame([ada])
      .frame([ada]);
    expect(door.phase).toBe('match');
  });

  it('two people swapping places never share votes', () => {
    const left = { x: 0.35, size: 0.25 };
    const right = { x: 0.65, size: 0.2 };
    const door = new Door();
    door.frames(2, [
      { ...ada, ...left },
      { ...bo, ...right },
    ]);
    // From one frame to the next each stands exactly where the other stood.
    door.frames(2, [
      { ...bo, ...left },
      { ...ada, ...right },
    ]);
    expect(door.records).toHaveLength(0);
    door.frame([
      { ...bo, ...left },
      { ...ada, ...right },
    ]);
    expect(door.records.map((r) => r.personId)).toEqual(['p_bo']);
  });

  it('a walking swap keeps each face its own votes', () => {
    const door = new Door();
    for (let i = 0; i <= 10; i++) {
      const x = 0.3 + 0.04 * i;
      door.frame([
        { ...ada, x, size: 0.25 },
        { ...stranger, x: 1 - x, size: 0.2 },
      ]);
    }
    expect(new Set(door.records.map((r) => r.personId))).toEqual(new Set(['p_ada']));
  });

  it('somebody who slips into the place of another within the overlap starts from nothing', () => {
    const door = new Door().frames(2, [ada]).frame([bo]);
    expect(door.records).toHaveLength(0);
    const track = door.state.tracks[0];
    expect(track?.votes).toHaveLength(1);
  });

  it('unknown votes are not inherited either', () => {
    const door = new Door().frames(6, [stranger]);
    door.frames(3, [{ who: 'other' }]);
    expect(door.phase).toBe('looking');
  });
});

describe('a face that left', () => {
  it('is never checked in', () => {
    const door = new Door().frames(2, [ada]).frames(30, []);
    expect(door.records).toHaveLength(0);
    expect(door.phase).toBe('idle');
  });

  it('loses its votes', () => {
    const door = new Door().frames(2, [ada]).frames(6, []).frames(2, [ada]);
    expect(door.records).toHaveLength(0);
  });

  it('is still there after one frame in which it was not found', () => {
    const door = new Door().frames(2, [ada]).frame([]).frame([ada]);
    expect(door.records).toHaveLength(1);
  });

  it('keeps its result readable, then the screen is free', () => {
    const door = new Door().frames(6, [ada]);
    door.frames(15, []);
    expect(door.phase).toBe('match');
    door.frames(15, []);
    expect(door.phase).toBe('idle');
  });

  it('also when frames stop coming', () => {
    const door = new Door().frames(6, [ada]);
    door.wait(1000);
    expect(door.phase).toBe('match');
    door.wait(2500);
    expect(door.phase).toBe('idle');
  });

  it('is forgotten at a reset, at once', () => {
    const door = new Door().frames(2, [ada]);
    door.send({ kind: 'reset' });
    expect(door.phase).toBe('idle');
    door.frames(2, [ada]);
    expect(door.records).toHaveLength(0);
  });

  it('that was recorded while leaving is still announced', () => {
    const door = new Door();
    door.answer = 'never';
    door.frames(3, [ada]).frames(10, []);
    const [request] = door.records;
    expect(door.phase).toBe('idle');
    if (request !== undefined) door.recorded(request);
    expect(door.name).toBe('ada');
    door.frames(30, []);
    expect(door.phase).toBe('idle');
  });
});

describe('after a match', () => {
  it('the name stays while the face stays, and is written once', () => {
    const door = new Door().frames(200, [ada]);
    expect(door.phases.at(-1)).toBe('match');
    expect(door.records).toHaveLength(1);
    expect(door.views.filter((view) => view.phase === 'match')).toHaveLength(1);
  });

  it('a poor frame does not take the name away', () => {
    const door = new Door().frames(6, [ada]).frames(20, [{ ...ada, issues: ['turned', 'blurred'] }]);
    expect(door.phase).toBe('match');
  });

  it('looking away for a second and coming back shows the same result, not "already"', () => {
    const door = new Door().frames(5, [ada]).frames(8, []).frames(6, [ada]);
    expect(door.phases).toEqual(['looking', 'match']);
    expect(door.records).toHaveLength(1);
  });

  it('the same person again within the cooldown: already, nothing written', () => {
    const door = new Door().frames(5, [ada]);
    const at = door.log.get('p_ada');
    door.frames(60, []).frames(5, [ada]);
    expect(door.state.view).toMatchObject({ phase: 'already', name: 'ada', at });
    expect(door.records).toHaveLength(1);
  });

  it('and after the cooldown: written again', () => {
    const door = new Door().frames(5, [ada]).frames(610, []).frames(5, [ada]);
    expect(door.phase).toBe('match');
    expect(door.records).toHaveLength(2);
  });

  it('a last check-in in the future (the clock was set back) does not lock anyone out', () => {
    const door = new Door();
    door.log.set('p_ada', door.wall + 3_600_000);
    door.frames(5, [ada]);
    expect(door.records).toHaveLength(1);
  });

  it('somebody else steps up: looked at at once, the first name readable for a moment, then theirs', () => {
    const door = new Door().frames(4, [{ ...ada, x: 0.3 }]);
    door.frame([{ ...stranger, x: 0.7 }]);
    expect(door.name).toBe('ada');
    door.frames(6, [{ ...stranger, x: 0.7 }]);
    expect(door.name).toBe('ada');
    door.frames(6, [{ ...stranger, x: 0.7 }]);
    expect(door.name).toBeNull();
    door.frames(10, [{ ...bo, x: 0.7 }]);
    expect(door.name).toBe('bo');
  });

  it('the next name does not wait for the first one to become old', () => {
    const door = new Door().frames(4, [{ ...ada, x: 0.3 }]).frames(3, [{ ...bo, x: 0.7 }]);
    expect(door.name).toBe('bo');
    expect(door.records).toHaveLength(2);
  });

  it('somebody who takes exactly the same place does not keep the name', () => {
    const door = new Door().frames(5, [ada]).frames(16, [stranger]);
    expect(door.phase).toBe('unknown');
    const other = new Door().frames(5, [ada]).frames(6, [bo]);
    expect(other.name).toBe('bo');
    expect(other.records).toHaveLength(2);
  });

  it('one odd embedding does not take the result back', () => {
    const door = new Door().frames(20, [ada]).frame([stranger]).frames(5, [ada]);
    expect(door.phases).toEqual(['looking', 'match']);
  });
});

describe('when the disk does not take it', () => {
  it('the check-in is not announced, the error is shown, and it is tried again', () => {
    const door = new Door();
    door.answer = 'fail';
    door.frames(6, [ada]);
    expect(door.phases).toEqual(['looking', 'error']);
    expect(door.state.view).toMatchObject({ error: { code: 'disk-full' } });
    expect(door.records).toHaveLength(1);
    door.frames(20, [ada]);
    expect(door.records).toHaveLength(1);
    door.answer = 'now';
    door.frames(15, [ada]);
    expect(door.phases).toEqual(['looking', 'error', 'match']);
    expect(door.records).toHaveLength(2);
  });

  it('nothing is announced before the answer', () => {
    const door = new Door();
    door.answer = 'never';
    door.frames(20, [ada]);
    expect(door.phases).toEqual(['looking']);
    expect(door.records).toHaveLength(1);
  });
});

describe('where people say whether they come or go', () => {
  const asked = (): Door => {
    const door = new Door();
    door.asks = 'out';
    return door.frames(4, [ada]);
  };
  const down: Face = { ...ada, issues: ['turned'] };
  const table: { title: string; play: (door: Door) => void; phases: string[]; records: ('in' | 'out')[] }[] = [
    {
      title: 'nothing is recorded before the answer, then what they chose',
      play: (d) => d.frames(20, [ada]).choose('in').frames(5, [ada]),
      phases: ['match'],
      records: ['in'],
    },
    { title: 'against the suggestion too', play: (d) => d.choose('out'), phases: ['match'], records: ['out'] },
    {
      title: 'a second tap does nothing',
      play: (d) => d.choose('out').choose('in').frames(3, [ada]).choose('in'),
      phases: ['match'],
      records: ['out'],
    },
    {
      title: 'looking down at the buttons, so that no face is found, does not take them away',
      play: (d) => d.frames(35, []).choose('in'),
      phases: ['match'],
      records: ['in'],
    },
    {
      title: 'nor does a face that is found but not good enough to be named',
      play: (d) => d.frames(60, [down]).choose('in'),
      phases: ['match'],
      records: ['in'],
    },
    {
      title: 'found again after looking down, the question goes on and is asked once',
      play: (d) => d.frames(20, []).frames(25, [ada]).frames(20, []).choose('in'),
      phases: ['match'],
      records: ['in'],
    },
    {
      title: 'whoever left is not recorded',
      play: (d) => d.frames(45, []).choose('in'),
      phases: ['idle'],
      records: [],
    },
    {
      title: 'also when the camera gives no frame any more',
      play: (d) => d.wait(3500).wait(1000).choose('in'),
      phases: ['idle'],
      records: [],
    },
    {
      title: 'nobody can answer for somebody whose place they took',
      play: (d) => d.frames(5, [stranger]).choose('in'),
      phases: ['looking'],
      records: [],
    },
    {
      title: 'nor by stepping in front',
      play: (d) =>
        d
          .frames(4, [
            { ...ada, x: 0.3, size: 0.15 },
            { ...stranger, x: 0.65, size: 0.3 },
          ])
          .choose('in'),
      phases: ['looking'],
      records: [],
    },
    {
      title: 'a bystander behind does no harm',
      play: (d) => d.frames(10, [ada, { ...stranger, x: 0.75, size: 0.15 }]).choose('in'),
      phases: ['match'],
      records: ['in'],
    },
    {
      title: 'the next person gets a question of their own',
      play: (d) => d.frames(3, []).frames(8, [{ ...bo, x: 0.7 }]),
      phases: ['choose'],
      records: [],
    },
    {
      title: 'not answered for long, the screen is free; still there after a while, they are asked again',
      play: (d) => d.frames(210, [ada]).choose('in').frames(110, [ada]),
      phases: ['idle', 'choose'],
      records: [],
    },
    {
      title: 'the camera taken away ends it',
      play: (d) => {
        d.send({ kind: 'reset' });
        d.choose('in');
      },
      phases: ['idle'],
      records: [],
    },
  ];
  it.each(table)('$title', ({ play, phases, records }) => {
    const door = asked();
    expect(door.state.view).toEqual({
      phase: 'choose',
      personId: 'p_ada',
      name: 'ada',
      suggested: 'out',
      picture: null,
    });
    const before = door.views.length;
    play(door);
    expect(door.phases.slice(before).slice(-phases.length)).toEqual(phases);
    expect(door.records.map(({ direction }) => direction)).toEqual(records);
    expect(door.records.every(({ personId }) => personId === 'p_ada')).toBe(true);
  });

  it('the cooldown goes before the question', () => {
    const door = new Door();
    door.log.set('p_ada', door.wall - 5000);
    door.asks = 'out';
    door.frames(8, [ada]);
    expect(door.phases).toEqual(['looking', 'already']);
  });

  it('the question is shown although the name before is still readable', () => {
    const door = new Door().frames(4, [{ ...ada, x: 0.3 }]);
    door.asks = 'in';
    door.frames(3, [{ ...bo, x: 0.7 }]);
    expect(door.state.view).toMatchObject({ phase: 'choose', personId: 'p_bo' });
  });

  it('when the disk does not take the answer, the error is shown and they are asked again', () => {
    const door = asked();
    door.answer = 'fail';
    door.choose('in');
    expect(door.phase).toBe('error');
    door.frames(35, [ada]);
    expect(door.phase).toBe('choose');
    door.answer = 'now';
    door.choose('in');
    expect(door.phase).toBe('match');
  });

  it('the question stays while the answer is being written, and vision may fail meanwhile', () => {
    const door = asked();
    door.answer = 'never';
    door.choose('out').frames(60, []);
    expect(door.phase).toBe('choose');
    const [request] = door.records;
    if (request !== undefined) door.recorded(request);
    expect(door.state.view).toMatchObject({ phase: 'match', direction: 'out' });
    const other = asked();
    other.send({ kind: 'vision-error', at: other.at, error: { code: 'vision-restarting', message: 'One moment.' } });
    other.choose('in');
    expect(other.records).toEqual([]);
    other.frame([ada]).choose('in');
    expect(other.phase).toBe('match');
  });
});

describe('when vision fails', () => {
  it('says so until the next frame, and forgets nothing that was decided', () => {
    const door = new Door().frames(5, [ada]);
    const error = { code: 'vision-restarting', message: 'One moment.' } as const;
    door.send({ kind: 'vision-error', at: door.at, error });
    expect(door.state.view).toEqual({ phase: 'error', error });
    door.frame([ada]);
    expect(door.name).toBe('ada');
    expect(door.records).toHaveLength(1);
  });

  it('a long gap is not bridged', () => {
    const door = new Door().frames(2, [ada]).frame([ada], 2500);
    expect(door.records).toHaveLength(0);
  });
});

it('two names within one window are no agreement, however many votes one of them has', () => {
  const rule = { needed: 3, of: 5, withinMs: 1500 };
  const vote = (personId: string): Vote => ({ at: 0, kind: 'match', personId, similarity: 0.7, threshold: 0.5 });
  expect(agreed([vote('a'), vote('a'), vote('a'), vote('b')], rule)).toBeNull();
  expect(agreed([vote('a'), vote('a')], rule)).toBeNull();
  expect(agreed([vote('a'), vote('a'), vote('a')], rule)?.personId).toBe('a');
});

it('a view that shows the same is the same object', () => {
  const door = new Door().frames(3, [stranger]);
  const { view } = door.state;
  door.frames(3, [stranger]);
  expect(door.state.view).toBe(view);
});
