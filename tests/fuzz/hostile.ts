/** Values that nobody sends by accident. Those of `sendable` survive JSON; those of `clonable` only Electron's IPC carries. */
import fc from 'fast-check';

/** Stands in hostile strings; an error that repeats it repeats what it was given. */
export const CANARY = 'CANARY-7f3a';

export const TRAVERSALS = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  'C:\\boot.ini',
  '....//....//x',
  '%2e%2e%2fpeople.json',
  'people.json',
  'thumbnails/../people.json',
  'a\0.jpg',
  '\\\\server\\share',
  'CON',
  '.',
  '..',
  'file:///etc/passwd',
];
const UNICODE = [
  '\ud800',
  '\udfff\ud800',
  '\u202eevil\u202c',
  '\u0000',
  '\u0007\u001b[2J\u001b]0;x\u0007',
  'e\u0301'.repeat(50),
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\ufeff\ufffe',
  'ﷺ'.repeat(20),
  'İıſK',
];
const MARKUP = [
  `<script>alert('${CANARY}')</script>`,
  `"><img src=x onerror=${CANARY}>`,
  `=cmd|'/c calc'!A1`,
  `+1+1${CANARY}`,
  '@SUM(1)',
  '-2+3',
  "'; DROP TABLE people;--",
  '${7*7}{{7*7}}<%=7*7%>',
];
export const MAGIC_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'then',
  '$bytes',
];

/** An object with a key of its own called `__proto__`, as JSON gives it. */
const polluting = (): unknown =>
  JSON.parse(`{"__proto__":{"polluted":"${CANARY}"},"constructor":{"prototype":{"polluted":"${CANARY}"}}}`);

const deep = (depth: number, leaf: unknown): unknown => {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};

export const hostileString = fc.oneof(
  fc.constantFrom(...TRAVERSALS, ...UNICODE, ...MARKUP, ...MAGIC_KEYS, '', ' ', CANARY),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.string({ maxLength: 40 }),
  fc.integer({ min: 100, max: 200_000 }).map((length) => CANARY + 'A'.repeat(length)),
);

const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    -1,
    1,
    0.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 63,
    -(2 ** 53),
    1e308,
    5e-324,
    8.64e15,
    8.64e15 + 1,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);

export const hostileBytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(0, 1, 15, 1 << 20).map((size) => new Uint8Array(size)),
  fc
    .constantFrom(
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
      'GIF89a',
      '%PDF-1.7',
      '\xff\xd8\xff',
    )
    .map((text) => Uint8Array.from(Buffer.from(text, 'latin1'))),
);

export const sendable: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, undefined, true, false, [], {}, [[]], [null]) },
  { weight: 3, arbitrary: number },
  { weight: 5, arbitrary: hostileString },
  { weight: 2, arbitrary: hostileBytes },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<() => unknown>(
        polluting,
        () => ({ polluted: polluting(), ...Object.fromEntries(MAGIC_KEYS.slice(1).map((key) => [key, CANARY])) }),
        () => ({ 0: 1, 1: 2, length: 2, byteLength: 2 }),
        () => ({ type: 'Buffer', data: [1, 2, 3] }),
        () => ({ $bytes: [0, 2 ** 40] }),
        () => ({ $bytes: [-1, 4] }),
        () => ({ $bytes: 'x' }),
        () => ({ $bytes: [0, 0] }),
        () => deep(60, CANARY),
        // As deep as our own encoder gets on a cold stack; deeper ones are written by hand, see `rawFrame`.
        () => deep(500, CANARY),
        () => new Array(5000).fill(CANARY),
        () => new Array(2000).fill({}),
        () => Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])),
        () => ({ toString: CANARY, valueOf: 1, toJSON: 2, then: 3 }),
      )
      .map((make) => make()),
  },
);

/** What `structuredClone` carries and JSON does not. */
export const clonable: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: sendable },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<() => unknown>(
        () => NaN,
        () => Infinity,
        () => -Infinity,
        () => 2n ** 70n,
        () => new Date(NaN),
        () => new Date(0),
        () =>
          new Map<unknown, unknown>([
            [CANARY, { a: 1 }],
            ['__proto__', 1],
          ]),
        () => new Set([1, CANARY]),
        () => /(a+)+$/,
        () => new Float64Array(4),
        () => new Uint16Array([1, 2]),
        () => new ArrayBuffer(16),
        () => new DataView(new ArrayBuffer(8)),
        () => new Error(CANARY),
        () => Object('boxed'),
        () => Object(1),
        () => {
          const cycle: Record<string, unknown> = {};
          cycle['self'] = cycle;
          return cycle;
        },
        () => {
          const cycle: unknown[] = [];
          cycle.push(cycle, cycle);
          return cycle;
        },
        () => Object.assign([], { 4_000_000: 1 }),
        () => deep(500, 1),
      )
      .map((make) => make()),
  },
);
