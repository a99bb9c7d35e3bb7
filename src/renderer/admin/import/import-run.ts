import type { TFunction } from 'i18next';
import type { DirectoryDropItem, DropItem, FileDropItem } from 'react-aria-components';
import { create } from 'zustand';
import type { ImportPlan } from '../../../shared/admin.ts';
import { guardText } from '../../../shared/csv.ts';
import type { CallInput } from '../../../shared/calls.ts';
import { refusal } from '../../../shared/errors.ts';
import { HEAD_BYTES, type PictureKind, pictureKind } from '../../../shared/picture-kinds.ts';
import { troubleWords } from '../../components/Feedback.tsx';
import { kiosk } from '../../state/kiosk.ts';
import { markUnsaved } from '../../state/operator.ts';

/** A call holds at most so much: the door takes messages of up to 32 MB. */
const MAX_BYTES = 24_000_000;
const FIRST_PEOPLE = 4;
const MOST_PEOPLE = 25;
const MOST_PICTURES = 200;
/** A call should take about so long, ms: the progress bar moves, and cancelling does not take forever. */
const GOAL_MS = 4000;

interface Portion {
  readonly person: ImportPlan['people'][number];
  readonly files: readonly string[];
  /** The person is complete with this portion. */
  readonly last: boolean;
}

/**
 * The next call's worth of people, from `start` on. Somebody whose pictures are too much for one call is spread over
 * several: the kiosk adds to a person it already has.
 * @param portions what is still to do, see `portionsOf`
 */
function nextBatch(
  portions: readonly Portion[],
  start: number,
  people: number,
  sizeOf: (file: string) => number,
): readonly Portion[] {
  const batch: Portion[] = [];
  let bytes = 0;
  for (const portion of portions.slice(start, start + people)) {
    const size = portion.files.reduce((sum, file) => sum + sizeOf(file), 0);
    if (batch.length > 0 && bytes + size > MAX_BYTES) break;
    // One call names a person once.
    if (batch.some((one) => one.person === portion.person)) break;
    batch.push(portion);
    bytes += size;
  }
  return batch;
}

/** Everybody's pictures, in portions that fit into a call. Files too large for any call are left out: ask first. */
function portionsOf(people: ImportPlan['people'], sizeOf: (file: string) => number): readonly Portion[] {
  return people.flatMap((person) => {
    const groups: string[][] = [[]];
    let bytes = 0;
    for (const file of person.files) {
      const size = sizeOf(file);
      if (size > MAX_BYTES) continue;
      let group = groups.at(-1) as string[];
      if (group.length > 0 && (bytes + size > MAX_BYTES || group.length >= MOST_PICTURES)) {
        group = [];
        groups.push(group);
        bytes = 0;
      }
      group.push(file);
      bytes += size;
    }
    return groups.map((files, i) => ({ person, files, last: i === groups.length - 1 }));
  });
}

/** How many people to send next, from how long the last call took. */
function nextSize(people: number, tookMs: number): number {
  if (people === 0) return FIRST_PEOPLE;
  const fitting = Math.round((people * GOAL_MS) / Math.max(1, tookMs));
  return Math.max(1, Math.min(MOST_PEOPLE, people * 2, fitting));
}

// The files of a dropped or chosen folder, with the paths the import plan is made from.

/** Paths from the folder's inside, with `/`; the folder's own name is not part of them. */
type FolderFiles = ReadonlyMap<string, File>;

const isPicture = (path: string): boolean => /\.(jpe?g|jfif|png|webp|avif|tiff?|gif|bmp|heic|heif|jxl)$/i.test(path);
/** What an export puts beside the pictures of a person; see src/main/people/export.ts. */
const isRecord = (path: string): boolean => /(^|\/)lintel\.json$/.test(path);
const isTable = (path: string): boolean => /(^|\/)data\.csv$/i.test(path);
/** What systems put into folders by themselves. */
const isLitter = (path: string): boolean => /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i.test(path);

/**
 * Takes the name of the one folder everything lies in off the paths: `Staff/Ada/1.jpg` becomes `Ada/1.jpg`. When that
 * folder holds pictures of its own and no table, it is a person's folder, and its name is their name: it stays.
 */
function fromInside(files: FolderFiles): FolderFiles {
  const paths = [...files.keys()];
  const root = paths[0]?.split('/')[0];
  if (root === undefined || !paths.every((path) => path.startsWith(`${root}/`))) return files;
  const inside = paths.map((path) => path.slice(root.length + 1));
  const hasTable = inside.some((path) => !path.includes('/') && isTable(path));
  if (!hasTable && inside.some((path) => !path.includes('/') && isPicture(path))) return files;
  return new Map([...files].map(([path, file]) => [path.slice(root.length + 1), file]));
}

