/** The domain's words as zod schemas and types. Lengths are pixels, times are Unix milliseconds. */
import * as z from 'zod';
import { faceMeshSchema, livenessActionSchema } from './liveness.ts';

/** A moment that somebody gives, Unix ms: from 1970 to the end of 9999, which calendars and file names can hold. */
export const momentSchema = z.number().min(0).max(253_402_300_799_999);

// ---------------------------------------------------------------- seeing

/** Degrees clockwise by which a picture was turned, beyond what its file says, for the face in it to be upright. */
export const turnSchema = z.literal([0, 90, 180, 270]);
export type Turn = z.infer<typeof turnSchema>;

export const pointSchema = z.tuple([z.number(), z.number()]);
export const boxSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** Why a face is not good enough yet; each is something a person can act on. Ordered by what to say first. */
export const QUALITY_ISSUES = [
  'truncated', // "step into the picture"
  'too-small', // "come closer"
  'too-dark',
  'too-bright',
  'turned', // yaw or pitch: "look at the camera"
  'tilted', // roll: "hold your head straight"
  'blurred', // "hold still"
] as const;
export const qualityIssueSchema = z.enum(QUALITY_ISSUES);
export type QualityIssue = z.infer<typeof qualityIssueSchema>;

export const qualitySchema = z.object({
  /** 0 (useless) to 1 (as good as it gets): the worst of the parts. */
  score: z.number(),
  /** Distance between the eyes, pixels. */
  eyeDistance: z.number(),
  /** Variance of the Laplacian of the luma of the aligned 112x112 crop. */
  sharpness: z.number(),
  /** Mean luma of the aligned crop, 0 to 255. */
  brightness: z.number(),
  /** Degrees, from the five landmarks. yaw > 0: turned to the picture's right; pitch > 0: looking up; roll > 0: clockwise. */
  pose: z.object({ yaw: z.number(), pitch: z.number(), roll: z.number() }),
  /** Fraction of the face (its box or its aligned crop, whichever lost more) that lies outside the picture, 0 to 1. */
  truncated: z.number(),
  issues: z.array(qualityIssueSchema),
});
export type Quality = z.infer<typeof qualitySchema>;

export const faceSchema = z.object({
  box: boxSchema,
  /** Eye on the picture's left, eye on its right, nose, mouth corner on the left, on the right. */
  landmarks: z.array(pointSchema).length(5),
  /** Detection score, 0 to 1. */
  score: z.number(),
  quality: qualitySchema,
});
export type Face = z.infer<typeof faceSchema>;

/** The long side of a frame sent over the bridge is at most this. */
const MAX_FRAME_SIDE = 1280;

/** One camera picture on its way over the bridge: RGBA bytes, row by row, no padding. */
export const frameSchema = z
  .object({
    width: z.int().min(16).max(MAX_FRAME_SIDE),
    height: z.int().min(16).max(MAX_FRAME_SIDE),
    /** When the camera took it, Unix ms. */
    capturedAt: z.number(),
    /** width * height * 4 bytes. */
    data: z.instanceof(Uint8Array),
    /**
     * MediaPipe's answer about this very picture; null: it ran and found no face; `loading`: it is on its way and has not
     * looked; absent: none runs.
     */
    liveness: faceMeshSchema.or(z.literal('loading')).nullable().optional(),
  })
  .refine((f) => f.data.byteLength === f.width * f.height * 4, { message: 'data must hold width*height*4 bytes' });
export type FrameMessage = z.infer<typeof frameSchema>;

// ---------------------------------------------------------------- knowing

export const candidateSchema = z.object({ id: z.string(), name: z.string(), similarity: z.number() });
export type Candidate = z.infer<typeof candidateSchema>;

export const decisionKindSchema = z.enum(['match', 'unknown', 'ambiguous']);
export type DecisionKind = z.infer<typeof decisionKindSchema>;

export const directionSchema = z.enum(['in', 'out']);
export type Direction = z.infer<typeof directionSchema>;

/** A picture small enough to travel inside a message: `data:image/jpeg;base64,...`. */
export const pictureUrlSchema = z.string().startsWith('data:image/');

