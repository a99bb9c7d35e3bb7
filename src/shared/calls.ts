/**
 * `KioskApi`: everything a screen can ask of a kiosk, as data. Both hosts (Electron's IPC and the loopback WebSocket) carry
 * exactly these calls; main validates every input against `input` and refuses `operator` calls without an open session.
 */
import * as z from 'zod';
import {
  attendanceFateSchema,
  attendanceQuerySchema,
  attendanceReplySchema,
  duplicatePairSchema,
  evaluationReplySchema,
  evaluationSourceSchema,
  fileSchema,
  idSchema,
  importedPersonSchema,
  importPlanSchema,
  personFieldsSchema,
  photoFaceSchema,
  verificationReplySchema,
  verificationSideSchema,
  writtenCorrectionSchema,
} from './admin.ts';
import {
  boxSchema,
  capturePoseSchema,
  checkInSchema,
  checkInViewSchema,
  directionSchema,
  errorReportSchema,
  frameSchema,
  kioskStatusSchema,
  momentSchema,
  nameSchema,
  personSchema,
  personSummarySchema,
  pinSchema,
  pointSchema,
  qualityIssueSchema,
  qualitySchema,
  recentCheckInSchema,
  sampleSchema,
  sessionSchema,
  settingsSchema,
  turnSchema,
} from './domain.ts';
import { PICTURE_KINDS } from './picture-kinds.ts';
import {
  auditEntrySchema,
  auditLinkSchema,
  auditReportSchema,
  backupPlanSchema,
  backupStatusSchema,
  dataStateSchema,
  encryptionChangeSchema,
  restorePreviewSchema,
  restoreRequestSchema,
  securityStatusSchema,
} from './security.ts';

const nothing = z.undefined().or(z.null());
const id = z.string().min(1).max(100);

const frameReplySchema = z.object({
  /** Faces of the frame, largest first; boxes and landmarks in pixels of the frame that was sent. */
  faces: z.array(
    z.object({
      box: boxSchema,
      landmarks: z.array(pointSchema),
      score: z.number(),
      issues: z.array(qualityIssueSchema),
      /** The face the kiosk is looking at. */
      target: z.boolean(),
    }),
  ),
  /** A face has been seen for a while that is upright only when the frame is turned by so much, degrees clockwise. */
  turned: z.literal([90, 180, 270]).optional(),
});
/** What a frame changed of the check-in comes before it, as the event `view`. */
export type FrameReply = z.infer<typeof frameReplySchema>;

export const captureReplySchema = z.object({
  /** The new sample, or null when the frame was not good enough. */
  sample: sampleSchema.nullable(),
  /** Why not; also 'no-face', 'several-faces', 'wrong-pose', 'different-person'. Empty when accepted. */
  problems: z.array(qualityIssueSchema.or(z.enum(['no-face', 'several-faces', 'wrong-pose', 'different-person']))),
  /** Of a file: by how much it was turned upright. Of a camera frame, which is not taken then: by how much it would have to be. */
  turned: turnSchema,
  /** The face that was looked at, for the overlay; null when there is none. */
  face: z.object({ box: boxSchema, landmarks: z.array(pointSchema), quality: qualitySchema }).nullable(),
  /** Samples of the draft that look like somebody else than its others, see `checkSamples`. */
  misfits: z.array(z.string()),
});
export type CaptureReply = z.infer<typeof captureReplySchema>;

/** What the operator said about samples that look like somebody else: about each of them `saveEnrollment` wants to know. */
const decidedSamples = {
  leaveOut: z.array(id).max(100).default([]),
  samePerson: z.array(id).max(100).default([]),
};

const lookAlikeSchema = z.object({
  person: personSummarySchema,
  similarity: z.number(),
  threshold: z.number(),
});
export type LookAlike = z.infer<typeof lookAlikeSchema>;

