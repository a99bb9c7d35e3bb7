/**
 * Every call of the API, answered by a real kiosk in a made-up vision: `ClientSession` holds each answer against its schema, and
 * refuses what the schema does not name. A new call without an example here does not compile.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openRestartable, type RestartableKiosk } from '../../src/main/server/lifecycle.ts';
import { type CallInput, type CallName, type CallOutput, calls } from '../../src/shared/calls.ts';
import { ClientSession } from '../support/client-session.ts';
import { drawnPicture } from '../support/drawn-people.ts';
import { recognitionOnly } from '../support/recognition-only.ts';
import { drawnRecording, recordedFrame, recordedVision, standInModels } from '../support/recorded-vision.ts';

const PIN = '2468';
const PASSPHRASE = 'seven words for a backup of this kiosk';

let folder: string;
let kiosk: RestartableKiosk;
let session: ClientSession;
let now: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lintel-calls-'));
  now = Date.UTC(2026, 4, 4, 9);
  const picture = await jpeg(20);
  kiosk = await openRestartable({
    dataDir: recognitionOnly(join(folder, 'data')),
    modelDirs: [standInModels(join(folder, 'models'))],
    version: '0',
    embedder: '',
    clock: { wall: () => now, ticks: () => now },
    vision: (models, onState) => {
      onState('ready', null);
      return recordedVision(models, drawnRecording(10), picture);
    },
  });
  await kiosk.kiosk?.models.ready();
  session = new ClientSession(kiosk);
});
afterEach(async () => {
  await kiosk.close();
  rmSync(folder, { recursive: true, force: true });
});

async function jpeg(hue: number): Promise<Uint8Array<ArrayBuffer>> {
  const url = await drawnPicture(hue);
  return new Uint8Array(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}
async function draft(person: number): Promise<string> {
  const { enrollmentId } = await session.call('startEnrollment');
  for (const take of [0, 1, 2])
    await session.call('captureSample', { enrollmentId, pose: 'straight', frame: recordedFrame(person, take) });
  return enrollmentId;
}
const target = (name: string) =>
  ({ kind: 'new', name, externalId: null, group: 'Staff', consentAt: now, evenIfLooksAlike: true }) as const;
async function enroll(name: string, person: number): Promise<string> {
  return (await session.call('saveEnrollment', { enrollmentId: await draft(person), target: target(name) })).id;
}
/** Until whoever stands there is asked whether they come or go. */
async function stand(person: number): Promise<void> {
  for (let take = 0; take < 8 && session.view.phase !== 'choose'; take++) {
    now += 200;
    await session.call('submitFrame', recordedFrame(person, take));
  }
  expect(session.view.phase).toBe('choose');
}