export const checkInSchema = z.object({
  id: z.string(),
  at: z.number(),
  personId: z.string(),
  /** The person's name at that moment: the log stays readable after a rename or removal. */
  name: z.string(),
  direction: directionSchema,
  similarity: z.number(),
  threshold: z.number(),
  /** Which kiosk wrote it. */
  kiosk: z.string(),
  /** The embedder that gave the similarity. */
  model: z.string(),
});
export type CheckIn = z.infer<typeof checkInSchema>;

export const recentCheckInSchema = z.object({
  id: z.string(),
  at: z.number(),
  name: z.string(),
  direction: directionSchema,
  picture: pictureUrlSchema.nullable(),
});
export type RecentCheckIn = z.infer<typeof recentCheckInSchema>;

// ---------------------------------------------------------------- the check-in screen

export const errorReportSchema = z.object({
  code: z.string(),
  variant: z.string().optional(),
  message: z.string(),
  kept: z.string().optional(),
  todo: z.string().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** What the screen shows of the check-in decision. The state machine in main makes it; the renderer only words it. */
export const checkInViewSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('idle') }),
  /** Someone is there but not good enough to look at; `issue` says what to do. */
  z.object({ phase: z.literal('present'), issue: qualityIssueSchema.or(z.enum(['outside', 'several'])) }),
  z.object({ phase: z.literal('looking'), several: z.boolean() }),
  z.object({
    phase: z.literal('match'),
    checkInId: z.string(),
    personId: z.string(),
    name: z.string(),
    direction: directionSchema,
    at: z.number(),
    picture: pictureUrlSchema.nullable(),
  }),
  /** Recognised; the person says whether they come or go (`chooseDirection`). Nothing is recorded before. */
  z.object({
    phase: z.literal('choose'),
    personId: z.string(),
    name: z.string(),
    picture: pictureUrlSchema.nullable(),
    /** What the person's last check-in suggests. */
    suggested: directionSchema,
  }),
  /** Recognised; now the person shows that they are there themselves, and no picture of them. Nothing is recorded before. */
  z.object({
    phase: z.literal('challenge'),
    personId: z.string(),
    name: z.string(),
    picture: pictureUrlSchema.nullable(),
    /** What is asked; null: nothing yet. On the first try the question is on its way, on the second it is a moment between the two. */
    action: livenessActionSchema.nullable(),
    tryNumber: z.int().min(1).max(2),
    /** How long the question stands in all, ms, and until when, Unix ms. */
    answerMs: z.number(),
    endsAt: z.number(),
  }),
  /** Recognised, but it could not be seen that a person is there; nothing was recorded. Says no more than that. */
  z.object({ phase: z.literal('not-live') }),
  /** Recognised, but checked in less than the cooldown ago; nothing new was recorded. */
  z.object({
    phase: z.literal('already'),
    personId: z.string(),
    name: z.string(),
    direction: directionSchema,
    at: z.number(),
    picture: pictureUrlSchema.nullable(),
  }),
  z.object({ phase: z.literal('unknown') }),
  /** `repeated`: these two were not told apart before, so looking again will not help. */
  z.object({ phase: z.literal('ambiguous'), repeated: z.boolean().optional() }),
  z.object({ phase: z.literal('error'), error: errorReportSchema }),
]);
export type CheckInView = z.infer<typeof checkInViewSchema>;

// ---------------------------------------------------------------- people

/** The poses the guided capture asks for, in order. */
export const CAPTURE_POSES = ['straight', 'left', 'right', 'up', 'down'] as const;
export const capturePoseSchema = z.enum(CAPTURE_POSES);
export type CapturePose = z.infer<typeof capturePoseSchema>;

export const sampleSchema = z.object({
  id: z.string(),
  addedAt: z.number(),
  /** Where it came from: the guided capture (and which pose) or a picture file. */
  source: z.enum(['camera', 'file']),
  pose: capturePoseSchema.nullable(),
  quality: qualitySchema,
  picture: pictureUrlSchema.nullable(),
  /** Cosine with the template; null when the person has none of the model in use. */
  similarity: z.number().nullable(),
  /** It fits the person's other samples badly: perhaps somebody else's face. */
  outlier: z.boolean(),
});
export type Sample = z.infer<typeof sampleSchema>;

