/** Every state of the check-in has words, in both languages. */
import i18next, { type TFunction } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  nextPose,
  NOTHING_CAPTURED,
  withoutSample,
  withSample,
  withSkipped,
} from '../../src/renderer/admin/enroll/use-enrollment.ts';
import { nearestRisk } from '../../src/renderer/admin/settings/RecognitionSettings.tsx';
import { CAMERA_PROBLEMS } from '../../src/renderer/camera/camera-stream.ts';
import { type Facts, situationOf, wordsOf } from '../../src/renderer/checkin/situation.ts';
import { troubleWords } from '../../src/renderer/components/Feedback.tsx';
import { withAccent, withoutLast } from '../../src/renderer/components/OnScreenKeyboard.tsx';
import { initialsOf } from '../../src/renderer/components/Picture.tsx';
import { WORDS } from '../../src/renderer/i18n.ts';
import { type CheckInView, QUALITY_ISSUES, type Sample, visionStateSchema } from '../../src/shared/domain.ts';
import { ERROR_KEYS } from '../../src/shared/errors.ts';

const at = new Date(2026, 10, 22, 9, 41).getTime();
const READY: Facts = {
  link: 'up',
  status: { vision: 'ready', trouble: null },
  camera: { live: true, problem: null },
  view: { phase: 'idle' },
};
const recognised = { personId: 'p', name: 'Ada Lovelace', direction: 'in', at, picture: null } as const;
const VIEWS: CheckInView[] = [
  { phase: 'idle' },
  ...[...QUALITY_ISSUES, 'outside' as const, 'several' as const].map((issue) => ({ phase: 'present' as const, issue })),
  { phase: 'looking', several: false },
  { phase: 'looking', several: true },
  { phase: 'match', checkInId: 'c', ...recognised },
  { phase: 'match', checkInId: 'c', ...recognised, direction: 'out' },
  { phase: 'already', ...recognised },
  { phase: 'already', ...recognised, direction: 'out' },
  { phase: 'choose', personId: 'p', name: 'Ada Lovelace', picture: null, suggested: 'in' },
  { phase: 'unknown' },
  { phase: 'ambiguous' },
  ...ERROR_KEYS.map((key) => {
    const [code = '', variant] = key.split('.');
    return { phase: 'error' as const, error: { code, variant, message: 'raw' } };
  }),
];

let t: TFunction;
const missing: string[] = [];
beforeAll(async () => {
  const language = i18next.createInstance();
  t = await language.init({
    lng: 'en',
    resources: { en: { translation: WORDS.en } },
    interpolation: { escapeValue: false },
    saveMissing: true,
    missingKeyHandler: (_languages, _namespace, key) => void missing.push(key),
  });
});
const words = (facts: Partial<Facts>, greeting: string | null = null) =>
  wordsOf(situationOf({ ...READY, ...facts }), t, 'en', greeting);

describe('the check-in in words', () => {
  it('has words for every view', () => {
    for (const view of VIEWS) {
      const { title, speech } = words({ view });
      expect(title, JSON.stringify(view)).not.toBe('');
      expect(speech, JSON.stringify(view)).not.toBe('');
    }
    expect(missing).toEqual([]);
  });

  it('has words for every camera problem, vision state and link state', () => {
    for (const problem of CAMERA_PROBLEMS) expect(words({ camera: { live: false, problem } }).tone).toBe('warn');
    for (const vision of visionStateSchema.options)
      expect(words({ status: { vision, trouble: null } }).title).not.toBe('');
    for (const link of ['up', 'down', 'refused', 'connecting'] as const) expect(words({ link }).title).not.toBe('');
    expect(words({ camera: { live: false, problem: null } }).detail).not.toBe('');
    expect(missing).toEqual([]);
  });

  it('speaks the name, what happened and when', () => {
    expect(words({ view: { phase: 'match', checkInId: 'c', ...recognised } }).speech).toBe(
      'Ada Lovelace, checked in, 09:41',
    );
    expect(words({ view: { phase: 'already', ...recognised } }).speech).toBe('Ada Lovelace, already checked in, 09:41');
  });

  it("shows the operator's greeting with the name, and speaks the plain fact", () => {
    const { detail, speech } = words(
      { view: { phase: 'match', checkInId: 'c', ...recognised } },
      'Good morning, {name}!',
    );
    expect(detail).toBe('Good morning, Ada Lovelace!');
    expect(speech).toContain('checked in');
  });

  it('shows unknown as a normal outcome, not as an error', () => {
    expect(words({ view: { phase: 'unknown' } }).tone).toBe('neutral');
  });

  it('tells an error it has no words for in the kiosk’s own', () => {
    expect(troubleWords({ code: 'from-the-future', message: 'It rains.', todo: 'Take an umbrella.' }, t)).toEqual({
      title: 'It rains.',
      detail: 'Take an umbrella.',
    });
  });
});