it('every call is answered, and each answer is what its schema says', async () => {
  const bytes = await jpeg(140);
  const day = { from: '2026-05-04', to: '2026-05-04' };
  const stick = join(folder, 'stick');
  mkdirSync(stick);
  let [ada, bo, twin, ofDraft, ofEvaluation] = ['', '', '', '', ''];
  const answers: { [N in CallName]?: CallOutput<N> } = {};

  // In this order.
  const examples: { readonly [N in CallName]: () => CallInput<N> | Promise<CallInput<N>> } = {
    getDataState: () => null,
    openData: () => ({ passphrase: null }),
    getStatus: () => null,
    getSession: () => null,
    createPin: () => ({ pin: PIN }),
    lock: () => null,
    unlock: () => ({ pin: PIN }),
    changePin: () => ({ current: PIN, next: PIN }),
    updateSettings: () => ({ direction: 'ask', cooldownSeconds: 0, timeZone: 'UTC' }),
    startEnrollment: async () => {
      ada = await enroll('Ada', 0);
      bo = await enroll('Bo', 1);
      return null;
    },
    captureSample: async () => {
      ofDraft = await draft(0);
      return { enrollmentId: ofDraft, pose: 'straight', frame: recordedFrame(0, 3) };
    },
    addSamplePicture: () => ({ enrollmentId: ofDraft, fileName: 'ada.jpg', bytes }),
    discardSample: () => ({ enrollmentId: ofDraft, sampleId: answers.captureSample?.sample?.id ?? '' }),
    checkSamples: () => ({ enrollmentId: ofDraft }),
    findLookAlikes: () => ({ enrollmentId: ofDraft }),
    saveEnrollment: () => ({
      enrollmentId: ofDraft,
      target: { ...target('Ada again'), leaveOut: answers.checkSamples?.misfits ?? [] },
    }),
    cancelEnrollment: async () => ({ enrollmentId: await draft(2) }),
    listPeople: () => ({}),
    findDuplicates: () => null,
    listAmbiguous: () => null,
    getPerson: () => ({ id: (twin = answers.saveEnrollment?.id ?? '') }),
    editPerson: () => ({ id: ada, name: 'Ada L.', externalId: '7', group: null }),
    removeSample: () => ({ personId: twin, sampleId: answers.getPerson?.sampleList[0]?.id ?? '' }),
    markDifferent: () => ({ a: ada, b: bo }),
    mergePeople: () => ({ keep: ada, other: twin }),
    submitFrame: () => recordedFrame(1, 0),
    chooseDirection: async () => {
      await stand(1);
      return { direction: 'in' };
    },
    getRecentCheckIns: () => null,
    resetCheckIn: () => null,
    getLog: () => ({ day: null }),
    addCorrection: () => ({ kind: 'add', personId: bo, at: now, direction: 'out', reason: 'forgot' }),
    getAttendance: () => ({ ...day, personId: bo }),
    exportAttendance: () => ({ ...day, format: 'csv', locale: 'en-GB' }),
    planImport: () => ({ files: ['Cy/1.jpg', 'Cy/notes.doc'], csv: null }),
    importPeople: () => ({
      people: [
        {
          name: 'Cy',
          externalId: null,
          group: null,
          pictures: [
            { name: 'Cy/1.jpg', bytes },
            { name: 'Cy/broken.jpg', bytes: new Uint8Array(9) },
          ],
        },
      ],
      consentAt: now,
    }),
    exportPeople: () => ({}),
    identifyPicture: () => ({ bytes }),
    checkInFromPicture: () => ({ bytes }),
    annotatePicture: () => ({ bytes, names: [{ face: 0, name: 'Cy' }] }),
    verifyFaces: () => ({ a: { kind: 'picture', bytes }, b: { kind: 'person', personId: ada } }),
    startEvaluation: () => null,
    addEvaluationPicture: () => {
      ofEvaluation = answers.startEvaluation?.evaluationId ?? '';
      return { evaluationId: ofEvaluation, file: 'Cy/1.jpg', bytes, aligned: false };
    },
    runEvaluation: () => ({ evaluationId: ofEvaluation, source: { kind: 'enrolled' } }),
    applyCalibration: () => ({ evaluationId: null }),
    revokeConsent: () => ({ id: answers.importPeople?.[0]?.id ?? '', attendance: 'anonymise' }),
    getSecurity: () => null,
    planBackups: () => ({ folder: stick, everyHours: 24, keep: 2, forgetDeleted: false, passphrase: PASSPHRASE }),
    backUpNow: () => null,
    previewRestore: () => ({ file: answers.backUpNow?.files[0]?.name ?? '', passphrase: null, how: 'merge' }),
    listAudit: () => ({}),
    verifyAudit: () => ({ noted: { seq: 1, hash: '0'.repeat(64) } }),
    confirmClock: () => null,
    restartVision: () => null,
    dismissNotices: () => ({ codes: null }),
    leaveKiosk: () => null,
    removePerson: () => ({ id: bo }),
    restoreBackup: () => ({ file: answers.backUpNow?.files[0]?.name ?? '', passphrase: PASSPHRASE, how: 'replace' }),
    changeEncryption: async () => {
      // The answer comes first; then the kiosk closes and opens again.
      await vi.waitFor(() => expect(session.of('dataState').at(-1)).toEqual({ state: 'open' }), 20_000);
      await session.call('unlock', { pin: PIN });
      return { what: 'on', secret: { method: 'passphrase', passphrase: PASSPHRASE } };
    },
  };
  expect(Object.keys(examples).sort()).toEqual(Object.keys(calls).sort());

  const ask = async <N extends CallName>(name: N): Promise<void> => {
    const input = await examples[name]();
    const call = session.call.bind(session) as (name: N, input: CallInput<N>) => Promise<CallOutput<N>>;
    answers[name] = (await call(name, input).catch((cause: unknown) => {
      throw new Error(`${name} is not answered as its schema says`, { cause });
    })) as (typeof answers)[N];
    // An empty list would say nothing of what is in it. Two who cannot be told apart are in people-misfits.test.ts, by the same session.
    if (Array.isArray(answers[name]) && name !== 'listAmbiguous') expect(answers[name], name).not.toEqual([]);
  };
  for (const name of Object.keys(examples) as CallName[]) await ask(name);

  // Neither would these.
  expect(answers).toMatchObject({
    captureSample: { sample: { id: expect.any(String) as string } },
    submitFrame: { faces: [{}] },
    listPeople: { total: 3 },
    getLog: { checkIns: [{}] },
    getAttendance: { days: [{}], events: [{}, {}], people: [{}] },
    planImport: { people: [{}], problems: [{}] },
    importPeople: [{ added: 1, rejected: [{}] }],
    checkInFromPicture: { kind: 'recorded' },
    verifyAudit: { problems: [{ kind: 'not-as-noted' }] },
    backUpNow: { last: {}, files: [{}] },
  });
  for (const [name, list] of [
    ['exportPeople', answers.exportPeople?.files],
    ['identifyPicture', answers.identifyPicture?.faces[0]?.candidates],
    ['listAudit', answers.listAudit?.lines],
    ['verifyFaces', answers.verifyFaces?.nearest],
    ['getStatus', answers.getStatus?.models],
  ] as const)
    expect(list?.length, name).toBeGreaterThan(0);
});
