/** `lintel evaluate FOLDER`, `lintel evaluate --pairs FILE --images DIR`, `lintel evaluate --enrolled` */
import { basename, join, resolve } from 'node:path';
import type { Turn } from '../../../shared/domain.ts';
import { LintelError, reportOf } from '../../../shared/errors.ts';
import { decimals, type EvaluationReply, inPeople, type OutOf } from '../../../shared/admin.ts';
import { isRecord } from '../../../shared/people-folder.ts';
import { parsePairs } from '../../evaluation/pairs-file.ts';
import { readText } from '../../people/text-encoding.ts';
import { passedOverLines, readPeopleFolder, readPicture, turnedBy } from './recognise.ts';
import type { EvaluationJson } from '../../evaluation/evaluation.ts';
import type { EvaluationSource } from '../../evaluation/service.ts';
import { writePlain } from '../../storage/file-ops.ts';
import type { Kiosk } from '../../server/kiosk.ts';
import {
  type Answer,
  checkInterrupted,
  errorText,
  MODELS_FIRST,
  note,
  printable,
  startProgress,
  type Terminal,
  untilInterrupted,
} from './terminal.ts';

export interface EvaluateOptions {
  readonly pairs?: string;
  readonly images?: string;
  readonly enrolled?: boolean;
  readonly aligned?: boolean;
  readonly report?: string;
  readonly calibration?: string;
}

/** What is wrong with the arguments; null: nothing. */
export function evaluateMisuse(folder: string | undefined, options: EvaluateOptions): string | null {
  const { pairs, images, enrolled = false, aligned = false, calibration } = options;
  const ways = [folder !== undefined, pairs !== undefined, enrolled].filter(Boolean).length;
  if (ways !== 1) return 'give one of: a folder, --pairs with --images, --enrolled';
  if ((pairs === undefined) !== (images === undefined)) return '--pairs and --images belong together';
  if (calibration !== undefined && folder === undefined) return '--calibration is learnt from a folder';
  if (enrolled && aligned) return '--aligned says how pictures are; --enrolled takes none';
  return null;
}

interface Picture {
  /** As the list or the folder names it. */
  readonly name: string;
  readonly path: string;
}

