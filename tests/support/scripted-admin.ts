/** A scripted kiosk with something on every operator page: drawn people, a season of attendance, an evaluation. */
import { arrivalsByQuarter, attendanceReport } from '../../src/main/attendance/report.ts';
import { type AttendanceLine, localMoment } from '../../src/main/attendance/rules.ts';
import { dayView } from '../../src/main/attendance/service.ts';
import { evaluateFolder, evaluationJson } from '../../src/main/evaluation/evaluation.ts';
import { FALLBACK_CALIBRATION } from '../../src/main/models/manifest.ts';
import { reportHtml } from '../../src/main/evaluation/report.ts';
import { figuresOf } from '../../src/main/evaluation/service.ts';
import type { AttendanceReply, EvaluationReply } from '../../src/shared/admin.ts';
import type { CallInput, CallOutput } from '../../src/shared/calls.ts';
import type { Person, PersonSummary, Sample, Settings } from '../../src/shared/domain.ts';
import { drawnPerson, drawnPicture } from './drawn-people.ts';
import { GOOD_QUALITY } from './quality.ts';
import type { ScriptedHost } from './scripted-host.ts';
import { answerSecurity } from './scripted-security.ts';

export const ZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;
const NAMES = [
  ['Ada Lovelace', 'Engines'],
  ['Nguyễn Thị Phương Thảo', 'Engines'],
  ['Grace Hopper', 'Compilers'],
  ['Trần Văn Đức', 'Compilers'],
  ['Emmy Noether', null],
  ['Katherine Johnson', 'Night shift'],
  ['Bartholomew Featherstonehaugh-Cholmondeley', 'Engines'],
] as const;

/** The same number for the same seed, 0 to 1. */
const chance = (seed: number): number => {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
};

const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Check-ins of everybody for some months until now, with a correction, a forgotten "out" and a night shift. */
function season(now: number): AttendanceLine[] {
  const lines: AttendanceLine[] = [];
  for (let back = 160; back >= 0; back--) {
    const day = dayText(now - back * DAY_MS);
    const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
    NAMES.forEach(([name], i) => {
      const seed = back * 31 + i * 7;
      if ((weekend && i !== 1) || chance(seed) < 0.08) return;
      const night = i === 5;
      const start = localMoment(day, night ? '21:50' : '08:20', ZONE) + chance(seed + 1) * 75 * 60_000;
      const stays = (5 + chance(seed + 2) * 4) * 3_600_000;
      const moments: [number, 'in' | 'out'][] = [[start, 'in']];
      if (chance(seed + 3) > 0.05) moments.push([start + stays, 'out']);
      for (const [at, direction] of moments)
        if (at < now)
          lines.push({
            line: 'check-in',
            checkIn: { id: `${day}-${i}-${direction}`, at, personId: `p${i}`, name, direction },
          });
    });
  }
  return lines;
}

function attendance(
  settings: Settings,
  lines: readonly AttendanceLine[],
  asked: CallInput<'getAttendance'>,
): AttendanceReply {
  const people = NAMES.map(([name, group], i) => ({ id: `p${i}`, name, group, from: null, until: null })).filter(
    (p) => (asked.personId ?? p.id) === p.id && (asked.group ?? p.group) === p.group,
  );
  const wanted = lines.filter((l) => l.line === 'correction' || people.some((p) => p.id === l.checkIn.personId));
  const report = attendanceReport(people, wanted, {
    timeZone: ZONE,
    from: asked.from,
    to: asked.to,
    now: Date.now(),
    schedules: new Map(Object.entries(settings.schedules)),
    otherwise: settings.defaultSchedule,
  });
  const narrow = asked.from === asked.to || (asked.personId ?? null) !== null;
  return {
    timeZone: ZONE,
    people: report.people.map(({ id, name, group }) => ({ id, name, group })),
    days: report.days.map(dayView),
    weeks: report.weeks.map((w) => ({ ...w })),
    months: report.months.map((m) => ({ ...m })),
    arrivals: arrivalsByQuarter(report.days, ZONE),
    events: narrow
      ? wanted.flatMap((l) =>
          l.line === 'check-in'
            ? [{ ...l.checkIn, corrections: l.checkIn.id.includes('-0-out') ? ['Forgot to check in or out'] : [] }]
            : [],
        )
      : [],
    problems: (asked.personId ?? null) === null ? [{ kind: 'clock-set-back', detail: 'The clock was set back.' }] : [],
  };
}

