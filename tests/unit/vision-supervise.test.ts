/** The supervisor's rules, against a child made of two functions: no process, no model, no waiting. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VisionLaunch, VisionRequest } from '../../src/main/vision/process.ts';
import { type SuperviseOptions, superviseVision } from '../../src/main/vision/supervisor.ts';
import type { Frame, VisionModels } from '../../src/main/vision/vision.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { refusal } from '../support/refusal.ts';

const models: VisionModels = {
  detector: { id: 'd', path: 'd', sha256: '' },
  embedder: { id: 'e', path: 'e', sha256: '' },
};
const frame: Frame = { width: 16, height: 16, channels: 3, data: new Uint8Array(16 * 16 * 3) };
const look = { embed: 'none' } as const;

/** A child whose answers the test gives by hand. */
class FakeChild {
  readonly asked: VisionRequest[] = [];
  killed = false;
  #message: (message: unknown) => void = () => undefined;
  #exit: () => void = () => undefined;
  readonly port = {
    postMessage: (message: VisionRequest) => void this.asked.push(message),
    onMessage: (listener: (message: unknown) => void) => void (this.#message = listener),
    onExit: (listener: () => void) => void (this.#exit = listener),
    kill: () => void (this.killed = true),
  };
  get last(): VisionRequest {
    return this.asked.at(-1)!;
  }
  answer(value: unknown = null): void {
    this.#message({ id: this.last.id, ok: true, value });
  }
  refuse(error: LintelError): void {
    this.#message({ id: this.last.id, ok: false, error: error.toReport() });
  }
  die(): void {
    this.#exit();
  }
}

let children: FakeChild[];
let states: string[];
const launch: VisionLaunch = () => {
  const child = new FakeChild();
  children.push(child);
  return child.port;
};
const supervise = (more: Partial<SuperviseOptions> = {}) =>
  superviseVision(models, { launch, onState: (state) => states.push(state), ...more });
beforeEach(() => {
  children = [];
  states = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('superviseVision', () => {
  it('starts at once, lets early calls wait, and asks one thing at a time', async () => {
    const vision = supervise();
    expect(vision.state).toBe('starting');
    const first = vision.analyze(frame, look);
    const second = vision.analyze(frame, look);
    const child = children[0]!;
    expect(child.asked.map((request) => request.kind)).toEqual(['open']);
    child.answer();
    expect(states).toEqual(['ready']);
    expect(child.asked.map((request) => request.kind)).toEqual(['open', 'analyze']);
    child.answer(['first']);
    child.answer(['second']);
    expect(await first).toEqual(['first']);
    expect(await second).toEqual(['second']);
    expect(child.asked).toHaveLength(3);
  });

  it('waits anew for a child when the machine slept, or it was itself stopped, while it waited', async () => {
    const vision = supervise();
    children[0]!.answer();
    const seen = vision.analyze(frame, look);
    vi.spyOn(performance, 'now').mockReturnValueOnce(performance.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(states).toEqual(['ready']);
    children[0]!.answer(['seen']);
    expect(await seen).toEqual(['seen']);
    const never = vision.analyze(frame, look).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await never).toMatchObject({ code: 'vision-timeout' });
  });

  it('fails the calls in flight and new ones with vision-restarting, then answers from a new child', async () => {
    const vision = supervise();
    children[0]!.answer();
    const inFlight = refusal(vision.analyze(frame, look));
    const waiting = refusal(vision.analyze(frame, look));
    children[0]!.die();
    expect(vision.state).toBe('restarting');
    const meanwhile = refusal(vision.analyze(frame, look));
    expect(await Promise.all([inFlight, waiting, meanwhile])).toEqual(Array(3).fill('vision-restarting'));
    children[1]!.answer();
    const after = vision.analyze(frame, look);
    children[1]!.answer([]);
    expect(await after).toEqual([]);
    expect(states).toEqual(['ready', 'restarting', 'ready']);
  });

  it('stops at the third death within a minute, and an operator can start it again', async () => {
    const vision = supervise();
    for (let death = 0; death < 3; death++) {
      children[death]!.answer();
      await vi.advanceTimersByTimeAsync(10_000);
      children[death]!.die();
    }
    expect(children).toHaveLength(3);
    expect(states.at(-1)).toBe('stopped');
    expect(await refusal(vision.analyze(frame, look))).toBe('vision-stopped');
    expect(await refusal(vision.ready())).toBe('vision-stopped');
    const back = vision.restart();
    expect(vision.state).toBe('starting');
    children[3]!.answer();
    await back;
    expect(vision.state).toBe('ready');
  });

  it('goes on for ever when deaths are further apart', async () => {
    const vision = supervise();
    for (let death = 0; death < 10; death++) {
      children[death]!.answer();
      await vi.advanceTimersByTimeAsync(31_000);
      children[death]!.die();
    }
    expect(vision.state).toBe('restarting');
    expect(children).toHaveLength(11);
  });

  it('kills a child that does not answer a frame for 5 s, and says so to that caller only', async () => {
    const vision = supervise();
    children[0]!.answer();
    const hung = refusal(vision.analyze(frame, look));
    const behind = refusal(vision.analyze(frame, look));
    await vi.advanceTimersByTimeAsync(4999);
    expect(children[0]!.killed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(children[0]!.killed).toBe(true);
    expect(await hung).toBe('vision-timeout');
    expect(await behind).toBe('vision-restarting');
    expect(vision.state).toBe('restarting');
    // The killed child's exit is news of the past by now: it is not counted twice.
    children[0]!.die();
    expect(children).toHaveLength(2);
  });

  it('kills a child whose models never finish loading', async () => {
    supervise({ patienceMs: 1000 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(children).toHaveLength(3);
    expect(children.every((child) => child.killed)).toBe(true);
    expect(states.at(-1)).toBe('stopped');
  });

  it('stops at once, with the reason, when a model cannot be loaded', async () => {
    const vision = supervise();
    const early = refusal(vision.analyze(frame, look));
    const ready = refusal(vision.ready());
    children[0]!.refuse(new LintelError('model-unsupported', { model: 'd', why: 'input', detail: '[1]' }));
    expect(await early).toBe('model-unsupported');
    expect(await ready).toBe('model-unsupported');
    expect(await refusal(vision.analyze(frame, look))).toBe('model-unsupported');
    expect(children).toHaveLength(1);
    expect(states).toEqual(['stopped']);
  });

  it('stops when no child can be started at all', async () => {
    const vision = supervise({
      launch: () => {
        throw new Error('no such program');
      },
    });
    expect(vision.state).toBe('stopped');
    expect(await refusal(vision.ready())).toBe('vision-stopped');
  });

  it('passes errors of a single call on and carries on', async () => {
    const vision = supervise();
    children[0]!.answer();
    const bad = refusal(vision.analyzePicture(new Uint8Array(1), look));
    children[0]!.refuse(new LintelError('not-a-picture'));
    expect(await bad).toBe('not-a-picture');
    expect(vision.state).toBe('ready');
  });

  it('refuses a frame whose numbers do not fit before sending it', async () => {
    const vision = supervise();
    children[0]!.answer();
    expect(await refusal(vision.analyze({ ...frame, width: 17 }, look))).toBe('bad-input');
    expect(children[0]!.asked).toHaveLength(1);
  });

  it('sends many crops in parts and gives the vectors back in order', async () => {
    const vision = supervise();
    children[0]!.answer();
    const pictures = Array.from({ length: 20 }, (_, i) => Uint8Array.of(i));
    const vectors = vision.embedAligned(pictures);
    const sent: number[] = [];
    for (let part = 0; part < 2; part++) {
      const request = children[0]!.last;
      if (request.kind !== 'aligned') throw new Error(`asked ${request.kind}`);
      sent.push(request.pictures.length);
      children[0]!.answer(request.pictures.map((bytes) => Float32Array.of(bytes[0]!)));
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(sent).toEqual([16, 4]);
    expect((await vectors).map((vector) => vector[0])).toEqual(pictures.map((bytes) => bytes[0]));
  });

  it('closes: the child is killed, nothing is started again, calls are refused', async () => {
    const vision = supervise();
    children[0]!.answer();
    const inFlight = refusal(vision.analyze(frame, look));
    await vision.close();
    expect(children[0]!.killed).toBe(true);
    children[0]!.die();
    expect(children).toHaveLength(1);
    expect(await inFlight).toBe('vision-stopped');
    expect(await refusal(vision.analyze(frame, look))).toBe('vision-stopped');
    expect(states).toEqual(['ready']);
  });

  it('does not mind a launcher whose kill finds nobody left to kill', async () => {
    const vision = supervise({
      launch: () => ({
        ...launch(),
        kill: () => {
          throw new Error('ESRCH');
        },
      }),
    });
    children[0]!.answer();
    children[0]!.die();
    expect(vision.state).toBe('restarting');
    children[1]!.answer();
    expect(vision.state).toBe('ready');
    await vision.close();
  });

  it('closes quietly while still starting', async () => {
    const vision = supervise();
    const waiting = refusal(vision.ready());
    await vision.close();
    expect(await waiting).toBe('vision-stopped');
    expect(states).toEqual([]);
  });
});
