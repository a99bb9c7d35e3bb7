/** The camera on the screen's side: which one, what is wrong with it, how frames leave, what the overlay draws. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CameraStream,
  type CameraState,
  choiceOf,
  deviceOf,
  type MediaSource,
  problemOf,
} from '../../src/renderer/camera/camera-stream.ts';
import { FrameWatch, type FrameVerdict, LOOK_MS, SAMPLED } from '../../src/renderer/camera/frame-watch.ts';
import { fitWithin, FrameSender, PACE, paceOf } from '../../src/renderer/camera/frame-sender.ts';
import { boxOf, isStill, ovalOfBox } from '../../src/renderer/camera/oval.ts';
import { Motion } from '../../src/shared/geometry.ts';

describe('the frame sender', () => {
  interface Bench {
    sender: FrameSender<number, string>;
    sent: number[];
    replies: string[];
    errors: unknown[];
    answer: (reply: string) => Promise<void>;
    fail: (error: unknown) => Promise<void>;
    at: (ms: number) => void;
    camera: { frame: number | null };
  }
  const bench = (interval = 0): Bench => {
    let now = 0;
    let settle: { resolve(reply: string): void; reject(error: unknown): void } | null = null;
    const camera: Bench['camera'] = { frame: 0 };
    const sent: number[] = [];
    const replies: string[] = [];
    const errors: unknown[] = [];
    const sender = new FrameSender<number, string>({
      grab: () => camera.frame,
      send: (frame) => {
        sent.push(frame);
        return new Promise((resolve, reject) => (settle = { resolve, reject }));
      },
      onReply: (reply) => replies.push(reply),
      onError: (error) => errors.push(error),
      interval: () => interval,
      now: () => now,
    });
    const flush = (): Promise<void> => new Promise((done) => setImmediate(done));
    return {
      sender,
      sent,
      replies,
      errors,
      camera,
      at: (ms) => (now = ms),
      answer: (reply) => (settle?.resolve(reply), flush()),
      fail: (error) => (settle?.reject(error), flush()),
    };
  };

  it('has one frame in flight, and takes the newest when it is answered, not those between', async () => {
    const b = bench();
    for (const frame of [1, 2, 3, 4]) {
      b.camera.frame = frame;
      b.sender.offer();
    }
    expect(b.sent).toEqual([1]);
    await b.answer('first');
    expect(b.sent).toEqual([1, 4]);
    expect(b.replies).toEqual(['first']);
  });

  it('sends nothing twice: without a new frame it waits', async () => {
    const b = bench();
    b.sender.offer();
    await b.answer('a');
    expect(b.sent).toHaveLength(1);
  });

  it('prepares the next frame while the last is in flight, one at a time, and sends it when that one is answered', async () => {
    let now = 0;
    const flush = (): Promise<void> => new Promise((done) => setImmediate(done));
    const camera = { frame: 1 };
    const prepared: { frame: number; ready: (frame: number) => void }[] = [];
    const sent: { frame: number; answer: (reply: string) => void }[] = [];
    const sender = new FrameSender<number, string>({
      grab: () => camera.frame,
      prepare: (frame) => new Promise((ready) => prepared.push({ frame, ready })),
      send: (frame) => new Promise((answer) => sent.push({ frame, answer })),
      onReply: () => undefined,
      onError: () => undefined,
      interval: () => 0,
      now: () => now,
    });
    const offer = (frame: number, at: number): void => {
      now = at;
      camera.frame = frame;
      sender.offer();
    };
    offer(1, 0);
    offer(2, 10);
    expect(prepared.map((p) => p.frame)).toEqual([1]);
    now = 30;
    prepared[0]!.ready(10);
    await flush();
    expect(sent.map((s) => s.frame)).toEqual([10]);
    offer(3, 40);
    expect(prepared.map((p) => p.frame)).toEqual([1, 3]);
    prepared[1]!.ready(30);
    await flush();
    offer(4, 60);
    expect(prepared, 'one waits already').toHaveLength(2);
    expect(sent).toHaveLength(1);
    now = 400;
    sent[0]!.answer('first');
    await flush();
    expect(sent.map((s) => s.frame)).toEqual([10, 30]);
    // An answer takes long by now, so the next is begun late: what is sent must not be old.
    const begun = prepared.length;
    offer(5, 410);
    expect(prepared.length - begun).toBeLessThanOrEqual(1);
  });

  it('keeps the pace asked for', async () => {
    const b = bench(300);
    b.sender.offer();
    await b.answer('a');
    b.at(299);
    b.sender.offer();
    expect(b.sent).toHaveLength(1);
    b.at(300);
    b.sender.offer();
    expect(b.sent).toHaveLength(2);
  });

  it('reports an error, rests, and goes on', async () => {
    const b = bench();
    b.sender.offer();
    await b.fail('vision-restarting');
    expect(b.errors).toEqual(['vision-restarting']);
    b.at(499);
    b.sender.offer();
    expect(b.sent).toHaveLength(1);
    b.at(500);
    b.sender.offer();
    expect(b.sent).toHaveLength(2);
  });

  it('drops the answer and every further frame once stopped', async () => {
    const b = bench();
    b.sender.offer();
    b.sender.stop();
    await b.answer('late');
    b.sender.offer();
    expect(b.replies).toEqual([]);
    expect(b.sent).toHaveLength(1);
  });

  it('sends nothing while the video has no picture', () => {
    const b = bench();
    b.camera.frame = null;
    b.sender.offer();
    expect(b.sent).toEqual([]);
  });
});

describe('pace', () => {
  it('is slow with nobody there, full while somebody is looked at, slower once the result stands', () => {
    expect(paceOf('idle', Infinity)).toBe(PACE.nobody);
    expect(paceOf('idle', 100)).toBe(PACE.looking);
    expect(paceOf('looking', 100)).toBe(PACE.looking);
    expect(paceOf('match', 100)).toBe(PACE.settled);
    expect(paceOf('match', 5000)).toBe(PACE.nobody);
  });

  it('is five frames a second with nobody there, and full the moment something moves', () => {
    expect(1000 / PACE.nobody).toBe(5);
    expect(paceOf('idle', Infinity, 0)).toBe(PACE.looking);
    expect(paceOf('idle', Infinity, 5000)).toBe(PACE.nobody);
    // Whoever has their result is not looked at more for moving.
    expect(paceOf('match', 100, 0)).toBe(PACE.settled);
  });
});

describe('movement in thumbnails', () => {
  /** 32 x 24 of grey with noise of a sensor, and a block of cells that is brighter. */
  const thumbnail = (block: { from: number; cells: number; by: number } | null, seed = 0) => ({
    channels: 4 as const,
    data: Uint8ClampedArray.from({ length: 32 * 24 * 4 }, (_, i) => {
      const cell = i >> 2;
      const noise = ((cell * 7 + seed * 13) % 5) - 2;
      return 100 + noise + (block !== null && cell >= block.from && cell < block.from + block.cells ? block.by : 0);
    }),
  });

  it('is none in noise, nor in one cell that flickers; something of a hand’s size is', () => {
    const motion = new Motion();
    expect(motion.look(thumbnail(null), 0)).toBe(true); // the first: nobody knows
    for (let i = 1; i < 40; i++) expect(motion.look(thumbnail(null, i), i * 66)).toBe(false);
    expect(motion.look(thumbnail({ from: 300, cells: 1, by: 80 }), 2700)).toBe(false);
    expect(motion.look(thumbnail({ from: 300, cells: 4, by: 30 }), 2770)).toBe(true);
    // It stands there now; then it goes.
    expect(motion.look(thumbnail({ from: 300, cells: 4, by: 30 }), 2840)).toBe(false);
    expect(motion.look(thumbnail(null), 2910)).toBe(true);
  });

  it('sees what comes slowly, too little from one look to the next', () => {
    const motion = new Motion();
    motion.look(thumbnail(null), 0);
    const seen = Array.from({ length: 12 }, (_, i) =>
      motion.look(thumbnail({ from: 100, cells: 60, by: 2 * (i + 1) }), 66 * (i + 1)),
    );
    expect(seen[0]).toBe(false);
    expect(seen).toContain(true);
  });
});

