/** One evaluation at a time, which goes on while other pages are looked at: pictures out, figures in. */
import { create } from 'zustand';
import type { EvaluationReply } from '../../../shared/admin.ts';
import type { CallInput } from '../../../shared/calls.ts';
import { isPictureName, isSystemPath } from '../../../shared/people-folder.ts';
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

/** Files of a chosen folder as an evaluation names them: below the folder, pictures only. */
export function picturesIn(files: Iterable<File>): Named[] {
  return [...files]
    .map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file }))
    .filter(({ path }) => isPictureName(path) && !isSystemPath(path));
}

export async function runEvaluation(source: Source, pictures: readonly Named[]): Promise<void> {
  const mine = ++round;
  const stopped = (): boolean => mine !== round;
  const aligned = source.kind !== 'enrolled' && source.aligned;
  useEvaluation.setState({ ...NOTHING, stage: pictures.length > 0 ? 'sending' : 'computing', total: pictures.length });
  try {
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

export interface OutOfThousand {
  /** How many of 1,000, rounded to what can be said. */
  readonly about: number;
  /** None was seen in the test: then this many of 1,000 could still be missed by luck (rule of three). */
  readonly atMost: number | null;
}

const THOUSAND = 1000;

/** Two leading digits below ten, whole numbers above: "0.4", "3.2", "48". */
const rounded = (n: number): number => (n >= 10 ? Math.round(n) : Number(n.toPrecision(n >= 1 ? 2 : 1)));

/**
 * Of 1,000 strangers, how many would be let in: as measured on people who were taken out of the gallery for it, or, for a
 * list of pairs, each against one person. None seen: what three times luck could still hide (rule of three).
 */
export function strangersLetIn(result: EvaluationReply): OutOfThousand | null {
  if (result.inUse === null || result.impostor === 0) return null;
  const { fpir } = result.identification ?? { fpir: null };
  // Every sample was a stranger once, and was a member once: there are as many looks as genuine comparisons.
  const [rate, looks] = fpir === null ? [result.inUse.fmr, result.impostor] : [fpir, result.genuine];
  return outOfThousand(rate, looks);
}

/** Of 1,000 visits by members, how many would have to try again. */
export function membersRefused(result: EvaluationReply): OutOfThousand | null {
  if (result.inUse === null || result.genuine === 0) return null;
  return outOfThousand(result.inUse.fnmr, result.genuine);
}

function outOfThousand(rate: number, looks: number): OutOfThousand {
  if (rate > 0) return { about: rounded(rate * THOUSAND), atMost: null };
  return { about: 0, atMost: Math.min(THOUSAND, rounded((3 / looks) * THOUSAND)) };
}

/** `1e-3` as 1000. */
export const oneIn = (fmr: string): number => Math.round(1 / Number(fmr));