/** The figures of an evaluation. A picture that can not be used is left out, with the pairs it is in, and said. */
export async function evaluate(
  kiosk: Kiosk,
  terminal: Terminal,
  folder: string | undefined,
  options: EvaluateOptions,
): Promise<Answer> {
  const { source, pictures } = await whatToEvaluate(terminal, folder, options);
  const id = kiosk.evaluations.start();
  const rejected: { file: string; code: string }[] = [];
  const turned: { file: string; turned: Turn }[] = [];
  const progress = startProgress(terminal, 'embedding', pictures.length, MODELS_FIRST);
  try {
    for (const { name, path } of pictures) {
      checkInterrupted(terminal);
      const embedded = embedOne(kiosk, terminal, id, name, path, options.aligned === true);
      const { problem, turned: by } = await untilInterrupted(terminal, embedded, () => null);
      if (problem !== null) rejected.push({ file: name, code: problem });
      else if (by !== 0) turned.push({ file: name, turned: by });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  for (const { file, code } of rejected) note(terminal, `left out: ${printable(file)} (${code})`);
  for (const one of turned) note(terminal, `${printable(one.file)}${turnedBy(one.turned)}`);
  const { json, reply, learner } = await kiosk.evaluations.run(id, source, { signal: terminal.interrupted });
  if (options.report !== undefined) await writeTo(terminal, options.report, reply.report);
  if (options.calibration !== undefined) {
    const learnt = await learner?.learnWithIntervals({ signal: terminal.interrupted });
    if (learnt === undefined || learnt === null)
      throw new LintelError('evaluation-too-few', { genuine: json.genuine, impostor: json.impostor });
    const data = `${basename(folder ?? '')}: ${pictures.length - rejected.length} pictures of ${learner?.people} people`;
    await writeTo(terminal, options.calibration, `${JSON.stringify({ data, ...learnt }, null, 1)}\n`);
  }
  const recalibration = reply.recalibration === null ? {} : { recalibration: reply.recalibration };
  return {
    json: { ...json, rejected, turned, ...recalibration },
    text: [
      ...figureLines(json),
      ...siteLines(reply.recalibration),
      ...(rejected.length === 0 ? [] : [`${rejected.length} pictures could not be used`]),
      ...(options.calibration === undefined ? [] : [`calibration written to ${printable(options.calibration)}`]),
      ...(options.report === undefined ? [] : [`report written to ${printable(options.report)}; it shows faces`]),
    ],
  };
}

async function whatToEvaluate(
  terminal: Terminal,
  folder: string | undefined,
  { pairs, images, aligned = false }: EvaluateOptions,
): Promise<{ readonly source: EvaluationSource; readonly pictures: readonly Picture[] }> {
  const { cwd } = terminal;
  if (pairs !== undefined && images !== undefined) {
    const { text: list, assumed } = readText(await readPicture(cwd, pairs), basename(pairs));
    if (assumed !== null) note(terminal, errorText(LintelError.fromReport(assumed)));
    const names = [...new Set(parsePairs(list).flatMap(({ a, b }) => [a, b]))];
    return {
      source: { kind: 'pairs', list, name: basename(pairs), aligned },
      pictures: names.map((name) => ({ name, path: join(images, name) })),
    };
  }
  if (folder === undefined) return { source: { kind: 'enrolled' }, pictures: [] };
  const { folder: from, people, problems, passedOver } = await readPeopleFolder(terminal, folder);
  for (const { file, code } of problems) note(terminal, `left out: ${printable(file)} (${code})`);
  for (const line of passedOverLines(passedOver)) note(terminal, line);
  const pictures = new Map<string, string>();
  for (const { name, files } of people)
    for (const file of files.filter((one) => !isRecord(one))) {
      // Two folders may be one person's: blanks and the forms of an accent make no other name.
      let as = `${name}/${basename(file)}`;
      while (pictures.has(as)) as = `${as}'`;
      pictures.set(as, join(from, file));
    }
  return { source: { kind: 'folder', aligned }, pictures: [...pictures].map(([name, path]) => ({ name, path })) };
}

/** See `EvaluationService.addPicture`. */
async function embedOne(
  kiosk: Kiosk,
  { cwd }: Terminal,
  id: string,
  name: string,
  path: string,
  aligned: boolean,
): Promise<{ problem: string | null; turned: Turn }> {
  // Lists and disks write accents in either form.
  for (const one of new Set([path, path.normalize('NFC'), path.normalize('NFD')])) {
    let bytes: Uint8Array;
    try {
      bytes = await readPicture(cwd, one);
    } catch (error) {
      const { code } = reportOf(error);
      if (code !== 'not-found') return { problem: code, turned: 0 };
      continue;
    }
    return kiosk.evaluations.addPicture(id, name, bytes, aligned);
  }
  return { problem: 'not-found', turned: 0 };
}

async function writeTo({ cwd }: Terminal, file: string, text: string): Promise<void> {
  try {
    await writePlain(resolve(cwd, file), text, 0o600);
  } catch (error) {
    throw new LintelError('file-not-written', undefined, { cause: error });
  }
}

function siteLines(learnt: EvaluationReply['recalibration']): string[] {
  if (learnt === null) return [];
  const { people, pictures, problem, alike, alikeInterval, thresholdNow, thresholdThen } = learnt;
  if (alike === null || alikeInterval === null) return problem === null ? [] : [`site calibration: ${problem.message}`];
  const [low, high] = alikeInterval;
  return [
    `site calibration: strangers are ${alike.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}) more alike here than in the model's own, by ${people} people with ${pictures} pictures; for one picture the threshold would go from ${thresholdNow.toFixed(3)} to ${thresholdThen.toFixed(3)}`,
  ];
}

function figureLines(json: EvaluationJson): string[] {
  const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(2)} %`);
  const { identification: who, inUse } = json;
  const by = json.accuracyBy === 'ten-fold' ? 'cross-validated' : 'at the best threshold';
  return [
    `${json.pairs} pairs: ${json.genuine} of the same person, ${json.impostor} of different people; ${json.skipped} left out`,
    `accuracy ${percent(json.accuracy)} (${by}), AUC ${json.auc.toFixed(4)}, EER ${percent(json.eer)}`,
    ...Object.entries(json.tar).map(
      ([fmr, tar]) =>
        `TAR ${percent(tar)} at FMR ${fmr}${json.unsupported.some((one) => one === fmr) ? ' (too few pairs to rely on)' : ''}`,
    ),
    ...(inUse === null
      ? []
      : [
          `at the kiosk's threshold ${inUse.threshold.toFixed(3)}: of 1,000 pairs of strangers about ${Math.round(inUse.fmr * 1000)} would pass for one person, of 1,000 of the same person about ${Math.round(inUse.fnmr * 1000)} would be refused`,
        ]),
    ...(who === null ? [] : [`right person first ${percent(who.rank1)}`]),
    ...json.galleries.map((gallery) => {
      const { strangers, members } = inPeople(gallery);
      const some = (rate: OutOf): string => {
        const [about, low, high] = [rate.about, rate.low, rate.high].map((n) => n.toFixed(decimals(n, rate)));
        return `about ${about} (${low} to ${high})`;
      };
      const missed =
        members === null ? '' : `; of ${members.of} members, ${some(members)} are not recognised in a single picture`;
      return `with ${gallery.people} people enrolled: of ${strangers.of.toLocaleString('en')} strangers who step up, ${some(strangers)} would be greeted as somebody, promised is ${strangers.promised}${missed}`;
    }),
  ];
}