/** An evaluation with real figures and a real report, of made-up vectors. */
async function evaluation(language: Settings['language'], picture: string): Promise<EvaluationReply> {
  const samples = NAMES.flatMap(([,], person) =>
    Array.from({ length: 6 }, (_, n) => {
      const embedding = Float32Array.from(
        { length: 32 },
        (_v, d) => chance(person * 97 + d) - 0.5 + (chance(n * 13 + d + person) - 0.5) * 1.1,
      );
      const length = Math.hypot(...embedding);
      return { id: `${person}/${n}.jpg`, person: `p${person}`, embedding: embedding.map((v) => v / length) };
    }),
  );
  const risks = [1e-2, 1e-3];
  const whole = await evaluateFolder(samples, {
    threshold: 0.52,
    calibration: { table: [...FALLBACK_CALIBRATION] },
    risks,
  });
  return {
    evaluationId: 'e1',
    ...figuresOf(evaluationJson(whole)),
    // What docs/accuracy.md has: seven people make one gallery only.
    galleries: [
      {
        people: 10,
        fpir: 0.001,
        fpirInterval: [0.00082, 0.0012] as const,
        fnir: 0.077,
        fnirInterval: [0.065, 0.091] as const,
      },
      {
        people: 100,
        fpir: 0.00097,
        fpirInterval: [0.00056, 0.00149] as const,
        fnir: 0.157,
        fnirInterval: [0.137, 0.178] as const,
      },
      {
        people: 2149,
        fpir: 0.001,
        fpirInterval: [0.00032, 0.00219] as const,
        fnir: 0.345,
        fnirInterval: [0.319, 0.373] as const,
      },
    ].map((gallery) => ({ ...gallery, risk: 1e-3 })),
    report: reportHtml(whole, {
      language,
      model: 'drawn',
      risk: 1e-3,
      madeAt: Date.now(),
      timeZone: ZONE,
      pictures: new Map(samples.map((s) => [s.id, picture])),
    }),
    recalibration: {
      people: 120,
      pictures: 480,
      problem: null,
      alike: 0.05,
      alikeInterval: [0.031, 0.068],
      moved: 0.05,
      thresholdNow: 0.42,
      thresholdThen: 0.47,
    },
  };
}