/** As people count: picture 10 comes after picture 9. */
const ORDER = new Intl.Collator('en', { numeric: true });

const without = (files: Iterable<readonly [string, File]>): FolderFiles =>
  fromInside(new Map([...files].filter(([path]) => !isLitter(path)).sort(([a], [b]) => ORDER.compare(a, b))));

/** Files of `<input webkitdirectory>`, or plain ones. */
export const chosenFiles = (files: Iterable<File>): FolderFiles =>
  without([...files].map((file) => [file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file]));

async function walk(
  folder: DirectoryDropItem,
  path: string,
  found: Map<string, File>,
  onFile: (count: number) => void,
): Promise<void> {
  for await (const entry of folder.getEntries()) {
    const at = `${path}/${entry.name}`;
    if (entry.kind === 'directory') await walk(entry, at, found, onFile);
    else {
      found.set(at, await entry.getFile());
      onFile(found.size);
    }
  }
}

/** @param onFile told how many files were seen so far: a large folder takes a moment */
export async function droppedFiles(
  items: readonly DropItem[],
  onFile: (count: number) => void = () => undefined,
): Promise<FolderFiles> {
  const found = new Map<string, File>();
  for (const item of items) {
    if (item.kind === 'directory') await walk(item, item.name, found, onFile);
    if (item.kind === 'file') found.set((item as FileDropItem).name, await (item as FileDropItem).getFile());
  }
  return without(found);
}

/** The table of the folder, if there is one: its path is needed, for the paths inside it start there. */
const tableOf = (files: FolderFiles): readonly [string, File] | null =>
  [...files].filter(([path]) => isTable(path)).sort(([a], [b]) => a.length - b.length)[0] ?? null;

/** How many of a person's files are pictures: an exported person has a record beside them. */
export const picturesAmong = (files: readonly string[]): number => files.filter((file) => !isRecord(file)).length;

/** Why a file was refused, in the screen's language. */
export const refusalWords = (refused: Refused, t: TFunction): string =>
  troubleWords({ ...refused, message: refused.reason }, t).title;

// The refused files of an import as a table that opens in any spreadsheet.

const cell = (text: string): string => `"${guardText(text).replaceAll('"', '""')}"`;

/** With a byte-order mark: without it Excel reads the accents wrong. */
export const reportFile = (refused: readonly Refused[], say: (one: Refused) => string): string =>
  `\ufefffile,reason\r\n${refused.map((one) => `${cell(one.file)},${cell(say(one))}\r\n`).join('')}`;

/*
 * One import at a time, outside of React: it goes on while the operator looks elsewhere. Every call is a durable write,
 * and doing one again adds nothing twice, so that cancelling, a lost connection or a crash cost nothing but the time.
 */

export type Refused = ImportPlan['problems'][number];

type ImportStage =
  /** Nothing chosen. */
  | 'empty'
  | 'reading'
  /** The plan is on the screen. */
  | 'planned'
  | 'running'
  /** The operator stopped it, or something went wrong: it can go on. */
  | 'paused'
  | 'done';

interface ImportRun {
  readonly stage: ImportStage;
  readonly plan: ImportPlan | null;
  /** Files seen while a folder is read. */
  readonly seen: number;
  readonly peopleDone: number;
  readonly picturesDone: number;
  readonly pictures: number;
  readonly added: number;
  /** People of whom at least one picture is enrolled, before or now. */
  readonly enrolled: number;
  readonly refused: readonly Refused[];
  readonly turned: readonly { readonly file: string; readonly turned: number }[];
  readonly error: unknown;
  /** When the people agreed, Unix ms. */
  readonly consentAt: number;
}

const NOTHING: ImportRun = {
  stage: 'empty',
  plan: null,
  seen: 0,
  peopleDone: 0,
  picturesDone: 0,
  pictures: 0,
  added: 0,
  enrolled: 0,
  refused: [],
  turned: [],
  error: null,
  consentAt: 0,
};

export const useImport = create<ImportRun>(() => NOTHING);

/** What the run needs besides what the screen shows. */
let files: FolderFiles = new Map();
let portions: readonly Portion[] = [];
let at = 0;
let size = 0;
let stopping = false;

const sizeOf = (file: string): number => files.get(file)?.size ?? 0;

export function forgetImport(): void {
  files = new Map();
  portions = [];
  useImport.setState(NOTHING, true);
  markUnsaved(false, 'import');
}

export const noteSeen = (seen: number): void => useImport.setState({ stage: 'reading', seen });