describe('the size of what is sent', () => {
  it.each([
    [1920, 1080, 640, 360],
    [640, 480, 640, 480],
    [480, 640, 480, 640],
    [1080, 1920, 360, 640],
    [320, 240, 320, 240],
  ])('%dx%d becomes %dx%d', (w, h, toW, toH) => {
    expect(fitWithin(w, h, 640)).toEqual({ width: toW, height: toH });
  });
});

describe('which camera', () => {
  const a = { deviceId: '1', label: 'C920 (046d:082d)' };
  const b = { deviceId: '2', label: 'Built-in' };
  const c = { deviceId: '3', label: 'C920 (046d:082d)' };

  it('survives new device ids: a label and its place are remembered', () => {
    const choice = choiceOf(c, [a, b, c]);
    const renamed = [a, b, c].map((d) => ({ ...d, deviceId: `new-${d.deviceId}` }));
    expect(deviceOf(choice, renamed)?.deviceId).toBe('new-3');
    expect(deviceOf(choiceOf(a, [a, b, c]), renamed)?.deviceId).toBe('new-1');
  });

  it('is null when the chosen one is away, or none was chosen', () => {
    expect(deviceOf(choiceOf(b, [a, b]), [a])).toBeNull();
    expect(deviceOf(null, [a])).toBeNull();
  });

  it('falls back to the device id without a label', () => {
    const plain = { deviceId: 'x', label: '' };
    expect(deviceOf(choiceOf(plain, [plain]), [plain])).toBe(plain);
  });
});

