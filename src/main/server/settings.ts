/** The kiosk's settings on disk. Whatever in the file can not be used falls back by itself, and the operator is told what. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../shared/domain.ts';
import { LintelError } from '../../shared/errors.ts';
import { given } from '../../shared/given.ts';
import { checkTimeZone } from '../attendance/rules.ts';
import { type By, type NoteAudit, noteNowhere, type StorageContext } from '../storage/context.ts';
import { Document, type DocumentKind } from '../storage/document.ts';

type Loose = Record<string, unknown>;
export const settingsFileSchema: z.ZodType<Loose> = z.record(z.string(), z.unknown());

/**
 * Settings out of whatever a file holds: each field that is as it should be, the default for each that is not.
 * @returns the settings, and the names of the fields that fell back, e.g. `votes.needed`
 */
export function readSettings(found: Loose): { settings: Settings; fellBack: string[] } {
  const fellBack: string[] = [];
  const pick = (schemas: Record<string, z.ZodType>, from: Loose, defaults: Loose, path: string): Loose =>
    Object.fromEntries(
      Object.entries(schemas).map(([key, schema]): [string, unknown] => {
        const given = Object.hasOwn(from, key) ? from[key] : undefined;
        const parsed = schema.safeParse(given);
        if (parsed.success) return [key, parsed.data];
        if (schema instanceof z.ZodObject && typeof given === 'object' && given !== null)
          return [key, pick(schema.shape, given as Loose, defaults[key] as Loose, `${path}${key}.`)];
        if (schema instanceof z.ZodRecord && typeof given === 'object' && given !== null && !Array.isArray(given))
          return [key, pickEntries(schema, given as Loose, `${path}${key}.`)];
        if (given !== undefined) fellBack.push(path + key); // a field that is new in this version is no trouble
        return [key, defaults[key]];
      }),
    );
  /** Of a record: the entries that are as they should be. The others are left out, so they get what everybody gets. */
  const pickEntries = (schema: z.ZodRecord, from: Loose, path: string): Loose => {
    const good = Object.entries(from).filter(([key, value]) => schema.safeParse({ [key]: value }).success);
    if (good.length < Object.keys(from).length) fellBack.push(path.slice(0, -1));
    return Object.fromEntries(good);
  };
  const settings = pick(settingsSchema.shape, found, DEFAULT_SETTINGS, '');
  if (typeof settings['timeZone'] === 'string' && !isTimeZone(settings['timeZone'])) {
    settings['timeZone'] = DEFAULT_SETTINGS.timeZone;
    fellBack.push('timeZone');
  }
  return { settings: consistent(settingsSchema.parse(settings)), fellBack };
}

function isTimeZone(name: string): boolean {
  try {
    checkTimeZone(name);
    return true;
  } catch {
    return false;
  }
}

/** More votes can not be needed than are counted. */
function consistent(settings: Settings): Settings {
  const { votes } = settings;
  return votes.of >= votes.needed ? settings : { ...settings, votes: { ...votes, of: votes.needed } };
}

const DOCUMENT: DocumentKind<Loose> = {
  name: 'settings.json',
  schema: settingsFileSchema,
  initial: {},
  acceptEdits: true,
  // Settings are soon made again: unlike the people's file they are no reason not to open the kiosk.
  damaged: new LintelError('store-damaged.settings'),
};

export class SettingsFile {
  readonly #file: Document<Loose>;
  readonly #note: NoteAudit;
  #settings: Settings;
  readonly notices: readonly LintelError[];

  private constructor(file: Document<Loose>, note: NoteAudit) {
    this.#file = file;
    this.#note = note;
    const { settings, fellBack } = readSettings(file.data);
    this.#settings = settings;
    this.notices = fellBack.length === 0 ? file.notices : [...file.notices, fellBackNotice(fellBack.join(', '))];
  }

  static async open(on: StorageContext): Promise<SettingsFile> {
    return new SettingsFile(await Document.open(on, DOCUMENT), on.note ?? noteNowhere);
  }

  get current(): Settings {
    return this.#settings;
  }

  /**
   * Changes some fields. Resolves when they are on disk.
   * @throws LintelError `time-zone-unknown`, `disk-full` and the like; then the settings are as they were
   */
  update(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }, by?: By): Promise<Settings> {
    return this.#file.take(async () => {
      if (typeof change.timeZone === 'string') checkTimeZone(change.timeZone);
      const next = consistent(settingsSchema.parse({ ...this.#settings, ...given(change) }));
      const was = this.#settings;
      await this.#file.put({ ...next });
      const fields = (Object.keys(next) as (keyof Settings)[]).filter((key) => !isDeepStrictEqual(next[key], was[key]));
      this.#settings = next;
      if (fields.length > 0)
        await this.#note({ kind: 'settings', subject: null, details: { fields }, ...given({ by }) });
      return next;
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

const fellBackNotice = (fields: string): LintelError => new LintelError('settings-reset', { fields });
