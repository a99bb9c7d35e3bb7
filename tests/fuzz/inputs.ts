/** Inputs for a call out of its own schema: nearly right ones, and those with something wrong at one place. */
import fc from 'fast-check';
import type { z } from 'zod';
import { RECORDED_HEIGHT, RECORDED_WIDTH, recordedFrame } from '../support/recorded-vision.ts';
import { hostileBytes, hostileString, MAGIC_KEYS, TRAVERSALS } from './hostile.ts';

/** Strings that the runner replaces by ids and pictures which exist at that moment. */
export const PLACEHOLDERS = [
  '@person',
  '@other',
  '@sample',
  '@draft',
  '@evaluation',
  '@checkIn',
  '@stick',
  '@backup',
] as const;
export const PICTURE = '@picture';
/** Which of them an input of this name wants; every other one is a person. */
const FITTING: Readonly<Record<string, string>> = {
  sampleId: '@sample',
  enrollmentId: '@draft',
  evaluationId: '@evaluation',
  target: '@checkIn',
  other: '@other',
  b: '@other',
};

type Def = {
  readonly type: string;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly values?: readonly unknown[];
  readonly entries?: Record<string, string>;
};
const defOf = (schema: z.ZodType): Def => schema.def as unknown as Def;
const inner = (def: Def): z.ZodType => {
  const schema = def.innerType ?? def.in;
  if (schema === undefined) throw new Error(`fuzz: nothing inside of ${def.type}`);
  return schema;
};

const text = fc.oneof(
  fc.constantFrom(...PLACEHOLDERS, ...TRAVERSALS, 'Ada', 'en', 'vi', 'Europe/Berlin', '08:30', '2026-05-04', 'p/1.jpg'),
  fc.constantFrom(
    'file_x,file_y,Decision\na/1.jpg,a/2.jpg,Yes',
    'name,group\n=1+1,<b>\n"',
    '10 300\nA 1 2',
    '\ufeff,,,\n',
  ),
  hostileString,
);
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 5, 50, 100, 640, Date.UTC(2026, 4, 4, 9), 1e-3, 8.64e15, -1, 1.5, 2 ** 40),
  fc.integer({ min: 0, max: 300 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const frames = fc.oneof(
  { weight: 4, arbitrary: fc.record({ person: fc.constantFrom(null, 0, 1, 2, 40), take: fc.nat(4) }).map((f) => f) },
  { weight: 1, arbitrary: fc.constant('damaged' as const) },
);

/**
 * An input much like `schema` wants it.
 * @param strangersOnly no frame with an enrolled face in it: then no check-in can be recorded
 */
export function like(schema: z.ZodType, strangersOnly: boolean, key = ''): fc.Arbitrary<unknown> {
  const def = defOf(schema);
  const go = (s: z.ZodType, k = key): fc.Arbitrary<unknown> => like(s, strangersOnly, k);
  switch (def.type) {
    case 'string':
      if (/^(pin|current|next)$/.test(key)) return fc.oneof(fc.stringMatching(/^\d{4,8}$/), text);
      if (key === 'locale')
        return fc.oneof({ weight: 3, arbitrary: fc.constantFrom('en', 'vi') }, { weight: 1, arbitrary: text });
      if (/^(day|from|to)$/.test(key))
        return fc.oneof(
          { weight: 3, arbitrary: fc.constant(key === 'from' ? '2026-05-04' : '2026-05-05') },
          {
            weight: 2,
            arbitrary: fc.constantFrom('2026-11-22', '0000-00-00', '9999-99-99', '2026-02-30', '1970-01-01'),
          },
          { weight: 1, arbitrary: fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/) },
        );
      if (/(id|target|keep|other|^a$|^b$)$/i.test(key))
        return fc.oneof(
          { weight: 6, arbitrary: fc.constant(FITTING[key] ?? '@person') },
          { weight: 2, arbitrary: fc.constantFrom<string>(...PLACEHOLDERS) },
          { weight: 2, arbitrary: text },
        );
      if (key === 'folder')
        return fc.oneof({ weight: 3, arbitrary: fc.constant('@stick') }, { weight: 2, arbitrary: text });
      if (key === 'file')
        return fc.oneof({ weight: 3, arbitrary: fc.constant('@backup') }, { weight: 2, arbitrary: text });
      // A passphrase that is one costs half a second of scrypt: seldom.
      if (key === 'passphrase')
        return fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom('', 'short', '\u0000') },
          { weight: 1, arbitrary: fc.constant('ten characters and more') },
        );
      return text;
    case 'number':
    case 'int':
      return number;
    case 'boolean':
      return fc.boolean();
    case 'undefined':
      return fc.constant(undefined);
    case 'null':
      return fc.constant(null);
    case 'unknown':
    case 'any':
      return fc.jsonValue();
    case 'literal':
      return fc.constantFrom(...(def.values ?? []));
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries ?? {}));
    case 'union':
      return fc.oneof(...(def.options ?? []).map((option) => go(option)));
    case 'nullable':
      return fc.oneof({ weight: 3, arbitrary: go(inner(def)) }, { weight: 1, arbitrary: fc.constant(null) });
    case 'optional':
    case 'default':
      return fc.oneof({ weight: 2, arbitrary: go(inner(def)) }, { weight: 1, arbitrary: fc.constant(undefined) });
    case 'pipe':
    case 'readonly':
    case 'nonoptional':
      return go(inner(def));
    case 'array':
      return fc.array(go(def.element as z.ZodType), { maxLength: 3 });
    case 'tuple':
      return fc.tuple(...(def.items ?? []).map((item) => go(item)));
    case 'record':
      return fc.dictionary(fc.oneof(text, fc.constantFrom(...MAGIC_KEYS)), go(def.valueType as z.ZodType), {
        maxKeys: 3,
      });
    case 'custom': // z.instanceof(Uint8Array)
      return fc.oneof({ weight: 3, arbitrary: fc.constant(PICTURE) }, { weight: 2, arbitrary: hostileBytes });
    case 'object': {
      const shape = def.shape ?? {};
      if ('capturedAt' in shape && 'data' in shape)
        return frames.map((frame) =>
          frame === 'damaged'
            ? { width: RECORDED_WIDTH, height: RECORDED_HEIGHT, capturedAt: 0, data: new Uint8Array(7) }
            : recordedFrame(strangersOnly ? null : frame.person, frame.take),
        );
      const fields = Object.entries(shape).map(([name, field]) => [name, go(field, name)] as const);
      return fc.record(Object.fromEntries(fields));
    }
    default:
      throw new Error(`fuzz: no way to make a ${def.type}; add one in tests/fuzz/inputs.ts`);
  }
}

