/** `lintel settings`, `lintel settings set KEY VALUE`: what the operator's screen changes, for whoever has no screen. */
import * as z from 'zod';
import { type Settings, settingsSchema } from '../../../shared/domain.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import { type Answer, printable } from './terminal.ts';

type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] };

/** One setting with its dotted name: `votes.needed`. Lists and tables are one setting. */
interface Setting {
  readonly key: string;
  readonly schema: z.ZodType;
}

function settingsOf(shape: Readonly<Record<string, z.ZodType>>, path = ''): Setting[] {
  return Object.entries(shape).flatMap(([name, schema]) =>
    schema instanceof z.ZodObject
      ? settingsOf(schema.shape as Record<string, z.ZodType>, `${path}${name}.`)
      : [{ key: path + name, schema }],
  );
}

const SETTINGS: readonly Setting[] = settingsOf(settingsSchema.shape);

const valueAt = (settings: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], settings);

interface Described {
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly title?: string;
  readonly anyOf?: readonly Described[];
}

/** What a schema takes, in words. */
function allowed({ enum: values, type, minimum, maximum, maxLength, title, anyOf }: Described): string {
  if (anyOf !== undefined) return anyOf.map(allowed).join(', or ');
  if (values !== undefined) return values.map(String).join(', ');
  switch (type) {
    case 'null':
      return 'null';
    case 'boolean':
      return 'true, false';
    case 'integer':
    case 'number':
      return `a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum ?? '-'} to ${maximum ?? '-'}`;
    case 'string':
      return title ?? (maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`);
    default:
      return 'JSON as "lintel settings --json" prints it';
  }
}

/** What a setting may be, in words: `off, passive, challenge`. */
const allowedFor = (schema: z.ZodType): string =>
  allowed(z.toJSONSchema(schema, { unrepresentable: 'any' }) as Described);

/** A value as it was typed: JSON where that fits (numbers, true, null, lists), else the text itself. */
function read(schema: z.ZodType, typed: string): { readonly value: unknown } | null {
  const given: unknown[] = [typed];
  try {
    given.unshift(JSON.parse(typed));
  } catch {
    // text
  }
  for (const one of given) {
    const parsed = schema.safeParse(one);
    if (parsed.success) return { value: parsed.data };
  }
  return null;
}

/**
 * Whether `key` can be set to `typed`.
 * @returns why not, naming what is allowed; null when it can
 */
export function settingMisuse(key: string, typed: string): string | null {
  const setting = SETTINGS.find((one) => one.key === key);
  if (setting === undefined)
    return `there is no setting called ${printable(key)}. There are: ${SETTINGS.map((one) => one.key).join(', ')}`;
  if (typed.includes('\ufffd')) return `what ${key} is to be is not UTF-8: letters of it are lost`;
  return read(setting.schema, typed) === null
    ? `${key} can not be ${printable(typed)}. Allowed: ${allowedFor(setting.schema)}`
    : null;
}

/** The change that gives `key` the value; the settings beside it in the same group stay as they are. */
function changeOf(settings: Settings, key: string, value: unknown): SettingsChange {
  const [name, ...rest] = key.split('.') as [keyof Settings, ...string[]];
  if (rest.length === 0) return { [name]: value };
  const group = structuredClone(settings[name]) as Record<string, unknown>;
  group[rest.join('.')] = value;
  return { [name]: group };
}

const line = (settings: Settings, key: string): string => `${key} ${JSON.stringify(valueAt(settings, key))}`;

export function showSettings(kiosk: Kiosk): Promise<Answer> {
  const settings = kiosk.settings;
  return Promise.resolve({ json: { settings }, text: SETTINGS.map(({ key }) => line(settings, key)) });
}

/**
 * Changes one setting; resolves when it is on the disk and in the audit journal.
 * @param typed checked with `settingMisuse` before
 */
export async function setSetting(kiosk: Kiosk, key: string, typed: string): Promise<Answer> {
  const setting = SETTINGS.find((one) => one.key === key);
  const parsed = setting === undefined ? null : read(setting.schema, typed);
  if (parsed === null) throw new RangeError(settingMisuse(key, typed) ?? 'unreachable');
  const before = valueAt(kiosk.settings, key);
  const settings = await kiosk.updateSettings(changeOf(kiosk.settings, key, parsed.value));
  return {
    json: { key, before, value: valueAt(settings, key), settings },
    text: [line(settings, key)],
  };
}