export const personSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  externalId: z.string().nullable(),
  group: z.string().nullable(),
  samples: z.int(),
  consentAt: z.number().nullable(),
  createdAt: z.number(),
  lastSeenAt: z.number().nullable(),
  /** False when no template of the model in use exists: the person must be enrolled again. */
  ready: z.boolean(),
  picture: pictureUrlSchema.nullable(),
});
export type PersonSummary = z.infer<typeof personSummarySchema>;

export const personSchema = personSummarySchema.extend({ sampleList: z.array(sampleSchema) });
export type Person = z.infer<typeof personSchema>;

export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(120)
  // No control characters, no characters that reorder the text around them, no half of one, and none that stands for a letter lost.
  .regex(/^[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffd]*$/u)
  // Something of it must be seen.
  .regex(/[^\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]/u);
export const pinSchema = z.string().regex(/^\d{4,8}$/);

// ---------------------------------------------------------------- settings

/** A local time of day, `HH:MM`. The midnight that ends a day, 24:00, is the one that begins the next. */
const clockTimeSchema = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/)
  .overwrite((time) => (time === '24:00' ? '00:00' : time))
  .meta({ title: 'a time of day as HH:MM, from 00:00 to 24:00' });

/** When a group's day begins and its people are expected. */
const scheduleSchema = z.object({
  /** When work starts; null: nobody is ever late. */
  start: clockTimeSchema.nullable(),
  /** Minutes after the start which are not late yet. */
  graceMinutes: z.int().min(0).max(240),
  /** ISO weekdays (1 Monday to 7 Sunday) on which people are expected. Nobody is absent on another day. */
  workdays: z.array(z.int().min(1).max(7)),
  /**
   * When a working day begins. `00:00` for most; for people who work at night a time when none is at work (`12:00`), so that one
   * who starts at 22:00 and comes at 00:10 is late and not absent.
   */
  dayStartsAt: clockTimeSchema,
});

export const settingsSchema = z.object({
  camera: z.object({
    deviceId: z.string().nullable(),
    width: z.int().min(160).max(3840),
    height: z.int().min(120).max(2160),
    /** Degrees clockwise by which its picture is turned before anything looks at it: for one that is mounted on its side. */
    turn: z.literal([0, 90, 180, 270]),
    mirror: z.boolean(),
  }),
  /** The chance the operator accepts that one stranger in front of the kiosk is taken for somebody enrolled. */
  risk: z.number().min(1e-6).max(0.1),
  votes: z.object({
    needed: z.int().min(1).max(10),
    of: z.int().min(1).max(15),
    withinMs: z.int().min(200).max(10_000),
  }),
  cooldownSeconds: z.int().min(0).max(86_400),
  /** What a check-in means: always in, always out, the opposite of the person's last one, or the person is asked. */
  direction: z.enum(['in', 'out', 'alternate', 'ask']),
  /** Whether a check-in asks for a sign of life: nothing, a look at the pictures taken anyway, or a question as well. */
  liveness: z.enum(['off', 'passive', 'challenge']),
  sounds: z.boolean(),
  /** With `{name}` where the name goes. */
  greeting: z.string().max(200).nullable(),
  language: z.enum(['en', 'vi']),
  theme: z.enum(['system', 'light', 'dark']),
  /** Embedder by manifest id; null: the manifest's first that is present. */
  embedder: z.string().nullable(),
  /** Embedder to use once it has been downloaded, by manifest id; null: none is waited for. */
  embedderNext: z.string().max(100).nullable(),
  /** Whether model files that are missing are downloaded by the kiosk itself. */
  fetchModels: z.boolean(),
  kioskName: z.string().trim().min(1).max(60),
  /** IANA name of the zone whose days the reports use; null: the machine's own. */
  timeZone: z.string().max(60).nullable(),
  /** When people are expected: by group name, and for everybody else. */
  schedules: z.record(z.string().max(100), scheduleSchema),
  defaultSchedule: scheduleSchema,
  retention: z.object({
    /** Days after which the pictures (not the vectors) of a sample are erased; null: kept. */
    pictureDays: z.int().min(1).max(36_500).nullable(),
    /** Days after which lines of the check-in log are erased; null: kept. */
    logDays: z.int().min(1).max(36_500).nullable(),
    /** Days after which somebody who was neither seen nor changed is erased; null: kept. */
    unseenDays: z.int().min(1).max(36_500).nullable(),
  }),
});
export type Settings = z.infer<typeof settingsSchema>;
export type CameraTurn = Settings['camera']['turn'];

