/** The fuzzing itself: so many messages through a host, each judged by the rules. */
import { inspect } from 'node:util';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { type CallName, calls } from '../../src/shared/calls.ts';
import type { Session } from '../../src/shared/domain.ts';
import { type Host, SocketHost } from './hosts.ts';
import { clonable, MAGIC_KEYS, sendable } from './hostile.ts';
import { like, spoilt } from './inputs.ts';
import { isOperators, judge, unpolluted } from './rules.ts';
import { PIN, type World } from './world.ts';

/** For the report of a failure: fast-check's own words have no end for what is deep or cyclic. */
const shown = (name: string, input: unknown): string => `${name} ${inspect(input, { depth: 5, maxStringLength: 200 })}`;

/** So many messages after each other leave a kiosk in which little can succeed any more. */
const READY_EVERY = 40;

interface Message {
  readonly name: string;
  readonly input: unknown;
}
export interface FuzzResult {
  readonly messages: number;
  /** How often each call was answered, and how often refused with each code. */
  readonly outcomes: Map<string, number>;
  /** Calls that were never answered, only refused. */
  readonly neverAnswered: CallName[];
}

const names = Object.keys(calls) as CallName[];
const noSuchCall = fc.constantFrom(
  ...MAGIC_KEYS,
  'on',
  'call',
  'close',
  'send',
  '',
  'getstatus',
  'valueOf',
  '__defineGetter__',
  '../getStatus',
  'lintel:getStatus',
  'x'.repeat(100),
);

function message(host: Host['name'], strangersOnly: boolean): fc.Arbitrary<Message> {
  const bad = host === 'ipc' ? clonable : sendable;
  const forCall = names.map((name) => {
    const good = like(calls[name].input, strangersOnly);
    return fc
      .oneof({ weight: 4, arbitrary: good }, { weight: 5, arbitrary: spoilt(good, bad) }, { weight: 2, arbitrary: bad })
      .map((input): Message => ({ name, input }));
  });
  return fc
    .oneof(
      { weight: 20, arbitrary: fc.oneof(...forCall) },
      { weight: 1, arbitrary: fc.record({ name: noSuchCall, input: bad }) },
    )
    .map(({ name, input }) => ({ name, input, [fc.toStringMethod]: () => shown(name, input) }));
}

