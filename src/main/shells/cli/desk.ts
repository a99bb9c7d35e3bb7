/** What the commands ask of a kiosk: the part of `src/main/kiosk/kiosk.ts` that a terminal needs. */
import type { Candidate, CheckIn, PersonSummary, Quality } from '../../../shared/domain.ts';
import type { z } from 'zod';
import type {
  attendanceQuerySchema,
  AttendanceReply,
  EvaluationReply,
  evaluationSourceSchema,
  ExportedFile,
  newCorrectionSchema,
} from '../../../shared/desk.ts';
import type { EvaluationJson } from '../../evaluation/evaluation.ts';
import type { Box, Point } from '../../../shared/geometry.ts';

export type AttendanceAsked = z.output<typeof attendanceQuerySchema>;
export type NewCorrection = z.output<typeof newCorrectionSchema>;
export type EvaluationSource = z.output<typeof evaluationSourceSchema>;

export interface IdentifiedFace {
  /** Pixels of the picture after EXIF rotation. */
  readonly box: Box;
  readonly landmarks: readonly Point[];
  readonly score: number;
  readonly quality: Quality;
  /** Most similar first, at most five. */
  readonly candidates: readonly Candidate[];
  readonly match: Candidate | null;
}

export interface Desk {
  /** One person's pictures, in one durable write. `id` is null when no picture was good enough and nobody was enrolled. */
  enrollPictures(request: {
    readonly name: string;
    readonly pictures: readonly { readonly file: string; readonly bytes: Uint8Array }[];
    readonly consentAt: number;
  }): Promise<{
    readonly id: string | null;
    readonly name: string;
    readonly samples: number;
    readonly rejected: readonly { readonly file: string; readonly reason: string }[];
  }>;
  identify(bytes: Uint8Array): Promise<{
    readonly width: number;
    readonly height: number;
    readonly faces: readonly IdentifiedFace[];
  }>;
  verify(
    a: Uint8Array,
    b: Uint8Array,
  ): Promise<{ readonly similarity: number; readonly threshold: number; readonly same: boolean }>;
  embed(
    bytes: Uint8Array,
    options: { readonly aligned: boolean },
  ): Promise<readonly { readonly box: Box; readonly embedding: Float32Array }[]>;
  people(): Promise<readonly PersonSummary[]>;
  removePerson(id: string): Promise<void>;
  attendance(asked: AttendanceAsked): Promise<AttendanceReply>;
  exportAttendance(asked: AttendanceAsked & { format: 'csv' | 'xlsx'; locale: string }): Promise<ExportedFile>;
  /** IANA name of the zone whose days are reported. */
  readonly timeZone: string;
  /** @returns the correction's id; of an added check-in that is the check-in's */
  correct(correction: NewCorrection): Promise<string>;
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