export const DEFAULT_SETTINGS: Settings = {
  camera: { deviceId: null, width: 640, height: 480, turn: 0, mirror: true },
  risk: 1e-3,
  votes: { needed: 2, of: 5, withinMs: 1500 },
  cooldownSeconds: 60,
  direction: 'in',
  liveness: 'challenge',
  sounds: true,
  greeting: null,
  language: 'en',
  theme: 'system',
  embedder: null,
  embedderNext: null,
  fetchModels: true,
  kioskName: 'Front door',
  timeZone: null,
  schedules: {},
  defaultSchedule: { start: null, graceMinutes: 0, workdays: [1, 2, 3, 4, 5], dayStartsAt: '00:00' },
  retention: { pictureDays: null, logDays: null, unseenDays: null },
};

// ---------------------------------------------------------------- health

/** How a model that is missing comes here by itself. Bytes, and Unix ms. */
const modelDownloadSchema = z.discriminatedUnion('state', [
  /** It could be, but nothing is fetched: by the setting, or because the kiosk was started so. */
  z.object({ state: z.literal('off'), by: z.enum(['setting', 'offline']) }),
  /** It could be; nobody has chosen it. */
  z.object({ state: z.literal('offered') }),
  z.object({ state: z.literal('loading'), have: z.int(), total: z.int() }),
  z.object({
    state: z.literal('failed'),
    at: z.number(),
    nextTryAt: z.number(),
    /** In the kiosk's words; null when it was the network, or only the moment is known any more. */
    why: z.string().nullable(),
    /** Where somebody may put the file instead. */
    path: z.string(),
  }),
]);
export type ModelDownload = z.infer<typeof modelDownloadSchema>;

const modelStateSchema = z.object({
  id: z.string(),
  kind: z.enum(['detector', 'embedder', 'landmarker']),
  file: z.string(),
  state: z.enum(['ready', 'missing', 'damaged']),
  inUse: z.boolean(),
  licence: z.string(),
  /** What one should know before using it: where it is from, what its terms ask. */
  licenceNote: z.string().optional(),
  /** The model card, Markdown; null when it has none. */
  card: z.string().nullable().optional(),
  /** Absent: it is here, another does its work, or it has no address. */
  download: modelDownloadSchema.optional(),
});
export type ModelState = z.infer<typeof modelStateSchema>;

export const visionStateSchema = z.enum(['starting', 'ready', 'restarting', 'stopped', 'no-models']);
export type VisionState = z.infer<typeof visionStateSchema>;

export const kioskStatusSchema = z.object({
  version: z.string(),
  vision: visionStateSchema,
  models: z.array(modelStateSchema),
  people: z.int(),
  /** How many people need enrolling again because their vectors came from another model. */
  enrollAgain: z.int(),
  threshold: z.number().nullable(),
  pinSet: z.boolean(),
  /** Trouble the screen must show until it is over (disk full, models missing, vision stopped ...). */
  trouble: errorReportSchema.nullable(),
  /** Things worth telling an operator once: a restored backup, a torn line dropped, settings that fell back. */
  notices: z.array(errorReportSchema),
  settings: settingsSchema,
  /** Where MediaPipe's face landmarker is served on our own origin, or null when its file is missing. */
  landmarkerUrl: z.string().nullable(),
});
export type KioskStatus = z.infer<typeof kioskStatusSchema>;

export const sessionSchema = z.object({
  unlocked: z.boolean(),
  /** Unix ms when the session ends if nothing is done; null when locked. */
  endsAt: z.number().nullable(),
});
export type Session = z.infer<typeof sessionSchema>;
