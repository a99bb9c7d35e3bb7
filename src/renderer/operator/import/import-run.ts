/**
 * One import at a time, outside of React: it goes on while the operator looks elsewhere. Every call is a durable write,
 * and doing one again adds nothing twice, so that cancelling, a lost connection or a crash cost nothing but the time.
 */
import { create } from 'zustand';
import type { ImportPlan } from '../../../shared/desk.ts';
import { LintelError } from '../../../shared/errors.ts';
import { kiosk } from '../../state/kiosk.ts';
import { markUnsaved } from '../../state/operator.ts';
import { MAX_BYTES, nextBatch, nextSize, portionsOf, type Portion } from './batches.ts';
import { picturesAmong, tableOf, type FolderFiles } from './dropped-files.ts';

export interface Refused {
  readonly file: string;
  readonly code: string | null;
  readonly reason: string;
}

export type ImportStage =
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
    .map((file) => ({ file, code: 'picture-too-large', reason: '' }));
  useImport.setState({
    refused: [...plan.problems.map(({ file, reason }) => ({ file, code: null, reason })), ...tooLarge],
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
          if (file === undefined) throw new LintelError('not-found', 'The file is not there any more.');
          pictures.push({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
        } catch {
          // Moved or unplugged since the folder was read.
          unreadable.push({ file: name, code: 'not-found', reason: '' });
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
    refused: [...s.refused, ...unreadable, ...reply.flatMap((person) => person.rejected)],
  }));
}
