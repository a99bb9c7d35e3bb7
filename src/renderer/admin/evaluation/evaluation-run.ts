/** One evaluation at a time, which goes on while other pages are looked at: pictures out, figures in. */
import { create } from 'zustand';
import { type EvaluationReply, inPeople, type OutOf } from '../../../shared/admin.ts';
import type { CallInput } from '../../../shared/calls.ts';
import { beginOf, isPictureName, isRecord, isSystemPath, listedIn } from '../../../shared/people-folder.ts';
import { kiosk } from '../../state/kiosk.ts';

type Source = CallInput<'runEvaluation'>['source'];
/** A picture and the name the evaluation knows it by. */
export interface Named {
  readonly path: string;
  readonly file: File;
}

interface EvaluationStore {
  readonly stage: 'choose' | 'sending' | 'computing' | 'done';
  readonly sent: number;
  readonly total: number;
  /** `reason` is the code of an error. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
  /** How many pictures had to be turned upright. */
  readonly turned: number;
  readonly result: EvaluationReply | null;
  readonly error: unknown;
  /** What became of the calibration this evaluation offers. */
  readonly applied: 'no' | 'site' | 'model';
}

const NOTHING: EvaluationStore = {
  stage: 'choose',
  sent: 0,
  total: 0,
  refused: [],
  turned: 0,
  result: null,
  error: null,
  applied: 'no',
};

export const useEvaluation = create<EvaluationStore>(() => NOTHING);

/** Grows with every start and stop; a run whose number is not the newest has been stopped. */
let round = 0;

/** Files of a chosen folder, with their paths below it. */
export const filesIn = (files: Iterable<File>): Named[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file }));

/** Pictures by their names, of which an evaluation may be. */
export const picturesAmong = (files: readonly Named[]): Named[] =>
  files.filter(({ path }) => isPictureName(path) && !isSystemPath(path));

/** Whom each picture of a folder shows, by the rules of an import: `PERSON/picture.jpg`. */
async function labelled(files: readonly Named[]): Promise<Pick<EvaluationStore, 'refused'> & { pictures: Named[] }> {
  const begin = beginOf(files.map(({ path }) => path));
  const inside = new Map(
    files.flatMap(({ path, file }) => (path.startsWith(begin) ? [[path.slice(begin.length), file] as const] : [])),
  );
  const { table, listed } = listedIn([...inside.keys()]);
  const bytes = await (table === null ? undefined : inside.get(table)?.arrayBuffer());
  const csv = bytes === undefined ? null : new Uint8Array(bytes);
  const { people, problems } = await kiosk().planImport({ files: listed, csv });
  const pictures = new Map<string, File>();
  for (const { name, files: own } of people)
    for (const path of own) {
      const file = inside.get(path);
      if (file === undefined || isRecord(path)) continue;
      // Two folders may be one person's.
      let as = `${name}/${path.slice(path.lastIndexOf('/') + 1)}`;
      while (pictures.has(as)) as = `${as}'`;
      pictures.set(as, file);
    }
  return {
    pictures: [...pictures].map(([path, file]) => ({ path, file })),
    refused: problems.map(({ file, code }) => ({ file, reason: code })),
  };
}

/** @param files of a chosen folder; of the enrolled none */
export async function runEvaluation(source: Source, files: readonly Named[]): Promise<void> {
  const mine = ++round;
  const stopped = (): boolean => mine !== round;
  const aligned = source.kind !== 'enrolled' && source.aligned;
  useEvaluation.setState({ ...NOTHING, stage: files.length > 0 ? 'sending' : 'computing', total: files.length });
  try {
    const { pictures, refused } =
      source.kind === 'folder' ? await labelled(files) : { pictures: picturesAmong(files), refused: [] };
    if (stopped()) return;
    useEvaluation.setState({ total: pictures.length, refused });
    const { evaluationId } = await kiosk().startEvaluation();
    for (const { path, file } of pictures) {
      if (stopped()) return;
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { problem, turned } = await kiosk().addEvaluationPicture({ evaluationId, file: path, bytes, aligned });
      if (stopped()) return;
      useEvaluation.setState((s) => ({
        sent: s.sent + 1,
        turned: s.turned + (problem === null && turned !== 0 ? 1 : 0),
        refused: problem === null ? s.refused : [...s.refused, { file: path, reason: problem }],
      }));
    }
    if (stopped()) return;
    useEvaluation.setState({ stage: 'computing' });
    const result = await kiosk().runEvaluation({ evaluationId, source });
    if (!stopped()) useEvaluation.setState({ stage: 'done', result });
  } catch (error) {
    if (!stopped()) useEvaluation.setState({ stage: 'choose', error });
  }
}

export function leaveEvaluation(): void {
  round++;
  useEvaluation.setState(NOTHING);
}

/** @param use the thresholds this evaluation measured, or the model's own. */
export async function applyCalibration(use: 'site' | 'model'): Promise<void> {
  const { result } = useEvaluation.getState();
  try {
    await kiosk().applyCalibration({ evaluationId: use === 'site' ? (result?.evaluationId ?? null) : null });
    useEvaluation.setState({ applied: use, error: null });
  } catch (error) {
    useEvaluation.setState({ error });
  }
}

// Rates of an evaluation as numbers of people: no operator thinks in FMR.

interface PlainNumber {
  readonly kind: 'strangers' | 'strangersEach' | 'members' | 'membersEach';
  readonly rate: OutOf;
  readonly promised?: number;
}

/**
 * Strangers and members before everybody, as the kiosk decides; of a list of pairs, each picture against one other. Empty where
 * nothing was measured.
 */
export function inPlainNumbers({ galleries, inUse, genuine, impostor }: EvaluationReply): PlainNumber[] {
  const everybody = galleries.at(-1);
  if (everybody !== undefined) {
    const { strangers, members } = inPeople(everybody);
    const { promised } = strangers;
    return [
      { kind: 'strangers', rate: strangers, promised },
      ...(members === null ? [] : [{ kind: 'members' as const, rate: members }]),
    ];
  }
  if (inUse === null) return [];
  const each = [
    { kind: 'strangersEach' as const, rate: inUse.fmr, looks: impostor },
    { kind: 'membersEach' as const, rate: inUse.fnmr, looks: genuine },
  ];
  return each
    .filter(({ looks }) => looks > 0)
    .map(({ kind, rate, looks }) => {
      const about = rate * THOUSAND;
      // None seen: three in as many as were looked at could still be missed by luck (rule of three).
      const high = about > 0 ? about : Math.min(THOUSAND, (3 / looks) * THOUSAND);
      return { kind, rate: { of: THOUSAND, about, low: about, high, wholeFrom: 10 } };
    });
}
const THOUSAND = 1000;

/** `1e-3` as 1000. */
export const oneIn = (fmr: string): number => Math.round(1 / Number(fmr));