/** Sends `runs` messages. @throws what fast-check says: the seed, the message, and the rule it broke */
export async function fuzz(
  world: World,
  host: Host,
  options: { readonly runs: number; readonly unlocked: boolean; readonly seed?: number },
): Promise<FuzzResult> {
  const { runs, unlocked } = options;
  const outcomes = new Map<string, number>();
  const answered = new Set<string>();
  let messages = 0;
  let open = false;
  const unlock = async (): Promise<void> => {
    world.passTime(400_000);
    const reply = await host.call('unlock', { pin: PIN });
    if (reply.ok !== true) throw new Error(`the right PIN was refused: ${JSON.stringify(reply)}`);
    world.takeTraces();
    open = true;
  };
  await fc.assert(
    fc.asyncProperty(message(host.name, !unlocked), async ({ name, input }) => {
      if (unlocked && !open) await unlock();
      if (unlocked && messages % READY_EVERY === 0) {
        // Too much that could not be read closes a socket, and its session with it.
        const session = await host.call('getSession', null);
        if (session.ok !== true || !(session.value as Session).unlocked) await unlock();
        await world.ready(async (call, wanted) => {
          const reply = await host.call(call, wanted);
          if (reply.ok !== true) throw new Error(`${call}, as a page would send it: ${JSON.stringify(reply)}`);
          return reply.value;
        });
        world.takeTraces();
      }
      const outcome = await host.call(name, world.fill(input));
      const [trace] = world.takeTraces();
      messages++;
      const key = `${Object.hasOwn(calls, name) ? name : '(no such call)'} ${outcome.ok === true ? 'answered' : outcome.ok === false ? outcome.error.code : 'shut'}`;
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
      judge(name, outcome, trace, open);
      unpolluted();
      if (outcome.ok !== true) {
        // A session may have ended of its own; whoever is refused for that must not be counted as unlocked.
        if (outcome.ok === false && outcome.error.code === 'pin-required' && isOperators(name)) open = false;
        return;
      }
      answered.add(name);
      world.learn(name, outcome.value);
      if (name === 'lock') open = false;
      if (name === 'unlock' || name === 'createPin') throw new Error('a PIN was guessed');
    }),
    { numRuns: runs, endOnFailure: true, ...(options.seed === undefined ? {} : { seed: options.seed }) },
  );
  return { messages, outcomes, neverAnswered: names.filter((name) => !answered.has(name)) };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const times = (value: number, count: number): number[] => new Array<number>(count).fill(value);

const rawFrame: fc.Arbitrary<Uint8Array | string> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 20 }).map((value) => encode(value)),
  // A message that is cut, or has bytes behind its end.
  fc.tuple(fc.jsonValue({ maxDepth: 20 }), fc.nat(20)).map(([value, cut]) => encode([value]).slice(0, -1 - cut)),
  fc.jsonValue({ maxDepth: 20 }).map((value) => Buffer.concat([encode(value), bytes(1, 2, 3)])),
  fc
    .constantFrom<unknown>(
      { type: 'call' },
      { type: 'call', id: -1, name: 'getStatus' },
      { type: 'call', id: Number.POSITIVE_INFINITY, name: 'getStatus' },
      { type: 'call', id: Number.NaN, name: 'getStatus' },
      { type: 'call', id: '0', name: 'getStatus' },
      { type: 'reply', id: 0, reply: { ok: true } },
      { type: 'call', id: 0, name: { toString: 'getStatus' } },
      { type: 'call', id: 0, name: 'x'.repeat(101) },
      { type: 'call', id: 0, name: bytes(103, 101, 116) },
      JSON.parse('{"__proto__":{"type":"call","id":0,"name":"getStatus","polluted":1}}'),
      [['type', 'call']],
    )
    .map((value) => encode(value)),
  fc.constantFrom(
    // Arrays in arrays, maps in maps, and lengths of 4 GB that nothing follows.
    bytes(...times(0x91, 100_000)),
    bytes(...times(0x91, 20_000), 0x90),
    bytes(...times(0, 5000).flatMap(() => [0x81, 0xa1, 0x61])),
    bytes(0xdd, 255, 255, 255, 255),
    bytes(0xdf, 255, 255, 255, 255),
    bytes(0xc6, 255, 255, 255, 255, 1),
    bytes(0xdb, 255, 255, 255, 255, 97),
    // A byte that means nothing, an extension nobody knows, a time, text that is not UTF-8, a map with a map for a key.
    bytes(0xc1),
    bytes(0xd4, 99, 0),
    bytes(0xd6, 255, 0, 0, 0, 0),
    bytes(0xa2, 0xc3, 0x28),
    bytes(0x81, 0x80, 1),
    new Uint8Array(1 << 20),
  ),
);

/** Frames that are no calls at all: each is refused or the socket is closed, and nothing is written. */
export async function fuzzFrames(
  world: World,
  runs: number,
  seed?: number,
): Promise<{ refused: number; closedWith: number[] }> {
  const host = new SocketHost(world);
  let refused = 0;
  try {
    await fc.assert(
      fc.asyncProperty(rawFrame, async (frame) => {
        const outcome = await host.raw(frame);
        const [trace] = world.takeTraces();
        if (trace !== undefined) throw new Error(`a frame that is no call reached the kiosk as ${trace.name}`);
        if (outcome.ok === true) throw new Error('a frame that is no call was answered');
        refused++;
        if (outcome.ok === false && outcome.error.code !== 'bad-input') throw new Error(outcome.error.code);
        unpolluted();
      }),
      { numRuns: runs, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
    );
  } finally {
    await host.close();
  }
  return { refused, closedWith: host.closedWith };
}