describe('what is wrong with the camera', () => {
  it.each([
    ['NotAllowedError', false, 'refused'],
    ['SecurityError', false, 'refused'],
    ['NotFoundError', false, 'none'],
    ['NotFoundError', true, 'unplugged'],
    ['NotReadableError', false, 'busy'],
    ['AbortError', false, 'busy'],
    ['TypeError', false, 'failed'],
  ] as const)('%s (was live: %s) is "%s"', (name, wasLive, problem) => {
    expect(problemOf({ name }, wasLive)).toBe(problem);
  });
});

describe('the camera keeper', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  class FakeTrack extends EventTarget {
    stopped = false;
    constructor(readonly deviceId: string) {
      super();
    }
    stop(): void {
      this.stopped = true;
    }
    getSettings(): { deviceId: string } {
      return { deviceId: this.deviceId };
    }
  }

  class FakeMedia extends EventTarget {
    plugged = [
      { kind: 'videoinput', deviceId: 'built-in', label: 'Built-in' },
      { kind: 'videoinput', deviceId: 'usb', label: 'USB' },
      { kind: 'audioinput', deviceId: 'mic', label: 'Mic' },
    ];
    error: string | null = null;
    readonly opened: FakeTrack[] = [];
    enumerateDevices = async () => this.plugged as unknown as MediaDeviceInfo[];
    getUserMedia = async (wanted?: MediaStreamConstraints) => {
      const exact = (wanted?.video as { deviceId?: { exact: string } }).deviceId?.exact;
      const cameras = this.plugged.filter((d) => d.kind === 'videoinput');
      const device = exact === undefined ? cameras[0] : cameras.find((d) => d.deviceId === exact);
      if (this.error !== null) throw Object.assign(new Error('scripted'), { name: this.error });
      if (device === undefined) throw Object.assign(new Error('scripted'), { name: 'NotFoundError' });
      const track = new FakeTrack(device.deviceId);
      this.opened.push(track);
      return { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream;
    };
  }

  const setUp = (): { media: FakeMedia; keeper: CameraStream; news: () => CameraState; using: () => string | null } => {
    const media = new FakeMedia();
    let last: CameraState = { stream: null, problem: null, mended: false, unchanged: false, devices: [] };
    const keeper = new CameraStream(media as unknown as MediaSource, (n) => (last = n));
    const using = (): string | null => last.stream?.getVideoTracks()[0]?.getSettings().deviceId ?? null;
    return { media, keeper, news: () => last, using };
  };
  const wish = (choice: string | null) => ({ choice, width: 640, height: 480 });
  const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('opens the chosen camera', async () => {
    const { keeper, news, using } = setUp();
    keeper.start(wish('label:0:USB'));
    await settle();
    expect(using()).toBe('usb');
    expect(news().problem).toBeNull();
    expect(news().devices.map((d) => d.label)).toEqual(['Built-in', 'USB']);
  });

  it('uses another while the chosen one is away, and goes back to it when it is plugged in', async () => {
    const { media, keeper, using } = setUp();
    const usb = media.plugged.splice(1, 1);
    keeper.start(wish('label:0:USB'));
    await settle();
    expect(using()).toBe('built-in');
    media.plugged.splice(1, 0, ...usb);
    media.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(using()).toBe('usb');
    expect(media.opened[0]?.stopped).toBe(true);
  });

  it('says unplugged when the track ends, and comes back by itself, without an event even', async () => {
    const { media, keeper, news, using } = setUp();
    keeper.start(wish(null));
    await settle();
    const all = media.plugged;
    media.plugged = [];
    media.opened[0]?.dispatchEvent(new Event('ended'));
    expect(news()).toMatchObject({ stream: null, problem: 'unplugged' });
    await settle(2000);
    expect(news().problem).toBe('unplugged');
    media.plugged = all;
    await settle(2000);
    expect(using()).toBe('built-in');
    expect(news().problem).toBeNull();
  });

  it('tries again while another program has the camera', async () => {
    const { media, keeper, news, using } = setUp();
    media.error = 'NotReadableError';
    keeper.start(wish(null));
    await settle();
    expect(news().problem).toBe('busy');
    media.error = null;
    await settle(2000);
    expect(using()).toBe('built-in');
  });

  it('opens a camera without frames again, with growing pauses, and says so until there are frames', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    const silent = async (ms: number): Promise<number> => {
      for (let i = 0; i < ms / 250; i++) {
        keeper.hear('silent');
        await settle(250);
      }
      return media.opened.length;
    };
    expect(await silent(250)).toBe(2);
    expect(news()).toMatchObject({ problem: 'silent' });
    expect(news().stream).not.toBeNull();
    const opened: number[] = [];
    for (let i = 0; i < 16; i++) opened.push(await silent(1000));
    const pauses = opened.filter((count, i) => count !== opened[i - 1]).length;
    expect(pauses).toBeLessThan(8);
    expect(opened.at(-1)).toBeGreaterThan(4);
    keeper.hear('fine');
    await settle(2000);
    keeper.hear('fine');
    expect(news().problem).toBeNull();
    const before = media.opened.length;
    expect(await silent(250), 'at once again').toBe(before + 1);
  });

  it('tries at once when the page wakes up, or a device comes', async () => {
    const { media, keeper } = setUp();
    keeper.start(wish(null));
    await settle();
    for (let i = 0; i < 40; i++) {
      keeper.hear('silent');
      await settle(250);
    }
    const before = media.opened.length;
    keeper.hear('silent');
    keeper.wake();
    await settle();
    media.dispatchEvent(new Event('devicechange'));
    await settle();
    expect(media.opened.length).toBe(before + 2);
  });

  it('does not open a covered camera again, and notices a track that ended without a word', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    keeper.hear('blind');
    await settle(10_000);
    expect(news().problem).toBe('blind');
    expect(media.opened).toHaveLength(1);
    keeper.hear('fine');
    expect(news().problem).toBeNull();
    Object.assign(media.opened[0]!, { readyState: 'ended' });
    keeper.hear('fine');
    expect(news().problem).toBe('silent');
    await settle();
    expect(media.opened).toHaveLength(2);
  });

  it('opens a camera again, now and then, that gives nothing but black without noise: its driver may have lost it', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    for (let i = 0; i < 4 * 300; i++) {
      keeper.hear('blank');
      await settle(250);
    }
    expect(news().problem).toBe('blind');
    expect(media.opened.length).toBeGreaterThan(3);
    expect(media.opened.length).toBeLessThan(9);
    keeper.hear('fine');
    expect(news().problem).toBeNull();
  });

  it('keeps saying that the picture is frozen until it moves, however often it is opened again in vain', async () => {
    const { keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    for (const verdict of ['still', 'waiting', 'unsure', 'unchanged', 'still', 'waiting', 'unsure'] as const) {
      keeper.hear(verdict);
      await settle(5000);
      expect(news(), verdict).toMatchObject({ problem: 'still', mended: false });
    }
    keeper.hear('still');
    keeper.hear('fine');
    expect(news(), 'can still be read, but is over').toMatchObject({ mended: true });
    await settle(2000);
    keeper.hear('fine');
    expect(news().problem).toBeNull();
  });

  it('notices a stream that has lost its track', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    Object.assign(news().stream!, { getVideoTracks: () => [] });
    keeper.hear('fine');
    expect(news().problem).toBe('silent');
    await settle();
    expect(media.opened).toHaveLength(2);
  });

  it('says so when a camera that may be used does not open, the first time too, and tries anew', async () => {
    const { media, keeper, news } = setUp();
    const open = media.getUserMedia;
    media.getUserMedia = () => new Promise(() => undefined);
    keeper.start(wish(null));
    await settle(5000);
    expect(news()).toMatchObject({ problem: 'failed', stream: null });
    media.getUserMedia = open;
    await settle(10_000);
    expect(news()).toMatchObject({ problem: null, stream: {} });
  });

  it('waits for ever for whoever is asked for permission: then cameras have no names yet', async () => {
    const { media, keeper, news } = setUp();
    for (const device of media.plugged) device.label = '';
    media.getUserMedia = () => new Promise(() => undefined);
    keeper.start(wish(null));
    await settle(60_000);
    expect(news().problem).toBeNull();
  });

  it('takes a camera that opens later than anybody waits for it, once', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    const open = media.getUserMedia;
    media.getUserMedia = async (wanted) => {
      await new Promise((done) => setTimeout(done, 25_000));
      return open(wanted);
    };
    keeper.hear('silent');
    await settle(24_000);
    expect(news()).toMatchObject({ problem: 'silent', stream: null });
    await settle(30_000);
    expect(news().stream).not.toBeNull();
    expect(media.opened.filter((track) => !track.stopped)).toHaveLength(1);
  });

  it('gives up a camera whose driver hangs while it is opened again', async () => {
    const { media, keeper, news } = setUp();
    keeper.start(wish(null));
    await settle();
    const open = media.getUserMedia;
    media.getUserMedia = () => new Promise(() => undefined);
    keeper.hear('silent');
    await settle(20_000);
    expect(news()).toMatchObject({ problem: 'silent', stream: null });
    media.getUserMedia = open;
    await settle(10_000);
    expect(news().stream).not.toBeNull();
  });

  it('lets go of the old camera before it opens the new one', async () => {
    const { media, keeper, using } = setUp();
    keeper.start(wish(null));
    await settle();
    keeper.start(wish('label:0:USB'));
    await settle();
    expect(media.opened.map((t) => t.stopped)).toEqual([true, false]);
    expect(using()).toBe('usb');
  });

  it('opens once for the same wish, and keeps only the last of two wishes made at once', async () => {
    const { media, keeper, using } = setUp();
    keeper.start(wish(null));
    keeper.start(wish(null));
    keeper.start(wish('label:0:USB'));
    await settle();
    expect(using()).toBe('usb');
    expect(media.opened.filter((t) => !t.stopped)).toHaveLength(1);
  });

  it('says "failed" where the page may use no camera at all, rather than throwing', async () => {
    let last: CameraState | null = null;
    new CameraStream(undefined, (n) => (last = n)).start(wish(null));
    await settle();
    expect(last).toMatchObject({ problem: 'failed' });
  });
});