/** Files looked into at once. */
const AT_ONCE = 16;

/** What each file is by its first bytes; null where it can not be read: the kiosk then goes by its name. */
async function kindsOf(all: readonly File[]): Promise<CallInput<'planImport'>['kinds']> {
  const kinds: (PictureKind | 'none' | null)[] = all.map(() => null);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      try {
        const head = await (all[i] as File).slice(0, HEAD_BYTES).arrayBuffer();
        kinds[i] = pictureKind(new Uint8Array(head)) ?? 'none';
      } catch {
        // It stays null.
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return kinds;
}

/** Reads a folder's names and table, and asks the kiosk who is in it. Nothing is changed by that. */
export async function planImport(folder: FolderFiles): Promise<void> {
  useImport.setState({ ...NOTHING, stage: 'reading', seen: folder.size }, true);
  try {
    const table = tableOf(folder);
    let inside = folder;
    if (table !== null) {
      // The table's paths start at the table.
      const [path] = table;
      const base = path.slice(0, path.lastIndexOf('/') + 1);
      inside = new Map(
        [...folder].filter(([p]) => p.startsWith(base)).map(([p, file]) => [p.slice(base.length), file]),
      );
    }
    const plan = await kiosk().planImport({
      files: [...inside.keys()],
      kinds: await kindsOf([...inside.values()]),
      csv: table === null ? null : await table[1].text(),
    });
    files = inside;
    useImport.setState({
      stage: 'planned',
      plan,
      pictures: plan.people.reduce((sum, person) => sum + picturesAmong(person.files), 0),
    });
  } catch (error) {
    useImport.setState({ ...NOTHING, error }, true);
  }
}

/** @param consentAt when the people agreed, Unix ms */
export async function runImport(consentAt: number): Promise<void> {
  const { plan } = useImport.getState();
  if (plan === null) return;
  portions = portionsOf(plan.people, sizeOf);
  at = 0;
  size = 0;
  const tooLarge = plan.people
    .flatMap((person) => person.files)
    .filter((file) => sizeOf(file) > MAX_BYTES)
    .map((file) => ({ file, ...refusal('picture-too-large.file', { megabytes: MAX_BYTES / 1e6 }) }));
  useImport.setState({
    refused: [...plan.problems, ...tooLarge],
    turned: [],
    picturesDone: tooLarge.length,
    consentAt,
  });
  await resumeImport();
}

export async function resumeImport(): Promise<void> {
  stopping = false;
  const { consentAt } = useImport.getState();
  // A session that ends meanwhile must not throw the run away.
  markUnsaved(true, 'import');
  useImport.setState({ stage: 'running', error: null });
  try {
    while (at < portions.length && !stopping) {
      size = size === 0 ? nextSize(0, 0) : size;
      const batch = nextBatch(portions, at, size, sizeOf);
      const began = Date.now();
      await send(batch, consentAt);
      at += batch.length;
      size = nextSize(batch.length, Date.now() - began);
    }
    useImport.setState({ stage: at < portions.length ? 'paused' : 'done' });
  } catch (error) {
    useImport.setState({ stage: 'paused', error });
  }
  if (useImport.getState().stage === 'done') markUnsaved(false, 'import');
}

/** Stops after the call that is under way. */
export function stopImport(): void {
  stopping = true;
}

async function send(batch: readonly Portion[], consentAt: number): Promise<void> {
  const unreadable: Refused[] = [];
  const people = await Promise.all(
    batch.map(async ({ person, files: names }) => {
      const pictures: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
      for (const name of names) {
        try {
          const file = files.get(name);
          if (file === undefined) throw new Error('gone');
          pictures.push({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
        } catch {
          // Moved or unplugged since the folder was read.
          unreadable.push({ file: name, ...refusal('not-found.file') });
        }
      }
      const { name, externalId, group } = person;
      return { name, externalId, group, pictures };
    }),
  );
  const reply = await kiosk().importPeople({ people, consentAt });
  useImport.setState((s) => ({
    peopleDone: s.peopleDone + batch.filter((portion) => portion.last).length,
    picturesDone: s.picturesDone + batch.reduce((sum, portion) => sum + picturesAmong(portion.files), 0),
    added: s.added + reply.reduce((sum, person) => sum + person.added, 0),
    enrolled: s.enrolled + reply.filter((person, i) => person.id !== null && batch[i]?.last === true).length,
    turned: [...s.turned, ...reply.flatMap((person) => person.turned)],
    refused: [...s.refused, ...unreadable, ...reply.flatMap((person) => person.rejected)],
  }));
}