/** Gives `host` answers for every page. @returns the people, for tests that name them */
export async function furnish(host: ScriptedHost): Promise<readonly PersonSummary[]> {
  const now = Date.now();
  const people = await Promise.all(
    NAMES.map(([name, group], i) =>
      drawnPerson(`p${i}`, name, (i * 53 + 28) % 360, {
        group,
        externalId: i === 0 ? 'E-1815' : null,
        consentAt: now,
        createdAt: now - 100 * DAY_MS,
        lastSeenAt: i === 4 ? null : now - i * 3_600_000,
        ready: i !== 3,
      }),
    ),
  );
  const picture = await drawnPicture(28);
  host.status = {
    ...host.status,
    people: people.length,
    settings: {
      ...host.status.settings,
      timeZone: ZONE,
      greeting: null,
      defaultSchedule: { start: '09:00', graceMinutes: 5, workdays: [1, 2, 3, 4, 5], dayStartsAt: '00:00' },
      schedules: {
        'Night shift': { start: '22:00', graceMinutes: 15, workdays: [1, 2, 3, 4, 5], dayStartsAt: '12:00' },
      },
    },
    models: [
      { id: 'yolov5n-0.5-face', kind: 'detector', file: 'y.onnx', state: 'ready', inUse: true, licence: 'GPL-3.0' },
      {
        id: 'ghostfacenet-v1-1.3-2',
        kind: 'embedder',
        file: 'g.onnx',
        state: 'ready',
        inUse: true,
        licence: 'Apache-2.0',
        licenceNote: 'Made here.',
        card: '# GhostFaceNet V1\n\nTurns an aligned face into **512 numbers**.\n\n| | accuracy |\n| --- | --- |\n| one crop | 95.35 % |\n\n- RGB\n- `input [N,3,112,112]`\n',
      },
      {
        id: 'mobilefacenet-512',
        kind: 'embedder',
        file: 'm.onnx',
        state: 'ready',
        inUse: false,
        licence: 'MIT',
        card: null,
      },
      {
        id: 'ghostfacenet',
        kind: 'embedder',
        file: 'k.onnx',
        state: 'missing',
        inUse: false,
        licence: 'MIT',
        download: { state: 'loading', have: 5_000_000, total: 16_190_333 },
      },
      {
        id: 'face-landmarker',
        kind: 'landmarker',
        file: 'f.task',
        state: 'missing',
        inUse: false,
        licence: 'Apache-2.0',
        download: {
          state: 'failed',
          at: 0,
          nextTryAt: 86_400_000,
          why: 'What was downloaded for "face-landmarker" is not the file it should be.',
          path: '/home/kiosk/.config/lintel/models/face_landmarker.task',
        },
      },
    ],
    notices: [
      {
        code: 'store-failed',
        message: 'people.json was damaged.',
        kept: 'The generation before it was restored.',
        todo: 'Check the newest enrollments.',
      },
    ],
  };
  host.recent = people.slice(0, 3).map(({ id, name, picture: photo }, i) => ({
    id,
    at: now - i * 240_000,
    name,
    direction: 'in',
    picture: photo,
  }));
  const lines = season(now);
  const sample = (id: string, more: Partial<Sample> = {}): Sample => ({
    id,
    addedAt: now,
    source: 'camera',
    pose: 'straight',
    quality: GOOD_QUALITY,
    picture,
    similarity: 0.88,
    outlier: false,
    ...more,
  });
  const sampleList = [
    sample('s1'),
    sample('s2', { pose: 'left', similarity: 0.71 }),
    sample('s3', { source: 'file', pose: null, similarity: 0.12, outlier: true }),
  ];
  const whole = (id: string): Person => ({
    ...(people.find((p) => p.id === id) ?? people[0]!),
    samples: 3,
    sampleList,
  });
  const candidates = people
    .slice(0, 5)
    .map(({ id, name, picture: photo }, i) => ({ id, name, similarity: 0.78 - i * 0.15, picture: photo }));
  const face = (x: number, kind: CallOutput<'identifyPicture'>['faces'][number]['kind']) => ({
    box: { x, y: 90, width: 90, height: 110 },
    landmarks: [],
    score: 0.9,
    quality: GOOD_QUALITY,
    kind,
    candidates,
  });
  Object.assign(host.answers, {
    listPeople: ({ offset = 0, limit = 50 }: CallInput<'listPeople'>) => ({
      total: people.length,
      people: people.slice(offset, offset + limit),
    }),
    getPerson: ({ id }: { id: string }) => whole(id),
    findDuplicates: () => [
      { a: people[0], b: people[2], similarity: 0.63, threshold: 0.42, ambiguous: { times: 3, lastAt: now } },
    ],
    getLog: () => ({
      day: dayText(now),
      checkIns: lines
        .flatMap((l) => (l.line === 'check-in' ? [l.checkIn] : []))
        .slice(-6)
        .map((c) => ({ ...c, similarity: 0.8, threshold: 0.42, kiosk: 'Front door', model: 'm' })),
    }),
    getAttendance: (asked: CallInput<'getAttendance'>) => attendance(host.status.settings, lines, asked),
    addCorrection: () => ({ notice: null }),
    exportAttendance: ({ format }: CallInput<'exportAttendance'>) => ({
      name: `attendance.${format}`,
      type: 'text/csv',
      bytes: new TextEncoder().encode('name\r\n'),
    }),
    identifyPicture: () => ({
      turned: 0,
      shown: null,
      width: 640,
      height: 480,
      faces: [face(120, 'match'), face(400, 'unknown')],
    }),
    verifyFaces: () => ({
      similarity: 0.58,
      threshold: 0.42,
      same: true,
      fmr: 8e-5,
      fnmr: 0.08,
      turned: [0, 0],
      crops: [picture, picture],
      nearest: candidates,
    }),
    startEvaluation: () => ({ evaluationId: 'e1' }),
    addEvaluationPicture: ({ file }: { file: string }) => ({
      problem: file.includes('bad') ? 'no-face' : null,
      turned: 0,
    }),
    runEvaluation: () => evaluation(host.status.settings.language, picture),
    applyCalibration: () => null,
    captureSample: ({ pose }: { pose: Sample['pose'] }) => ({
      sample: sample(`new-${pose}`, { pose }),
      problems: [],
      turned: 0,
      face: null,
      misfits: [],
    }),
    discardSample: () => null,
    findLookAlikes: () => [{ person: people[0], similarity: 0.71, threshold: 0.42 }],
    saveEnrollment: () => whole('p0'),
    planImport: () => ({ people: [], problems: [] }),
    changePin: () => null,
  });
  answerSecurity(host);
  return people;
}