type Spot = { readonly of: Record<string, unknown>; readonly key: string };
function spots(value: unknown, found: Spot[] = []): Spot[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || found.length > 40) return found;
  for (const key of Object.keys(value).slice(0, 20)) {
    found.push({ of: value as Record<string, unknown>, key });
    spots((value as Record<string, unknown>)[key], found);
  }
  return found;
}
/** A copy whose containers may be changed; bytes are shared. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])].map(copy);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, copy(inside)]));
}
/** As JSON and structured clone do it: `__proto__` becomes a key, never the prototype. */
const put = (object: object, key: string, value: unknown): void =>
  void Reflect.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });

/** `good` with something wrong at one or two places. */
export const spoilt = (good: fc.Arbitrary<unknown>, bad: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      good,
      fc.array(fc.tuple(fc.nat(), fc.nat(4), bad, fc.constantFrom(...MAGIC_KEYS, 'extra')), {
        minLength: 1,
        maxLength: 2,
      }),
    )
    .map(([value, wrongs]) => {
      const changed = copy(value);
      for (const [where, how, what, key] of wrongs) {
        const all = spots(changed);
        const spot = all.length === 0 ? undefined : all[where % all.length];
        if (spot === undefined || Object.isFrozen(spot.of)) return what;
        if (how === 0) Reflect.deleteProperty(spot.of, spot.key);
        else if (how === 1) put(spot.of, key, what);
        else if (how === 2) put(spot.of, spot.key, [spot.of[spot.key]]);
        else put(spot.of, spot.key, what);
      }
      return changed;
    });