describe('what the frames are like', () => {
  type Shade = (x: number, y: number) => readonly [r: number, g: number, b: number];
  type Pixels = { data: Uint8ClampedArray };
  const { width, height } = SAMPLED;
  /** 0 to 1, always the same row of numbers. */
  function* randoms(): Generator<number, never> {
    for (let state = 1; ;) yield (state = Math.imul(state, 48271) & 0x7fffffff) / 0x7fffffff;
  }
  const random = randoms();
  /** The sum of three is nearly a bell: -1 to 1, with a standard deviation of a third. */
  const bell = (): number => ((random.next().value + random.next().value + random.next().value - 1.5) * 2) / 3;
  /** @param noise standard deviation of what a sensor adds to all three channels, of 255 */
  const picture = (shade: Shade, noise = 0): Pixels => {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let i = 0; i < width * height; i++) {
      const more = noise === 0 ? 0 : 3 * noise * bell();
      shade(i % width, Math.floor(i / width)).forEach((value, c) => (data[4 * i + c] = value + more));
    }
    return { data };
  };
  const grey = (y: number): readonly [number, number, number] => [y, y, y];
  /** A wall, its floor, a door and a window. */
  const room: Shade = (x, y) =>
    x >= 40 && x < 57 && y >= 9 && y < 24
      ? [223, 233, 242]
      : x >= 6 && x < 19 && y >= 11 && y < 40
        ? [125, 106, 85]
        : y >= 40
          ? [109, 93, 75]
          : [190, 184, 172];
  const lit =
    (shade: Shade, part: number): Shade =>
    (x, y) =>
      shade(x, y).map((value) => value * part) as unknown as readonly [number, number, number];
  /** What a thumb on the lens, in a lit room, looks like: no edge anywhere. */
  const thumb: Shade = (x, y) => {
    const far = Math.hypot(x - width / 2, y - height / 2) / 42;
    return [60 - 44 * far, 26 - 20 * far, 20 - 15 * far];
  };
  const tape: Shade = (x, y) => grey(74 - (32 * (x + y)) / (width + height));

  /** Looks for `seconds`, and what was said at last. `next`: the picture of a look; null: no new frame came. */
  class Bench {
    at = 0;
    readonly watch = new FrameWatch(0);
    said: FrameVerdict = 'waiting';
    for(seconds: number, next: (look: number) => Pixels | null, whole?: (look: number) => Pixels): FrameVerdict {
      let last = picture(room);
      for (let look = 0; look < (seconds * 1000) / LOOK_MS; look++) {
        const now = next(look);
        if (now !== null) this.watch.frame(this.at);
        last = now ?? last;
        const all = whole === undefined ? undefined : () => whole(look) as ImageData;
        this.said = this.watch.look(this.at, last as ImageData, all);
        this.at += LOOK_MS;
      }
      return this.said;
    }
  }
  const of = (shade: Shade, noise: number) => (): Pixels => picture(shade, noise);
  const alive = of(room, 2);
  const frozen = picture(room, 2);
  const black = of(() => grey(6), 2);

  it('of a camera that is well: fine', () => expect(new Bench().for(20, alive)).toBe('fine'));

  it('none from the start, or none any more: silent, until one comes', () => {
    const bench = new Bench();
    expect(bench.for(2, () => null)).toBe('waiting');
    expect(bench.for(2, () => null)).toBe('silent');
    expect(bench.for(1, alive)).toBe('fine');
    expect(bench.for(4, () => null)).toBe('silent');
  });

  it('silent, not frozen, when the last frame was seen twice', () => {
    const bench = new Bench();
    bench.for(5, alive);
    const said = new Set([bench.for(0.5, () => frozen)]);
    for (let look = 0; look < 16; look++) said.add(bench.for(0.25, () => null));
    expect([...said].at(-1)).toBe('silent');
    expect(said).not.toContain('still');
  });

  it('the same for seconds: frozen, if the camera had noise before, and only unchanged if it never had', () => {
    const bench = new Bench();
    expect(bench.for(5, () => frozen)).toBe('unchanged');
    expect(bench.for(5, alive)).toBe('fine');
    expect(bench.for(2, () => frozen)).toBe('unsure');
    expect(bench.for(3, () => frozen)).toBe('still');
    bench.watch.rest(bench.at);
    expect(
      bench.for(5, () => frozen),
      'opened again in vain',
    ).toBe('still');
    bench.watch.rest(bench.at);
    const another = picture(room, 2);
    for (let look = 0; look < 20; look++) expect(bench.for(0.25, () => another)).toMatch(/unsure|still/);
    expect(bench.for(1, alive)).toBe('fine');
  });

  it('a picture in which only something small moves, that no sample shows, is not frozen', () => {
    const bench = new Bench();
    const clock = (look: number): Pixels => picture((x) => grey(x === 0 ? look >> 2 : 90));
    const still = (): Pixels => picture(room);
    expect(bench.for(10, still, clock)).not.toMatch(/still|unchanged/);
    expect(bench.for(5, still, () => clock(0))).toMatch(/still|unchanged/);
  });

  const BLIND: readonly (readonly [string, Shade, number])[] = [
    ['black', () => [0, 0, 0], 0],
    ['black with noise', () => grey(6), 3],
    ['black with all the noise of a sensor that is turned up', () => grey(12), 12],
    ['green', () => [61, 122, 85], 2],
    ['grey with much noise', () => grey(74), 12],
    ['white', () => grey(255), 0],
    ['a thumb', thumb, 0],
    ['a thumb with noise', thumb, 5],
    ['a thumb with much noise', thumb, 12],
    ['tape', tape, 6],
  ];
  it.each(BLIND)('%s: nothing to be seen, until there is', (_what, shade, noise) => {
    const bench = new Bench();
    bench.for(2, alive);
    expect(bench.for(1, of(shade, noise))).toBe('unsure');
    expect(bench.for(3, of(shade, noise))).toBe(noise === 0 ? 'blank' : 'blind');
    expect(bench.for(0.5, alive)).toBe('fine');
  });

  it('a cover whose noise is the same in every other look, as of a film of a few frames', () => {
    const frames = Array.from(
      { length: 3 },
      of(() => [56, 32, 24], 9),
    );
    const bench = new Bench();
    bench.for(2, alive);
    expect(bench.for(4, (look) => frames[(look >> 1) % 3]!)).toBe('blind');
  });

  const SEEN: readonly (readonly [string, Shade, number])[] = [
    ['a room', room, 2],
    ['a room with much noise', room, 12],
    ['a room at night', lit(room, 0.15), 4],
    ['a room at dusk', lit(room, 0.3), 8],
    ['a bright wall that is lit from one side', (x) => grey(143 + 1.4 * x), 3],
    ['a wall and its floor', (_x, y) => (y < 43 ? [214, 209, 200] : [138, 128, 112]), 2],
    ['a curtain with a pattern', (x, y) => grey(120 + 40 * ((x + y) % 2)), 2],
    ['a dark shirt with a pattern', (x, y) => grey(50 + 25 * ((x >> 1) % 2) + y / 8), 3],
    ['a face in the light of the screen', (x, y) => grey(Math.hypot(x - 32, (y - 24) / 1.3) < 9 ? 110 : 8), 3],
  ];
  it.each(SEEN)('%s: fine', (_what, shade, noise) => expect(new Bench().for(5, of(shade, noise))).toBe('fine'));

  it('a hand that passes is not a cover', () => {
    const bench = new Bench();
    for (let times = 0; times < 3; times++) {
      expect(bench.for(1.5, black)).toBe('unsure');
      expect(bench.for(1, alive)).toBe('fine');
    }
  });

  it('a sign in the corner of a black picture makes it no better; somebody before a white wall does', () => {
    const sign =
      (part: number): Shade =>
      (x, y) =>
        grey(y * width + x < part * width * height ? (x * 37 + y * 11) % 200 : 6);
    expect(new Bench().for(5, of(sign(0.03), 2))).toBe('blind');
    expect(new Bench().for(5, of(sign(0.15), 2))).toBe('fine');
    const somebody: Shade = (x, y) => grey(x > 24 && x < 36 && y > 14 ? 90 : 235);
    expect(new Bench().for(5, of(somebody, 2))).toBe('fine');
  });

  it('nothing is made of a time in which the machine slept', () => {
    const bench = new Bench();
    bench.for(5, alive);
    bench.at += 3_600_000;
    expect(bench.for(1, () => null)).toBe('waiting');
    expect(bench.for(1, alive)).toBe('fine');
  });
});

describe('the outline', () => {
  it('of a box is an ellipse inside exactly that box', () => {
    const box = { x: 0.2, y: 0.1, width: 0.4, height: 0.6 };
    const { points } = ovalOfBox(box);
    const around = boxOf(points);
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(around[side]).toBeCloseTo(box[side], 10);
  });

  it('is still when it moves less than a twenty-fifth of its width in 100 ms', () => {
    const at = (x: number, width = 0.2) => ovalOfBox({ x, y: 0.2, width, height: 0.3 });
    expect(isStill(at(0.3), at(0.307), 100)).toBe(true);
    expect(isStill(at(0.3), at(0.309), 100)).toBe(false);
    expect(isStill(at(0.3), at(0.315), 200)).toBe(true); // the same speed over twice the time
    expect(isStill(at(0.3), at(0.29, 0.22), 100)).toBe(false); // grew by a tenth
  });
});