describe('which thing the screen is about', () => {
  const match: CheckInView = { phase: 'match', checkInId: 'c', ...recognised };
  const full = { code: 'disk-full', message: '' };
  it.each<[string, Partial<Facts>, object]>([
    [
      'no link before everything',
      { link: 'down', status: { vision: 'stopped', trouble: full } },
      { kind: 'moment', why: 'connection' },
    ],
    ['a page without its key', { link: 'refused', status: null }, { kind: 'refused' }],
    ['not reached yet', { link: 'up', status: null }, { kind: 'moment', why: 'starting' }],
    ['vision restarting', { status: { vision: 'restarting', trouble: null } }, { kind: 'moment', why: 'restarting' }],
    [
      'trouble over a missing camera',
      { status: { vision: 'ready', trouble: full }, camera: { live: false, problem: 'none' } },
      { kind: 'trouble', trouble: full },
    ],
    ['models missing without a report', { status: { vision: 'no-models', trouble: null } }, { kind: 'trouble' }],
    [
      'a camera problem over an old view',
      { camera: { live: false, problem: 'unplugged' }, view: match },
      { kind: 'camera', problem: 'unplugged' },
    ],
    [
      'a frozen picture over whoever is in it',
      { camera: { live: true, problem: 'still' }, view: match },
      { kind: 'camera', problem: 'still' },
    ],
    [
      'whoever is recognised once it moves again',
      { camera: { live: true, problem: 'still', mended: true }, view: match },
      { kind: 'view', view: match },
    ],
    [
      'whoever is recognised in the dark, by the light of the screen',
      { camera: { live: true, problem: 'blind' }, view: match },
      { kind: 'view', view: match },
    ],
    ['camera not open yet', { camera: { live: false, problem: null } }, { kind: 'opening-camera' }],
    ['otherwise the view', { view: match }, { kind: 'view', view: match }],
  ])('%s', (_what, facts, expected) => {
    expect(situationOf({ ...READY, ...facts })).toMatchObject(expected);
  });
});

describe('an enrollment draft', () => {
  const sample = (id: string, pose: Sample['pose'], source: Sample['source'] = 'camera') =>
    ({ id, pose, source }) as Sample;

  it('asks for the poses in order, passes over skipped ones, and asks again for a discarded one', () => {
    let captured = NOTHING_CAPTURED;
    expect(nextPose(captured)).toBe('straight');
    captured = withSample(captured, sample('1', 'straight'));
    captured = withSkipped(captured, 'left');
    expect(nextPose(captured)).toBe('right');
    captured = withoutSample(captured, '1');
    expect(nextPose(captured)).toBe('straight');
  });

  it('does not take a picture from a file for a pose', () => {
    expect(nextPose(withSample(NOTHING_CAPTURED, sample('1', null, 'file')))).toBe('straight');
  });
});

describe('small things', () => {
  it('names a risk set elsewhere by the nearest choice', () => {
    expect(nearestRisk(1e-3)).toBe(1000);
    expect(nearestRisk(2e-4)).toBe(10_000);
    expect(nearestRisk(0.1)).toBe(100);
  });

  it('types and erases letters with accents whole', () => {
    expect(withAccent('Jose', '\u0301')).toBe('José');
    expect(withAccent('ê', '\u0303')).toBe('ễ');
    expect(withAccent('', '\u0301')).toBe('');
    expect(withoutLast('Nguyễ')).toBe('Nguy');
    expect(withoutLast('')).toBe('');
  });

  it('makes initials of the first and the last word', () => {
    expect(initialsOf('Nguyễn Thị Hoa')).toBe('NH');
    expect(initialsOf('  Plato ')).toBe('P');
  });
});