export const calls = {
  // ---- anyone in front of the kiosk
  getStatus: { access: 'public', input: nothing, output: kioskStatusSchema },
  getRecentCheckIns: { access: 'public', input: nothing, output: z.array(recentCheckInSchema) },
  /** One camera frame for the check-in. At most one in flight per connection; a second is refused with `bad-input`. */
  submitFrame: { access: 'public', input: frameSchema, output: frameReplySchema },
  /** The camera went away or the check-in screen was left: forget whoever was there. */
  resetCheckIn: { access: 'public', input: nothing, output: nothing },
  /** Answers the `choose` phase: the person comes or goes. Refused when nobody is being asked. */
  chooseDirection: { access: 'public', input: z.object({ direction: directionSchema }), output: nothing },
  // ---- the operator's session
  getSession: { access: 'public', input: nothing, output: sessionSchema },
  /** First use only: sets the PIN and opens the session. `pin-already-set` afterwards. */
  createPin: { access: 'public', input: z.object({ pin: pinSchema }), output: sessionSchema },
  unlock: { access: 'public', input: z.object({ pin: z.string().max(64) }), output: sessionSchema },
  lock: { access: 'public', input: nothing, output: sessionSchema },
  changePin: { access: 'operator', input: z.object({ current: z.string().max(64), next: pinSchema }), output: nothing },
  // ---- people
  listPeople: {
    access: 'operator',
    input: z.object({
      query: z.string().max(200).default(''),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({ total: z.int(), people: z.array(personSummarySchema) }),
  },
  getPerson: { access: 'operator', input: z.object({ id }), output: personSchema },
  removePerson: { access: 'operator', input: z.object({ id }), output: nothing },
  // ---- enrollment: a draft in memory until it is saved, whole or not at all
  startEnrollment: { access: 'operator', input: nothing, output: z.object({ enrollmentId: z.string() }) },
  captureSample: {
    access: 'operator',
    input: z.object({ enrollmentId: id, pose: capturePoseSchema, frame: frameSchema }),
    output: captureReplySchema,
  },
  addSamplePicture: {
    access: 'operator',
    input: z.object({ enrollmentId: id, fileName: z.string().max(300), bytes: z.instanceof(Uint8Array) }),
    output: captureReplySchema,
  },
  discardSample: { access: 'operator', input: z.object({ enrollmentId: id, sampleId: id }), output: nothing },
  /**
   * Ids of the draft's samples that look like somebody else than the others, or than those `personId` has already; all of
   * them when it is not clear which are right. `samePerson`: the operator says that these show the person.
   */
  checkSamples: {
    access: 'operator',
    input: z.object({
      enrollmentId: id,
      personId: id.nullable().default(null),
      /** Samples of theirs that are to go, see `saveEnrollment`. */
      replace: z.array(id).max(100).default([]),
      samePerson: decidedSamples.samePerson,
    }),
    output: z.object({ misfits: z.array(z.string()) }),
  },
  /** People already enrolled whom the draft's template matches, most similar first. */
  findLookAlikes: {
    access: 'operator',
    input: z.object({ enrollmentId: id, leaveOut: decidedSamples.leaveOut }),
    output: z.array(lookAlikeSchema),
  },
  saveEnrollment: {
    access: 'operator',
    input: z.object({
      enrollmentId: id,
      /** A new person, or the person these samples are added to. */
      target: z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('new'),
          name: nameSchema,
          externalId: z.string().trim().max(100).nullable(),
          group: z.string().trim().max(100).nullable(),
          /** When the person agreed, Unix ms. */
          consentAt: momentSchema,
          /** The operator has seen the look-alike warning and says this is somebody else. */
          evenIfLooksAlike: z.boolean().default(false),
          ...decidedSamples,
        }),
        z.object({
          kind: z.literal('existing'),
          personId: id,
          /** Samples these ones take the place of (a re-take); gone only when the new ones are saved. */
          replace: z.array(id).max(100).default([]),
          /** When the person agreed, Unix ms: needed again for somebody who took their consent back. */
          consentAt: momentSchema.nullable().default(null),
          ...decidedSamples,
        }),
      ]),
    }),
    output: personSchema,
  },
  cancelEnrollment: { access: 'operator', input: z.object({ enrollmentId: id }), output: nothing },
  // ---- the admin area
  updateSettings: { access: 'operator', input: settingsSchema.partial(), output: settingsSchema },
  getLog: {
    access: 'operator',
    /** A day by the kiosk's clock; null: today. */
    input: z.object({
      day: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}$/)
        .nullable(),
    }),
    output: z.object({ day: z.string(), checkIns: z.array(checkInSchema) }),
  },
  identifyPicture: {
    access: 'operator',
    input: z.object({ bytes: z.instanceof(Uint8Array) }),
    output: z.object({
      turned: turnSchema,
      /** The picture as it was looked at, where no browser shows its file so: a JPEG; its size is not the picture's. */
      shown: z.instanceof(Uint8Array).nullable(),
      width: z.int(),
      height: z.int(),
      faces: z.array(photoFaceSchema),
    }),
  },
  // ---- people, further
  editPerson: { access: 'operator', input: personFieldsSchema.extend({ id }), output: personSchema },
  removeSample: { access: 'operator', input: z.object({ personId: id, sampleId: id }), output: personSchema },
  /** Erases vectors and pictures; the person's check-ins stay under their name or without it. */
  revokeConsent: {
    access: 'operator',
    input: z.object({ id, attendance: attendanceFateSchema }),
    output: nothing,
  },
  findDuplicates: { access: 'operator', input: nothing, output: z.array(duplicatePairSchema) },
  /** Pairs of people, by name, whom the kiosk repeatedly did not tell apart at the door. */
  listAmbiguous: {
    access: 'operator',
    input: nothing,
    output: z.array(z.object({ a: z.string(), b: z.string(), times: z.int(), lastAt: z.number() })),
  },
  /** Gives `other`'s samples and check-ins to `keep`; `other` is gone. */
  mergePeople: { access: 'operator', input: z.object({ keep: id, other: id }), output: personSchema },
  markDifferent: { access: 'operator', input: z.object({ a: id, b: id }), output: nothing },
  // ---- import and export
  /** From the names of the files in a dropped folder, and its data.csv if there is one: who would be imported. */
  planImport: {
    access: 'operator',
    input: z.object({
      files: z.array(z.string().max(1000)).max(200_000),
      /** What each file is by its first bytes, see `pictureKind`; without one, or null: it is known by name only. */
      kinds: z
        .array(z.enum([...PICTURE_KINDS, 'none', 'unreadable']).nullable())
        .max(200_000)
        .default([]),
      /** As it is on the disk, in whatever encoding. */
      csv: z.union([z.string().max(50_000_000), z.instanceof(Uint8Array)]).nullable(),
    }),
    output: importPlanSchema,
  },
  /** People of a plan with their pictures, in one durable write. Doing it again adds nothing twice. */
  importPeople: {
    access: 'operator',
    input: z.object({
      people: z
        .array(personFieldsSchema.extend({ pictures: z.array(fileSchema.pick({ name: true, bytes: true })).max(1000) }))
        .min(1)
        .max(100),
      /** When they agreed, Unix ms. */
      consentAt: momentSchema,
      /** The operator says that also pictures which look like somebody else show the person under whose name they are. */
      evenIfDifferent: z.boolean().default(false),
    }),
    output: z.array(importedPersonSchema),
  },
  /**
   * One page of an export: the files of some people, named as `planImport` reads them. `next` is null at the end. `damaged`: names of
   * those of whom a picture can not be read, and was left out.
   */
  exportPeople: {
    access: 'operator',
    input: z.object({ offset: z.int().min(0).default(0), limit: z.int().min(1).max(200).default(50) }),
    output: z.object({
      total: z.int(),
      next: z.int().nullable(),
      files: z.array(fileSchema),
      damaged: z.array(z.string()),
    }),
  },
  // ---- attendance
  getAttendance: { access: 'operator', input: attendanceQuerySchema, output: attendanceReplySchema },
  /** `notice`: what was assumed of a time that came twice. */
  addCorrection: {
    access: 'operator',
    input: writtenCorrectionSchema,
    output: z.object({ notice: errorReportSchema.nullable() }),
  },
  exportAttendance: {
    access: 'operator',
    input: attendanceQuerySchema.extend({ format: z.enum(['csv', 'xlsx']), locale: z.string().max(35) }),
    output: fileSchema,
  },
  // ---- photos
  /** Checks in whoever the largest face of a picture is, by the same threshold and margin as at check-in. */
  checkInFromPicture: {
    access: 'operator',
    input: z.object({ bytes: z.instanceof(Uint8Array) }),
    output: z.object({
      kind: z.enum(['recorded', 'already', 'unknown', 'ambiguous']),
      checkIn: checkInSchema.nullable(),
      face: photoFaceSchema,
    }),
  },
  /** The picture with boxes and names drawn on it, as a JPEG. `names` correct what was recognised, by index of the face. */
  annotatePicture: {
    access: 'operator',
    input: z.object({
      bytes: z.instanceof(Uint8Array),
      names: z.array(z.object({ face: z.int().min(0), name: z.string().max(120).nullable() })).max(500),
    }),
    output: fileSchema,
  },
  verifyFaces: {
    access: 'operator',
    input: z.object({ a: verificationSideSchema, b: verificationSideSchema }),
    output: verificationReplySchema,
  },
  // ---- how good is it here
  startEvaluation: { access: 'operator', input: nothing, output: z.object({ evaluationId: z.string() }) },
  /** `file` as the pairs list names it, or `PERSON/picture.jpg` for a labelled folder. */
  addEvaluationPicture: {
    access: 'operator',
    input: z.object({
      evaluationId: idSchema,
      file: z.string().max(1000),
      bytes: z.instanceof(Uint8Array),
      aligned: z.boolean(),
    }),
    output: z.object({ problem: z.string().nullable(), turned: turnSchema }),
  },
  runEvaluation: {
    access: 'operator',
    input: z.object({ evaluationId: idSchema, source: evaluationSourceSchema }),
    output: evaluationReplySchema,
  },
  /** Uses what an evaluation of this site's own people learnt from now on; null: back to the model's own calibration. */
  applyCalibration: { access: 'operator', input: z.object({ evaluationId: idSchema.nullable() }), output: nothing },
  // ---- encryption, who did what, backups
  getDataState: { access: 'public', input: nothing, output: dataStateSchema },
  /** Gives the passphrase of locked data; null: tries again to open what could not be opened. The state says how it went. */
  openData: {
    access: 'public',
    input: z.object({ passphrase: z.string().max(1000).nullable() }),
    output: dataStateSchema,
  },
  getSecurity: { access: 'operator', input: nothing, output: securityStatusSchema },
  /**
   * Encryption on, off, another data key or another secret: whole or not at all. The kiosk closes and opens again for it, so
   * sessions end; the answer comes before that.
   */
  changeEncryption: { access: 'operator', input: encryptionChangeSchema, output: nothing },
  /** Lines of the audit journal, newest first. `before`: only lines of lower numbers. */
  listAudit: {
    access: 'operator',
    input: z.object({ before: z.int().min(1).nullable().default(null), limit: z.int().min(1).max(500).default(100) }),
    output: z.object({ total: z.int(), lines: z.array(auditEntrySchema) }),
  },
  /** `noted`: what was noted at an earlier check. */
  verifyAudit: {
    access: 'operator',
    input: z.object({ noted: auditLinkSchema.nullable().default(null) }),
    output: auditReportSchema,
  },
  /** `passphrase`: for the backups from now on; null: as it is. Refused without one when a folder is given. */
  planBackups: {
    access: 'operator',
    input: backupPlanSchema.extend({ passphrase: z.string().max(1000).nullable().default(null) }),
    output: backupStatusSchema,
  },
  /** One backup into the folder of the plan, now, read back after writing. */
  backUpNow: { access: 'operator', input: nothing, output: backupStatusSchema },
  /** What `restoreBackup` would do. Touches nothing. */
  previewRestore: { access: 'operator', input: restoreRequestSchema, output: restorePreviewSchema },
  /** Puts a backup back, whole or not at all. The kiosk closes and opens again, so sessions end; the answer comes before that. */
  restoreBackup: { access: 'operator', input: restoreRequestSchema, output: restorePreviewSchema },
  /** The operator has looked at the clock and it is right: what is too old may be erased again. */
  confirmClock: { access: 'operator', input: nothing, output: nothing },
  /** After three deaths in a minute the vision process stays down until somebody says so. */
  restartVision: { access: 'operator', input: nothing, output: nothing },
  /** The operator has seen them: all, or those of these codes. Of damaged files that is kept, else every start says it. */
  dismissNotices: {
    access: 'operator',
    input: z.object({ codes: z.array(z.string().max(100)).max(100).nullable() }),
    output: nothing,
  },
  /** Electron's kiosk mode only: leave full-screen. Elsewhere it does nothing. */
  leaveKiosk: { access: 'operator', input: nothing, output: nothing },
} as const satisfies Record<string, { access: 'public' | 'operator'; input: z.ZodType; output: z.ZodType }>;

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;

/** A call's input as it arrives in its answer: checked, defaults filled in. */
export type Parsed<N extends CallName> = z.output<(typeof calls)[N]['input']>;
/** The answers, one function for each call. A feature's service has those of its calls. */
export type Handlers = { readonly [N in CallName]: (input: Parsed<N>) => Promise<CallOutput<N>> | CallOutput<N> };

export const events = {
  /** The check-in view changed. Sent to the connection whose frames made it. */
  view: checkInViewSchema,
  /** Somebody was checked in; it is on disk. Sent to every connection. */
  checkedIn: recentCheckInSchema,
  status: kioskStatusSchema,
  session: sessionSchema,
  /** The data were closed, opened, or are being worked on. After `open` everything is to be asked for anew. */
  dataState: dataStateSchema,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

type Call<N extends CallName> =
  undefined extends CallInput<N> ? () => Promise<CallOutput<N>> : (input: CallInput<N>) => Promise<CallOutput<N>>;

/** What the renderer holds. Calls reject with a `LintelError`. `on` returns the function that stops listening. */
export type KioskApi = { [N in CallName]: Call<N> } & {
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
};
