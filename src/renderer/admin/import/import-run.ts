import type { TFunction } from 'i18next';
import type { DirectoryDropItem, DropItem, FileDropItem } from 'react-aria-components';
import { create } from 'zustand';
import type { ImportedPerson, ImportPlan } from '../../../shared/admin.ts';
import { guardText } from '../../../shared/csv.ts';
import type { CallInput } from '../../../shared/calls.ts';
import { refusal } from '../../../shared/errors.ts';
import { beginOfDropped, byName, isRecord, listedIn, passedOver } from '../../../shared/people-folder.ts';
import { HEAD_BYTES, pictureKind } from '../../../shared/picture-kinds.ts';
import { troubleWords } from '../../components/Feedback.tsx';
import { kiosk } from '../../state/kiosk.ts';
import { markUnsaved } from '../../state/operator.ts';

/** A call holds at most so much: the browser host takes messages of up to 32 MB. */
const MAX_BYTES = 24_000_000;
const FIRST_PEOPLE = 4;
const MOST_PEOPLE = 25;
const MOST_PICTURES = 200;
/** Of somebody who comes with a record, whose pictures are small: they mean something only together with it. */
const MOST_WITH_RECORD = 1000;
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
    const most = person.files.some(isRecord) ? MOST_WITH_RECORD : MOST_PICTURES;
    for (const file of person.files) {
      const size = sizeOf(file);
      if (size > MAX_BYTES) continue;
      let group = groups.at(-1) as string[];
      if (group.length > 0 && (bytes + size > MAX_BYTES || group.length >= most)) {
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

/** Paths from the folder's inside, with `/`; null for what could not be opened. */
type FolderFiles = ReadonlyMap<string, File | null>;

function fromInside(files: Iterable<readonly [string, File | null]>): FolderFiles {
  const all = [...files].sort(([a], [b]) => byName(a, b));
  const begin = beginOfDropped(all.map(([path]) => path));
  return new Map(
    all.filter(([path]) => path.startsWith(begin)).map(([path, file]) => [path.slice(begin.length), file]),
  );
}

/** Files of `<input webkitdirectory>`, or plain ones. */
export const chosenFiles = (files: Iterable<File>): FolderFiles =>
  fromInside([...files].map((file) => [file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file]));

async function walk(
  folder: DirectoryDropItem,
  path: string,
  found: Map<string, File | null>,
  onFile: (count: number) => void,
): Promise<void> {
  for await (const entry of folder.getEntries()) {
    const at = `${path}/${entry.name}`;
    if (entry.kind === 'directory') await walk(entry, at, found, onFile);
    else {
      found.set(at, await entry.getFile().catch(() => null));
      onFile(found.size);
    }
  }
}

/** @param onFile told how many files were seen so far: a large folder takes a moment */
export async function droppedFiles(
  items: readonly DropItem[],
  onFile: (count: number) => void = () => undefined,
): Promise<FolderFiles> {
  const found = new Map<string, File | null>();
  for (const item of items) {
    if (item.kind === 'directory') await walk(item, item.name, found, onFile);
    if (item.kind === 'file')
      found.set((item as FileDropItem).name, await (item as FileDropItem).getFile().catch(() => null));
  }
  return fromInside(found);
}

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

interface Differing {
  readonly person: ImportPlan['people'][number];
  readonly files: readonly string[];
}
/** Two people, one of them of this import, who may not be told apart at check-in. */
interface LookAlikes {
  readonly ids: readonly string[];
  readonly names: readonly [string, string];
}

interface ImportRun {
  readonly stage: ImportStage;
  readonly plan: ImportPlan | null;
  /** Hidden and system files and folders, each once. */
  readonly passedOver: readonly string[];
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
  /** People some of whose pictures look like somebody else and were not taken. */
  readonly differing: readonly Differing[];
  readonly lookAlikes: readonly LookAlikes[];
  readonly error: unknown;
  /** When the people agreed, Unix ms. */
  readonly consentAt: number;
}

const NOTHING: ImportRun = {
  stage: 'empty',
  plan: null,
  passedOver: [],
  seen: 0,
  peopleDone: 0,
  picturesDone: 0,
  pictures: 0,
  added: 0,
  enrolled: 0,
  refused: [],
  turned: [],
  differing: [],
  lookAlikes: [],
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

/** What each file is by its first bytes. */
async function kindsOf(all: readonly (File | null)[]): Promise<CallInput<'planImport'>['kinds']> {
  const kinds: CallInput<'planImport'>['kinds'] & object = all.map(() => 'unreadable');
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      try {
        const head = await all[i]?.slice(0, HEAD_BYTES).arrayBuffer();
        if (head !== undefined) kinds[i] = pictureKind(new Uint8Array(head)) ?? 'none';
      } catch {
        // Moved or unplugged, or not for this user.
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
    const paths = [...folder.keys()];
    const { table, listed } = listedIn(paths);
    const csv = table === null ? null : new Uint8Array((await folder.get(table)?.arrayBuffer()) ?? new ArrayBuffer());
    const plan = await kiosk().planImport({
      files: listed,
      kinds: await kindsOf(listed.map((path) => folder.get(path) ?? null)),
      csv,
    });
    files = folder;
    const used = new Set(plan.people.flatMap((person) => person.files));
    useImport.setState({
      stage: 'planned',
      plan,
      passedOver: passedOver(paths.filter((path) => !used.has(path))),
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

/** The operator says that pictures which were left out show the person all the same. */
export async function takeAnyway({ person, files: names }: Differing): Promise<void> {
  const { consentAt } = useImport.getState();
  const isAnother = (one: Refused): boolean => one.code !== 'pictures-differ' || !names.includes(one.file);
  useImport.setState({ error: null });
  try {
    for (const portion of portionsOf([{ ...person, files: [...names] }], sizeOf))
      await send([portion], consentAt, true);
    useImport.setState((s) => ({
      refused: s.refused.filter(isAnother),
      differing: s.differing.filter((one) => one.person !== person),
    }));
  } catch (error) {
    useImport.setState({ error });
  }
}

const differingOf = (batch: readonly Portion[], reply: readonly ImportedPerson[]): Differing[] =>
  batch.flatMap(({ person }, i) => {
    const rejected = reply[i]?.rejected.filter(({ code }) => code === 'pictures-differ') ?? [];
    return rejected.length === 0 ? [] : [{ person, files: rejected.map(({ file }) => file) }];
  });

/** Each pair once, whichever of the two was brought in. */
function withLookAlikes(known: readonly LookAlikes[], reply: readonly ImportedPerson[]): LookAlikes[] {
  const pairs = new Map(known.map((pair) => [pair.ids.join(' '), pair]));
  for (const { id, name, lookAlikes } of reply)
    for (const other of id === null ? [] : lookAlikes) {
      const ids = [id ?? '', other.id].sort();
      if (!pairs.has(ids.join(' '))) pairs.set(ids.join(' '), { ids, names: [name, other.name] });
    }
  return [...pairs.values()];
}

async function send(batch: readonly Portion[], consentAt: number, evenIfDifferent = false): Promise<void> {
  const unreadable: Refused[] = [];
  const people = await Promise.all(
    batch.map(async ({ person, files: names }) => {
      const pictures: { name: string; bytes: Uint8Array<ArrayBuffer> }[] = [];
      for (const name of names) {
        try {
          const file = files.get(name);
          if (file === undefined || file === null) throw new Error('gone');
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
  const reply = await kiosk().importPeople({ people, consentAt, evenIfDifferent });
  // Somebody who is looked at again counts only when they were not enrolled the first time.
  const isNews = ({ id, samples, added }: ImportedPerson, i: number): boolean =>
    id !== null && batch[i]?.last === true && (!evenIfDifferent || samples === added);
  useImport.setState((s) => ({
    peopleDone: s.peopleDone + (evenIfDifferent ? 0 : batch.filter((portion) => portion.last).length),
    picturesDone:
      s.picturesDone + (evenIfDifferent ? 0 : batch.reduce((sum, portion) => sum + picturesAmong(portion.files), 0)),
    added: s.added + reply.reduce((sum, person) => sum + person.added, 0),
    enrolled: s.enrolled + reply.filter(isNews).length,
    turned: [...s.turned, ...reply.flatMap((person) => person.turned)],
    refused: [...s.refused, ...unreadable, ...reply.flatMap((person) => person.rejected)],
    differing: [...s.differing, ...differingOf(batch, reply)],
    lookAlikes: withLookAlikes(s.lookAlikes, reply),
  }));
}
