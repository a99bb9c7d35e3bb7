/** What the commands ask of a kiosk: the part of `src/main/kiosk/kiosk.ts` that a terminal needs. */
import type { z } from 'zod';
import type {
  attendanceQuerySchema,
  AttendanceReply,
  EvaluationReply,
  evaluationSourceSchema,
  ExportedFile,
  ImportPlan,
  newCorrectionSchema,
  PersonFields,
} from '../../../shared/admin.ts';
import type { Candidate, CheckIn, Person, PersonSummary, Quality, Settings } from '../../../shared/domain.ts';
import type { Box, Point } from '../../../shared/geometry.ts';
import type { EvaluationJson } from '../../evaluation/evaluation.ts';
import type { ImportResult, PersonToBringIn } from '../../people/import.ts';

type AttendanceAsked = z.output<typeof attendanceQuerySchema>;
export type NewCorrection = z.output<typeof newCorrectionSchema>;
export type EvaluationSource = z.output<typeof evaluationSourceSchema>;

export type { ImportResult } from '../../people/import.ts';

interface IdentifiedFace {
  /** Pixels of the picture after EXIF rotation. */
  readonly box: Box;
  readonly landmarks: readonly Point[];
  readonly score: number;
  readonly quality: Quality;
  /** Most similar first, at most five. */
  readonly candidates: readonly Candidate[];
  readonly match: Candidate | null;
}

export interface CliServices {
  /** Who would be brought in from a folder: see src/main/kiosk/import-plan.ts. */
  planImport(files: readonly string[], csv: string | null): ImportPlan;
  /** Brings people in and yields each when they are on disk; see src/main/kiosk/bring-in.ts. */
  bringIn(
    people: Iterable<PersonToBringIn>,
    options: { readonly onPicture?: (file: string) => void; readonly signal?: AbortSignal },
  ): AsyncIterable<ImportResult>;
  exportPage(
    offset: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly next: number | null; readonly files: readonly ExportedFile[] }>;
  identify(bytes: Uint8Array): Promise<{
    readonly width: number;
    readonly height: number;
    readonly faces: readonly IdentifiedFace[];
  }>;
  verify(
    a: Uint8Array,
    b: Uint8Array,
  ): Promise<{ readonly similarity: number; readonly threshold: number; readonly same: boolean }>;
  /** The picture as a JPEG with boxes and names. `width` is that of `identify`. */
  annotate(
    bytes: Uint8Array,
    width: number,
    labels: readonly { readonly box: Box; readonly name: string | null }[],
  ): Promise<Uint8Array>;
  embed(
    bytes: Uint8Array,
    options: { readonly aligned: boolean },
  ): Promise<readonly { readonly box: Box; readonly embedding: Float32Array }[]>;
  /** Who is not ready, but will be at the next start of a kiosk; see `People.renewable`. */
  renewable(): Promise<ReadonlySet<string>>;
  people(): Promise<readonly PersonSummary[]>;
  removePerson(id: string): Promise<void>;
  person(id: string): Promise<Person>;
  editPerson(id: string, fields: PersonFields): Promise<Person>;
  removeSample(id: string, sampleId: string): Promise<Person>;
  mergePeople(keep: string, other: string): Promise<Person>;
  duplicates(): Promise<
    readonly {
      readonly a: { readonly id: string; readonly name: string };
      readonly b: { readonly id: string; readonly name: string };
      readonly similarity: number;
      readonly threshold: number;
    }[]
  >;
  markDifferent(a: string, b: string): Promise<void>;
  revoke(id: string, attendance: 'keep' | 'anonymise'): Promise<void>;
  attendance(asked: AttendanceAsked): Promise<AttendanceReply>;
  exportAttendance(asked: AttendanceAsked & { format: 'csv' | 'xlsx'; locale: string }): Promise<ExportedFile>;
  /** IANA name of the zone whose days are reported. */
  readonly timeZone: string;
  /** @returns the correction's id; of an added check-in that is the check-in's */
  correct(correction: NewCorrection): Promise<string>;
  settings(): Settings;
  /** @throws LintelError `bad-input`, `model-missing`, `disk-full` and the like; then they are as they were */
  updateSettings(change: { readonly [K in keyof Settings]?: Settings[K] }): Promise<Settings>;
  startEvaluation(): string;
  /** @returns why the picture can not be used, as the code of an error; null when it can */
  addEvaluationPicture(id: string, file: string, bytes: Uint8Array, aligned: boolean): Promise<string | null>;
  runEvaluation(
    id: string,
    source: EvaluationSource,
    interrupted: AbortSignal,
  ): Promise<{ readonly json: EvaluationJson; readonly reply: EvaluationReply }>;
  /** @param day YYYY-MM-DD by the kiosk's clock; null: today */
  log(day: string | null): Promise<{ readonly day: string; readonly checkIns: readonly CheckIn[] }>;
}
